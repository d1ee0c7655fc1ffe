import type { Meter } from '../limits.ts';
import type { SourceMapPiece } from '../source-map.ts';
import type { SourceText } from '../syntax/source-text.ts';

interface Piece {
  readonly text: string;
  readonly source: SourceText;
  readonly offset: number;
  /** The inputs read to make it; undefined for the template's own text. */
  readonly reads: ReadonlySet<string> | undefined;
}

/** What a piece takes of the memory is measured in steps too. */
const stepsOfPiece = 3;

const nothingRead: ReadonlySet<string> = new Set();

/** What a template writes, piece by piece, with where each piece comes from. */
export class Output {
  readonly #pieces: Piece[] = [];
  readonly #meter: Meter;
  #length = 0;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  write(piece: Piece): void {
    if (piece.text === '') return;
    this.#length += piece.text.length;
    this.#meter.step(stepsOfPiece);
    this.#meter.text(this.#length, piece.text.length);
    this.#pieces.push(piece.reads?.size === 0 ? { ...piece, reads: nothingRead } : piece);
  }

  /** Everything that was written elsewhere. */
  append(other: Output): void {
    for (const piece of other.#pieces) this.write(piece);
  }

  text(): string {
    return this.#pieces.map((piece) => piece.text).join('');
  }

  /** The inputs read for any of it. */
  *reads(): IterableIterator<string> {
    for (const { reads } of this.#pieces) if (reads) yield* reads;
  }

  sourceMap(): SourceMapPiece[] {
    return this.#pieces.map(({ text, source, offset, reads }) => ({
      length: text.length,
      position: source.position(offset),
      literal: reads === undefined,
      inputs: reads ? [...reads] : [],
    }));
  }
}
