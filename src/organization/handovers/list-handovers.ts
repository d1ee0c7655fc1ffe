import type { Db } from '../../database/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import {
  type Listing,
  type Page,
  type PageRequest,
  type PageTokenRefusal,
  pageOf,
  pageSize,
  pageStart,
} from '../../identifiers/index.ts';
import { type Handover, handoverState } from './handover.ts';
import { type HandoverFilters, handoverList } from './handover-store.ts';

/** Newest first. @refuses InvalidPageToken */
export async function listHandovers(
  db: Db,
  filters: HandoverFilters,
  page: PageRequest,
  now: Date,
): Promise<Result<Page<Handover>, PageTokenRefusal>> {
  const key = { offeredAt: 'time', id: 'text' } as const;
  const { reader: _, ...chosen } = filters; // a token stays good when the reader's reach changes
  const listing = { name: 'ListHandovers', filters: chosen, key } satisfies Listing<typeof key>;
  const start = pageStart(listing, page);
  if (!start.ok) return start;
  const rows = await handoverList(db, filters, start.value, now, pageSize(page) + 1);
  const shown = rows.map((row) => ({ ...row, state: handoverState(row, now) }));
  return accept(pageOf(listing, page, shown, ({ offeredAt, id }) => ({ offeredAt, id })));
}
