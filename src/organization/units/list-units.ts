import type { Db } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { type Page, type PageRequest, type PageTokenRefusal, readPage } from '../../identifiers/index.ts';
import type { Unit } from './unit.ts';
import { unitList } from './unit-store.ts';

/** By name. @refuses InvalidPageToken */
export async function listUnits(db: Db, page: PageRequest): Promise<Result<Page<Unit>, PageTokenRefusal>> {
  const listing = { name: 'ListUnits', filters: {}, key: { name: 'text' } } as const;
  return readPage(listing, page, (behind, rowsMax) => unitList(db, behind?.name, rowsMax));
}
