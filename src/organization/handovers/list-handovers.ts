import type { Db } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { type Page, type PageRequest, type PageTokenRefusal, readPage } from '../../identifiers/index.ts';
import { type Handover, handoverState } from './handover.ts';
import { type HandoverFilters, handoverList } from './handover-store.ts';

/** Newest first. @refuses InvalidPageToken */
export async function listHandovers(
  db: Db,
  filters: HandoverFilters,
  page: PageRequest,
  now: Date,
): Promise<Result<Page<Handover>, PageTokenRefusal>> {
  const { reader: _, ...chosen } = filters; // a token stays good when the reader's reach changes
  const listing = { name: 'ListHandovers', filters: chosen, key: { offeredAt: 'time', id: 'text' } } as const;
  return readPage(listing, page, async (behind, rowsMax) => {
    const rows = await handoverList(db, filters, behind, now, rowsMax);
    return rows.map((row) => ({ ...row, state: handoverState(row, now) }));
  });
}
