import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { type Db, openDatabase, openExistingDatabase } from './database.ts';
import { migrate, migrationState } from './migrate.ts';

const folder = mkdtempSync(join(tmpdir(), 'deuteron-existing-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function who(db: Db): Promise<string | undefined> {
  const asked = await sql<{ at: string }>`select pg_postmaster_start_time()::text as at`.execute(db);
  return asked.rows[0]?.at;
}

test('an embedded database is looked at beside the server that has it in use, and alone', async () => {
  expect(await openExistingDatabase({ folder })).toMatchObject({ refusal: { code: 'data-folder-missing' } });
  const server = await openDatabase({ folder });
  if (!server.ok) throw new Error(server.refusal.message);
  await migrate(server.value.db);
  const beside = await openExistingDatabase({ folder });
  if (!beside.ok) throw new Error(beside.refusal.message);
  expect(await who(beside.value.db)).toBe(await who(server.value.db));
  await beside.value.close();
  expect(await who(server.value.db)).toBeDefined();
  await server.value.close();

  const alone = await openExistingDatabase({ folder });
  if (!alone.ok) throw new Error(alone.refusal.message);
  expect(await migrationState(alone.value.db)).toEqual({ missing: [], unknown: [], edited: [] });
  await alone.value.close();
});
