import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import { type Labels, rootUnit, type Unit } from './unit.ts';

export type UnitTable = {
  unit: {
    name: string;
    parent: string | null;
    description: string | null;
    labels: Labels;
    created_at: Date;
  };
};

const units = (db: Db) => db.withTables<UnitTable>();

/** Until the transaction ends, nobody else changes the organization. */
export async function organizationLock(tx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('organization', 0))`.execute(tx);
}

export async function unitUpsert(tx: Db, unit: Unit, now: Date): Promise<void> {
  const row = { parent: unit.parent ?? null, description: unit.description ?? null, labels: unit.labels };
  await units(tx)
    .insertInto('unit')
    .values({ ...row, name: unit.name, created_at: now })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
}

export async function unitDelete(tx: Db, name: string): Promise<void> {
  await units(tx).deleteFrom('unit').where('name', '=', name).execute();
}

/** What names it is taken along by the database (migration 0094). */
export async function unitRename(tx: Db, name: string, to: string): Promise<void> {
  await units(tx).updateTable('unit').set({ name: to }).where('name', '=', name).execute();
}

/** By name, those behind a name. */
export async function unitList(db: Db, behind: string | undefined, max?: number): Promise<Unit[]> {
  const rows = await units(db)
    .selectFrom('unit')
    .selectAll()
    .$if(behind !== undefined, (query) => query.where(sql`name collate "C"`, '>', behind!))
    .orderBy(sql`name collate "C"`)
    .$if(max !== undefined, (query) => query.limit(max!))
    .execute();
  return rows.map(({ name, parent, description, labels }) => ({
    name,
    parent: parent ?? undefined,
    description: description ?? undefined,
    labels,
  }));
}

/** In a transaction it stays until that ends. */
export async function unitExists(db: Db, name: string): Promise<boolean> {
  const found = await units(db)
    .selectFrom('unit')
    .select('name')
    .where('name', '=', name)
    .forKeyShare()
    .executeTakeFirst();
  return found !== undefined;
}

/** From the root to each of the units; what is not known is left out. */
export async function unitPaths(db: Db, names: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  if (names.every((name) => name === rootUnit)) return new Map([[rootUnit, [rootUnit]]]);
  const { rows } = await sql<{ name: string; path: string[] }>`
    with recursive above as (
      select name, parent, array[name] as path from unit where name = any(${[...new Set(names)]})
      union all
      select above.name, unit.parent, unit.name || above.path from above join unit on unit.name = above.parent
    )
    select name, path from above where parent is null`.execute(db);
  return new Map(rows.map(({ name, path }) => [name, path]));
}

/** These units and all below them, by name. */
export async function unitsBelow(db: Db, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const { rows } = await sql<{ name: string }>`
    with recursive below as (
      select name from unit where name = any(${[...new Set(names)]})
      union
      select unit.name from unit join below on unit.parent = below.name
    )
    select name from below order by name`.execute(db);
  return rows.map(({ name }) => name);
}
