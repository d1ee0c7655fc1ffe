import type { SourceText } from '../syntax/source-text.ts';
import type { BlockBody } from './rendering-state.ts';

/** Where in a template a piece of syntax stands, as far as it matters to what the piece does. */
export interface Place {
  readonly source: SourceText;
  readonly names: KnownNames;
  /** Inside an `if`, which may keep what stands here from being done: unknown filters are refused only when used. */
  readonly isSoft: boolean;
  /** Whether `autoescape` is on here; undefined where only the rendering knows. */
  readonly escapes: boolean | undefined;
  /** Whether a template that extends another writes nothing here. */
  readonly isOutside: boolean;
  /** Becomes known behind an `extends` that is always reached: what would write from there on is not even compiled. */
  readonly extension: { isKnown: boolean };
  /** Whether it stands outside of loops, macros and the like. */
  readonly isTop: boolean;
  /** The bodies of the template's blocks, collected. */
  readonly blocks: Map<string, BlockBody>;
}

export interface KnownNames {
  readonly filters: { has(name: string): boolean };
  readonly tests: { has(name: string): boolean };
}
