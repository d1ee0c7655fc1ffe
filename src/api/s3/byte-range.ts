import { accept, type Result, refuse } from '../../errors/index.ts';

export interface ByteRange {
  readonly start: number;
  /** Behind the last byte. */
  readonly end: number;
}

/**
 * Reads a Range header. undefined for none, and for what HTTP says to ignore: other units, several ranges, bad syntax.
 * @refuses RangeWrong for a range that has no byte of the object. Source: RFC 9110, section 14
 */
export function readRange(header: string | undefined, sizeBytes: number): Result<ByteRange | undefined> {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return accept(undefined);
  const range =
    from === ''
      ? { start: Math.max(sizeBytes - Number(to), 0), end: sizeBytes }
      : { start: Number(from), end: to === '' ? sizeBytes : Math.min(Number(to) + 1, sizeBytes) };
  if (from !== '' && to !== '' && Number(to) < Number(from)) return accept(undefined);
  if (range.start < range.end) return accept(range);
  return refuse({
    kind: 'invalid',
    code: 'RangeWrong',
    message: `The range '${header}' has no byte of an object of ${sizeBytes} bytes.`,
    remedy: "Ask for the object's size first (HEAD).",
  });
}
