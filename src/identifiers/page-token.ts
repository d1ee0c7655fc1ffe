import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { contentHash } from './content-hash.ts';

/** A part of a list, in the list's order. `nextToken` is absent at the end. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

/** What a caller asks of a list. `maxResults` 1..100. */
export interface PageRequest {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

export const pageSizeMax = 100;

const keyPartTypes = { text: 'string', number: 'number', time: 'string' } as const;
type KeyPart = keyof typeof keyPartTypes;
type KeyPartValue = { text: string; number: number; time: Date };
type SortKey = Readonly<Record<string, KeyPart>>;
/** The values by which a list is ordered; together they are unique among its items. */
export type Position<Key extends SortKey> = { readonly [Part in keyof Key]: KeyPartValue[Key[Part]] };

/** One list with one choice of items and order. A token of one listing is refused by every other. */
export interface Listing<Key extends SortKey> {
  /** The operation, e.g. `ListEnvironments`. */
  readonly name: string;
  /** Everything the caller chose that decides which items the list has, and their order. */
  readonly filters: unknown;
  /** The parts of the sort key, in order. Times have milliseconds: a database column must not hold finer ones. */
  readonly key: Key;
}

export type PageTokenRefusal = Refusal<'InvalidPageToken'>;

/** Rows a page may have at most. Read one row more than this, so that `pageOf` knows whether there is a next page. */
export function pageSize(request: PageRequest): number {
  return Math.min(request.maxResults ?? pageSizeMax, pageSizeMax);
}

/**
 * Where the asked page starts: behind this position; undefined for the first page.
 * @refuses InvalidPageToken for a token of another list, of other filters, or one that was changed
 */
export function pageStart<Key extends SortKey>(
  listing: Listing<Key>,
  request: PageRequest,
): Result<Position<Key> | undefined, PageTokenRefusal> {
  if (request.nextToken === undefined) return accept(undefined);
  const values = decodeToken(listing, request.nextToken);
  const parts = Object.entries(listing.key);
  if (values?.length !== parts.length) return foreignToken(request.nextToken);
  const position: Record<string, unknown> = {};
  for (const [index, [name, part]] of parts.entries()) {
    const value = values[index];
    if (typeof value !== keyPartTypes[part]) return foreignToken(request.nextToken);
    position[name] = part === 'time' ? new Date(value as string) : value;
    if (Number.isNaN(Number(position[name])) && part !== 'text') return foreignToken(request.nextToken);
  }
  return accept(position as Position<Key>);
}

/** Cuts rows that were read with one row too many into a page, and names the position of its last row. */
export function pageOf<Row, Key extends SortKey>(
  listing: Listing<Key>,
  request: PageRequest,
  rows: readonly Row[],
  positionOf: (row: Row) => Position<Key>,
): Page<Row> {
  const size = pageSize(request);
  const items = rows.slice(0, size);
  const last = items.at(-1);
  if (rows.length <= size || last === undefined) return { items };
  return { items, nextToken: encodeToken(listing, positionOf(last)) };
}

/**
 * Reads the page that is asked for, of rows that carry their own position.
 * @param read those behind a position (absent: from the first), in the list's order: as many as `rowsMax`, one more than
 *   the page may have
 * @refuses InvalidPageToken, before anything is read
 */
export async function readPage<const Key extends SortKey, Row extends Position<Key>>(
  listing: Listing<Key>,
  request: PageRequest,
  read: (behind: Position<Key> | undefined, rowsMax: number) => Promise<readonly Row[]>,
): Promise<Result<Page<Row>, PageTokenRefusal>> {
  const start = pageStart(listing, request);
  if (!start.ok) return start;
  const rows = await read(start.value, pageSize(request) + 1);
  return accept(pageOf(listing, request, rows, (row) => row));
}

/**
 * Standard base64, as the API model demands. The seal finds mistakes; it is no secret, for a forged token can only name
 * another position in a list that its caller may read anyway.
 */
function encodeToken<Key extends SortKey>(listing: Listing<Key>, position: Position<Key>): string {
  const values = Object.keys(listing.key).map((part) => position[part]);
  const json = JSON.stringify([seal(listing, values), ...values]);
  return Buffer.from(json, 'utf8').toString('base64');
}

function decodeToken<Key extends SortKey>(listing: Listing<Key>, token: string): readonly unknown[] | undefined {
  const bytes = Buffer.from(token, 'base64');
  if (bytes.toString('base64') !== token) return undefined;
  const parts = parseJson(bytes.toString('utf8'));
  if (!Array.isArray(parts)) return undefined;
  const [given, ...values] = parts;
  return given === seal(listing, values) ? values : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function seal<Key extends SortKey>(listing: Listing<Key>, values: readonly unknown[]): string {
  const { name, filters, key } = listing;
  return contentHash([name, filters, Object.entries(key), values]).slice(-16);
}

function foreignToken(token: string) {
  const shown = token.length > 40 ? `${token.slice(0, 40)}...` : token;
  return refuse({
    kind: 'invalid',
    code: 'InvalidPageToken',
    message: `The nextToken '${shown}' does not belong to this list.`,
    remedy:
      'Give the nextToken of the answer before, with the same filters; or leave it out to start from the beginning.',
  });
}
