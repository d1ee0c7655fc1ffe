import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeAccountLimitsCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ListStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { cloudOfTests, settledStack } from '../testing/index.ts';

const cloud = cloudOfTests();
afterEach(async () => {
  await cloud.control('PUT', '/read-lag', { seconds: 0 });
  await cloud.control('PUT', '/quotas', { stacks: 2_000 });
  await cloud.control('PUT', '/rate-limits', { limits: [] });
  await cloud.control('PUT', '/conditional-replacements', { types: [] });
  await cloud.control('PATCH', '/clock', { held: false });
});

const template = (delay = 1) => `Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: ${delay}}}}`;

test('reads that lag behind show what was, and nothing is lost by it', async () => {
  const client = cloud.cloudFormation();
  await cloud.control('PATCH', '/clock', { held: true });
  await cloud.control('PUT', '/read-lag', { seconds: 5 });
  await client.send(new CreateStackCommand({ StackName: 'lagging', TemplateBody: template() }));
  const status = async () =>
    (await client.send(new DescribeStacksCommand({ StackName: 'lagging' }))).Stacks?.[0]?.StackStatus;
  await expect(status()).rejects.toThrow('Stack with id lagging does not exist');
  await expect(client.send(new DescribeStackEventsCommand({ StackName: 'lagging' }))).rejects.toThrow('does not exist');
  expect((await client.send(new ListStacksCommand({}))).StackSummaries).toEqual([]);
  await expect(
    client.send(new CreateStackCommand({ StackName: 'lagging', TemplateBody: template() })),
    'what changes something knows everything',
  ).rejects.toMatchObject({ name: 'AlreadyExistsException' });
  await cloud.control('POST', '/clock/advance', { seconds: 6 });
  expect(await status()).toBe('CREATE_COMPLETE');
  await client.send(new UpdateStackCommand({ StackName: 'lagging', TemplateBody: template(2) }));
  expect(await status(), 'the update has not been seen yet').toBe('CREATE_COMPLETE');
  await cloud.control('POST', '/clock/advance', { seconds: 6 });
  expect(await status()).toBe('UPDATE_COMPLETE');
  const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName: 'lagging' }));
  expect(StackEvents?.filter(({ ResourceStatus }) => ResourceStatus === 'UPDATE_COMPLETE')).toHaveLength(2);
});

test('a region holds as many stacks as its quota says', async () => {
  const place = { accountId: '222222222222' };
  const client = cloud.cloudFormation(place);
  await cloud.control('PUT', '/quotas', { stacks: 1 });
  await client.send(new CreateStackCommand({ StackName: 'first', TemplateBody: template() }));
  await settledStack(client, 'first');
  await expect(
    client.send(new CreateStackCommand({ StackName: 'second', TemplateBody: template() })),
  ).rejects.toMatchObject({ name: 'LimitExceededException', message: 'Limit for stack has been exceeded' });
  const elsewhere = cloud.cloudFormation({ ...place, region: 'us-east-1' });
  await elsewhere.send(new CreateStackCommand({ StackName: 'second', TemplateBody: template() }));
  const { AccountLimits } = await client.send(new DescribeAccountLimitsCommand({}));
  expect(AccountLimits).toContainEqual({ Name: 'StackLimit', Value: 1 });
});

test('calls beyond the rate are throttled, also those that read', async () => {
  const client = cloud.cloudFormation({ accountId: '333333333333' });
  await cloud.control('PUT', '/rate-limits', { limits: [{ action: 'ListStacks', perSecond: 0, burst: 2 }] });
  await client.send(new ListStacksCommand({}));
  await client.send(new ListStacksCommand({}));
  await expect(client.send(new ListStacksCommand({}))).rejects.toMatchObject({
    name: 'Throttling',
    message: 'Rate exceeded',
  });
  await client.send(new DescribeAccountLimitsCommand({}));
});

test('a change that replaces in some cases only replaces where it is told to', async () => {
  const client = cloud.cloudFormation();
  const instance = (kind: string) =>
    `Resources: {Machine: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, InstanceType: ${kind}}}}`;
  const machine = async () => {
    const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: 'sometimes' }));
    return StackResources?.[0]?.PhysicalResourceId;
  };
  await client.send(new CreateStackCommand({ StackName: 'sometimes', TemplateBody: instance('t3.micro') }));
  await settledStack(client, 'sometimes');
  const first = await machine();
  await client.send(new UpdateStackCommand({ StackName: 'sometimes', TemplateBody: instance('t3.small') }));
  await settledStack(client, 'sometimes');
  expect(await machine()).toBe(first);
  await cloud.control('PUT', '/conditional-replacements', { types: ['AWS::EC2::Instance/InstanceType'] });
  await client.send(new UpdateStackCommand({ StackName: 'sometimes', TemplateBody: instance('t3.large') }));
  expect((await settledStack(client, 'sometimes')).StackStatus).toBe('UPDATE_COMPLETE');
  expect(await machine()).not.toBe(first);
});

test('deleted stacks are kept for ninety days; a later one of the name has another id', async () => {
  const client = cloud.cloudFormation({ accountId: '444444444444' });
  const ids: string[] = [];
  for (const _ of ['first', 'second']) {
    const { StackId = '' } = await client.send(
      new CreateStackCommand({ StackName: 'gone', TemplateBody: template(7) }),
    );
    await settledStack(client, StackId);
    await client.send(new DeleteStackCommand({ StackName: 'gone' }));
    await settledStack(client, StackId);
    ids.push(StackId);
  }
  expect((await client.send(new ListStacksCommand({}))).StackSummaries).toHaveLength(2);
  await cloud.control('POST', '/clock/advance', { seconds: 91 * 86_400 });
  expect((await client.send(new ListStacksCommand({}))).StackSummaries).toEqual([]);
  await expect(client.send(new DescribeStacksCommand({ StackName: ids[0] }))).rejects.toThrow('does not exist');
  const stored = async () => {
    const counts = await sql<{ events: number; stacks: number }>`select
      (select count(*)::int from simulated_cloud.event where stack_id = any(${ids}::text[])) as events,
      (select count(*)::int from simulated_cloud.stack where id = any(${ids}::text[])) as stacks`.execute(cloud.db);
    return counts.rows[0];
  };
  await expect.poll(stored).toEqual({ events: 0, stacks: 1 });
  const { StackId } = await client.send(new CreateStackCommand({ StackName: 'gone', TemplateBody: template() }));
  expect(ids).not.toContain(StackId);
});
