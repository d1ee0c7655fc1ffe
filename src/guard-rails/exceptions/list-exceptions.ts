import type { Db } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { type Page, type PageRequest, type PageTokenRefusal, readPage } from '../../identifiers/index.ts';
import { type RailException, stateAt } from './exception.ts';
import { type ExceptionFilters, exceptionList } from './exception-store.ts';

/** Newest first. @refuses InvalidPageToken */
export async function listExceptions(
  db: Db,
  filters: ExceptionFilters,
  page: PageRequest,
  now: Date,
): Promise<Result<Page<RailException>, PageTokenRefusal>> {
  const listing = { name: 'ListGuardRailExceptions', filters, key: { requestedAt: 'time', id: 'text' } } as const;
  return readPage(listing, page, async (behind, rowsMax) => {
    const rows = await exceptionList(db, filters, behind, now, rowsMax);
    return rows.map(
      ({ requestedById: _, approvals: __, ...row }): RailException => ({ ...row, state: stateAt(row, now) }),
    );
  });
}
