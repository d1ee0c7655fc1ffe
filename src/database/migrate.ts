import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { accept, type Result, refuse } from '../errors/index.ts';
import { rightsRefusal } from './connection-refusal.ts';
import type { Db } from './database.ts';

export interface MigrationsOptions {
  /** Holds the numbered files `NNNN-name.sql`. */
  readonly folder: string;
  /** The schema of the tables; made when it does not exist. The record of what was run lies in it too. */
  readonly schema: string;
}

interface Migration {
  readonly name: string;
  readonly hash: string;
  readonly text: string;
}

type MigrationTable = {
  migration: { name: string; hash: string; run_at: Date };
};

/** The product's own tables. */
export const productMigrations: MigrationsOptions = {
  folder: fileURLToPath(new URL('./migrations', import.meta.url)),
  schema: 'public',
};

/**
 * Brings the schema up to date: every file not run yet, in the order of their numbers, each in a transaction. Processes
 * that start together wait for each other.
 * @refuses a database that a newer version of the product has migrated, a file that was edited after it was run, and a
 * user who may not create tables
 */
export async function migrate(db: Db, options: MigrationsOptions = productMigrations): Promise<Result<void>> {
  const migrations = readMigrations(options.folder);
  return db.connection().execute(async (session) => {
    const lock = sql`hashtextextended(${`deuteron migrations of ${options.schema}`}, 0)`;
    await sql`set statement_timeout = 0`.execute(session); // others may be at it, and a migration may take long
    await sql`select pg_advisory_lock(${lock})`.execute(session);
    try {
      return await runMissing(session, options.schema, migrations);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (code === insufficientPrivilege) return { ok: false, refusal: rightsRefusal(message) };
      throw error;
    } finally {
      await sql`select pg_advisory_unlock(${lock})`.execute(session);
      await sql`reset statement_timeout`.execute(session);
    }
  });
}

export interface MigrationState {
  /** Files that were not run on the database, e.g. because no server of this version was started yet. */
  readonly missing: readonly string[];
  /** Run by a newer version. */
  readonly unknown: readonly string[];
  /** Not as they were when they were run. */
  readonly edited: readonly string[];
}

/** How the database stands to this version's migrations. Changes nothing. */
export async function migrationState(
  db: Db,
  { folder, schema }: MigrationsOptions = productMigrations,
): Promise<MigrationState> {
  const migrations = readMigrations(folder);
  const run = (await isRecorded(db, schema)) ? await recordedIn(db, schema) : new Map<string, string>();
  const known = new Set(migrations.map(({ name }) => name));
  const names = (those: readonly Migration[]) => those.map(({ name }) => name);
  return {
    missing: names(migrations.filter(({ name }) => !run.has(name))),
    unknown: [...run.keys()].filter((name) => !known.has(name)).sort(),
    edited: names(migrations.filter(({ name, hash }) => run.has(name) && run.get(name) !== hash)),
  };
}

const insufficientPrivilege = '42501';

function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .sort();
  const twice = names.find((name, index) => name.slice(0, 4) === names[index + 1]?.slice(0, 4));
  if (twice) throw new Error(`two migrations in ${folder} have the number of ${twice}`);
  return names.map((name) => {
    const text = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
    return { name, text, hash: createHash('sha256').update(text).digest('hex') };
  });
}

async function runMissing(session: Db, schema: string, migrations: readonly Migration[]): Promise<Result<void>> {
  const run = await recordedMigrations(session, schema);
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = [...run.keys()].filter((name) => !known.has(name)).sort();
  if (unknown.length > 0) return newerDatabase(unknown);
  const edited = migrations.find(({ name, hash }) => run.has(name) && run.get(name) !== hash);
  if (edited) return editedMigration(edited.name);
  for (const migration of migrations) {
    if (!run.has(migration.name)) await runMigration(session, schema, migration);
  }
  return accept(undefined);
}

/** What was run, by name, with the hash of its text. The record is made when there is none: only then are rights needed. */
async function recordedMigrations(session: Db, schema: string): Promise<Map<string, string>> {
  const record = sql.id(schema, 'migration');
  if (!(await isRecorded(session, schema))) {
    const namespace = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(session);
    if (namespace.rows.length === 0) await sql`create schema ${sql.id(schema)}`.execute(session);
    await sql`create table ${record} (
      name text primary key, hash text not null, run_at timestamptz not null default now()
    )`.execute(session);
  }
  return recordedIn(session, schema);
}

async function isRecorded(session: Db, schema: string): Promise<boolean> {
  const found = await sql<{ present: boolean }>`
    select to_regclass(${`"${schema}".migration`}) is not null as present`.execute(session);
  return found.rows[0]?.present ?? false;
}

async function recordedIn(session: Db, schema: string): Promise<Map<string, string>> {
  const rows = await records(session, schema).selectFrom('migration').select(['name', 'hash']).execute();
  return new Map(rows.map(({ name, hash }) => [name, hash]));
}

async function runMigration(session: Db, schema: string, { name, hash, text }: Migration): Promise<void> {
  await session.transaction().execute(async (tx) => {
    await sql`set local search_path to ${sql.id(schema)}`.execute(tx);
    await sql.raw(text).execute(tx);
    await records(tx, schema).insertInto('migration').values({ name, hash, run_at: new Date() }).execute();
  });
}

function records(session: Db, schema: string) {
  return session.withSchema(schema).withTables<MigrationTable>();
}

function newerDatabase(unknown: readonly string[]) {
  return refuse({
    kind: 'conflict',
    code: 'database-newer',
    message: `The database was migrated by a newer version of Deuteron: this one does not know ${unknown.join(', ')}.`,
    remedy: 'Start the newer version; or restore a backup made before the upgrade.',
  });
}

function editedMigration(name: string) {
  return refuse({
    kind: 'conflict',
    code: 'migration-edited',
    message: `The migration ${name} is not the one that was run on this database.`,
    remedy:
      'Never edit a migration that was released: write a new one. Reinstall this version if its files were damaged.',
  });
}
