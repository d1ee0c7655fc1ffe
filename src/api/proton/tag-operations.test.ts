import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../database/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import type { PrincipalId } from '../../organization/index.ts';
import { tagsForget, tagsOf } from '../../tags/index.ts';
import type { OperationHandler } from './operation.ts';
import { tagOperations } from './tag-operations.ts';

const context = { caller: { id: 'ana' as PrincipalId, name: 'ana', kind: 'person' }, requestId: 'r-1' } as const;
const resourceArn = 'arn:aws:proton:us-east-1:111122223333:environment/dev';
const managed = { 'aws:proton:account': '111122223333' };

let database: Database;
let operations: {
  ListTagsForResource: OperationHandler<'ListTagsForResource'>;
  TagResource: OperationHandler<'TagResource'>;
  UntagResource: OperationHandler<'UntagResource'>;
};
let exists = true;
beforeAll(async () => {
  database = await testDatabase();
  const managedTags = async (_: unknown, arn: string) => (exists && arn === resourceArn ? managed : undefined);
  operations = tagOperations({ db: database.db, managedTags });
});
afterAll(() => database.close());
beforeEach(async () => {
  exists = true;
  await tagsForget(database.db, resourceArn);
});

const tag = (key: string, value = '') => ({ key, value });
const put = (...tags: ReturnType<typeof tag>[]) => operations.TagResource({ resourceArn, tags }, context);
const remove = (...tagKeys: string[]) => operations.UntagResource({ resourceArn, tagKeys }, context);
async function list(maxResults?: number, nextToken?: string) {
  const listed = await operations.ListTagsForResource({ resourceArn, maxResults, nextToken }, context);
  if (!listed.ok) throw new Error(listed.refusal.message);
  return listed.value;
}

test("lists hold one's own tags and Proton's, sorted, page by page", async () => {
  await put(tag('team', 'harbour'), tag('cost'), tag('zone', '1'), tag('Áé', 'ü'));
  const keys: string[] = [];
  let page = await list(2);
  while (true) {
    keys.push(...page.tags.map(({ key }) => key));
    if (page.nextToken === undefined) break;
    page = await list(2, page.nextToken);
  }
  expect(keys).toEqual(['aws:proton:account', 'cost', 'team', 'zone', 'Áé']);
});

test('a key given again has the new value; a key that is not there can be removed', async () => {
  await put(tag('team', 'harbour'));
  await put(tag('team', 'lighthouse'), tag('__proto__', 'a key like any other'));
  expect((await list()).tags.slice(0, 1)).toEqual([{ key: '__proto__', value: 'a key like any other' }]);
  expect(await remove('never', 'team')).toEqual({ ok: true, value: {} });
  expect((await list()).tags.map(({ key }) => key)).toEqual(['__proto__', 'aws:proton:account']);
});

describe('refused', () => {
  test.each([
    { name: 'a reserved key', act: () => put(tag('AWS:mine')), code: 'tag-reserved' },
    { name: "taking away one of Proton's", act: () => remove('aws:proton:account'), code: 'tag-reserved' },
    { name: 'a key twice', act: () => put(tag('a', '1'), tag('a', '2')), code: 'tag-duplicate' },
    { name: '__proto__ twice', act: () => put(tag('__proto__'), tag('__proto__')), code: 'tag-duplicate' },
    { name: 'other characters', act: () => put(tag('a', '<script>')), code: 'tag-characters' },
  ])('$name', async ({ act, code }) => {
    await put(tag('kept'));
    expect(await act()).toMatchObject({ ok: false, refusal: { kind: 'invalid', code } });
    expect(await tagsOf(database.db, resourceArn)).toEqual({ kept: '' });
  });

  test('more than fifty, also by two requests at the same time', async () => {
    const many = (letter: string) => Array.from({ length: 30 }, (_, index) => tag(`${letter}${index}`));
    const both = await Promise.all([put(...many('a')), put(...many('b'))]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both.find(({ ok }) => !ok)).toMatchObject({ refusal: { kind: 'limit', code: 'tag-limit' } });
    expect(Object.keys(await tagsOf(database.db, resourceArn))).toHaveLength(30);
  });

  test('what does not exist', async () => {
    exists = false;
    for (const refused of [
      await put(tag('a')),
      await remove('a'),
      await operations.ListTagsForResource({ resourceArn }, context),
    ])
      expect(refused).toMatchObject({ refusal: { kind: 'missing', message: expect.stringContaining(resourceArn) } });
  });
});
