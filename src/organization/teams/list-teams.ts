import type { Db } from '../../database/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import {
  type Listing,
  type Page,
  type PageRequest,
  type PageTokenRefusal,
  pageOf,
  pageSize,
  pageStart,
} from '../../identifiers/index.ts';
import type { Team } from './team.ts';
import { type TeamFilters, teamList } from './team-store.ts';

/** By name. @refuses InvalidPageToken */
export async function listTeams(
  db: Db,
  filters: TeamFilters,
  page: PageRequest,
): Promise<Result<Page<Team>, PageTokenRefusal>> {
  const key = { name: 'text' } as const;
  const listing = { name: 'ListTeams', filters, key } satisfies Listing<typeof key>;
  const start = pageStart(listing, page);
  if (!start.ok) return start;
  const rows = await teamList(db, filters, start.value?.name, pageSize(page) + 1);
  return accept(pageOf(listing, page, rows, ({ name }) => ({ name })));
}
