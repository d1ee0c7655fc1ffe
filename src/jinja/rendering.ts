import type { Refusal, SourcePosition } from '../errors/index.ts';
import type { SourceMapPiece } from './source-map.ts';

/** What a rendering may use up. Each limit ends the rendering with a `template-limit` refusal that names it. */
export interface RenderLimits {
  /** Evaluated nodes. */
  readonly steps: number;
  /** Nested calls, macros, includes and blocks. */
  readonly depth: number;
  /** Characters of output. */
  readonly outputLength: number;
  readonly timeMs: number;
}

/** Each code with what it means. */
export const templateRefusalCodes = {
  'template-syntax': 'The text is not a template.',
  'template-undefined': 'A name, attribute or item that does not exist was used (StrictUndefined).',
  'template-runtime': 'A filter, test, operation or call failed on its values.',
  'template-limit': 'A limit was reached.',
  'template-forbidden': 'Something the sandbox does not give out was asked for.',
} as const;

export type TemplateRefusalCode = keyof typeof templateRefusalCodes;

/** Always with `position` (file, line, column of the template) and, where values took part, `inputs`. */
export type TemplateRefusal = Refusal<TemplateRefusalCode> & {
  readonly position: SourcePosition;
  /** The whole dotted name that the data does not have, where that is why the rendering failed. */
  readonly missingName?: string;
};

export interface Rendered {
  readonly text: string;
  /** The pieces of the text in order; `originIn` answers where a line and column come from. */
  readonly sourceMap: readonly SourceMapPiece[];
}

/** A dotted name that a template reads, e.g. `['service_instance', 'inputs', 'port']`. */
export interface NameRead {
  readonly path: readonly string[];
  readonly position: SourcePosition;
  /** True where the template itself allows absence: `is defined`, `default(...)`, or an `if` guarded by one. */
  readonly optional: boolean;
}
