import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../database/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import type { PrincipalId } from '../../organization/index.ts';
import { accountOperations } from './account-operations.ts';
import type * as wire from './generated/types.ts';
import type { OperationHandler } from './operation.ts';

const installation = { partition: 'aws', region: 'us-east-1', accountId: '111122223333' };
const context = { caller: { id: 'ana' as PrincipalId, name: 'ana', kind: 'person' }, requestId: 'r-1' } as const;
const roleArn = 'arn:aws:iam::111122223333:role/pipelines';
const repository = { provider: 'GITHUB', name: 'harbour/pipelines', branch: 'main' } as const;

let database: Database;
let operations: {
  GetAccountSettings: OperationHandler<'GetAccountSettings'>;
  UpdateAccountSettings: OperationHandler<'UpdateAccountSettings'>;
};
beforeAll(async () => {
  database = await testDatabase();
  operations = accountOperations({
    db: database.db,
    installation,
    repositoryExists: async (_, { provider, name }) => provider === 'GITHUB' && name === repository.name,
  });
});
afterAll(() => database.close());

function update(change: wire.UpdateAccountSettingsInput) {
  return operations.UpdateAccountSettings(change, context);
}

test('settings that were never made are empty', async () => {
  expect(await operations.GetAccountSettings({}, context)).toEqual({ ok: true, value: { accountSettings: {} } });
});

test('what is given is set, what is absent stays, and an empty text clears', async () => {
  await update({ pipelineServiceRoleArn: roleArn });
  await update({ pipelineCodebuildRoleArn: roleArn });
  expect(await update({})).toMatchObject({
    value: { accountSettings: { pipelineServiceRoleArn: roleArn, pipelineCodebuildRoleArn: roleArn } },
  });
  const cleared = await update({ pipelineServiceRoleArn: '' });
  expect(cleared).toEqual({ ok: true, value: { accountSettings: { pipelineCodebuildRoleArn: roleArn } } });
  expect(await operations.GetAccountSettings({}, context)).toEqual(cleared);
});

test('a linked repository is set with its ARN, and deleted when that is asked', async () => {
  const shown = { ...repository, arn: 'arn:aws:proton:us-east-1:111122223333:repository/github:harbour/pipelines' };
  expect(await update({ pipelineProvisioningRepository: repository })).toMatchObject({
    value: { accountSettings: { pipelineProvisioningRepository: shown } },
  });
  expect(await update({ pipelineServiceRoleArn: roleArn })).toMatchObject({
    value: { accountSettings: { pipelineProvisioningRepository: shown } },
  });
  const { value } = (await update({ deletePipelineProvisioningRepository: true })) as {
    value: wire.UpdateAccountSettingsOutput;
  };
  expect(value.accountSettings.pipelineProvisioningRepository).toBeUndefined();
  expect(value.accountSettings.pipelineServiceRoleArn).toBe(roleArn);
});

test.each([
  {
    name: 'a repository that is not linked',
    change: { pipelineProvisioningRepository: { ...repository, name: 'harbour/other' }, pipelineServiceRoleArn: '' },
    code: 'repository-not-linked',
  },
  {
    name: 'a repository that is given and deleted',
    change: { pipelineProvisioningRepository: repository, deletePipelineProvisioningRepository: true },
    code: 'repository-given-and-deleted',
  },
])('$name is refused, and nothing is changed', async ({ change, code }) => {
  const before = await operations.GetAccountSettings({}, context);
  expect(await update(change)).toMatchObject({ ok: false, refusal: { kind: 'invalid', code } });
  expect(await operations.GetAccountSettings({}, context)).toEqual(before);
});
