import { accept, type Result } from '../../errors/index.ts';
import { type Page, type PageRequest, readPage } from '../../identifiers/index.ts';
import type { AccessKeySummary } from '../access-key.ts';
import { accessKeyList } from '../access-key-store.ts';
import type { AuthorityTools } from '../authority/authorise.ts';
import { onOrganization } from '../authority/organization-acts.ts';
import { principalMissing } from '../chart/change-chart.ts';
import type { Principal } from '../principal.ts';
import { principalFindByName } from '../principal-store.ts';
import { mayWithKeysOf } from './credential-authority.ts';

export interface CredentialFilters {
  /** A name; absent: of who asks. */
  readonly principal?: string;
  /** Of everybody: for who may read all. */
  readonly all?: boolean;
  /** Also those that ended. */
  readonly ended?: boolean;
}

/** Newest first. @refuses what governance refuses him, principal-missing, InvalidPageToken */
export async function listAccessKeys(
  tools: AuthorityTools,
  by: Principal,
  filters: CredentialFilters,
  page: PageRequest,
): Promise<Result<Page<AccessKeySummary>>> {
  const { db, clock } = tools;
  const now = clock.now();
  const whose = await credentialsOfWhom(tools, by, filters, now);
  if (!whose.ok) return whose;
  const listing = { name: 'ListAccessKeys', filters, key: { createdAt: 'time', id: 'text' } } as const;
  const usableAt = filters.ended ? undefined : now;
  return readPage(listing, page, (behind, rowsMax) =>
    accessKeyList(db, { principalId: whose.value?.id, usableAt }, behind, rowsMax),
  );
}

/** Whose credentials are listed; undefined: everybody's. @refuses what governance refuses him, principal-missing */
export async function credentialsOfWhom(
  { db, authorise }: Pick<AuthorityTools, 'db' | 'authorise'>,
  by: Principal,
  { principal: name, all }: CredentialFilters,
  now: Date,
): Promise<Result<Principal | undefined>> {
  if (all) {
    const allowed = await authorise(db, by.id, [onOrganization('key:read')]);
    return allowed.ok ? accept(undefined) : allowed;
  }
  if (name === undefined || name === by.name) return accept(by);
  const found = await principalFindByName(db, name);
  const allowed = await mayWithKeysOf(db, authorise, 'key:read', by, found ?? { name }, now);
  if (!allowed.ok) return allowed;
  return found ? accept(found) : principalMissing(name);
}
