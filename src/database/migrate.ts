import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { accept, type Result, refuse } from '../errors/index.ts';
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
 * @refuses a database that a newer version of the product has migrated, and a file that was edited after it was run
 */
export async function migrate(db: Db, options: MigrationsOptions = productMigrations): Promise<Result<void>> {
  const migrations = readMigrations(options.folder);
  return db.connection().execute(async (session) => {
    const lock = sql.lit(`deuteron migrations of ${options.schema}`);
    await sql`select pg_advisory_lock(hashtextextended(${lock}, 0))`.execute(session);
    try {
      return await runMissing(session, options.schema, migrations);
    } finally {
      await sql`select pg_advisory_unlock(hashtextextended(${lock}, 0))`.execute(session);
    }
  });
}

function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name));
  return names.sort().map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return { name, text, hash: createHash('sha256').update(text).digest('hex') };
  });
}

async function runMissing(session: Db, schema: string, migrations: readonly Migration[]): Promise<Result<void>> {
  await sql`create schema if not exists ${sql.id(schema)}`.execute(session);
  await sql`create table if not exists ${sql.id(schema, 'migration')} (
    name text primary key, hash text not null, run_at timestamptz not null default now()
  )`.execute(session);
  const records = session.withSchema(schema).withTables<MigrationTable>();
  const run = new Map(
    (await records.selectFrom('migration').select(['name', 'hash']).execute()).map(({ name, hash }) => [name, hash]),
  );

  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const unknown = [...run.keys()].filter((name) => !known.has(name)).sort();
  if (unknown.length > 0) {
    return refuse({
      kind: 'conflict',
      code: 'database-newer',
      message: `The database was migrated by a newer version of Deuteron: this one does not know ${unknown.join(', ')}.`,
      remedy: 'Start the newer version; or restore a backup made before the upgrade.',
    });
  }
  const edited = migrations.find(({ name, hash }) => run.has(name) && run.get(name) !== hash);
  if (edited) {
    return refuse({
      kind: 'conflict',
      code: 'migration-edited',
      message: `The migration ${edited.name} is not the one that was run on this database.`,
      remedy:
        'Never edit a migration that was released: write a new one. Reinstall this version if its files were damaged.',
    });
  }
  for (const migration of migrations.filter(({ name }) => !run.has(name))) {
    await session.transaction().execute(async (tx) => {
      await sql`set local search_path to ${sql.id(schema)}`.execute(tx);
      await sql.raw(migration.text).execute(tx);
      const { name, hash } = migration;
      await tx
        .withSchema(schema)
        .withTables<MigrationTable>()
        .insertInto('migration')
        .values({ name, hash, run_at: new Date() })
        .execute();
    });
  }
  return accept(undefined);
}
