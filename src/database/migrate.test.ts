import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { emptyTestDatabase } from './testing/index.ts';

let database: Database;
let folder: string;
let schema = 0;
beforeAll(async () => {
  database = await emptyTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  schema += 1;
  return () => rmSync(folder, { recursive: true, force: true });
});
const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
const run = () => migrate(database.db, { folder, schema: `s${schema}` });

test('files are run once, in the order of their numbers', async () => {
  put('0002-second.sql', 'alter table first add column y int');
  put('0001-first.sql', 'create table first (x int)');
  expect(await run()).toMatchObject({ ok: true });
  put('0005-third.sql', 'alter table first add column z int');
  expect(await run()).toMatchObject({ ok: true });
  const columns = await sql<{ column_name: string }>`select column_name from information_schema.columns
    where table_schema = ${`s${schema}`} and table_name = 'first' order by ordinal_position`.execute(database.db);
  expect(columns.rows.map((row) => row.column_name)).toEqual(['x', 'y', 'z']);
});

test('processes that start together wait for each other', async () => {
  put('0001-first.sql', 'create table first (x int)');
  const results = await Promise.all([run(), run(), run()]);
  expect(results.every((result) => result.ok)).toBe(true);
});

test('a database of a newer version is refused by the name of what is unknown', async () => {
  put('0001-first.sql', 'create table first (x int)');
  put('0002-future.sql', 'create table future (x int)');
  await run();
  rmSync(join(folder, '0002-future.sql'));
  const refused = await run();
  expect(refused).toMatchObject({ ok: false, refusal: { code: 'database-newer' } });
  expect(refused.ok || refused.refusal.message).toContain('0002-future.sql');
});

test('an edited migration is refused', async () => {
  put('0001-first.sql', 'create table first (x int)');
  await run();
  put('0001-first.sql', 'create table first (x bigint)');
  expect(await run()).toMatchObject({ ok: false, refusal: { code: 'migration-edited' } });
});

test('a migration that fails leaves nothing half-made', async () => {
  put('0001-first.sql', 'create table first (x int); select nonsense');
  await expect(run()).rejects.toThrow(/nonsense/);
  put('0001-first.sql', 'create table first (x int)');
  expect(await run()).toMatchObject({ ok: true });
});
