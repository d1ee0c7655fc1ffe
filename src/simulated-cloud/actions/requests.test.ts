import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListExportsCommand,
  ListImportsCommand,
  paginateListStackResources,
  paginateListStacks,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { allEvents, cloudOfTests, eventLines, settledStack } from '../testing/index.ts';

const cloud = cloudOfTests();

const queue = 'Resources: {Queue: {Type: AWS::SQS::Queue}}';

describe('what is refused before anything begins', () => {
  const parameter = (declaration: string) => `Parameters: {P: ${declaration}}\n${queue}`;
  const cases = [
    { name: 'no template', input: {}, error: 'ValidationError', message: /Template URL or Template Body must be/ },
    {
      name: 'a name with an underscore',
      input: { StackName: 'a_b', TemplateBody: queue },
      error: 'ValidationError',
      message:
        /Value 'a_b' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern/,
    },
    {
      name: 'a broken template',
      input: { TemplateBody: 'Resources: [' },
      error: 'ValidationError',
      message: /Template format error: YAML not well-formed/,
    },
    {
      name: 'an unknown type',
      input: { TemplateBody: 'Resources: {A: {Type: AWS::Un::Known}}' },
      error: 'ValidationError',
      message: 'Template format error: Unrecognized resource types: [AWS::Un::Known]',
    },
    {
      name: 'a dangling reference',
      input: { TemplateBody: `${queue}\nOutputs: {O: {Value: !Ref Gone}}` },
      error: 'ValidationError',
      message: /Unresolved resource dependencies \[Gone\]/,
    },
    {
      name: 'a missing parameter',
      input: { TemplateBody: parameter('{Type: String}') },
      error: 'ValidationError',
      message: 'Parameters: [P] must have values',
    },
    {
      name: 'a value that is not allowed',
      input: { TemplateBody: parameter('{Type: String, Default: b, AllowedValues: [a]}') },
      error: 'ValidationError',
      message: /AllowedValues/,
    },
    {
      name: 'an SSM parameter that is not there',
      input: { TemplateBody: parameter('{Type: "AWS::SSM::Parameter::Value<String>", Default: /none}') },
      error: 'ValidationError',
      message: /parameter store/,
    },
    {
      name: 'roles without the capability',
      input: { TemplateBody: 'Resources: {R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}}' },
      error: 'InsufficientCapabilitiesException',
      message: 'Requires capabilities : [CAPABILITY_IAM]',
    },
    {
      name: 'a template beyond this machine',
      input: { TemplateURL: 'https://bucket.s3.amazonaws.com/t.yaml' },
      error: 'ValidationError',
      message: /this machine only/,
    },
    {
      name: 'a template above the inline limit',
      input: { TemplateBody: `${queue}\n# ${'x'.repeat(51_200)}` },
      error: 'ValidationError',
      message: /'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200/,
    },
    {
      name: 'both ways to keep a failure',
      input: { TemplateBody: queue, OnFailure: 'DELETE' as const, DisableRollback: true },
      error: 'ValidationError',
      message: /either DisableRollback or OnFailure/,
    },
    {
      name: 'a reserved tag',
      input: { TemplateBody: queue, Tags: [{ Key: 'aws:x', Value: '1' }] },
      error: 'ValidationError',
      message: /aws: prefixed/,
    },
  ];
  test.each(cases)('$name', async ({ input, error, message }) => {
    const creating = cloud.cloudFormation().send(new CreateStackCommand({ StackName: 'refused', ...input }));
    await expect(creating).rejects.toMatchObject({
      name: error,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });
});

test('a request with the same token does nothing a second time, another one with it is refused', async () => {
  const client = cloud.cloudFormation();
  const input = { StackName: 'once', TemplateBody: queue, ClientRequestToken: 'token-1' };
  const { StackId } = await client.send(new CreateStackCommand(input));
  expect(await client.send(new CreateStackCommand(input))).toMatchObject({ StackId });
  await settledStack(client, 'once');
  expect(await client.send(new CreateStackCommand(input))).toMatchObject({ StackId });
  await expect(client.send(new CreateStackCommand({ ...input, TemplateBody: `${queue}\n` }))).rejects.toMatchObject({
    name: 'TokenAlreadyExistsException',
  });
  await expect(client.send(new CreateStackCommand({ ...input, ClientRequestToken: 'other' }))).rejects.toMatchObject({
    name: 'AlreadyExistsException',
    message: 'Stack [once] already exists',
  });
  expect(eventLines(await allEvents(client, 'once')).filter((line) => line.includes('User Initiated'))).toHaveLength(1);
});

test('a property that the type does not know fails its resource, not the request', async () => {
  const client = cloud.cloudFormation();
  const TemplateBody = 'Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {Colour: red}}}';
  await client.send(new CreateStackCommand({ StackName: 'coloured', TemplateBody }));
  await settledStack(client, 'coloured');
  expect(eventLines(await allEvents(client, 'coloured'))).toContain(
    'Queue CREATE_FAILED: Encountered unsupported property Colour',
  );
});

describe('exports', () => {
  const exporter = (value: string) => `${queue}\nOutputs: {O: {Value: ${value}, Export: {Name: shared}}}`;
  const importer = `Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue shared}}}`;

  test('an import of what nobody exports fails the stack and names it', async () => {
    const client = cloud.cloudFormation();
    await client.send(new CreateStackCommand({ StackName: 'importer', TemplateBody: importer }));
    expect((await settledStack(client, 'importer')).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(eventLines(await allEvents(client, 'importer'))).toContain(
      'importer ROLLBACK_IN_PROGRESS: No export named shared found. Rollback requested by user.',
    );
    await client.send(new DeleteStackCommand({ StackName: 'importer' }));
  });

  test('an export that is read can be neither changed nor deleted', async () => {
    const client = cloud.cloudFormation();
    await client.send(new CreateStackCommand({ StackName: 'exporter', TemplateBody: exporter('a') }));
    await settledStack(client, 'exporter');
    await client.send(new CreateStackCommand({ StackName: 'importer', TemplateBody: importer }));
    expect((await settledStack(client, 'importer')).StackStatus).toBe('CREATE_COMPLETE');
    expect((await client.send(new ListExportsCommand({}))).Exports).toMatchObject([{ Name: 'shared', Value: 'a' }]);
    expect((await client.send(new ListImportsCommand({ ExportName: 'shared' }))).Imports).toEqual(['importer']);

    await client.send(new UpdateStackCommand({ StackName: 'exporter', TemplateBody: exporter('b') }));
    expect((await settledStack(client, 'exporter')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    await client.send(new UpdateStackCommand({ StackName: 'exporter', TemplateBody: queue }));
    await settledStack(client, 'exporter');
    await client.send(new DeleteStackCommand({ StackName: 'exporter' }));
    expect(await settledStack(client, 'exporter')).toMatchObject({
      StackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      StackStatusReason: 'Delete canceled. Cannot delete export shared as it is in use by importer.',
    });
    expect(eventLines(await allEvents(client, 'exporter'))).toEqual(
      expect.arrayContaining([
        'exporter UPDATE_ROLLBACK_IN_PROGRESS: Cannot update export shared as it is in use by importer',
        'exporter UPDATE_ROLLBACK_IN_PROGRESS: Delete canceled. Cannot delete export shared as it is in use by importer.',
      ]),
    );
  });

  test('a name is exported once in an account and region', async () => {
    const client = cloud.cloudFormation();
    await client.send(new CreateStackCommand({ StackName: 'exporter-2', TemplateBody: exporter('x') }));
    expect((await settledStack(client, 'exporter-2')).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(eventLines(await allEvents(client, 'exporter-2'))).toContain(
      'exporter-2 ROLLBACK_IN_PROGRESS: Export with name shared is already exported by stack exporter. Rollback requested by user.',
    );
    const elsewhere = cloud.cloudFormation({ region: 'us-east-1' });
    await elsewhere.send(new CreateStackCommand({ StackName: 'exporter-2', TemplateBody: exporter('x') }));
    expect((await settledStack(elsewhere, 'exporter-2')).StackStatus).toBe('CREATE_COMPLETE');
  });
});

test('accounts and regions do not see each other', async () => {
  const here = cloud.cloudFormation({ accountId: '222222222222' });
  await here.send(new CreateStackCommand({ StackName: 'apart', TemplateBody: queue }));
  const { StackId = '' } = await settledStack(here, 'apart');
  for (const place of [{ accountId: '333333333333' }, { accountId: '222222222222', region: 'us-west-2' }]) {
    const there = cloud.cloudFormation(place);
    await expect(there.send(new DescribeStacksCommand({ StackName: 'apart' }))).rejects.toThrow('does not exist');
    await expect(there.send(new DescribeStacksCommand({ StackName: StackId }))).rejects.toThrow('does not exist');
    expect((await there.send(new DescribeStacksCommand({}))).Stacks).toEqual([]);
  }
});

test('an assumed role acts in the account of the role', async () => {
  const RoleArn = 'arn:aws:iam::444444444444:role/service/deployer';
  const { Credentials: session } = await cloud.sts().send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
  const credentials = { accessKeyId: session?.AccessKeyId ?? '', secretAccessKey: session?.SecretAccessKey ?? '' };
  const client = new CloudFormationClient({ endpoint: cloud.url, region: 'eu-west-1', credentials });
  await client.send(new CreateStackCommand({ StackName: 'by-role', TemplateBody: queue }));
  expect((await settledStack(client, 'by-role')).StackId).toContain(':444444444444:');
  client.destroy();
  expect(await cloud.sts().send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: '111111111111' });
});

test('lists of any length come page by page, every item once', async () => {
  const client = cloud.cloudFormation({ accountId: '555555555555' });
  const logicalIds = Array.from({ length: 230 }, (_, index) => `Q${index}`);
  const many = `Resources:\n${logicalIds.map((id) => `  ${id}: {Type: "AWS::SQS::Queue"}`).join('\n')}`;
  await client.send(new CreateStackCommand({ StackName: 'many', TemplateBody: many }));
  await settledStack(client, 'many');
  const events = await allEvents(client, 'many');
  expect(events).toHaveLength(2 + 3 * 230);
  const times = events.map(({ Timestamp }) => Timestamp?.getTime() ?? 0);
  expect(times).toEqual(times.toSorted((left, right) => left - right));
  const listed: string[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: 'many' })) {
    listed.push(...(page.StackResourceSummaries ?? []).map(({ LogicalResourceId = '' }) => LogicalResourceId));
  }
  expect(listed).toEqual(logicalIds);

  const names = Array.from({ length: 130 }, (_, index) => `stack-${index}`);
  await Promise.all(names.map((StackName) => client.send(new CreateStackCommand({ StackName, TemplateBody: queue }))));
  const stacks = new Set<string>();
  for await (const page of paginateListStacks({ client }, {})) {
    for (const { StackName = '' } of page.StackSummaries ?? []) stacks.add(StackName);
  }
  expect(stacks).toEqual(new Set(['many', ...names]));
});

test('a protected stack is not deleted', async () => {
  const client = cloud.cloudFormation();
  await client.send(
    new CreateStackCommand({ StackName: 'protected', TemplateBody: queue, EnableTerminationProtection: true }),
  );
  await settledStack(client, 'protected');
  await expect(client.send(new DeleteStackCommand({ StackName: 'protected' }))).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Stack [protected] cannot be deleted while TerminationProtection is enabled',
  });
  await client.send(
    new UpdateTerminationProtectionCommand({ StackName: 'protected', EnableTerminationProtection: false }),
  );
  await client.send(new DeleteStackCommand({ StackName: 'protected' }));
});

test('the template comes back as it was sent, or garbled where that is ordered', async () => {
  const client = cloud.cloudFormation();
  const TemplateBody = `Description: "brûlée 静かな港 🚦"\n${queue}`;
  await client.send(new CreateStackCommand({ StackName: 'words', TemplateBody }));
  const get = () => client.send(new GetTemplateCommand({ StackName: 'words' }));
  expect((await get()).TemplateBody).toBe(TemplateBody);
  await cloud.control('PUT', '/templates', { garbled: true });
  expect((await get()).TemplateBody).toContain('br?l?e ???? ?');
  await cloud.control('PUT', '/templates', { garbled: false });
});
