import { createHash } from 'node:crypto';

/** JSON with object keys sorted at every depth and undefined members left out: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (value === undefined) return 'null';
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

/** `sha256:` and 64 hex digits of the bytes, or of the canonical JSON of any other value. */
export function contentHash(value: unknown): string {
  const hash = createHash('sha256');
  hash.update(value instanceof Uint8Array ? value : canonicalJson(value));
  return `sha256:${hash.digest('hex')}`;
}
