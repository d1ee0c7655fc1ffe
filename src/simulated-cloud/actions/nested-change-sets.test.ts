import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetOutput,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import { emptyTestDatabase } from '../../database/testing/index.ts';
import { cloudOfTests, settledStack, type TestCloud, testCloud } from '../testing/index.ts';

let cloud: TestCloud = cloudOfTests();

const url = (name: string) => `https://templates.s3.amazonaws.com/${name}`;
const put = (name: string, body: string) => cloud.control('PUT', '/objects', { url: url(name), body });
const nested = (name: string, more = '') =>
  `{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "${url(name)}"${more}}}`;

/** A table whose replacement is a change of its key. */
const table = (key: string) => `
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: ${key}, AttributeType: S}]
      KeySchema: [{AttributeName: ${key}, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
Outputs:
  Name: {Value: !Ref Table}
`;
const reader = `
Parameters: {Name: {Type: String}}
Resources:
  Param: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Name}}
`;
const outer = (name: string, more = '') => `
Resources:
  Data: ${nested(`${name}-table`)}
  Reader: ${nested(`${name}-reader`, ', Parameters: {Name: !GetAtt Data.Outputs.Name}')}
${more}`;

const client = () => cloud.cloudFormation();

async function made(name: string): Promise<void> {
  await put(`${name}-table`, table('a'));
  await put(`${name}-reader`, reader);
  await client().send(new CreateStackCommand({ StackName: name, TemplateBody: outer(name) }));
  expect((await settledStack(client(), name)).StackStatus).toBe('CREATE_COMPLETE');
}

async function created(StackName: string, TemplateBody = outer(StackName), more = {}) {
  const asked = { StackName, ChangeSetName: 'looked', TemplateBody, IncludeNestedStacks: true, ...more };
  await client().send(new CreateChangeSetCommand(asked));
  return described({ StackName, ChangeSetName: 'looked' });
}

const described = (name: { StackName?: string; ChangeSetName: string }) =>
  client().send(new DescribeChangeSetCommand(name));

function nestedOf({ Changes }: DescribeChangeSetOutput, logicalId: string) {
  const change = Changes?.find(({ ResourceChange }) => ResourceChange?.LogicalResourceId === logicalId);
  return described({ ChangeSetName: change?.ResourceChange?.ChangeSetId ?? '' });
}

async function innerId(StackName: string, LogicalResourceId: string): Promise<string> {
  const found = await client().send(new DescribeStackResourceCommand({ StackName, LogicalResourceId }));
  return found.StackResourceDetail?.PhysicalResourceId ?? '';
}

async function changeSetsOf(StackName: string) {
  return (await client().send(new ListChangeSetsCommand({ StackName }))).Summaries ?? [];
}

test('where nothing changes in a family, its change sets fail and say so', async () => {
  await made('same');
  expect(await created('same')).toMatchObject({
    Status: 'FAILED',
    StatusReason: expect.stringContaining("didn't contain changes"),
    IncludeNestedStacks: true,
  });
  const [own] = await changeSetsOf(await innerId('same', 'Data'));
  expect(own).toMatchObject({ Status: 'FAILED', StatusReason: expect.stringContaining("didn't contain changes") });
});

test('a nested stack whose template is another one has a change set of its own, which its root executes', async () => {
  await made('family');
  await put('family-table', table('b'));
  const root = await created('family');
  expect(root).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE', IncludeNestedStacks: true });
  expect(root.RootChangeSetId).toBeUndefined();
  const data = await nestedOf(root, 'Data');
  expect(data).toMatchObject({
    StackId: await innerId('family', 'Data'),
    ChangeSetName: expect.stringMatching(/^looked-Data-[0-9A-Z]{12}$/),
    ParentChangeSetId: root.ChangeSetId,
    RootChangeSetId: root.ChangeSetId,
    Status: 'CREATE_COMPLETE',
    StatusReason: 'Only executable from the root change set.',
    ExecutionStatus: 'UNAVAILABLE',
    Changes: [{ ResourceChange: { Action: 'Modify', LogicalResourceId: 'Table', Replacement: 'True' } }],
  });
  const read = await nestedOf(root, 'Reader');
  expect(read.Parameters).toEqual([{ ParameterKey: 'Name', ParameterValue: '{{IntrinsicFunction://Fn::GetAtt}}' }]);

  const ownName = { ChangeSetName: data.ChangeSetId ?? '' };
  const refusal = { name: 'InvalidChangeSetStatusException' };
  await expect(client().send(new ExecuteChangeSetCommand(ownName))).rejects.toMatchObject(refusal);
  await expect(client().send(new DeleteChangeSetCommand(ownName))).rejects.toMatchObject(refusal);
  await client().send(new ExecuteChangeSetCommand({ StackName: 'family', ChangeSetName: 'looked' }));
  expect((await settledStack(client(), 'family')).StackStatus).toBe('UPDATE_COMPLETE');
  expect((await settledStack(client(), data.StackId ?? '')).StackStatus).toBe('UPDATE_COMPLETE');
  expect((await described(ownName)).ExecutionStatus).toBe('EXECUTE_COMPLETE');
});

