import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import type { Database } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { nodesOf } from './node-store.ts';
import { expectWhole, untilTold } from './testing/expect-recorded.ts';
import { records, recordTableCreate, wholeRecord } from './testing/recorded-workflow.ts';
import { endRecordedProcesses, startRecordedProcess } from './testing/start-recorded-process.ts';

const patience = { timeout: 40_000, interval: 20 };
const end = wholeRecord.at(-1);

const databases: Database[] = [];
afterEach(endRecordedProcesses);
afterAll(() => Promise.all(databases.map((each) => each.close())));

async function newDatabase(): Promise<Database> {
  const database = await testDatabase();
  databases.push(database);
  await recordTableCreate(database.db);
  return database;
}

test('a frozen process loses its work to another, does nothing more of it when it wakes, and joins again', async () => {
  const database = await newDatabase();
  const frozen = startRecordedProcess(database.url, 1_000, 'a', 'b');
  await untilTold(database, 'a', 'two');
  await untilTold(database, 'b', 'two');
  frozen.signal('SIGSTOP');
  const other = startRecordedProcess(database.url, 100);
  await untilTold(database, 'a', end);
  await untilTold(database, 'b', end);
  const before = new Map([
    ['a', await records(database.db, 'a')],
    ['b', await records(database.db, 'b')],
  ]);

  frozen.signal('SIGCONT');
  await vi.waitFor(async () => {
    const nodes = await nodesOf(database.db);
    expect(nodes.filter(({ pid, isConnected }) => pid === frozen.pid && isConnected)).toHaveLength(1);
    expect(nodes).toHaveLength(2);
  }, patience);
  await delay(2_000); // longer than a step: whatever went on there would have been written
  for (const [id, known] of before) {
    expect(await records(database.db, id)).toEqual(known);
    expect(known.at(-1)?.pid).toBe(other.pid);
    await expectWhole(database, id);
  }

  other.signal('SIGKILL');
  const third = startRecordedProcess(database.url, 0, 'c');
  await untilTold(database, 'c', end);
  third.signal('SIGKILL');
  expect((await nodesOf(database.db)).some(({ pid }) => pid === frozen.pid)).toBe(true);
});

test('a process that ends by itself hands over at once', async () => {
  const database = await newDatabase();
  const [first, second] = [startRecordedProcess(database.url, 300, 'a'), startRecordedProcess(database.url, 300)];
  await second.ready;
  await untilTold(database, 'a', 'two');
  first.signal('SIGTERM');
  expect(await first.ended).toBe(0);
  await untilTold(database, 'a', end);
  await expectWhole(database, 'a');
  expect((await nodesOf(database.db)).map(({ pid }) => pid)).toEqual([second.pid]);
});

test('several that find a dead process at once take its work over once', async () => {
  const database = await newDatabase();
  const ids = Array.from({ length: 20 }, (_, index) => `w${index}`);
  const dead = startRecordedProcess(database.url, 400, ...ids);
  const others = Array.from({ length: 3 }, () => startRecordedProcess(database.url, 50));
  await Promise.all([dead, ...others].map(({ ready }) => ready));
  for (const id of ids) await untilTold(database, id, 'one');
  dead.signal('SIGKILL');
  for (const id of ids) await untilTold(database, id, end);
  for (const id of ids) {
    await expectWhole(database, id);
    const after = (await records(database.db, id)).filter(({ pid }) => pid !== dead.pid).map(({ step }) => step);
    expect(after).toEqual([...new Set(after)]);
  }
});

test('processes that start together on an empty database all come up', async () => {
  const database = await newDatabase();
  const all = ['a', 'b', 'c'].map((id) => startRecordedProcess(database.url, 0, id));
  await Promise.all(all.map(({ ready }) => ready));
  for (const id of ['a', 'b', 'c']) await untilTold(database, id, end);
  expect(await nodesOf(database.db)).toHaveLength(3);
});
