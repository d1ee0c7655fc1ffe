/**
 * Whether the database can hold what somebody sent, wherever in it: text without U+0000 and without half a surrogate pair,
 * finite numbers. To be asked at a door, of values as JSON or a query has them: schemas do not ask it, and their reader
 * takes "Infinity" for a number that any limit holds for.
 */
export function isStorable(value: unknown): boolean {
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'string' && !isStorableText(next)) return false;
    if (typeof next === 'number' && !Number.isFinite(next)) return false;
    if (typeof next !== 'object' || next === null || ArrayBuffer.isView(next)) continue;
    for (const [key, inner] of Object.entries(next)) {
      if (!isStorableText(key)) return false;
      left.push(inner);
    }
  }
  return true;
}

function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
