import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import { type Labels, rootUnit } from '../units/unit.ts';
import type { ResourceKind, ResourcePlacement } from './placement.ts';

type PlacementTable = {
  resource_placement: {
    arn: string;
    kind: ResourceKind;
    unit: string | null;
    owner_team: string | null;
    data_owner_team: string | null;
    environment_class: string | null;
    environment_arn: string | null;
    labels: Labels;
    created_at: Date;
  };
};

const placements = (db: Db) => db.withTables<PlacementTable>();

export async function placementUpsert(tx: Db, placement: ResourcePlacement, now: Date): Promise<void> {
  const row = {
    unit: placement.unit ?? null,
    owner_team: placement.ownerTeam ?? null,
    data_owner_team: placement.dataOwnerTeam ?? null,
    environment_class: placement.environmentClass ?? null,
    environment_arn: placement.environmentArn ?? null,
    labels: placement.labels,
  };
  await placements(tx)
    .insertInto('resource_placement')
    .values({ ...row, arn: placement.arn, kind: placement.kind, created_at: now })
    .onConflict((conflict) => conflict.column('arn').doUpdateSet(row))
    .execute();
}

export async function placementDelete(tx: Db, arn: string): Promise<void> {
  await placements(tx).deleteFrom('resource_placement').where('arn', '=', arn).execute();
}

export async function placementsFind(db: Db, arns: readonly string[]): Promise<ReadonlyMap<string, ResourcePlacement>> {
  if (arns.length === 0) return new Map();
  const rows = await placements(db)
    .selectFrom('resource_placement')
    .selectAll()
    .where('arn', '=', sql<string>`any(${[...arns]})`)
    .execute();
  return new Map(rows.map((row) => [row.arn, placementOf(row)]));
}

/** The same with the environments that these run in. */
export async function placementsAround(
  db: Db,
  arns: readonly string[],
): Promise<ReadonlyMap<string, ResourcePlacement>> {
  if (arns.length === 0) return new Map();
  const asked = sql<string>`any(${[...arns]})`;
  const rows = await placements(db)
    .selectFrom('resource_placement')
    .selectAll()
    .where((where) =>
      where.or([
        where('arn', '=', asked),
        where('arn', 'in', (own) =>
          own
            .selectFrom('resource_placement')
            .select(({ ref }) => ref('environment_arn').$notNull().as('arn'))
            .where('arn', '=', asked),
        ),
      ]),
    )
    .execute();
  return new Map(rows.map((row) => [row.arn, placementOf(row)]));
}

export interface PlacementFilters {
  /** Recorded in this very unit, not below it. */
  readonly unit?: string;
  /** Owner of the resource or of its data. */
  readonly team?: string;
  readonly kind?: ResourceKind;
  /** Only those within it. */
  readonly reach?: PlacementReach;
}

/** By ARN, those behind an ARN. */
export async function placementList(
  db: Db,
  { unit, team, kind, reach }: PlacementFilters,
  behind: string | undefined,
  max: number,
): Promise<ResourcePlacement[]> {
  let query = placements(db).selectFrom('resource_placement').selectAll().orderBy(sql`arn collate "C"`).limit(max);
  if (unit !== undefined) query = query.where('unit', '=', unit);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  if (team !== undefined) {
    query = query.where((where) => where.or([where('owner_team', '=', team), where('data_owner_team', '=', team)]));
  }
  if (reach) query = query.where(isWithinReach(sql.ref('resource_placement.arn'), reach));
  if (behind !== undefined) query = query.where(sql<boolean>`arn collate "C" > ${behind}`);
  return (await query.execute()).map(placementOf);
}

/** Resources that are in one of these units, or that one of these teams answers for, and single ones. */
export interface PlacementReach {
  readonly units: readonly string[];
  readonly teams: readonly string[];
  readonly arns?: readonly string[];
}

/**
 * Whether a resource is within reach, for the queries of lists: parts are where their whole is, unless they have a place
 * of their own. @param arn of the resource: a column; one that was never placed is out of reach
 * @param incarnation of what a record is about: what had the name before is out of reach
 */
