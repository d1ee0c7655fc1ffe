import type { Db } from '../../database/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import { type Listing, type Page, type PageRequest, pageOf, pageSize, pageStart } from '../../identifiers/index.ts';
import { type CredentialFilters, credentialsOfWhom, type Principal } from '../../organization/index.ts';
import type { ApiToken } from './api-token.ts';
import { apiTokenList } from './api-token-store.ts';

/** Newest first. @refuses credential-not-allowed, principal-missing, InvalidPageToken */
export async function listApiTokens(
  db: Db,
  by: Principal,
  filters: CredentialFilters,
  page: PageRequest,
  now: Date,
): Promise<Result<Page<ApiToken>>> {
  const whose = await credentialsOfWhom(db, by, filters, now);
  if (!whose.ok) return whose;
  const key = { createdAt: 'time', id: 'text' } as const;
  const listing = { name: 'ListApiTokens', filters, key } satisfies Listing<typeof key>;
  const start = pageStart(listing, page);
  if (!start.ok) return start;
  const usableAt = filters.ended ? undefined : now;
  const rows = await apiTokenList(db, { principalId: whose.value?.id, usableAt }, start.value, pageSize(page) + 1);
  return accept(pageOf(listing, page, rows, ({ createdAt, id }) => ({ createdAt, id })));
}
