import {
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { beforeEach, expect, test } from 'vitest';
import { emptyTestDatabase } from '../../database/testing/index.ts';
import { allEvents, cloudOfTests, eventLines, settledStack, statusReached, testCloud } from '../testing/index.ts';

const cloud = cloudOfTests();
beforeEach(async () => {
  await cloud.control('DELETE', '/faults');
});

const url = (name: string) => `https://templates.s3.amazonaws.com/${name}`;
const put = (name: string, body: string | null) => cloud.control('PUT', '/objects', { url: url(name), body });

/** A queue whose delay is given, and whose replacement is a change of its kind. */
const child = ({ fifo = false, more = '' } = {}) => `
Parameters: {Delay: {Type: Number, Default: 1}}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Ref Delay${fifo ? ', FifoQueue: true' : ''}}}${more}
Outputs:
  Arn: {Value: !GetAtt Queue.Arn}
`;

const parent = (name: string, { delay = 1, more = '', fifo = false } = {}) => `
Resources:
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: "${url(name)}", Parameters: {Delay: ${delay}}}
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !GetAtt Inner.Outputs.Arn${fifo ? ', FifoTopic: true' : ''}}
${more}
Outputs:
  Arn: {Value: !GetAtt Inner.Outputs.Arn}
`;

async function innerId(name: string): Promise<string> {
  const client = cloud.cloudFormation();
  const { StackResources } = await client.send(
    new DescribeStackResourcesCommand({ StackName: name, LogicalResourceId: 'Inner' }),
  );
  return StackResources?.[0]?.PhysicalResourceId ?? '';
}

async function made(name: string, body = child()): Promise<string> {
  await put(name, body);
  const client = cloud.cloudFormation();
  const tags = [{ Key: 'team', Value: 'blue' }];
  await client.send(new CreateStackCommand({ StackName: name, TemplateBody: parent(name), Tags: tags }));
  expect((await settledStack(client, name)).StackStatus).toBe('CREATE_COMPLETE');
  return innerId(name);
}

test('a nested stack is a stack of its own, whose outputs its parent reads', async () => {
  const id = await made('outer');
  expect(id).toMatch(/^arn:aws:cloudformation:eu-west-1:111111111111:stack\/outer-Inner-[0-9A-Z]{12}\//);
  const client = cloud.cloudFormation();
  const outer = await settledStack(client, 'outer');
  const inner = await settledStack(client, id);
  expect(inner).toMatchObject({
    StackStatus: 'CREATE_COMPLETE',
    ParentId: outer.StackId,
    RootId: outer.StackId,
    Parameters: [{ ParameterKey: 'Delay', ParameterValue: '1' }],
    Tags: [{ Key: 'team', Value: 'blue' }],
  });
  expect(outer.Outputs?.[0]?.OutputValue).toBe(inner.Outputs?.[0]?.OutputValue);
  expect(eventLines(await allEvents(client, 'outer'))).toEqual([
    'outer CREATE_IN_PROGRESS: User Initiated',
    'Inner CREATE_IN_PROGRESS',
    'Inner CREATE_IN_PROGRESS: Resource creation Initiated',
    'Inner CREATE_COMPLETE',
    'Topic CREATE_IN_PROGRESS',
    'Topic CREATE_IN_PROGRESS: Resource creation Initiated',
    'Topic CREATE_COMPLETE',
    'outer CREATE_COMPLETE',
  ]);
  await expect(
    client.send(new UpdateTerminationProtectionCommand({ StackName: id, EnableTerminationProtection: true })),
  ).rejects.toMatchObject({ name: 'ValidationError' });
});

test('an update reaches it through its parameters; the whole family is updated before anything is cleaned up', async () => {
  const id = await made('updated');
  const client = cloud.cloudFormation();
  await put('updated', child({ fifo: true }));
  await client.send(new UpdateStackCommand({ StackName: 'updated', TemplateBody: parent('updated', { delay: 2 }) }));
  expect((await settledStack(client, 'updated')).StackStatus).toBe('UPDATE_COMPLETE');
  const inner = eventLines(await allEvents(client, id)).slice(5);
  expect(inner).toEqual([
    `${id.split('/')[1]} UPDATE_IN_PROGRESS: User Initiated`,
    'Queue UPDATE_IN_PROGRESS: Requested update requires the creation of a new physical resource; hence creating one.',
    'Queue UPDATE_IN_PROGRESS: Resource creation Initiated',
    'Queue UPDATE_COMPLETE',
    `${id.split('/')[1]} UPDATE_COMPLETE_CLEANUP_IN_PROGRESS`,
    'Queue DELETE_IN_PROGRESS',
    'Queue DELETE_COMPLETE',
    `${id.split('/')[1]} UPDATE_COMPLETE`,
  ]);
  const { Outputs } = await settledStack(client, id);
  expect((await settledStack(client, 'updated')).Outputs?.[0]?.OutputValue).toBe(Outputs?.[0]?.OutputValue);
});

test('an update that fails elsewhere takes a nested stack back that was updated already', async () => {
  const id = await made('undone');
  const client = cloud.cloudFormation();
  const before = await settledStack(client, id);
  await put('undone', child({ fifo: true, more: '\n  More: {Type: AWS::SNS::Topic}' }));
  await cloud.control('POST', '/faults/resource', {
    logicalId: 'Topic',
    operation: 'update',
    message: 'no',
    timesMax: 1,
  });
  await client.send(new UpdateStackCommand({ StackName: 'undone', TemplateBody: parent('undone', { delay: 3 }) }));
  expect((await settledStack(client, 'undone')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  const after = await settledStack(client, id);
  expect(after).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE', Parameters: before.Parameters });
  expect(after.Outputs).toEqual(before.Outputs);
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: id }));
  expect(StackResources?.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual(['Queue']);
});

const failures = [
  {
    name: 'a creation inside fails',
    story: 'create',
    fault: { logicalId: 'Queue', operation: 'create' },
    status: 'ROLLBACK_COMPLETE',
    reason:
      /^Embedded stack arn:.* was not successfully created: The following resource\(s\) failed to create: \[Queue\]\. $/,
  },
  {
    name: 'an update inside fails',
    story: 'update',
    fault: { logicalId: 'Queue', operation: 'update', timesMax: 1 },
    status: 'UPDATE_ROLLBACK_COMPLETE',
    reason:
      /^Embedded stack arn:.* was not successfully updated\. Currently in UPDATE_ROLLBACK_IN_PROGRESS with reason: The following resource\(s\) failed to update: \[Queue\]\. $/,
  },
  {
    name: 'a deletion inside fails',
    story: 'delete',
    fault: { logicalId: 'Queue', operation: 'delete' },
    status: 'DELETE_FAILED',
    reason:
      /^Embedded stack arn:.* was not successfully deleted: The following resource\(s\) failed to delete: \[Queue\]\. $/,
  },
] as const;
test.each(failures)('$name: the parent says so', async ({ story, fault, status, reason }) => {
  const client = cloud.cloudFormation();
  const name = `fails-${story}`;
  if (story !== 'create') await made(name);
  else await put(name, child());
  await cloud.control('POST', '/faults/resource', { ...fault, message: 'no' });
  const update = { StackName: name, TemplateBody: parent(name, { delay: 4 }) };
  if (story === 'create') await client.send(new CreateStackCommand({ StackName: name, TemplateBody: parent(name) }));
  if (story === 'update') await client.send(new UpdateStackCommand(update));
  if (story === 'delete') await client.send(new DeleteStackCommand({ StackName: name }));
  expect((await settledStack(client, name)).StackStatus).toBe(status);
  const failed = (await allEvents(client, name)).find(
    ({ LogicalResourceId, ResourceStatus }) => LogicalResourceId === 'Inner' && ResourceStatus?.endsWith('_FAILED'),
  );
  expect(failed?.ResourceStatusReason).toMatch(reason);
  if (story === 'create') {
    const { StackStatus } = await settledStack(client, failed?.PhysicalResourceId ?? '');
    expect(StackStatus, 'the rollback of the parent deletes it').toBe('DELETE_COMPLETE');
  }
});

test('a template that cannot be fetched fails the resource, not the call', async () => {
  const client = cloud.cloudFormation();
  await put('nowhere', null);
  await client.send(new CreateStackCommand({ StackName: 'nowhere', TemplateBody: parent('nowhere') }));
  expect((await settledStack(client, 'nowhere')).StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(eventLines(await allEvents(client, 'nowhere'))[2]).toMatch(
    /^Inner CREATE_FAILED: TemplateURL .* is not reachable/,
  );
});

test('a rollback that fails inside is continued from the top, also without a resource inside', async () => {
  const id = await made('stuck');
  const client = cloud.cloudFormation();
  await cloud.control('POST', '/faults/resource', {
    logicalId: 'Topic',
    operation: 'update',
    phase: 'forward',
    message: 'no',
  });
  await cloud.control('POST', '/faults/resource', {
    logicalId: 'Queue',
    operation: 'update',
    phase: 'rollback',
    message: 'no',
  });
  const changed = parent('stuck', { delay: 6 }).replace('!GetAtt Inner.Outputs.Arn', '!Sub "now ${Inner.Outputs.Arn}"');
  await client.send(new UpdateStackCommand({ StackName: 'stuck', TemplateBody: changed }));
  expect((await settledStack(client, 'stuck')).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
  expect((await settledStack(client, id)).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
  await client.send(new ContinueUpdateRollbackCommand({ StackName: 'stuck', ResourcesToSkip: ['Inner.Queue'] }));
  expect((await settledStack(client, 'stuck')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await settledStack(client, id)).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
});

test('what is removed from the parent is deleted with everything in it', async () => {
  const id = await made('removed');
  const client = cloud.cloudFormation();
  const TemplateBody = 'Resources: {Topic: {Type: AWS::SNS::Topic}}';
  await client.send(new UpdateStackCommand({ StackName: 'removed', TemplateBody }));
  expect((await settledStack(client, 'removed')).StackStatus).toBe('UPDATE_COMPLETE');
  expect((await settledStack(client, id)).StackStatus).toBe('DELETE_COMPLETE');
});

test('stacks nest in stacks, and go together', async () => {
  await put('leaf', child());
  await put('middle', parent('leaf'));
  const client = cloud.cloudFormation();
  await client.send(
    new CreateStackCommand({
      StackName: 'top',
      TemplateBody: parent('middle').replace('Parameters: {Delay: 1}', 'TimeoutInMinutes: 5'),
    }),
  );
  const top = await settledStack(client, 'top');
  expect(top.StackStatus).toBe('CREATE_COMPLETE');
  const middle = await innerId('top');
  const leaf = await innerId(middle);
  expect(await settledStack(client, leaf)).toMatchObject({ ParentId: middle, RootId: top.StackId });
  await client.send(new DeleteStackCommand({ StackName: 'top' }));
  for (const id of [top.StackId ?? '', middle, leaf]) {
    expect((await settledStack(client, id)).StackStatus).toBe('DELETE_COMPLETE');
  }
  await expect(client.send(new DescribeStacksCommand({ StackName: 'top' }))).rejects.toThrow(/does not exist/);
});

test('a change set shows a nested stack as one that may have changed by itself', async () => {
  await made('seen');
  const client = cloud.cloudFormation();
  const name = { StackName: 'seen', ChangeSetName: 'again' };
  await client.send(new CreateChangeSetCommand({ ...name, TemplateBody: parent('seen') }));
  const { Changes } = await client.send(new DescribeChangeSetCommand(name));
  expect(Changes?.[0]?.ResourceChange).toMatchObject({
    LogicalResourceId: 'Inner',
    Replacement: 'False',
    Details: [{ Evaluation: 'Dynamic', ChangeSource: 'Automatic' }],
  });
});

test('with a held clock, a family takes its steps in the order of time', async () => {
  await put('timed', child());
  await cloud.control('PATCH', '/clock', { scale: 1, held: true });
  try {
    const client = cloud.cloudFormation();
    await client.send(new CreateStackCommand({ StackName: 'timed', TemplateBody: parent('timed') }));
    await cloud.control('POST', '/clock/advance', { seconds: 30 });
    expect((await client.send(new DescribeStacksCommand({ StackName: 'timed' }))).Stacks?.[0]?.StackStatus).toBe(
      'CREATE_IN_PROGRESS',
    );
    await cloud.control('POST', '/clock/advance', { seconds: 600 });
    expect((await client.send(new DescribeStacksCommand({ StackName: 'timed' }))).Stacks?.[0]?.StackStatus).toBe(
      'CREATE_COMPLETE',
    );
    const all = [...(await allEvents(client, 'timed')), ...(await allEvents(client, await innerId('timed')))];
    const times = all.map(({ Timestamp }) => Timestamp?.getTime() ?? 0);
    const inner = all.find(
      ({ LogicalResourceId, ResourceStatus }) => LogicalResourceId === 'Queue' && ResourceStatus === 'CREATE_COMPLETE',
    );
    const outer = all.find(
      ({ LogicalResourceId, ResourceStatus }) => LogicalResourceId === 'Inner' && ResourceStatus === 'CREATE_COMPLETE',
    );
    expect(outer?.Timestamp?.getTime()).toBe(inner?.Timestamp?.getTime());
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(120_000);
  } finally {
    await cloud.control('PATCH', '/clock', { scale: 0, held: false });
  }
});

test('a family goes on where it stood when the cloud is started again', async () => {
  const own = await emptyTestDatabase();
  let current = await testCloud({ databaseUrl: own.url });
  const restart = async () => {
    await current.close();
    current = await testCloud({ databaseUrl: own.url });
    await current.control('DELETE', '/faults');
  };
  const reached = (name: string, status: string) => statusReached(current.cloudFormation(), name, status);
  try {
    await current.control('PUT', '/objects', { url: url('family'), body: child() });
    await current.control('POST', '/faults/resource', { logicalId: 'Queue', hang: true });
    const client = current.cloudFormation();
    await client.send(new CreateStackCommand({ StackName: 'family', TemplateBody: parent('family') }));
    await restart();
    await reached('family', 'CREATE_COMPLETE');
    const { StackResources } = await current
      .cloudFormation()
      .send(new DescribeStackResourcesCommand({ StackName: 'family', LogicalResourceId: 'Inner' }));
    const inner = StackResources?.[0]?.PhysicalResourceId ?? '';

    await current.control('PUT', '/objects', { url: url('family'), body: child({ fifo: true }) });
    await current.control('POST', '/faults/resource', { logicalId: 'Topic', operation: 'update', hang: true });
    const update = { StackName: 'family', TemplateBody: parent('family', { delay: 2 }) };
    await current.cloudFormation().send(new UpdateStackCommand(update));
    await reached(inner, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    await restart();
    await reached('family', 'UPDATE_COMPLETE');
    await reached(inner, 'UPDATE_COMPLETE');
  } finally {
    await current.close();
    await own.close();
  }
});
