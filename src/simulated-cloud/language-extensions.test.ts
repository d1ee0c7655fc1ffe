import {
  type CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { emptyTestDatabase } from '../database/testing/index.ts';
import { settledStack, type TestCloud, testCloud } from './testing/index.ts';

let database: Database;
let cloud: TestCloud;
let client: CloudFormationClient;
beforeAll(async () => {
  database = await emptyTestDatabase();
  cloud = await testCloud({ databaseUrl: database.url });
  client = cloud.cloudFormation();
});
afterAll(async () => {
  await cloud?.close();
  await database?.close();
});

const TemplateBody = `
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Fn::ForEach::Topics:
    - Name
    - !Ref Names
    - Topic\${Name}: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Name}}
Outputs:
  Count: {Value: {Fn::Length: !Ref Names}}
`;
const given = (names: string) => ({
  StackName: 'looped',
  TemplateBody,
  Parameters: [{ ParameterKey: 'Names', ParameterValue: names }],
  Capabilities: ['CAPABILITY_AUTO_EXPAND' as const],
});

async function topics(): Promise<readonly (string | undefined)[]> {
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: 'looped' }));
  return StackResources.filter((each) => each.ResourceStatus !== 'DELETE_COMPLETE')
    .map((each) => each.LogicalResourceId)
    .sort();
}

test('a stack has a resource for each item that is given, and follows when other items are', async () => {
  await client.send(new CreateStackCommand(given('A,B')));
  await settledStack(client, 'looped');
  expect(await topics()).toEqual(['TopicA', 'TopicB']);
  await client.send(new UpdateStackCommand(given('B,C,D')));
  await settledStack(client, 'looped');
  expect(await topics()).toEqual(['TopicB', 'TopicC', 'TopicD']);
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'looped' }));
  expect(Stacks?.[0]?.Outputs).toMatchObject([{ OutputKey: 'Count', OutputValue: '3' }]);
});

test('a loop that writes a resource twice is refused in the call', async () => {
  const call = client.send(new CreateStackCommand({ ...given('A,A'), StackName: 'twice' }));
  await expect(call).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Template format error: a loop writes the key TopicA twice.',
  });
});
