import type { Meter } from '../limits.ts';
import { characters, sliceText, stripSpace, textLength } from '../python/characters.ts';
import { fail } from '../python/values.ts';

export interface WrapRules {
  readonly breaksLongWords: boolean;
  /** Whether words are cut into pieces at their hyphens. */
  readonly splitsAtHyphens: boolean;
  /** Whether a word that has to be broken is broken behind a hyphen if it can be. */
  readonly prefersHyphens: boolean;
}

const space = '[\\t-\\r ]';
const notSpace = '[^\\t-\\r ]';
const word = '[\\p{L}\\p{N}_]';
const letter = '(?:(?!\\p{Nd})[\\p{L}\\p{N}_])';
const punctuated = `[\\p{L}\\p{N}_!"'&.,?]`;

/** White space, dashes between words, and words, which may end behind a hyphen. */
const chunkPattern = new RegExp(
  `${space}+|(?<=${punctuated})-{2,}(?=${word})|${notSpace}+?(?:-(?:(?<=${letter}{2}-)|(?<=${letter}-${letter}-))(?=${letter}-?${letter})|(?=${space}|$)|(?<=${punctuated})(?=-{2,}${word}))`,
  'gu',
);

const simplePattern = new RegExp(`${space}+|${notSpace}+`, 'g');

/** Breaks one line into lines of at most `width` characters, as Python's textwrap does with its white space kept. */
export function wrapText(text: string, width: number, rules: WrapRules, meter: Meter): string[] {
  if (width <= 0) return fail(`invalid width ${width} (must be > 0)`);
  meter.items(text.length);
  // the first chunk is the last item, so that taking one off is cheap
  const chunks = (text.match(rules.splitsAtHyphens ? chunkPattern : simplePattern) ?? []).reverse();
  const lines: string[] = [];
  while (chunks.length > 0) {
    if (lines.length > 0 && isSpace(chunks.at(-1))) chunks.pop();
    const line = takeLine(chunks, width, rules, meter);
    if (isSpace(line.at(-1))) line.pop();
    if (line.length > 0) lines.push(line.join(''));
  }
  return lines;
}

function isSpace(chunk: string | undefined): boolean {
  return chunk !== undefined && stripSpace(chunk) === '';
}

function takeLine(chunks: string[], width: number, rules: WrapRules, meter: Meter): string[] {
  const line: string[] = [];
  let length = 0;
  for (let next = chunks.at(-1); next !== undefined && length + textLength(next) <= width; next = chunks.at(-1)) {
    line.push(next);
    length += textLength(next);
    chunks.pop();
  }
  const tooLong = chunks.at(-1);
  if (tooLong === undefined || textLength(tooLong) <= width) return line;
  if (rules.breaksLongWords) {
    meter.text(tooLong.length);
    const end = breakAt(tooLong, width - length, rules);
    line.push(sliceText(tooLong, 0, end));
    chunks[chunks.length - 1] = sliceText(tooLong, end);
  } else if (line.length === 0) {
    line.push(tooLong);
    chunks.pop();
  }
  return line;
}

/** Where a word that does not fit is broken: behind the last hyphen that fits and has something before it. */
function breakAt(chunk: string, room: number, { prefersHyphens }: WrapRules): number {
  if (!prefersHyphens) return room;
  const fitting = characters(chunk).slice(0, room);
  const hyphen = fitting.lastIndexOf('-');
  return hyphen > 0 && fitting.slice(0, hyphen).some((character) => character !== '-') ? hyphen + 1 : room;
}
