import type { SourcePosition } from '../errors/index.ts';

/** Where a piece of the output comes from. */
export interface Origin {
  readonly position: SourcePosition;
  /** Dotted names of the context values that were read to make it; [] for literal text. */
  readonly inputs: readonly string[];
}

/** One piece of the output and where it comes from. Plain data: it can be stored beside the output. */
export interface SourceMapPiece {
  readonly length: number;
  readonly position: SourcePosition;
  /** True: the template's own text, character by character. False: made by the expression at `position`. */
  readonly literal: boolean;
  readonly inputs: readonly string[];
}

/** Where the character at a line and column of the output comes from, both from 1; undefined beyond the end. */
export function originIn(
  text: string,
  pieces: readonly SourceMapPiece[],
  line: number,
  column: number,
): Origin | undefined {
  const offset = offsetOf(text, line, column);
  if (offset === undefined) return undefined;
  let start = 0;
  for (const piece of pieces) {
    if (offset < start + piece.length) {
      const before = piece.literal ? text.slice(start, offset) : '';
      return { position: moved(piece.position, before), inputs: piece.inputs };
    }
    start += piece.length;
  }
  return undefined;
}

function offsetOf(text: string, line: number, column: number): number | undefined {
  let start = 0;
  for (let passed = 1; passed < line; passed += 1) {
    start = text.indexOf('\n', start) + 1;
    if (start === 0) return undefined;
  }
  const end = text.indexOf('\n', start);
  const offset = start + column - 1;
  return offset < (end < 0 ? text.length : end) ? offset : undefined;
}

function moved(position: SourcePosition, text: string): SourcePosition {
  const lines = text.split('\n');
  const last = lines.at(-1) ?? '';
  if (lines.length === 1) return { ...position, column: position.column + last.length };
  return { ...position, line: position.line + lines.length - 1, column: last.length + 1 };
}
