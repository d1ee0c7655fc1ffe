import {
  CancelUpdateStackCommand,
  ContinueUpdateRollbackCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  RollbackStackCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../database/index.ts';
import { emptyTestDatabase } from '../../database/testing/index.ts';
import { allEvents, eventLines, settledStack, statusReached, type TestCloud, testCloud } from '../testing/index.ts';

let database: Database;
let cloud: TestCloud;
beforeAll(async () => {
  database = await emptyTestDatabase();
  cloud = await testCloud({ databaseUrl: database.url });
});
afterEach(async () => {
  await cloud.control('DELETE', '/faults');
});
afterAll(async () => {
  await cloud?.close();
  await database?.close();
});

const queues = (label: string, more = '') => `
Resources:
  First:
    Type: AWS::SQS::Queue
    Properties: {Tags: [{Key: label, Value: ${label}}]}
  Second:
    Type: AWS::SQS::Queue
    DependsOn: First
    Properties: {Tags: [{Key: label, Value: ${label}}]}
${more}`;

async function created(StackName: string, TemplateBody: string, options = {}) {
  const client = cloud.cloudFormation();
  await client.send(new CreateStackCommand({ StackName, TemplateBody, ...options }));
  return settledStack(client, StackName);
}

async function updated(StackName: string, TemplateBody: string, options = {}) {
  const client = cloud.cloudFormation();
  await client.send(new UpdateStackCommand({ StackName, TemplateBody, ClientRequestToken: 'update', ...options }));
  return settledStack(client, StackName);
}

async function linesOf(StackName: string, token?: string) {
  const events = await allEvents(cloud.cloudFormation(), StackName);
  return eventLines(events.filter((event) => token === undefined || event.ClientRequestToken === token));
}

test('a creation that fails is deleted again, and the stack takes no update any more', async () => {
  await cloud.control('POST', '/faults/resource', { logicalId: 'Second', message: 'no capacity' });
  const stack = await created('create-fails', queues('a'));
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await linesOf('create-fails')).toEqual([
    'create-fails CREATE_IN_PROGRESS: User Initiated',
    'First CREATE_IN_PROGRESS',
    'First CREATE_IN_PROGRESS: Resource creation Initiated',
    'First CREATE_COMPLETE',
    'Second CREATE_IN_PROGRESS',
    'Second CREATE_FAILED: no capacity',
    'create-fails ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [Second]. Rollback requested by user.',
    'Second DELETE_COMPLETE',
    'First DELETE_IN_PROGRESS',
    'First DELETE_COMPLETE',
    'create-fails ROLLBACK_COMPLETE',
  ]);
  await expect(updated('create-fails', queues('b'))).rejects.toMatchObject({
    name: 'ValidationError',
    message: `Stack:${stack.StackId} is in ROLLBACK_COMPLETE state and can not be updated.`,
  });
});

test('a creation without rollback stays as it failed, and can be rolled back later', async () => {
  await cloud.control('POST', '/faults/resource', { logicalId: 'Second', message: 'no capacity' });
  const stack = await created('keeps-failure', queues('a'), { DisableRollback: true });
  expect(stack).toMatchObject({
    StackStatus: 'CREATE_FAILED',
    StackStatusReason: 'The following resource(s) failed to create: [Second]. ',
  });
  const client = cloud.cloudFormation();
  await client.send(new RollbackStackCommand({ StackName: 'keeps-failure' }));
  expect((await settledStack(client, 'keeps-failure')).StackStatus).toBe('ROLLBACK_COMPLETE');
});

test('OnFailure DELETE leaves nothing', async () => {
  await cloud.control('POST', '/faults/resource', { logicalId: 'First', message: 'no capacity' });
  const client = cloud.cloudFormation();
  const { StackId } = await client.send(
    new CreateStackCommand({ StackName: 'vanishes', TemplateBody: queues('a'), OnFailure: 'DELETE' }),
  );
  expect((await settledStack(client, StackId ?? '')).StackStatus).toBe('DELETE_COMPLETE');
});

