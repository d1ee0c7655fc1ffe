import type { SourcePosition } from '../../errors/index.ts';
import type { SourceMapPiece } from '../../jinja/index.ts';

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

/** @param pieces the renderer's own source map of the text */
export function sourceLines(text: string, pieces: readonly SourceMapPiece[]): SourceLines {
  const lines: LineSource[] = [{ inputs: new Set() }];
  let start = 0;
  for (const piece of pieces) {
    const segments = text.slice(start, start + piece.length).split('\n');
    for (const [index, segment] of segments.entries()) {
      if (index > 0) lines.push({ inputs: new Set() });
      const line = lines.at(-1);
      if (line && segment !== '') addSegment(line, segment, index, piece);
    }
    start += piece.length;
  }
  return packed(lines);
}

interface LineSource {
  position?: SourcePosition;
  readonly inputs: Set<string>;
}

/** A line stands where its first character that is not a space comes from. */
function addSegment(line: LineSource, segment: string, index: number, piece: SourceMapPiece): void {
  for (const input of piece.inputs) line.inputs.add(input);
  const column = segment.search(/\S/);
  if (line.position || column < 0) return;
  const { file, line: first, column: firstColumn } = piece.position;
  if (!piece.literal) line.position = piece.position;
  else line.position = { file, line: first + index, column: (index === 0 ? firstColumn : 1) + column };
}

function packed(sources: readonly LineSource[]): SourceLines {
  const files = new Interned();
  const inputs = new Interned();
  const lines = sources.map(({ position, inputs: read }) => {
    if (!position) return [];
    const { file, line, column } = position;
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

/** The place of this line of the rendered text, or of the nearest one before it that has one. */
export function sourceAtOrBefore(lines: SourceLines, line: number): Source | undefined {
  for (let at = Math.min(line, lines.lines.length); at >= 1; at -= 1) {
    const source = sourceOf(lines, at);
    if (source) return source;
  }
  return undefined;
}

/** The inputs that were read for lines of the rendered text that come from one of these places. */
export function inputsReadAt(lines: SourceLines, places: readonly SourcePosition[]): readonly string[] {
  const wanted = new Set(places.map(({ file, line }) => `${file}:${line}`));
  const read = lines.lines.flatMap(([file = -1, line, , ...inputs]) =>
    wanted.has(`${lines.files[file]}:${line}`) ? inputs : [],
  );
  return [...new Set(read)].flatMap((index) => lines.inputs[index] ?? []);
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
