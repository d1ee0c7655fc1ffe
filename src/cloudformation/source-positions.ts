import type { SourcePosition } from '../errors/index.ts';
import type { TemplateValue } from './template-value.ts';

/** A way from the top of a template to a value, e.g. `['Resources', 'Queue', 'Properties']`. */
export type TemplatePath = readonly (string | number)[];

/** Where a place of the text comes from, for a text that was itself made from another one. */
export type PlaceOrigin = (place: SourcePosition) => SourcePosition;

type Container = object;

/**
 * Where in the source each entry of each list and object of a template stands. Kept beside the values, not in them,
 * so that values stay plain data; values made by a transform may be given the position of what they were made from.
 */
export class SourcePositions {
  readonly #file: string;
  readonly #originOf: PlaceOrigin;
  readonly #lineStarts: readonly number[];
  readonly #offsets = new WeakMap<Container, Map<string | number, number>>();

  constructor(file: string, text: string, originOf: PlaceOrigin = (place) => place) {
    this.#file = file;
    this.#originOf = originOf;
    this.#lineStarts = lineStarts(text);
  }

  /** Notes that the entry `key` of `container` stands at `offset` of the text. */
  note(container: Container, key: string | number, offset: number): void {
    const known = this.#offsets.get(container);
    if (known) known.set(key, offset);
    else this.#offsets.set(container, new Map([[key, offset]]));
  }

  /** Gives the entries of `made` the positions of the entries of `source` with the same keys. */
  inherit(made: Container, source: Container): void {
    for (const [key, offset] of this.#offsets.get(source) ?? []) this.note(made, key, offset);
  }

  offsetOf(container: Container, key: string | number): number | undefined {
    return this.#offsets.get(container)?.get(key);
  }

  /** Position of an entry: of its key in an object, of the item in a list. */
  of(container: Container, key: string | number): SourcePosition | undefined {
    const offset = this.offsetOf(container, key);
    return offset === undefined ? undefined : this.atOffset(offset);
  }

  /** Position of the deepest entry on `path` that has one; the first line if there is none. */
  along(root: TemplateValue, path: TemplatePath): SourcePosition {
    let deepest = 0;
    let value: unknown = root;
    for (const key of path) {
      if (typeof value !== 'object' || value === null) break;
      deepest = this.offsetOf(value, key) ?? deepest;
      value = (value as Record<string | number, unknown>)[key];
    }
    return this.atOffset(deepest);
  }

  atOffset(offset: number): SourcePosition {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#originOf({ file: this.#file, line: low + 1, column: offset - this.#lineStarts[low]! + 1 });
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