test('a change set that is deleted takes those below it along, and the stacks that were made for them', async () => {
  await made('brief');
  await put('brief-top', `Resources: {Deep: ${nested('brief-table')}}`);
  const root = await created('brief', outer('brief', `  More: ${nested('brief-top')}`));
  const more = await nestedOf(root, 'More');
  const deep = await nestedOf(more, 'Deep');
  expect(deep).toMatchObject({
    ParentChangeSetId: more.ChangeSetId,
    RootChangeSetId: root.ChangeSetId,
    Changes: [{ ResourceChange: { Action: 'Add', LogicalResourceId: 'Table' } }],
  });
  const [stack] = (await client().send(new DescribeStacksCommand({ StackName: deep.StackId }))).Stacks ?? [];
  expect(stack).toMatchObject({ StackStatus: 'REVIEW_IN_PROGRESS', ParentId: more.StackId, RootId: root.StackId });
  await client().send(new DeleteChangeSetCommand({ StackName: 'brief', ChangeSetName: 'looked' }));
  await expect(described({ ChangeSetName: deep.ChangeSetId ?? '' })).rejects.toThrow(/does not exist/);
  expect(await changeSetsOf(await innerId('brief', 'Data'))).toEqual([]);
  for (const { StackId = '' } of [more, deep])
    expect((await settledStack(client(), StackId)).StackStatus).toBe('DELETE_COMPLETE');
});

test('nested stacks that a change set has prepared are those that its execution makes', async () => {
  await put('new-table', table('a'));
  await put('new-reader', reader);
  const root = await created('new', outer('new'), { ChangeSetType: 'CREATE' });
  const data = await nestedOf(root, 'Data');
  await client().send(new ExecuteChangeSetCommand({ StackName: 'new', ChangeSetName: 'looked' }));
  expect((await settledStack(client(), 'new')).StackStatus).toBe('CREATE_COMPLETE');
  expect(await innerId('new', 'Data')).toBe(data.StackId);
});

test('a family of change sets survives the end of its cloud', async () => {
  const own = await emptyTestDatabase();
  const first = cloud;
  cloud = await testCloud({ databaseUrl: own.url });
  try {
    await put('kept-table', table('a'));
    await put('kept-reader', reader);
    const root = await created('kept', outer('kept'), { ChangeSetType: 'CREATE' });
    const before = await nestedOf(root, 'Data');
    await cloud.close();
    cloud = await testCloud({ databaseUrl: own.url });
    const data = await nestedOf(await described({ StackName: 'kept', ChangeSetName: 'looked' }), 'Data');
    expect(data.ChangeSetId).toBe(before.ChangeSetId);
    await client().send(new ExecuteChangeSetCommand({ StackName: 'kept', ChangeSetName: 'looked' }));
    expect((await settledStack(client(), 'kept')).StackStatus).toBe('CREATE_COMPLETE');
    expect(await innerId('kept', 'Data')).toBe(data.StackId);
  } finally {
    await cloud.close();
    cloud = first;
    await own.close();
  }
});

test('a stack that is deleted before its change set is executed leaves nothing of its family', async () => {
  await put('gone-table', table('a'));
  await put('gone-reader', reader);
  const data = await nestedOf(await created('gone', outer('gone'), { ChangeSetType: 'CREATE' }), 'Data');
  await client().send(new DeleteStackCommand({ StackName: 'gone' }));
  expect((await settledStack(client(), data.StackId ?? '')).StackStatus).toBe('DELETE_COMPLETE');
});

test('a nested stack that cannot be looked into fails the whole family, and says which', async () => {
  await made('broken');
  await put('broken-table', 'Resources: {Table: {Type: AWS::DynamoDB::Tabel}}');
  const root = await created('broken');
  const data = await nestedOf(root, 'Data');
  expect(data).toMatchObject({ Status: 'FAILED', StatusReason: expect.stringContaining('AWS::DynamoDB::Tabel') });
  expect(root).toMatchObject({
    Status: 'FAILED',
    StatusReason: `Nested change set ${data.ChangeSetId} was not successfully created: Currently in FAILED.`,
  });
});

test('a template that nests itself ends where the quota of stacks ends', async () => {
  await made('endless');
  await put('endless-self', `Resources: {Self: ${nested('endless-self')}}`);
  await cloud.control('PUT', '/quotas', { stacks: 60 });
  try {
    const root = await created('endless', outer('endless', `  More: ${nested('endless-self')}`));
    expect(root).toMatchObject({ Status: 'FAILED' });
  } finally {
    await cloud.control('PUT', '/quotas', { stacks: 2000 });
  }
});

test('another update makes a family of change sets worth nothing', async () => {
  await made('late');
  await put('late-table', table('b'));
  await created('late');
  await client().send(new UpdateStackCommand({ StackName: 'late', TemplateBody: outer('late') }));
  await settledStack(client(), 'late');
  const name = { StackName: 'late', ChangeSetName: 'looked' };
  expect((await described(name)).ExecutionStatus).toBe('OBSOLETE');
  await client().send(new DeleteChangeSetCommand(name));
  expect(await changeSetsOf(await innerId('late', 'Data'))).toEqual([]);
});
