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
import type { Unit } from './unit.ts';
import { unitList } from './unit-store.ts';

/** By name. @refuses InvalidPageToken */
export async function listUnits(db: Db, page: PageRequest): Promise<Result<Page<Unit>, PageTokenRefusal>> {
  const key = { name: 'text' } as const;
  const listing = { name: 'ListUnits', filters: {}, key } satisfies Listing<typeof key>;
  const start = pageStart(listing, page);
  if (!start.ok) return start;
  const rows = await unitList(db, start.value?.name, pageSize(page) + 1);
  return accept(pageOf(listing, page, rows, ({ name }) => ({ name })));
}
