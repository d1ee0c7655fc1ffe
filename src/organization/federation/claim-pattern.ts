/**
 * Patterns for what a job's token says about it. `*` stands for any characters but `/` and `:`, `**` for any at all; every
 * other character stands for itself. A pattern is always about the whole value: there is no way to leave an end open but
 * to write a star there.
 */
type Part = { readonly literal: string } | { readonly wildcard: '*' | '**' };

export const patternLengthMax = 500;
/** Longer claims match nothing. */
const valueLengthMax = 2_000;

/** A value of a token as text; undefined for what no rule can speak of: lists, objects, nothing. */
export function claimText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** In time proportional to pattern and value, whoever wrote them. */
export function matchesPattern(pattern: string, value: string): boolean {
  if (value.length > valueLengthMax) return false;
  // reached[i]: the parts so far can stand for the first i characters
  let reached = new Array<boolean>(value.length + 1).fill(false);
  reached[0] = true;
  for (const part of partsOf(pattern)) {
    const next = new Array<boolean>(value.length + 1).fill(false);
    if ('literal' in part) {
      for (let at = 0; at < value.length; at++) if (reached[at] && value[at] === part.literal) next[at + 1] = true;
    } else {
      for (let at = 0; at <= value.length; at++) {
        const goesOn = at > 0 && next[at - 1] && (part.wildcard === '**' || !'/:'.includes(value[at - 1] ?? ''));
        next[at] = reached[at] || goesOn || false;
      }
    }
    reached = next;
  }
  return reached[value.length] ?? false;
}

/** Whether it is nothing but stars: it would match whoever comes. */
export function matchesAnything(pattern: string): boolean {
  return /^\*+$/.test(pattern);
}

function partsOf(pattern: string): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] !== '*') parts.push({ literal: pattern[at] ?? '' });
    else if (pattern[at + 1] === '*') {
      parts.push({ wildcard: '**' });
      at++;
    } else parts.push({ wildcard: '*' });
  }
  return parts;
}
