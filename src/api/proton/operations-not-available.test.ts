import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { accountOperations } from './account-operations.ts';
import { deploymentOperations } from './deployment-operations.ts';
import { environmentOperations } from './environment-operations.ts';
import { fleetOperations } from './fleet-operations.ts';
import { serviceOperations } from './service-operations.ts';
import { tagOperations } from './tag-operations.ts';
import { templateOperations } from './template-operations.ts';

test('the operations without behaviour are the ones that were reviewed (npm run golden rewrites the list)', async () => {
  const model = JSON.parse(readFileSync(join(import.meta.dirname, 'model', 'api.json'), 'utf8')) as {
    operations: object;
  };
  const tools = {} as never; // only the names of the handlers matter here
  const available = new Set(
    [
      accountOperations,
      deploymentOperations,
      environmentOperations,
      fleetOperations,
      serviceOperations,
      tagOperations,
      templateOperations,
    ].flatMap((operations) => Object.keys(operations(tools))),
  );
  const all = Object.keys(model.operations).sort();
  const missing = all.filter((name) => !available.has(name));
  expect(all).toHaveLength(87);
  expect([...available].filter((name) => !all.includes(name))).toEqual([]);
  await expect(`${missing.join('\n')}\n`).toMatchFileSnapshot('golden/operations-not-available.txt');
});