test('an update that fails goes back: changed ones are restored, new ones deleted, replaced ones kept', async () => {
  const extra = `
  Third: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic, DependsOn: Third, Properties: {FifoTopic: true, TopicName: t.fifo}}`;
  await created('update-fails', queues('a', '  Topic: {Type: AWS::SNS::Topic}'));
  const resources = () => cloud.cloudFormation().send(new DescribeStackResourcesCommand({ StackName: 'update-fails' }));
  const before = await resources();
  await cloud.control('POST', '/faults/resource', { logicalId: 'Second', phase: 'forward', message: 'too many' });
  const stack = await updated('update-fails', queues('b', extra));
  expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  const ids = ({ StackResources }: typeof before) => StackResources?.map((resource) => resource.PhysicalResourceId);
  expect(ids(await resources())).toEqual(ids(before));
  const replacing = 'Requested update requires the creation of a new physical resource; hence creating one.';
  expect(await linesOf('update-fails', 'update')).toEqual([
    'update-fails UPDATE_IN_PROGRESS: User Initiated',
    'First UPDATE_IN_PROGRESS',
    'Third CREATE_IN_PROGRESS',
    'Third CREATE_IN_PROGRESS: Resource creation Initiated',
    'First UPDATE_COMPLETE',
    'Second UPDATE_IN_PROGRESS',
    'Third CREATE_COMPLETE',
    `Topic UPDATE_IN_PROGRESS: ${replacing}`,
    'Topic UPDATE_IN_PROGRESS: Resource creation Initiated',
    'Second UPDATE_FAILED: too many',
    'Topic UPDATE_FAILED: Resource update cancelled',
    'update-fails UPDATE_ROLLBACK_IN_PROGRESS: The following resource(s) failed to update: [Second, Topic]. ',
    'First UPDATE_IN_PROGRESS',
    'Topic UPDATE_COMPLETE',
    'First UPDATE_COMPLETE',
    'Second UPDATE_IN_PROGRESS',
    'Second UPDATE_COMPLETE',
    'update-fails UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'Topic DELETE_IN_PROGRESS',
    'Topic DELETE_COMPLETE',
    'Third DELETE_IN_PROGRESS',
    'Third DELETE_COMPLETE',
    'update-fails UPDATE_ROLLBACK_COMPLETE',
  ]);
  await cloud.control('DELETE', '/faults');
  expect((await updated('update-fails', queues('c'), { ClientRequestToken: 'again' })).StackStatus).toBe(
    'UPDATE_COMPLETE',
  );
});

