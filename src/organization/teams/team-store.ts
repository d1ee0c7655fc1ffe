import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import type { Labels } from '../units/unit.ts';
import type { Team } from './team.ts';

export type TeamTable = {
  team: {
    name: string;
    unit: string;
    kind: string;
    description: string | null;
    labels: Labels;
    created_at: Date;
  };
};

const teams = (db: Db) => db.withTables<TeamTable>();

export async function teamUpsert(tx: Db, team: Team, now: Date): Promise<void> {
  const row = { unit: team.unit, kind: team.kind, description: team.description ?? null, labels: team.labels };
  await teams(tx)
    .insertInto('team')
    .values({ ...row, name: team.name, created_at: now })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
}

/** With its memberships. */
export async function teamDelete(tx: Db, name: string): Promise<void> {
  await teams(tx).deleteFrom('team').where('name', '=', name).execute();
}

/** What names it is taken along by the database (migration 0094). */
export async function teamRename(tx: Db, name: string, to: string): Promise<void> {
  await teams(tx).updateTable('team').set({ name: to }).where('name', '=', name).execute();
}

export interface TeamFilters {
  readonly unit?: string;
  readonly kind?: string;
}

/** By name, those behind a name. */
export async function teamList(
  db: Db,
  { unit, kind }: TeamFilters,
  behind: string | undefined,
  max?: number,
): Promise<Team[]> {
  const rows = await teams(db)
    .selectFrom('team')
    .selectAll()
    .$if(unit !== undefined, (query) => query.where('unit', '=', unit!))
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind!))
    .$if(behind !== undefined, (query) => query.where(sql`name collate "C"`, '>', behind!))
    .orderBy(sql`name collate "C"`)
    .$if(max !== undefined, (query) => query.limit(max!))
    .execute();
  return rows.map(({ created_at, description, ...team }) => ({ ...team, description: description ?? undefined }));
}

/** In a transaction it stays until that ends. */
/** Names of the teams of some kinds in some units, by kind, in order. */
export async function teamsOfKinds(
  db: Db,
  { kinds, units }: { readonly kinds: readonly string[]; readonly units: readonly string[] },
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (kinds.length === 0 || units.length === 0) return new Map();
  const rows = await db
    .withTables<TeamTable>()
    .selectFrom('team')
    .select(['kind', 'name'])
    .where('kind', 'in', [...kinds])
    .where('unit', 'in', [...units])
    .orderBy(sql`name collate "C"`)
    .execute();
  const byKind = Map.groupBy(rows, ({ kind }) => kind);
  return new Map([...byKind].map(([kind, teams]) => [kind, teams.map(({ name }) => name)]));
}

export async function teamFind(db: Db, name: string): Promise<Team | undefined> {
  const row = await teams(db).selectFrom('team').selectAll().where('name', '=', name).forKeyShare().executeTakeFirst();
  if (!row) return undefined;
  const { created_at, description, ...team } = row;
  return { ...team, description: description ?? undefined };
}
