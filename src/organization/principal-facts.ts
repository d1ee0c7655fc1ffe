import type { Db } from '../database/index.ts';
import type { PrincipalId, PrincipalKind } from './principal.ts';
import { membershipList, principalsWithTeams } from './teams/membership-store.ts';
import { administratorsTeam, type MembershipRole } from './teams/team.ts';
import { unitPaths } from './units/unit-store.ts';

/** Who somebody is, for whoever decides what he may do. */
export interface PrincipalFacts {
  readonly id: PrincipalId;
  readonly name: string;
  readonly kind: PrincipalKind;
  /** By memberships that count at the moment asked for; by name. */
  readonly teams: readonly PrincipalTeam[];
  readonly isAdministrator: boolean;
}

export interface PrincipalTeam {
  readonly name: string;
  readonly kind: string;
  /** Of the team: from the root to its unit. */
  readonly unitPath: readonly string[];
  readonly role: MembershipRole;
}

/** The administrator who has been one for longest; undefined when there is none. */
export async function firstAdministratorFacts(db: Db, now: Date): Promise<PrincipalFacts | undefined> {
  const all = await membershipList(db, { team: administratorsTeam, activeAt: now });
  const [first] = all.sort((one, other) => one.since.getTime() - other.since.getTime());
  return first && principalFacts(db, first.principalId, now);
}

/** undefined when there is no such principal. */
export async function principalFacts(db: Db, principalId: PrincipalId, now: Date): Promise<PrincipalFacts | undefined> {
  return (await principalFactsOf(db, [principalId], now)).get(principalId);
}

/** Of many at once; who does not exist is left out. */
export async function principalFactsOf(
  db: Db,
  principalIds: readonly PrincipalId[],
  now: Date,
): Promise<ReadonlyMap<PrincipalId, PrincipalFacts>> {
  const principals = await principalsWithTeams(db, principalIds, now);
  const teams = principals.flatMap((principal) => principal.teams);
  const paths = await unitPaths(
    db,
    teams.map(({ unit }) => unit),
  );
  return new Map(
    principals.map(({ teams: own, ...principal }) => {
      const shown = own.map(({ name, kind, unit, role }) => ({ name, kind, unitPath: paths.get(unit) ?? [], role }));
      const isAdministrator = own.some(({ name }) => name === administratorsTeam);
      return [principal.id, { ...principal, teams: shown, isAdministrator }];
    }),
  );
}
