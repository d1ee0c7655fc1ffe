import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../database/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import type { CallRates } from './call-budget.ts';
import { CallBudgetUsedUp, PacedCalls } from './paced-calls.ts';

let database: Database;
let other: Database;
beforeAll(async () => {
  database = await testDatabase();
  const opened = await openDatabase({ databaseUrl: database.url, sessionsMax: 10 });
  if (!opened.ok) throw new Error(opened.refusal.message);
  other = opened.value;
});
afterAll(async () => {
  await other.close();
  await database.close();
});

let now = Date.parse('2026-01-01T00:00:00Z');
const clock = { now: () => new Date(now) };

/** The calls of a process of its own: it waits in its mind only. */
function process({ db }: Database, rates: CallRates, waitMsMax?: number) {
  const asker = new AsyncLocalStorage<{ waitMs: number }>();
  const wait = async (ms: number) => Object.assign(asker.getStore() ?? {}, { waitMs: ms });
  const calls = new PacedCalls({ db, rates, clock, wait, waitMsMax });
  const turn = (api: string, region = 'us-east-1', accountId = '111122223333') => {
    const asked = { waitMs: 0 };
    return asker.run(asked, () => calls.turn({ accountId, region, api })).then(() => asked.waitMs);
  };
  return { turn, throttled: (api: string) => calls.throttled({ accountId: '111122223333', region: 'us-east-1', api }) };
}

test('two processes that ask at once share one budget: no place is given twice, none is left out', async () => {
  const [one, two] = [process(database, { '*': 5 }), process(other, { '*': 5 })];
  const asked = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? one : two).turn('Shared'));
  const waits = (await Promise.all(asked)).sort((left, right) => left - right);
  expect(waits).toEqual([0, 0, 0, 0, 0, ...Array.from({ length: 35 }, (_, index) => (index + 1) * 200)]);
});

test('who asks first is first, whichever process it is; one that asks for much does not pass over the other', async () => {
  const [greedy, modest] = [process(database, { '*': 2 }), process(other, { '*': 2 })];
  const waits: number[] = [];
  for (let turn = 0; turn < 10; turn++) waits.push(await greedy.turn('Fair'));
  waits.push(await modest.turn('Fair'));
  waits.push(await greedy.turn('Fair'));
  expect(waits.slice(-3)).toEqual([4_000, 4_500, 5_000]);
});

test('a wait has a bound; who is beyond it takes no place, and gets one when time has gone on', async () => {
  const [one, two] = [process(database, { '*': 1 }, 3_000), process(other, { '*': 1 }, 3_000)];
  for (const expected of [0, 1_000, 2_000, 3_000]) expect(await one.turn('Bound')).toBe(expected);
  await expect(two.turn('Bound')).rejects.toBeInstanceOf(CallBudgetUsedUp);
  await expect(one.turn('Bound')).rejects.toThrow('Bound');
  now += 1_000;
  expect(await two.turn('Bound')).toBe(3_000);
});

test('accounts, regions and APIs do not wait for each other', async () => {
  const one = process(database, { '*': 1, Quick: 1000 });
  expect(await one.turn('Own')).toBe(0);
  expect(await one.turn('Own')).toBe(1_000);
  expect(await one.turn('Own', 'eu-west-1')).toBe(0);
  expect(await one.turn('Own', 'us-east-1', '444455556666')).toBe(0);
  expect(await one.turn('Quick')).toBe(0);
  expect(await one.turn('Quick')).toBe(0);
});

test('what one process hears of throttling slows the other', async () => {
  const [one, two] = [process(database, { '*': 10 }), process(other, { '*': 10 })];
  await one.throttled('Slowed');
  const waits = [await two.turn('Slowed'), await two.turn('Slowed')];
  expect((waits[1] ?? 0) - (waits[0] ?? 0)).toBe(200);
});

test('an API without a rate is not paced, and leaves no row', async () => {
  const one = process(database, { DescribeStacks: 5 });
  for (let turn = 0; turn < 20; turn++) expect(await one.turn('CreateStack')).toBe(0);
  await one.throttled('CreateStack');
  const rows = await database.db
    .withTables<{ call_budget: { api: string } }>()
    .selectFrom('call_budget')
    .select('api')
    .where('api', '=', 'CreateStack')
    .execute();
  expect(rows).toEqual([]);
});
