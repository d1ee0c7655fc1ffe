import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import type { Principal, PrincipalId } from '../principal.ts';
import type { PrincipalTable } from '../principal-store.ts';
import type { Membership, MembershipRole, MembershipSource } from './team.ts';
import type { TeamTable } from './team-store.ts';

type MembershipTable = PrincipalTable &
  TeamTable & {
    membership: {
      team: string;
      principal_id: PrincipalId;
      role: MembershipRole;
      since: Date;
      ends_at: Date | null;
      granted_by: MembershipSource | null;
    };
  };

const memberships = (db: Db) => db.withTables<MembershipTable>();

export async function membershipUpsert(
  tx: Db,
  { team, principalId, role, since, endsAt, grantedBy }: Omit<Membership, 'principal'>,
): Promise<void> {
  const row = { role, since, ends_at: endsAt ?? null, granted_by: grantedBy ?? null };
  await memberships(tx)
    .insertInto('membership')
    .values({ ...row, team, principal_id: principalId })
    .onConflict((conflict) => conflict.columns(['team', 'principal_id']).doUpdateSet(row))
    .execute();
}

export interface MembershipFilters {
  readonly team?: string;
  /** A name. */
  readonly principal?: string;
  /** Only those that count at this moment, of principals who are there then. */
  readonly activeAt?: Date;
}

export interface MembershipPosition {
  readonly team: string;
  readonly principal: string;
}

/** By team, then by principal. */
export async function membershipList(
  db: Db,
  { team, principal, activeAt }: MembershipFilters,
  behind?: MembershipPosition,
  max?: number,
): Promise<Membership[]> {
  let query = memberships(db)
    .selectFrom('membership')
    .innerJoin('principal', 'principal.id', 'membership.principal_id')
    .selectAll('membership')
    .select(['principal.name as principal', 'principal.ends_at as principalEndsAt'])
    .orderBy(sql`membership.team collate "C"`)
    .orderBy(sql`principal.name collate "C"`);
  if (team !== undefined) query = query.where('membership.team', '=', team);
  if (principal !== undefined) query = query.where('principal.name', '=', principal);
  if (activeAt) {
    for (const end of ['membership.ends_at', 'principal.ends_at'] as const)
      query = query.where((where) => where.or([where(end, 'is', null), where(end, '>', activeAt)]));
  }
  if (behind) {
    query = query.where(
      sql<boolean>`(membership.team collate "C", principal.name collate "C") > (${behind.team}, ${behind.principal})`,
    );
  }
  if (max !== undefined) query = query.limit(max);
  const rows = await query.execute();
  return rows.map((row) => ({
    team: row.team,
    principalId: row.principal_id,
    principal: row.principal,
    role: row.role,
    since: row.since,
    endsAt: row.ends_at ?? undefined,
    ...(row.principalEndsAt && { principalEndsAt: row.principalEndsAt }),
    ...(row.granted_by && { grantedBy: row.granted_by }),
  }));
}

export interface TeamOfPrincipal {
  readonly principalId: PrincipalId;
  readonly name: string;
  readonly kind: string;
  readonly unit: string;
  readonly role: MembershipRole;
}

/**
 * Principals with the teams that they are in at a moment, by name; who does not exist is left out. Who has ended is what he
 * was: a deployment of his that waits is not stranded by that.
 */
export async function principalsWithTeams(
  db: Db,
  ids: readonly PrincipalId[],
  now: Date,
): Promise<(Principal & { readonly teams: readonly Omit<TeamOfPrincipal, 'principalId'>[] })[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Principal & { readonly teams: readonly Omit<TeamOfPrincipal, 'principalId'>[] }>`
    select id, name, kind, coalesce((
      select jsonb_agg(jsonb_build_object('name', team.name, 'kind', team.kind, 'unit', team.unit,
        'role', membership.role) order by team.name collate "C")
      from membership join team on team.name = membership.team
      where membership.principal_id = principal.id
        and (membership.ends_at is null or membership.ends_at > ${now})
    ), '[]') as teams
    from principal where id = any(${[...ids]}::text[])`.execute(db);
  return rows;
}

/** The teams that principals are in at a moment, by name. */
export async function teamsOfPrincipals(db: Db, ids: readonly PrincipalId[], now: Date): Promise<TeamOfPrincipal[]> {
  if (ids.length === 0) return [];
  return memberships(db)
    .selectFrom('membership')
    .innerJoin('team', 'team.name', 'membership.team')
    .select(['membership.principal_id as principalId', 'team.name', 'team.kind', 'team.unit', 'membership.role'])
    .where('membership.principal_id', 'in', [...ids])
    .where((where) => where.or([where('membership.ends_at', 'is', null), where('membership.ends_at', '>', now)]))
    .orderBy(sql`team.name collate "C"`)
    .execute();
}

/** People who are there, and in one of some teams, at a moment: of those names, or of those kinds in those units. */
export async function peopleOfTeams(
  db: Db,
  { names, kinds, units }: Readonly<Record<'names' | 'kinds' | 'units', readonly string[]>>,
  now: Date,
): Promise<readonly PrincipalId[]> {
  const { rows } = await sql<{ id: PrincipalId }>`
    select distinct principal.id from principal
      join membership on membership.principal_id = principal.id
      join team on team.name = membership.team
    where principal.kind = 'person' and (principal.ends_at is null or principal.ends_at > ${now})
      and (membership.ends_at is null or membership.ends_at > ${now})
      and (team.name = any(${[...names]}::text[])
        or (team.kind = any(${[...kinds]}::text[]) and team.unit = any(${[...units]}::text[])))`.execute(db);
  return rows.map(({ id }) => id);
}

/** What is vouched for begins or goes on; where people made somebody a member, it stays as they said. */
export async function membershipGrant(
  tx: Db,
  {
    team,
    principalId,
    endsAt,
    grantedBy,
  }: Pick<Membership, 'team' | 'principalId' | 'endsAt'> & { readonly grantedBy: MembershipSource },
  now: Date,
): Promise<void> {
  await sql`
    insert into membership (team, principal_id, role, since, ends_at, granted_by)
    values (${team}, ${principalId}, 'member', ${now}, ${endsAt ?? null}, ${grantedBy})
    on conflict (team, principal_id) do update set
      role = 'member',
      since = case when membership.ends_at <= ${now} then excluded.since else membership.since end,
      -- of two jobs at once, the one that is given more time decides
      ends_at = case when excluded.ends_at is null or membership.ends_at is null then excluded.ends_at
        else greatest(membership.ends_at, excluded.ends_at) end,
      granted_by = excluded.granted_by
    where membership.granted_by = ${grantedBy} or membership.ends_at <= ${now}`.execute(tx);
}

/** Those that this source vouched for end now, save in some teams. */
export async function membershipsUngrant(
  tx: Db,
  principalId: PrincipalId,
  { grantedBy, except }: { readonly grantedBy: MembershipSource; readonly except: readonly string[] },
  now: Date,
): Promise<void> {
  await sql`
    update membership set ends_at = ${now}
    where principal_id = ${principalId} and granted_by = ${grantedBy} and (ends_at is null or ends_at > ${now})
      and team <> all(${[...except]}::text[])`.execute(tx);
}
