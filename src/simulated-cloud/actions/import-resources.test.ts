import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackResourcesCommand,
  ExecuteChangeSetCommand,
  type ResourceToImport,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import { allEvents, cloudOfTests, eventLines, settledStack } from '../testing/index.ts';

const cloud = cloudOfTests();

const bucket = (name: string, policy = ', DeletionPolicy: Retain') =>
  `  Bucket: {Type: AWS::S3::Bucket${policy}, Properties: {BucketName: ${name}}}\n`;
const template = (...resources: string[]) => `Resources:\n  Topic: {Type: AWS::SNS::Topic}\n${resources.join('')}`;
const toImport = (name: string): ResourceToImport => ({
  ResourceType: 'AWS::S3::Bucket',
  LogicalResourceId: 'Bucket',
  ResourceIdentifier: { BucketName: name },
});
const exists = (name: string) =>
  cloud.control('POST', '/names', { accountId: '111111111111', region: 'eu-west-1', type: 'AWS::S3::Bucket', name });

async function made(StackName: string, TemplateBody = template()) {
  const client = cloud.cloudFormation();
  await client.send(new CreateStackCommand({ StackName, TemplateBody }));
  await settledStack(client, StackName);
  return client;
}

async function imported(StackName: string, TemplateBody: string, ResourcesToImport: ResourceToImport[]) {
  const client = cloud.cloudFormation();
  const name = { StackName, ChangeSetName: 'import' };
  await client.send(new CreateChangeSetCommand({ ...name, ChangeSetType: 'IMPORT', TemplateBody, ResourcesToImport }));
  const { Changes } = await client.send(new DescribeChangeSetCommand(name));
  await client.send(new ExecuteChangeSetCommand(name));
  return {
    client,
    changes: Changes?.map(({ ResourceChange }) => ResourceChange),
    stack: await settledStack(client, StackName),
  };
}

test('a stack takes over a resource that somebody has made', async () => {
  await made('taker');
  await exists('existing-bucket');
  const { client, changes, stack } = await imported('taker', template(bucket('existing-bucket')), [
    toImport('existing-bucket'),
  ]);
  expect(changes).toMatchObject([
    { Action: 'Import', LogicalResourceId: 'Bucket', PhysicalResourceId: 'existing-bucket' },
  ]);
  expect(stack.StackStatus).toBe('IMPORT_COMPLETE');
  expect(eventLines(await allEvents(client, 'taker')).slice(-4)).toEqual([
    'taker IMPORT_IN_PROGRESS: User Initiated',
    'Bucket IMPORT_IN_PROGRESS',
    'Bucket IMPORT_COMPLETE',
    'taker IMPORT_COMPLETE',
  ]);
  await client.send(
    new UpdateStackCommand({ StackName: 'taker', TemplateBody: template(bucket('existing-bucket', '')) }),
  );
  expect((await settledStack(client, 'taker')).StackStatus).toBe('UPDATE_COMPLETE');
  await client.send(new DeleteStackCommand({ StackName: 'taker' }));
  expect((await settledStack(client, stack.StackId ?? '')).StackStatus).toBe('DELETE_COMPLETE');
  await made('free', template(bucket('existing-bucket')));
  expect((await settledStack(client, 'free')).StackStatus, 'it is a resource like every other').toBe('CREATE_COMPLETE');
});

test('a new stack can be made of what was left behind', async () => {
  const client = await made('leaver', template(bucket('left-bucket')));
  await client.send(new DeleteStackCommand({ StackName: 'leaver' }));
  const alone = `Resources:\n${bucket('left-bucket')}`;
  await expect
    .poll(async () => (await cloud.control('GET', '/names?accountId=111111111111')) as object)
    .toMatchObject({ names: expect.arrayContaining([expect.objectContaining({ name: 'left-bucket' })]) });
  const { stack } = await imported('finder', alone, [toImport('left-bucket')]);
  expect(stack.StackStatus).toBe('IMPORT_COMPLETE');
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: 'finder' }));
  expect(StackResources).toMatchObject([{ PhysicalResourceId: 'left-bucket', ResourceStatus: 'IMPORT_COMPLETE' }]);
});

test('what is not there cannot be taken over: the stack is as before', async () => {
  await made('seeker');
  const { client, stack } = await imported('seeker', template(bucket('no-such-bucket')), [toImport('no-such-bucket')]);
  expect(stack.StackStatus).toBe('IMPORT_ROLLBACK_COMPLETE');
  const lines = eventLines(await allEvents(client, 'seeker'));
  expect(lines.find((line) => line.startsWith('Bucket IMPORT_FAILED'))).toMatch(/HandlerErrorCode: NotFound/);
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: 'seeker' }));
  expect(StackResources?.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual(['Topic']);
  await client.send(new UpdateStackCommand({ StackName: 'seeker', TemplateBody: template(bucket('seeker-bucket')) }));
  expect((await settledStack(client, 'seeker')).StackStatus, 'it can be updated as before').toBe('UPDATE_COMPLETE');
});

const refusals = [
  { name: 'nothing to import', template: template(bucket('a-bucket')), resources: [], message: /must be specified/ },
  {
    name: 'no deletion policy',
    template: template(bucket('a-bucket', '')),
    resources: [toImport('a-bucket')],
    message: /DeletionPolicy must be specified .* Bucket/,
  },
  {
    name: 'another resource is added',
    template: template(bucket('a-bucket'), '  Queue: {Type: AWS::SQS::Queue}\n'),
    resources: [toImport('a-bucket')],
    message: 'Resources [Queue] is missing from ResourceToImport list',
  },
  {
    name: 'another resource is changed',
    template: template(bucket('a-bucket')).replace('SNS::Topic}', 'SNS::Topic, Properties: {DisplayName: x}}'),
    resources: [toImport('a-bucket')],
    message: 'You have modified resources [Topic] in your template that are not being imported.',
  },
  {
    name: 'an output is added',
    template: `${template(bucket('a-bucket'))}Outputs: {Name: {Value: !Ref Bucket}}`,
    resources: [toImport('a-bucket')],
    message: 'As part of the import operation, you cannot modify or add [Outputs]',
  },
  {
    name: 'identified by something else',
    template: template(bucket('a-bucket')),
    resources: [{ ...toImport('a-bucket'), ResourceIdentifier: { Name: 'a-bucket' } }],
    message: 'AWS::S3::Bucket is identified by [BucketName]',
  },
  {
    name: 'another type',
    template: template(bucket('a-bucket')),
    resources: [{ ...toImport('a-bucket'), ResourceType: 'AWS::SQS::Queue' }],
    message: /does not match the type/,
  },
  {
    name: 'not in the template',
    template: template(),
    resources: [toImport('a-bucket')],
    message: 'Resource Bucket to import does not exist in the template',
  },
];
test.each(refusals)('is refused: $name', async ({ name, template: TemplateBody, resources, message }) => {
  const StackName = `refused-${refusals.findIndex((refusal) => refusal.name === name)}`;
  const client = await made(StackName);
  const input = { StackName, ChangeSetName: 'import', ChangeSetType: 'IMPORT' as const, TemplateBody };
  await expect(client.send(new CreateChangeSetCommand({ ...input, ResourcesToImport: resources }))).rejects.toThrow(
    message,
  );
});
