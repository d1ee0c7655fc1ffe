import type { Db } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { type Listing, type Page, type PageRequest, type PageTokenRefusal, readPage } from '../../identifiers/index.ts';
import { type MembershipFilters, membershipList } from './membership-store.ts';
import type { Membership } from './team.ts';

/** By team, then by principal. @refuses InvalidPageToken */
export async function listMemberships(
  db: Db,
  { activeAt, ...filters }: MembershipFilters,
  page: PageRequest,
): Promise<Result<Page<Membership>, PageTokenRefusal>> {
  const key = { team: 'text', principal: 'text' } as const;
  const listing = {
    name: 'ListMemberships',
    filters: { ...filters, active: activeAt !== undefined },
    key,
  } satisfies Listing<typeof key>;
  return readPage(listing, page, (behind, rowsMax) => membershipList(db, { ...filters, activeAt }, behind, rowsMax));
}
