import { retriablePostgresException } from '@dbos-inc/dbos-sdk/internal/system_database';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { WorkSession } from './work-session.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

type Session = typeof pg.Client;

const losses = [
  {
    name: 'a socket that is missing',
    meet: (Client: Session) => new Client({ host: '/tmp/there-is-no-such-folder' }).connect(),
  },
  {
    name: 'a session that was closed on us',
    meet: async (Client: Session) => {
      const session = new Client({ connectionString: database.url });
      await session.connect();
      await session.end();
      await session.query('select 1');
    },
  },
  {
    name: 'the same, asked with a callback',
    meet: async (Client: Session) => {
      const session = new Client({ connectionString: database.url });
      await session.connect();
      await session.end();
      await new Promise((settle, reject) => {
        session.query('select $1::int', [1], (error: Error | null) => (error ? reject(error) : settle(undefined)));
      });
    },
  },
] as const;

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error) => error,
  );
}

test.each(losses)('$name: the engine waits, as it would not by itself', async ({ meet }) => {
  const met = [await errorOf(meet(pg.Client)), await errorOf(meet(WorkSession))];
  expect(met.map(retriablePostgresException)).toEqual([false, true]);
});

test('a fault of a statement is no loss, and answers come as ever', async () => {
  const session = new WorkSession({ connectionString: database.url });
  await session.connect();
  expect((await session.query('select $1::int as found', [7])).rows).toEqual([{ found: 7 }]);
  expect(retriablePostgresException(await errorOf(session.query('select nothing')))).toBe(false);
  await session.end();
});