test('a rollback that fails is continued, leaving out what is named', async () => {
  await created('rollback-fails', queues('a'));
  await cloud.control('POST', '/faults/resource', { logicalId: 'Second', phase: 'forward', message: 'too many' });
  await cloud.control('POST', '/faults/resource', {
    logicalId: 'First',
    phase: 'rollback',
    message: 'being optimized',
  });
  const stack = await updated('rollback-fails', queues('b'));
  expect(stack).toMatchObject({
    StackStatus: 'UPDATE_ROLLBACK_FAILED',
    StackStatusReason: 'The following resource(s) failed to update: [First]. ',
  });
  const client = cloud.cloudFormation();
  await expect(updated('rollback-fails', queues('c'))).rejects.toMatchObject({ name: 'TokenAlreadyExistsException' });
  await client.send(new ContinueUpdateRollbackCommand({ StackName: 'rollback-fails' }));
  expect((await settledStack(client, 'rollback-fails')).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
  const skip = (id: string) =>
    client.send(new ContinueUpdateRollbackCommand({ StackName: 'rollback-fails', ResourcesToSkip: [id] }));
  await expect(skip('Nothing')).rejects.toMatchObject({ name: 'ValidationError' });
  await skip('First');
  expect((await settledStack(client, 'rollback-fails')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
});

test('an update that hangs is cancelled and goes back; the next one can begin', async () => {
  await created('hangs', queues('a'));
  await cloud.control('POST', '/faults/resource', { logicalId: 'First', phase: 'forward', hang: true });
  const client = cloud.cloudFormation();
  const update = { StackName: 'hangs', TemplateBody: queues('b'), ClientRequestToken: 'update' };
  await client.send(new UpdateStackCommand(update));
  await expect(client.send(new UpdateStackCommand({ ...update, ClientRequestToken: 'other' }))).rejects.toMatchObject({
    message: expect.stringContaining('is in UPDATE_IN_PROGRESS state and can not be updated.'),
  });
  await client.send(new CancelUpdateStackCommand({ StackName: 'hangs', ClientRequestToken: 'cancel' }));
  expect((await settledStack(client, 'hangs')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await linesOf('hangs', 'cancel')).toEqual([
    'First UPDATE_FAILED: Resource update cancelled',
    'hangs UPDATE_ROLLBACK_IN_PROGRESS: Stack update cancelled',
    'First UPDATE_IN_PROGRESS',
    'First UPDATE_COMPLETE',
    'hangs UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'hangs UPDATE_ROLLBACK_COMPLETE',
  ]);
  await expect(client.send(new CancelUpdateStackCommand({ StackName: 'hangs' }))).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'CancelUpdateStack cannot be called from current stack status',
  });
});

test('clearing a fault lets go on what hung by it', async () => {
  await cloud.control('POST', '/faults/resource', { logicalId: 'First', stackName: 'released', hang: true });
  const client = cloud.cloudFormation();
  await client.send(new CreateStackCommand({ StackName: 'released', TemplateBody: queues('a') }));
  await statusReached(client, 'released', 'CREATE_IN_PROGRESS');
  await cloud.control('DELETE', '/faults');
  expect((await settledStack(client, 'released')).StackStatus).toBe('CREATE_COMPLETE');
});

test('a creation that is still running can be deleted', async () => {
  await cloud.control('POST', '/faults/resource', { logicalId: 'Second', operation: 'create', hang: true });
  const client = cloud.cloudFormation();
  const { StackId = '' } = await client.send(
    new CreateStackCommand({ StackName: 'deleted-early', TemplateBody: queues('a') }),
  );
  await client.send(new DeleteStackCommand({ StackName: StackId }));
  expect((await settledStack(client, StackId)).StackStatus).toBe('DELETE_COMPLETE');
});

test('a bucket with objects keeps its stack from being deleted until it is retained', async () => {
  const bucket = 'Resources: {Bin: {Type: AWS::S3::Bucket, Properties: {BucketName: full-bin}}}';
  const { StackId = '' } = await created('full', bucket);
  await cloud.control('PUT', '/buckets/full-bin', { holdsObjects: true });
  const client = cloud.cloudFormation();
  await client.send(new DeleteStackCommand({ StackName: 'full' }));
  expect(await settledStack(client, 'full')).toMatchObject({
    StackStatus: 'DELETE_FAILED',
    StackStatusReason: 'The following resource(s) failed to delete: [Bin]. ',
  });
  await client.send(new DeleteStackCommand({ StackName: 'full', RetainResources: ['Bin'] }));
  expect((await settledStack(client, StackId)).StackStatus).toBe('DELETE_COMPLETE');
  expect((await created('full-again', bucket)).StackStatus).toBe('ROLLBACK_COMPLETE');
  expect((await linesOf('full-again')).join('\n')).toContain('HandlerErrorCode: AlreadyExists');
});

test('what is retained stays behind, and only what was just made is deleted under RetainExceptOnCreate', async () => {
  const kept = (label: string) => `
Resources:
  Kept: {Type: AWS::SQS::Queue, DeletionPolicy: Retain}
  Once: {Type: AWS::SQS::Queue, DeletionPolicy: RetainExceptOnCreate}
  Last: {Type: AWS::SQS::Queue, DependsOn: [Kept, Once], Properties: {Tags: [{Key: label, Value: ${label}}]}}`;
  await cloud.control('POST', '/faults/resource', { logicalId: 'Last', message: 'no capacity', timesMax: 1 });
  expect((await created('kept-failed', kept('a'))).StackStatus).toBe('ROLLBACK_COMPLETE');
  const failed = (await linesOf('kept-failed')).slice(-7);
  expect(failed.toSorted()).toEqual([
    'Kept DELETE_SKIPPED',
    'Last CREATE_FAILED: no capacity',
    'Last DELETE_COMPLETE',
    'Once DELETE_COMPLETE',
    'Once DELETE_IN_PROGRESS',
    'kept-failed ROLLBACK_COMPLETE',
    'kept-failed ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [Last]. Rollback requested by user.',
  ]);
  const { StackId = '' } = await created('kept', kept('a'));
  const client = cloud.cloudFormation();
  await client.send(new DeleteStackCommand({ StackName: 'kept', ClientRequestToken: 'delete' }));
  await settledStack(client, StackId);
  expect((await linesOf(StackId, 'delete')).toSorted()).toEqual([
    'Kept DELETE_SKIPPED',
    'Last DELETE_COMPLETE',
    'Last DELETE_IN_PROGRESS',
    'Once DELETE_SKIPPED',
    'kept DELETE_COMPLETE',
    'kept DELETE_IN_PROGRESS: User Initiated',
  ]);
});

test('a name that somebody else has taken is not touched, however the stack goes on', async () => {
  const role = (name: string) =>
    `Resources: {Runner: {Type: AWS::IAM::Role, Properties: {RoleName: ${name}, AssumeRolePolicyDocument: {}}}}`;
  const foreign = { accountId: '111111111111', region: 'eu-west-1', type: 'AWS::IAM::Role', name: 'batch-runner' };
  await cloud.control('POST', '/names', foreign);
  const Capabilities = ['CAPABILITY_NAMED_IAM'];
  expect((await created('runner', role('batch-runner'), { Capabilities })).StackStatus).toBe('ROLLBACK_COMPLETE');
  const client = cloud.cloudFormation();
  await client.send(new DeleteStackCommand({ StackName: 'runner' }));
  expect((await created('runner-2', role('batch-runner-2'), { Capabilities })).StackStatus).toBe('CREATE_COMPLETE');
  await client.send(new DeleteStackCommand({ StackName: 'runner-2' }));
  await client.send(new DescribeStacksCommand({}));
  const { names } = (await cloud.control('GET', '/names?accountId=111111111111')) as { names: { name: string }[] };
  expect(names.filter(({ name }) => name.startsWith('batch-runner')).map(({ name }) => name)).toContain('batch-runner');
});

test('what can exist only once is deleted before its successor is made, and made anew on the way back', async () => {
  const attachment = (vpc: string, more = '') => `
Resources:
  A: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  B: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref ${vpc}, InternetGatewayId: !Ref Gateway}
${more}`;
  await created('attached', attachment('A'));
  const { StackResources: before } = await cloud
    .cloudFormation()
    .send(new DescribeStackResourcesCommand({ StackName: 'attached', LogicalResourceId: 'Attachment' }));
  await cloud.control('POST', '/faults/resource', { logicalId: 'Last', message: 'too late' });
  const stack = await updated('attached', attachment('B', '  Last: {Type: AWS::SQS::Queue, DependsOn: Attachment}'));
  expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  const replacing = 'Requested update requires the creation of a new physical resource; hence creating one.';
  const replaced = [
    `Attachment UPDATE_IN_PROGRESS: ${replacing}`,
    'Attachment DELETE_IN_PROGRESS',
    'Attachment DELETE_COMPLETE',
    'Attachment UPDATE_IN_PROGRESS: Resource creation Initiated',
    'Attachment UPDATE_COMPLETE',
  ];
  const lines = await linesOf('attached', 'update');
  expect(lines.filter((line) => line.startsWith('Attachment'))).toEqual([...replaced, ...replaced]);
  const { StackResources: after } = await cloud
    .cloudFormation()
    .send(new DescribeStackResourcesCommand({ StackName: 'attached', LogicalResourceId: 'Attachment' }));
  expect(after?.[0]?.PhysicalResourceId).toBe(before?.[0]?.PhysicalResourceId);
});
