import type { Db } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { type Page, type PageRequest, readPage } from '../../identifiers/index.ts';
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
  const listing = { name: 'ListApiTokens', filters, key: { createdAt: 'time', id: 'text' } } as const;
  const usableAt = filters.ended ? undefined : now;
  return readPage(listing, page, (behind, rowsMax) =>
    apiTokenList(db, { principalId: whose.value?.id, usableAt }, behind, rowsMax),
  );
}
