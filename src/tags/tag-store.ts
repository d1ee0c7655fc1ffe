import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import type { Tags } from './tag.ts';

type TagTables = { tag: { resource_arn: string; key: string; value: string } };

function tags(db: Db) {
  return db.withTables<TagTables>();
}

/** Until the transaction ends, nobody else changes the tags of this thing, or deletes it with them. */
export async function tagsLock(tx: Db, arn: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`tags ${arn}`}, 0))`.execute(tx);
}

/** Adds tags, or gives known keys new values. */
export async function tagsPut(tx: Db, arn: string, given: Tags): Promise<void> {
  const rows = Object.entries(given).map(([key, value]) => ({ resource_arn: arn, key, value }));
  if (rows.length === 0) return;
  await tags(tx)
    .insertInto('tag')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['resource_arn', 'key']).doUpdateSet((excluded) => ({ value: excluded.ref('excluded.value') })),
    )
    .execute();
}

export async function tagsRemove(tx: Db, arn: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await tags(tx)
    .deleteFrom('tag')
    .where('resource_arn', '=', arn)
    .where('key', 'in', [...keys])
    .execute();
}

/** To be called in the transaction that deletes the thing. */
export async function tagsForget(tx: Db, arn: string): Promise<void> {
  await tagsLock(tx, arn);
  await tags(tx).deleteFrom('tag').where('resource_arn', '=', arn).execute();
}

/** The tags of a thing, sorted by key. */
export async function tagsOf(db: Db, arn: string): Promise<Tags> {
  const rows = await tags(db)
    .selectFrom('tag')
    .select(['key', 'value'])
    .where('resource_arn', '=', arn)
    .orderBy('key')
    .execute();
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
}
