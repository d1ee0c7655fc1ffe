import { afterAll, beforeAll, expect, test } from 'vitest';
import { accept, refuse } from '../errors/index.ts';
import type { Db } from './database.ts';
import { testDatabase } from './testing/index.ts';
import { lastInTransactions, transact } from './transact.ts';

type Tables = { tag: { resource_arn: string; key: string; value: string } };

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const write = (db: Db, key: string) =>
  db.withTables<Tables>().insertInto('tag').values({ resource_arn: 'arn', key, value: '' }).execute();
const keys = async () =>
  (await database.db.withTables<Tables>().selectFrom('tag').select('key').orderBy('key').execute()).map(
    ({ key }) => key,
  );
const no = refuse({ kind: 'conflict', code: 'no', message: 'no', remedy: 'none' });

test('what is accepted is committed with its last word, and what is refused leaves nothing', async () => {
  const word = { write: async (tx: Db) => void (await write(tx, 'last')), committed: () => undefined };
  await lastInTransactions(word, () => transact(database.db, async (tx) => accept(await write(tx, 'accepted'))));
  const refused = await transact(database.db, async (tx) => {
    await write(tx, 'refused');
    return no;
  });
  expect(refused).toEqual(no);
  expect(await keys()).toEqual(['accepted', 'last']);
});

test('within a transaction it is a part of that one: its owner decides, and the last word is not written for it', async () => {
  const before = await keys();
  const said: string[] = [];
  const word = { write: async () => void said.push('written'), committed: () => void said.push('committed') };
  const taken = database.db.transaction().execute(async (tx) => {
    await lastInTransactions(word, () => transact(tx, async (inner) => accept(await write(inner, 'inner'))));
    throw new Error('taken back');
  });
  await expect(taken).rejects.toThrow('taken back');
  expect(await keys()).toEqual(before);
  expect(said).toEqual([]);
});
