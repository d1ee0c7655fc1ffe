import type { Result } from '../../errors/index.ts';
import { type Page, type PageRequest, readPage } from '../../identifiers/index.ts';
import {
  type AuthorityTools,
  type CredentialFilters,
  credentialsOfWhom,
  type Principal,
} from '../../organization/index.ts';
import type { ApiToken } from './api-token.ts';
import { apiTokenList } from './api-token-store.ts';

/** Newest first. @refuses what governance refuses him, principal-missing, InvalidPageToken */
export async function listApiTokens(
  tools: AuthorityTools,
  by: Principal,
  filters: CredentialFilters,
  page: PageRequest,
): Promise<Result<Page<ApiToken>>> {
  const { db, clock } = tools;
  const now = clock.now();
  const whose = await credentialsOfWhom(tools, by, filters, now);
  if (!whose.ok) return whose;
  const listing = { name: 'ListApiTokens', filters, key: { createdAt: 'time', id: 'text' } } as const;
  const usableAt = filters.ended ? undefined : now;
  return readPage(listing, page, (behind, rowsMax) =>
    apiTokenList(db, { principalId: whose.value?.id, usableAt }, behind, rowsMax),
  );
}
