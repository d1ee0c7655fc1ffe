import type { Db } from '../database/index.ts';
import type { Result } from '../errors/index.ts';
import { type Page, type PageRequest, type PageTokenRefusal, readPage } from '../identifiers/index.ts';
import type { KnownPrincipal } from './principal.ts';
import { principalList } from './principal-store.ts';

/** By name. @refuses InvalidPageToken */
export async function listPrincipals(
  db: Db,
  page: PageRequest,
): Promise<Result<Page<KnownPrincipal>, PageTokenRefusal>> {
  const listing = { name: 'ListPrincipals', filters: {}, key: { name: 'text' } } as const;
  return readPage(listing, page, (behind, rowsMax) => principalList(db, behind?.name, rowsMax));
}
