import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { checkTags, tagResource, tagsForget, tagsOf, tagsRemove } from './index.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test.each([
  { given: [{ key: 'aws:x', value: '' }], code: 'tag-reserved' },
  {
    given: [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
    ],
    code: 'tag-duplicate',
  },
  { given: [{ key: 'a', value: '<' }], code: 'tag-characters' },
])('$code', ({ given, code }) => {
  expect(checkTags(given)).toMatchObject({ ok: false, refusal: { code } });
});

test('tags are added, overwritten, inherited at creation only, and removed', async () => {
  const { db } = database;
  await tagResource(db, 'parent', [
    { key: 'team', value: 'harbour' },
    { key: 'cost', value: '1' },
  ]);
  await tagResource(db, 'child', [{ key: 'cost', value: '2' }], 'parent');
  await tagResource(db, 'parent', [{ key: 'team', value: 'other' }]);
  expect(await tagsOf(db, 'child')).toEqual({ team: 'harbour', cost: '2' });
  await tagsRemove(db, 'child', ['team', 'never-there']);
  expect(await tagsOf(db, 'child')).toEqual({ cost: '2' });
  await tagsForget(db, 'child');
  expect(await tagsOf(db, 'child')).toEqual({});
});

test('more than 50 tags are refused and none of them is kept', async () => {
  const many = Array.from({ length: 51 }, (_, index) => ({ key: `k${index}`, value: '' }));
  expect(await tagResource(database.db, 'full', many)).toMatchObject({ ok: false, refusal: { code: 'tag-limit' } });
  expect(await tagsOf(database.db, 'full')).toEqual({});
});
