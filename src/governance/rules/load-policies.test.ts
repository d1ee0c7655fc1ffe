import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, type Db, openDatabase } from '../../database/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import { modelAssignmentDelete, modelAssignmentUpsert } from './assignment-store.ts';
import { loadPolicies } from './load-policies.ts';

let database: Database;
let other: Database;
beforeAll(async () => {
  database = await testDatabase();
  const opened = await openDatabase({ databaseUrl: database.url });
  if (!opened.ok) throw new Error(opened.refusal.message);
  other = opened.value;
});
afterAll(async () => {
  await other.close();
  await database.close();
});

const assign = (tx: Db, name: string) =>
  modelAssignmentUpsert(tx, { scope: 'organization', name, by: 'administrator', at: new Date(0) });
const inForce = async (db: Db) => (await loadPolicies(db)).models.map(({ rules }) => rules.name);

test('rules are read once until they change, whoever changes them, and anew at the very next question', async () => {
  const before = await loadPolicies(database.db);
  expect(before.models).toEqual([]);
  expect(await loadPolicies(other.db)).toBe(before);
  await assign(other.db, 'centralized');
  expect(await inForce(database.db)).toEqual(['centralized']);
  await assign(database.db, 'embedded');
  expect(await inForce(other.db)).toEqual(['embedded']);
  await modelAssignmentDelete(other.db, 'organization');
  expect(await inForce(database.db)).toEqual([]);
});

test('what a transaction sees of its own changes holds for nobody else, and for nobody when it is rolled back', async () => {
  await assign(database.db, 'embedded');
  const rolledBack = database.db.transaction().execute(async (tx) => {
    await assign(tx, 'centralized');
    expect(await inForce(tx)).toEqual(['centralized']);
    expect(await inForce(other.db)).toEqual(['embedded']);
    expect(await inForce(tx)).toEqual(['centralized']);
    throw new Error('rolled back');
  });
  await expect(rolledBack).rejects.toThrow('rolled back');
  expect(await inForce(database.db)).toEqual(['embedded']);
  await assign(other.db, 'golden-path');
  expect(await inForce(database.db)).toEqual(['golden-path']);
});
