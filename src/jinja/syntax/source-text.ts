import type { SourcePosition } from '../../errors/index.ts';

/** The text of a template with its lines, so that offsets can be told as line and column. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: number[] = [0];

  /** Line ends become `\n` and one trailing newline is dropped, as Jinja does. */
  constructor(text: string, file: string) {
    this.file = file;
    const unified = text.replace(/\r\n?/g, '\n');
    this.text = unified.endsWith('\n') ? unified.slice(0, -1) : unified;
    for (let index = this.text.indexOf('\n'); index >= 0; index = this.text.indexOf('\n', index + 1)) {
      this.#lineStarts.push(index + 1);
    }
  }

  position(offset: number): SourcePosition {
    const line = this.#lineAt(offset);
    return { file: this.file, line: line + 1, column: offset - (this.#lineStarts[line] as number) + 1 };
  }

  /** The column (from 0) of an offset whose line has only white space before it; undefined otherwise. */
  indentationBefore(offset: number): number | undefined {
    const start = this.#lineStarts[this.#lineAt(offset)] as number;
    return /^[ \t]*$/.test(this.text.slice(start, offset)) ? offset - start : undefined;
  }

  /** The index of the line that an offset stands in. */
  #lineAt(offset: number): number {
    let [low, high] = [0, this.#lineStarts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
