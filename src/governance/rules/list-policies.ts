import type { Db } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { type Page, type PageRequest, type PageTokenRefusal, readPage } from '../../identifiers/index.ts';
import type { PolicyVersion } from './policy.ts';
import { policyVersionList } from './policy-store.ts';

/** Every version of every policy of the installation's own, by name, newest first. @refuses InvalidPageToken */
export async function listPolicies(db: Db, page: PageRequest): Promise<Result<Page<PolicyVersion>, PageTokenRefusal>> {
  const listing = { name: 'ListPolicies', filters: null, key: { name: 'text', version: 'number' } } as const;
  return readPage(listing, page, (behind, rowsMax) => policyVersionList(db, behind, rowsMax));
}
