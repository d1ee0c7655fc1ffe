import type { Db } from '../database/index.ts';
import { accept, type Result } from '../errors/index.ts';
import {
  type Listing,
  type Page,
  type PageRequest,
  type PageTokenRefusal,
  pageOf,
  pageSize,
  pageStart,
} from '../identifiers/index.ts';
import type { PolicyVersion } from './policy.ts';
import { policyVersionList } from './policy-store.ts';

/** Every version of every policy of the installation's own, by name, newest first. @refuses InvalidPageToken */
export async function listPolicies(db: Db, page: PageRequest): Promise<Result<Page<PolicyVersion>, PageTokenRefusal>> {
  const key = { name: 'text', version: 'number' } as const;
  const listing = { name: 'ListPolicies', filters: null, key } satisfies Listing<typeof key>;
  const start = pageStart(listing, page);
  if (!start.ok) return start;
  const rows = await policyVersionList(db, start.value, pageSize(page) + 1);
  return accept(pageOf(listing, page, rows, ({ name, version }) => ({ name, version })));
}
