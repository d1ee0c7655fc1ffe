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
import { type RailException, stateAt } from './exception.ts';
import { type ExceptionFilters, exceptionList } from './exception-store.ts';

/** Newest first. @refuses InvalidPageToken */
export async function listExceptions(
  db: Db,
  filters: ExceptionFilters,
  page: PageRequest,
  now: Date,
): Promise<Result<Page<RailException>, PageTokenRefusal>> {
  const key = { requestedAt: 'time', id: 'text' } as const;
  const listing = { name: 'ListGuardRailExceptions', filters, key } satisfies Listing<typeof key>;
  const start = pageStart(listing, page);
  if (!start.ok) return start;
  const rows = await exceptionList(db, filters, start.value, now, pageSize(page) + 1);
  const shown = rows.map(
    ({ requestedById: _, approvals: __, ...row }): RailException => ({ ...row, state: stateAt(row, now) }),
  );
  return accept(pageOf(listing, page, shown, ({ requestedAt, id }) => ({ requestedAt, id })));
}
