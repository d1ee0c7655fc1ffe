import type { Db } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { type Page, type PageRequest, type PageTokenRefusal, readPage } from '../../identifiers/index.ts';
import type { Team } from './team.ts';
import { type TeamFilters, teamList } from './team-store.ts';

/** By name. @refuses InvalidPageToken */
export async function listTeams(
  db: Db,
  filters: TeamFilters,
  page: PageRequest,
): Promise<Result<Page<Team>, PageTokenRefusal>> {
  const listing = { name: 'ListTeams', filters, key: { name: 'text' } } as const;
  return readPage(listing, page, (behind, rowsMax) => teamList(db, filters, behind?.name, rowsMax));
}
