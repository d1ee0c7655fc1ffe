import { expect, test } from 'vitest';
import { describeSchema, testDatabase } from './testing/index.ts';

test('the schema after all migrations is the one that was reviewed (npm run golden rewrites it)', async () => {
  const { db, close } = await testDatabase();
  const schema = await describeSchema(db);
  await close();
  await expect(schema).toMatchFileSnapshot('golden/schema.txt');
});
