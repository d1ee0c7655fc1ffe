import type { Db } from '../../database/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import { type Page, type PageRequest, readPage } from '../../identifiers/index.ts';
import type { AccessKeySummary } from '../access-key.ts';
import { accessKeyList } from '../access-key-store.ts';
import { principalMissing } from '../chart/change-chart.ts';
import type { Principal } from '../principal.ts';
import { principalFindByName } from '../principal-store.ts';
import { checkCredentialAuthority } from './credential-authority.ts';

export interface CredentialFilters {
  /** A name; absent: of who asks. */
  readonly principal?: string;
  /** Of everybody: for administrators. */
  readonly all?: boolean;
  /** Also those that ended. */
  readonly ended?: boolean;
}

/** Newest first. @refuses credential-not-allowed, principal-missing, InvalidPageToken */
export async function listAccessKeys(
  db: Db,
  by: Principal,
  filters: CredentialFilters,
  page: PageRequest,
  now: Date,
): Promise<Result<Page<AccessKeySummary>>> {
  const whose = await credentialsOfWhom(db, by, filters, now);
  if (!whose.ok) return whose;
  const listing = { name: 'ListAccessKeys', filters, key: { createdAt: 'time', id: 'text' } } as const;
  const usableAt = filters.ended ? undefined : now;
  return readPage(listing, page, (behind, rowsMax) =>
    accessKeyList(db, { principalId: whose.value?.id, usableAt }, behind, rowsMax),
  );
}

/** Whose credentials are listed; undefined: everybody's. @refuses credential-not-allowed, principal-missing */
export async function credentialsOfWhom(
  db: Db,
  by: Principal,
  { principal: name, all }: CredentialFilters,
  now: Date,
): Promise<Result<Principal | undefined>> {
  if (all) {
    const allowed = await checkCredentialAuthority(db, by, undefined, now);
    return allowed.ok ? accept(undefined) : allowed;
  }
  if (name === undefined || name === by.name) return accept(by);
  const allowed = await checkCredentialAuthority(db, by, undefined, now);
  if (!allowed.ok) return allowed;
  const found = await principalFindByName(db, name);
  return found ? accept(found) : principalMissing(name);
}
