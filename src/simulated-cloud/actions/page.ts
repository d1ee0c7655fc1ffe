import { type Answer, answer, validationError } from '../wire/service-error.ts';

/** Items that one answer carries at most, of every list of the API. */
export const pageSize = 100;

/** Where a list goes on: opaque to clients, plain to us. */
export function nextToken(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @returns undefined for the first page */
export function readPosition<Position>(
  token: string | undefined,
  isPosition: (value: unknown) => value is Position,
): Answer<Position | undefined> {
  if (token === undefined || token === '') return answer(undefined);
  const value = parse(Buffer.from(token, 'base64url').toString());
  return isPosition(value) ? answer(value) : validationError('The specified NextToken is invalid.');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** One page of a list that is in memory as a whole. */
export function pageOfAll<Item>(
  all: readonly Item[],
  token: string | undefined,
): Answer<{ items: readonly Item[]; next?: string }> {
  const start = readPosition(token, isIndex);
  if (!start.ok) return start;
  const from = start.value ?? 0;
  const items = all.slice(from, from + pageSize);
  return answer({ items, next: all.length > from + pageSize ? nextToken(from + pageSize) : undefined });
}
