import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../clock/index.ts';
import type { Database, Db } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { silentLog } from '../log/index.ts';
import { type Event, eventLog, eventsAfter, listenToEvents, publishEvents, startEventPublisher } from './index.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const publish = () => publishEvents({ db: database.db, clock: systemClock });
const since = (position: number) => eventsAfter(database.db, position, 1_000);
const named = (events: readonly Event[]) => events.map(({ detail }) => detail.name);

async function tell(db: Db, name: string): Promise<void> {
  await sql`select event_tell('test', 'Test', 'arn:aws:proton:us-east-1:111122223333:thing/a', ${JSON.stringify({ name })}::jsonb)`.execute(
    db,
  );
}

/** A transaction that has told an event and waits to be ended. */
async function telling(name: string): Promise<(how: 'commit' | 'rollback') => Promise<void>> {
  let end = (_how: 'commit' | 'rollback') => {};
  const ended = new Promise<'commit' | 'rollback'>((resolve) => {
    end = resolve;
  });
  let told = () => {};
  const isTold = new Promise<void>((resolve) => {
    told = resolve;
  });
  const over = database.db
    .transaction()
    .execute(async (tx) => {
      await tell(tx, name);
      told();
      if ((await ended) === 'rollback') throw new Error('rolled back');
    })
    .catch((error: Error) => expect(error.message).toBe('rolled back'));
  await isTold;
  return async (how) => {
    end(how);
    await over;
  };
}

test('a transaction that commits late is read late, never left out', async () => {
  const { last } = await eventLog(database.db);
  const early = await telling('told first, committed last');
  const lost = await telling('rolled back');
  const late = await telling('told last, committed first');
  await late('commit');
  await lost('rollback');
  await publish();
  const first = await since(last);
  expect(named(first)).toEqual(['told last, committed first']);
  await early('commit');
  await publish();
  expect(named(await since(first.at(-1)?.position ?? 0))).toEqual(['told first, committed last']);
  expect((await since(last)).map(({ position }) => position)).toEqual([last + 1, last + 2]);
});

test('readers that resume by position see every event once, however many tell and publish at the same time', async () => {
  const { db } = database;
  const { last } = await eventLog(db);
  const seen: Event[] = [];
  let isOver = false;
  const reading = (async () => {
    for (;;) {
      const final = isOver;
      const next = await since(seen.at(-1)?.position ?? last);
      seen.push(...next);
      if (final && next.length === 0) return;
    }
  })();
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let turn = 0; turn < 25; turn += 1) {
      await db.transaction().execute(async (tx) => {
        await tell(tx, `${writer}-${turn}-a`);
        await sql`select pg_sleep(${((writer * 7 + turn * 3) % 5) / 1000})`.execute(tx);
        await tell(tx, `${writer}-${turn}-b`);
      });
      await publish();
    }
  });
  await Promise.all(writers);
  isOver = true;
  await reading;
  const expected = Array.from({ length: 4 }, (_, writer) =>
    Array.from({ length: 25 }, (_, turn) => [`${writer}-${turn}-a`, `${writer}-${turn}-b`]),
  ).flat(2);
  expect(named(seen).sort()).toEqual(expected.sort());
  expect(seen.map(({ position }) => position)).toEqual(seen.map((_, index) => last + 1 + index));
});

test('a publisher publishes what is told, and forgets what is old', async () => {
  const { db, url } = database;
  const signals = await listenToEvents(url);
  const { last } = await eventLog(db);
  const published = new Promise<void>((resolve) => {
    signals.on('published', resolve);
  });
  const publisher = startEventPublisher({ db, clock: systemClock, log: silentLog, signals });
  await tell(db, 'published');
  await published;
  expect(named(await since(last))).toEqual(['published']);
  await publisher.close();

  await sql`update event set at = now() - interval '31 days' where position <= ${last}`.execute(db);
  const forgetful = startEventPublisher({ db, clock: systemClock, log: silentLog, signals });
  await expect.poll(() => eventLog(db)).toEqual({ last: last + 1, forgotten: last });
  await forgetful.close();
  await signals.close();
  expect(named(await since(0))).toEqual(['published']);
});
