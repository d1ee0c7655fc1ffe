import { describe, expect, test } from 'vitest';
import { type Listing, type PageRequest, pageOf, pageSize, pageStart, readPage } from './page-token.ts';

interface Row {
  readonly createdAt: Date;
  readonly name: string;
}

const key = { createdAt: 'time', name: 'text' } as const;
const listing: Listing<typeof key> = { name: 'ListThings', filters: { kind: 'a' }, key };
const rows: readonly Row[] = Array.from({ length: 5 }, (_, index) => ({
  createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, 0, index)),
  name: `thing-${index}-ü`,
}));

/** What a store does: the rows behind a position, one more than asked for. */
function read(request: { maxResults?: number; nextToken?: string }) {
  const start = pageStart(listing, request);
  if (!start.ok) throw new Error(start.refusal.message);
  const behind = rows.filter((row) => !start.value || row.createdAt > start.value.createdAt);
  return pageOf(listing, request, behind.slice(0, pageSize(request) + 1), (row) => row);
}

test('the pages of a list have every item exactly once, and the last has no token', () => {
  const first = read({ maxResults: 2 });
  const second = read({ maxResults: 2, nextToken: first.nextToken });
  const third = read({ maxResults: 2, nextToken: second.nextToken });
  expect([first, second, third].flatMap((page) => page.items)).toEqual(rows);
  expect(third.nextToken).toBeUndefined();
});

test('a page that is read at once is the same, and a foreign token is refused before anything is read', async () => {
  const asked: number[] = [];
  const page = (request: PageRequest) =>
    readPage(listing, request, async (behind, rowsMax) => {
      asked.push(rowsMax);
      return rows.filter((row) => !behind || row.createdAt > behind.createdAt).slice(0, rowsMax);
    });
  const first = await page({ maxResults: 2 });
  expect(first).toEqual({ ok: true, value: read({ maxResults: 2 }) });
  const nextToken = first.ok ? first.value.nextToken : undefined;
  expect(await page({ maxResults: 3, nextToken })).toEqual({ ok: true, value: { items: rows.slice(2) } });
  expect(await page({ nextToken: 'abcd' })).toMatchObject({ ok: false, refusal: { code: 'InvalidPageToken' } });
  expect(asked).toEqual([3, 4]);
});

test('a list that ends exactly at a page has no further token', () => {
  expect(read({ maxResults: 5 })).toEqual({ items: rows });
});

test('a token is standard base64, as the API model demands of it', () => {
  expect(read({ maxResults: 1 }).nextToken).toMatch(/^[A-Za-z0-9+=/]+$/);
});

describe('a token is refused', () => {
  const token = read({ maxResults: 2 }).nextToken ?? '';
  const changed = Buffer.from(Buffer.from(token, 'base64').toString().replace('thing-1', 'thing-2')).toString('base64');
  const cases = [
    { name: 'with other filters', listing: { ...listing, filters: { kind: 'b' } }, token },
    { name: 'by another operation', listing: { ...listing, name: 'ListOthers' }, token },
    { name: 'by another order', listing: { ...listing, key: { name: 'text', createdAt: 'time' } as const }, token },
    { name: 'when it was changed', listing, token: changed },
    { name: 'when it was cut', listing, token: token.slice(0, -4) },
    { name: 'when it is no JSON', listing, token: 'abcd' },
    { name: 'when it is empty', listing, token: '' },
    { name: 'when its padding is odd', listing, token: `${token}=` },
  ];
  test.each(cases)('$name', ({ listing, token }) => {
    const start = pageStart(listing as Listing<typeof key>, { nextToken: token });
    expect(start).toMatchObject({ ok: false, refusal: { kind: 'invalid', code: 'InvalidPageToken' } });
  });
});

test('filters that were left out and undefined filters are the same list', () => {
  const { nextToken } = pageOf({ ...listing, filters: {} }, { maxResults: 1 }, rows, (row) => row);
  expect(pageStart({ ...listing, filters: { kind: undefined } }, { nextToken }).ok).toBe(true);
});
