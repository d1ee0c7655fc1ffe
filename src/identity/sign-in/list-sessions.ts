import type { Result } from '../../errors/index.ts';
import { type Page, type PageRequest, readPage } from '../../identifiers/index.ts';
import {
  type AuthorityTools,
  type CredentialFilters,
  credentialsOfWhom,
  type Principal,
} from '../../organization/index.ts';
import { type Session, sessionList } from './session-store.ts';

/** Who is signed in now, newest first. @refuses what governance refuses him, principal-missing, InvalidPageToken */
export async function listSessions(
  tools: AuthorityTools,
  by: Principal,
  filters: Omit<CredentialFilters, 'ended'>,
  page: PageRequest,
): Promise<Result<Page<Session>>> {
  const { db, clock } = tools;
  const now = clock.now();
  const whose = await credentialsOfWhom(tools, by, filters, now);
  if (!whose.ok) return whose;
  const listing = { name: 'ListSessions', filters, key: { createdAt: 'time', id: 'text' } } as const;
  return readPage(listing, page, (behind, rowsMax) => sessionList(db, whose.value?.id, now, behind, rowsMax));
}