export function isWithinReach(
  arn: RawBuilder<unknown>,
  { units, teams, arns }: PlacementReach,
  incarnation?: RawBuilder<unknown>,
): RawBuilder<boolean> {
  const ownTeams = sql`any(${[...teams]}::text[])`;
  return sql<boolean>`exists (
    select from resource_placement own
    left join resource_placement whole on whole.arn = substring(own.arn from '^(.*:service/[^/]+)/')
    left join resource_placement home on home.arn = own.environment_arn
    where own.arn = ${arn} ${incarnation ? sql`and own.incarnation = ${incarnation}` : sql``} and (
      coalesce(own.unit, whole.unit, ${rootUnit}) = any(${[...units]}::text[])
      or coalesce(own.owner_team, whole.owner_team) = ${ownTeams}
      or coalesce(own.data_owner_team, whole.data_owner_team) = ${ownTeams}
      or home.owner_team = ${ownTeams}
      ${arns ? sql`or own.arn = any(${[...arns]}::text[])` : sql``}
    ))`;
}

/** Where resources are, and who answers for them: what is empty does not narrow, the rest must all hold. */
export interface PlacementSelector {
  /** Names, and none of them stands for what is below it: `unitsBelow` tells those. */
  readonly units: readonly string[];
  readonly ownerTeams: readonly string[];
  readonly environmentClasses: readonly string[];
}

/**
 * Whether a resource is placed so, with what it takes from its whole and its environment. @param arn of the resource: a
 * column; one that was never placed is in the root, without owner
 */
export function isPlaced(
  arn: RawBuilder<unknown>,
  { units, ownerTeams, environmentClasses }: PlacementSelector,
): RawBuilder<boolean> {
  const narrows = (value: RawBuilder<unknown>, names: readonly string[]) =>
    names.length === 0 ? sql`true` : sql`${value} = any(${[...names]}::text[])`;
  return sql<boolean>`exists (
    select from (select ${arn} as arn) asked
    left join resource_placement own on own.arn = asked.arn
    left join resource_placement whole on whole.arn = substring(asked.arn from '^(.*:service/[^/]+)/')
    left join resource_placement home on home.arn = own.environment_arn
    where ${narrows(sql`coalesce(own.unit, whole.unit, ${rootUnit})`, units)}
      and ${narrows(sql`coalesce(own.owner_team, whole.owner_team)`, ownerTeams)}
      and ${narrows(sql`coalesce(own.environment_class, home.environment_class)`, environmentClasses)})`;
}

/** How many resources are recorded in each unit, and how many each team answers for. */
/** The ARN of the template that is called so by the part behind the account: `service-template/worker`. */
export async function templateCalled(db: Db, short: string): Promise<string | undefined> {
  const { rows } = await sql<{ arn: string }>`select arn from resource_placement
    where kind in ('environment-template', 'service-template') and split_part(arn, ':', 6) = ${short} limit 1`.execute(
    db,
  );
  return rows[0]?.arn;
}

export async function placementCounts(
  db: Db,
): Promise<Readonly<Record<'byUnit' | 'byTeam' | 'byClass', ReadonlyMap<string, number>>>> {
  const { rows } = await sql<{ by: 'unit' | 'team' | 'class'; name: string; count: number }>`
    select 'unit' as by, unit as name, count(*)::integer as count from resource_placement
      where unit is not null group by unit
    union all
    select 'class', environment_class, count(*)::integer from resource_placement
      where environment_class is not null group by environment_class
    union all
    select 'team', name, count(*)::integer from (
      select owner_team as name from resource_placement where owner_team is not null
      union all select data_owner_team from resource_placement where data_owner_team is not null
    ) as owned group by name`.execute(db);
  const counts = (by: 'unit' | 'team' | 'class') =>
    new Map(rows.filter((row) => row.by === by).map(({ name, count }) => [name, count]));
  return { byUnit: counts('unit'), byTeam: counts('team'), byClass: counts('class') };
}

function placementOf(row: PlacementTable['resource_placement']): ResourcePlacement {
  return {
    arn: row.arn,
    kind: row.kind,
    unit: row.unit ?? undefined,
    ownerTeam: row.owner_team ?? undefined,
    dataOwnerTeam: row.data_owner_team ?? undefined,
    environmentClass: row.environment_class ?? undefined,
    environmentArn: row.environment_arn ?? undefined,
    labels: row.labels,
  };
}
