import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { type EmbeddedPostgres, migrate, openDatabase, startEmbeddedPostgres } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { nodesOf } from './node-store.ts';
import { expectWhole, untilTold } from './testing/expect-recorded.ts';
import { recordTableCreate, wholeRecord } from './testing/recorded-workflow.ts';
import { endRecordedProcesses, startRecordedProcess } from './testing/start-recorded-process.ts';

const end = wholeRecord.at(-1);
afterAll(endRecordedProcesses);

test('sessions that are all cut, again and again, cost nothing but time', async () => {
  const database = await testDatabase();
  await recordTableCreate(database.db);
  const ids = Array.from({ length: 10 }, (_, index) => `w${index}`);
  const runner = startRecordedProcess(database.url, 150, ...ids);
  await runner.ready.catch(() => undefined);
  for (let round = 0; round < 8; round += 1) {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name like 'deuteron %'`.execute(database.db);
    await delay(150);
  }
  for (const id of ids) await untilTold(database, id, end);
  for (const id of ids) await expectWhole(database, id);
  expect((await nodesOf(database.db)).map(({ pid }) => pid)).toEqual([runner.pid]);
  runner.signal('SIGKILL');
  await database.close();
});

test('a database that is away for longer than any silence: all go on as they were, nobody is buried', async () => {
  const folder = mkdtempSync('/tmp/deuteron-away-');
  chmodSync(folder, 0o755);
  const server = await startServer(folder);
  const opened = await openDatabase({ databaseUrl: server.url('postgres') });
  if (!opened.ok) throw new Error(opened.refusal.message);
  const database = opened.value;
  await migrate(database.db);
  await recordTableCreate(database.db);
  const ids = Array.from({ length: 6 }, (_, index) => `w${index}`);
  const [first, second] = [
    startRecordedProcess(database.url, 1_000, ...ids.slice(0, 3)),
    startRecordedProcess(database.url, 1_000, ...ids.slice(3)),
  ];
  for (const id of ids) await untilTold(database, id, 'two');
  const before = (await nodesOf(database.db)).map(({ executorId }) => executorId);
  await server.stop();
  await delay(12_000);
  const again = await startServer(folder);
  expect(again.url('postgres')).toBe(server.url('postgres'));
  for (const id of ids) await untilTold(database, id, end);
  for (const id of ids) await expectWhole(database, id);
  const after = await nodesOf(database.db);
  expect(after.map(({ executorId }) => executorId)).toEqual(before);
  expect(after.map(({ pid }) => pid).sort()).toEqual([first.pid, second.pid].sort());
  for (const child of [first, second]) child.signal('SIGKILL');
  await database.close();
  await again.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function startServer(folder: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, durable: false });
  if (!server.ok) throw new Error(server.refusal.message);
  return server.value;
}
