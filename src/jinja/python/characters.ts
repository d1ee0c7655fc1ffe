/** The characters of a str are code points; JavaScript counts UTF-16 units. */

const surrogate = /[\ud800-\udfff]/;

export function characters(text: string): string[] {
  return surrogate.test(text) ? Array.from(text) : text.split('');
}

export function textLength(text: string): number {
  if (!surrogate.test(text)) return text.length;
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** `text[start:stop]` in code points, for 0 <= start and stop. */
export function sliceText(text: string, start: number, stop?: number): string {
  return surrogate.test(text) ? Array.from(text).slice(start, stop).join('') : text.slice(start, stop);
}

export function reverseText(text: string): string {
  return characters(text).reverse().join('');
}

/** Before, equal to or behind the other: by code points, which differs from JavaScript's order beyond U+FFFF. */
export function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  if (!surrogate.test(left) || !surrogate.test(right)) {
    if (!surrogate.test(left) && !surrogate.test(right)) return left < right ? -1 : 1;
  }
  const [a, b] = [Array.from(left), Array.from(right)];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const difference = (a[index]?.codePointAt(0) ?? 0) - (b[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** What Python's str.isspace, split() and strip() take for white space. */
export const whiteSpace = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Without the white space at its ends. */
export function stripSpace(text: string, left = true, right = true): string {
  let [start, end] = [0, text.length];
  while (left && start < end && whiteSpace.test(text[start] as string)) start += 1;
  while (right && end > start && whiteSpace.test(text[end - 1] as string)) end -= 1;
  return text.slice(start, end);
}

/** The ends of lines as str.splitlines sees them. */
const lineEnd = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

/** The lines of a text, as str.splitlines gives them. */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines: string[] = [];
  let start = 0;
  for (const { index, 0: end } of text.matchAll(lineEnd)) {
    lines.push(text.slice(start, keepEnds ? index + end.length : index));
    start = index + end.length;
  }
  if (start < text.length) lines.push(text.slice(start));
  return lines;
}

/** No control, format, surrogate, private or unassigned character; of the spaces only " ". */
export function isPrintable(character: string): boolean {
  return character === ' ' || !/[\p{C}\p{Z}]/u.test(character);
}
