import type { SourcePosition } from '../errors/index.ts';
import type { Origin } from '../jinja/index.ts';

/**
 * Where each line of a rendered template comes from, small enough to be stored with it: the place in the author's
 * template and the inputs that were read there.
 */
export interface SourceLines {
  readonly files: readonly string[];
  readonly inputs: readonly string[];
  /** For each line: index of the file, line, column, indexes of the inputs; [] where nothing is known. */
  readonly lines: readonly (readonly number[])[];
}

/** A place in the author's template, and the inputs that were read to make what stands there. */
export interface Source {
  readonly position: SourcePosition;
  readonly inputs: readonly string[];
}

/** @param originAt the renderer's own source map; line and column from 1 */
export function sourceLines(text: string, originAt: (line: number, column: number) => Origin | undefined): SourceLines {
  const files = new Interned();
  const inputs = new Interned();
  const lines = text.split('\n').map((content, index) => {
    const origins = originsOf(content, (column) => originAt(index + 1, column));
    const [first] = origins;
    if (!first) return [];
    const { file, line, column } = first.position;
    const read = new Set(origins.flatMap((origin) => origin.inputs));
    return [files.indexOf(file), line, column, ...[...read].map((input) => inputs.indexOf(input))];
  });
  return { files: files.values, inputs: inputs.values, lines };
}

/** The first known place of these lines of the rendered text, with the inputs of them all. Lines from 1, both included. */
export function sourceOf(lines: SourceLines, from: number, to = from): Source | undefined {
  const known = lines.lines.slice(from - 1, to).filter((line) => line.length > 0);
  const [file = 0, line = 1, column = 1] = known[0] ?? [];
  const name = lines.files[file];
  if (known.length === 0 || name === undefined) return undefined;
  const inputs = new Set(known.flatMap((entry) => entry.slice(3)).map((index) => lines.inputs[index] ?? ''));
  return { position: { file: name, line, column }, inputs: [...inputs] };
}

/** The different origins along a line, from its first character that is not a space. */
function originsOf(content: string, originAt: (column: number) => Origin | undefined): Origin[] {
  const origins: Origin[] = [];
  for (let column = content.search(/\S/) + 1; column >= 1 && column <= content.length; column += 1) {
    const origin = originAt(column);
    if (origin && origin !== origins.at(-1)) origins.push(origin);
  }
  return origins;
}

/** Gives each name a number, the same one whenever it comes again. */
class Interned {
  readonly values: string[] = [];
  readonly #indexes = new Map<string, number>();

  indexOf(value: string): number {
    const known = this.#indexes.get(value);
    if (known !== undefined) return known;
    const index = this.values.push(value) - 1;
    this.#indexes.set(value, index);
    return index;
  }
}
