import { type JSONColumnType, sql } from 'kysely';
import type { Db } from '../database/index.ts';
import type { Effect } from './guard-rail.ts';

type SettingTables = {
  guard_rail_setting: {
    scope: string;
    rail: string;
    version: number;
    effect: Effect;
    strict: boolean;
    parameters: JSONColumnType<Record<string, unknown>>;
    set_by: string;
    set_at: Date;
  };
};

const settings = (db: Db) => db.withTables<SettingTables>();

/** As it is kept: the parameters that were given, and who gave them. */
export interface StoredSetting {
  readonly scope: string;
  readonly rail: string;
  readonly version: number;
  readonly effect: Effect;
  readonly strict: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly by: string;
  readonly at: Date;
}

/** Until the transaction ends, nobody else sets a rail. */
export async function settingsLock(tx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('guard-rail-settings', 0))`.execute(tx);
}

/** The next version for its scope and rail; nothing is overwritten. */
export async function settingInsert(tx: Db, setting: StoredSetting): Promise<void> {
  const { scope, rail, version, effect, strict, parameters, by, at } = setting;
  await settings(tx)
    .insertInto('guard_rail_setting')
    .values({ scope, rail, version, effect, strict, parameters: JSON.stringify(parameters), set_by: by, set_at: at })
    .execute();
}

/** The newest of each scope and rail; those that are off, too. By rail and scope. */
export async function settingsNow(db: Db): Promise<StoredSetting[]> {
  const rows = await settings(db)
    .selectFrom('guard_rail_setting')
    .distinctOn(['rail', 'scope'])
    .selectAll()
    .where('scope', 'not like', '%~%') // of units that are gone
    .orderBy('rail')
    .orderBy('scope')
    .orderBy('version', 'desc')
    .execute();
  return rows.map(settingOf);
}

/** All versions of what was set for a rail, newest first. */
export async function settingHistory(db: Db, rail: string, max: number): Promise<StoredSetting[]> {
  const rows = await settings(db)
    .selectFrom('guard_rail_setting')
    .selectAll()
    .where('rail', '=', rail)
    .orderBy('set_at', 'desc')
    .orderBy('scope')
    .orderBy('version', 'desc')
    .limit(max)
    .execute();
  return rows.map(settingOf);
}

function settingOf(row: {
  readonly scope: string;
  readonly rail: string;
  readonly version: number;
  readonly effect: Effect;
  readonly strict: boolean;
  readonly parameters: Record<string, unknown>;
  readonly set_by: string;
  readonly set_at: Date;
}): StoredSetting {
  const { scope, rail, version, effect, strict, parameters, set_by: by, set_at: at } = row;
  return { scope, rail, version, effect, strict, parameters, by, at };
}
