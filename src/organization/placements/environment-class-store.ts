import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';

type ClassTable = { environment_class: { name: string; declared_at: Date } };

const classes = (db: Db) => db.withTables<ClassTable>();

/** All words that may be the class of an environment, in order. */
export async function environmentClassList(db: Db): Promise<readonly string[]> {
  const rows = await classes(db)
    .selectFrom('environment_class')
    .select('name')
    .orderBy(sql`name collate "C"`)
    .execute();
  return rows.map(({ name }) => name);
}

export async function environmentClassInsert(tx: Db, name: string, now: Date): Promise<void> {
  await classes(tx)
    .insertInto('environment_class')
    .values({ name, declared_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function environmentClassDelete(tx: Db, name: string): Promise<void> {
  await classes(tx).deleteFrom('environment_class').where('name', '=', name).execute();
}
