import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { type Db, isStorable, transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { Log } from '../../log/index.ts';
import {
  createPrincipal,
  membershipGrant,
  membershipsUngrant,
  type OrganizationTools,
  type Principal,
  principalEnded,
  principalState,
} from '../../organization/index.ts';
import { externalIdentityFind, externalIdentityInsert } from './external-identity-store.ts';
import type { ExternalIdentity } from './open-id-provider.ts';
import type { SignInSettings } from './sign-in-settings.ts';
import { findTeamsOfGroups } from './teams-of-groups.ts';

/**
 * Who somebody is here whom the provider knows, by issuer and subject alone. The first time he becomes a principal; each
 * time his groups say anew which teams he is in. What people made him a member of stays.
 * @refuses principal-ended; sign-in-failed for an identity that cannot be written down
 */
export async function admitIdentity(
  { db, clock, log }: Pick<OrganizationTools, 'db' | 'clock'> & { readonly log: Log },
  settings: Pick<SignInSettings, 'teamsOfGroups'>,
  identity: ExternalIdentity,
): Promise<Result<Principal, Refusal>> {
  const { issuer, subject, groups } = identity;
  if (subject === '' || subject.length > 255 || !isStorable([issuer, subject])) return unusable();
  return transact(db, async (tx): Promise<Result<Principal, Refusal>> => {
    const now = clock.now();
    await sql`select pg_advisory_xact_lock(hashtextextended(${`external identity ${issuer} ${subject}`}, 0))`.execute(
      tx,
    );
    const known = await externalIdentityFind(tx, identity);
    if (known && principalState(known, now) === 'ended') return principalEnded(known, 'forbidden');
    const { id, name, kind } = known ?? (await makePrincipal(tx, clock, identity));
    const principal: Principal = { id, name, kind };
    const teams = await findTeamsOfGroups({ db: tx, log }, settings, groups);
    for (const team of teams) {
      await membershipGrant(tx, { team, principalId: principal.id, grantedBy: 'provider' }, now);
    }
    await membershipsUngrant(tx, principal.id, { grantedBy: 'provider', except: teams }, now);
    return accept(principal);
  });
}

/** By what he is called; where that is somebody else's name here, with letters of his identity behind it. */
async function makePrincipal(
  tx: Db,
  clock: OrganizationTools['clock'],
  identity: ExternalIdentity,
): Promise<Principal> {
  const { issuer, subject, name = 'person' } = identity;
  const fitting =
    name
      .replace(/[^A-Za-z0-9_.@-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 80) || 'person';
  const digest = createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('hex');
  for (const candidate of [fitting, `${fitting}-${digest.slice(0, 6)}`, `${fitting.slice(0, 30)}-${digest}`]) {
    const made = await createPrincipal({ db: tx, clock }, { name: candidate, kind: 'person' });
    if (!made.ok) continue;
    await externalIdentityInsert(tx, identity, made.value.id, clock.now());
    return made.value;
  }
  throw new Error('a principal with the digest of this identity in its name exists already');
}

function unusable(): Result<never, Refusal> {
  return refuse({
    kind: 'forbidden',
    code: 'sign-in-failed',
    message: "The provider's answer lets nobody in (its subject is empty or too long).",
    remedy: "Begin again; the server's log has more.",
  });
}
