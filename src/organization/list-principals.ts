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
import type { Principal } from './principal.ts';
import { principalList } from './principal-store.ts';

/** By name. @refuses InvalidPageToken */
export async function listPrincipals(db: Db, page: PageRequest): Promise<Result<Page<Principal>, PageTokenRefusal>> {
  const key = { name: 'text' } as const;
  const listing = { name: 'ListPrincipals', filters: {}, key } satisfies Listing<typeof key>;
  const start = pageStart(listing, page);
  if (!start.ok) return start;
  const rows = await principalList(db, start.value?.name, pageSize(page) + 1);
  return accept(pageOf(listing, page, rows, ({ name }) => ({ name })));
}
