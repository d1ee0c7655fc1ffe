import type { Db } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { createPrincipal } from '../create-principal.ts';
import type { PrincipalId, PrincipalKind } from '../principal.ts';
import { membershipUpsert } from '../teams/membership-store.ts';
import type { MembershipRole } from '../teams/team.ts';
import { teamUpsert } from '../teams/team-store.ts';
import { unitUpsert } from '../units/unit-store.ts';

export const now = new Date('2026-11-28T08:00:00Z');
export const installation = { partition: 'aws', region: 'us-east-1', accountId: '111122223333' };
export const arnOf = (resource: string) => `arn:aws:proton:us-east-1:111122223333:${resource}`;

export function accepted<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`${result.refusal.code}: ${result.refusal.message}`);
  return result.value;
}

export async function givenPrincipal(db: Db, name: string, kind: PrincipalKind = 'person'): Promise<PrincipalId> {
  return accepted(await createPrincipal({ db, clock: { now: () => now } }, { name, kind })).id;
}

export async function givenUnit(db: Db, name: string, parent = 'organization'): Promise<void> {
  await unitUpsert(db, { name, parent, labels: {} }, now);
}

export async function givenTeam(db: Db, name: string, unit: string, kind = 'application'): Promise<void> {
  await teamUpsert(db, { name, unit, kind, labels: {} }, now);
}

export async function givenMember(
  db: Db,
  team: string,
  principalId: PrincipalId,
  { role = 'member', endsAt }: { readonly role?: MembershipRole; readonly endsAt?: Date } = {},
): Promise<void> {
  await membershipUpsert(db, { team, principalId, role, since: now, endsAt });
}
