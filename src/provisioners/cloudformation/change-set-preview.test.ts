import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeStackResourceCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../clock/index.ts';
import type { Database } from '../../database/index.ts';
import { emptyTestDatabase } from '../../database/testing/index.ts';
import { settledStack, type TestCloud, testCloud } from '../../simulated-cloud/testing/index.ts';
import { type CloudFormationProvisioner, createCloudFormationProvisioner } from './cloudformation-provisioner.ts';
import { ownStackTag } from './own-stack.ts';

const placement = { accountId: '111122223333', region: 'us-east-1' };
const credentials = { accessKeyId: 'SIM111122223333', secretAccessKey: 'any' };

let database: Database;
let cloud: TestCloud;
let provisioner: CloudFormationProvisioner;
beforeAll(async () => {
  database = await emptyTestDatabase();
  cloud = await testCloud({ databaseUrl: database.url });
  provisioner = createCloudFormationProvisioner({ clock: systemClock, endpoint: cloud.url, credentials });
});
afterAll(async () => {
  provisioner?.close();
  await cloud?.close();
  await database?.close();
});

const url = (name: string) => `https://templates.s3.amazonaws.com/${name}`;
const put = (name: string, body: string) => cloud.control('PUT', '/objects', { url: url(name), body });
const nest = (name: string, more = '') =>
  `{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "${url(name)}"${more}}}`;
const queue = (seconds: number) =>
  `Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: ${seconds}}}}\nOutputs: {Delay: {Value: !GetAtt Queue.QueueName}}`;

async function made(stackName: string, template: string) {
  const Tags = [{ Key: ownStackTag, Value: stackName }];
  const client = cloud.cloudFormation(placement);
  await client.send(new CreateStackCommand({ StackName: stackName, TemplateBody: template, Tags }));
  expect((await settledStack(client, stackName)).StackStatus).toBe('CREATE_COMPLETE');
}

async function previewed(stackName: string, template: string, by = provisioner) {
  const request = { placement, stackName, token: 'once', template, parameters: {}, tags: {} };
  const preview = await by.preview(request);
  if (!preview.ok) throw new Error(preview.refusal.message);
  return preview.value;
}

async function changeSetsOf(StackName: string) {
  const { Summaries } = await cloud.cloudFormation(placement).send(new ListChangeSetsCommand({ StackName }));
  return Summaries ?? [];
}

test('nested stacks of nested stacks are looked into as deep as an analysis looks', async () => {
  for (const depth of [1, 2, 3, 4, 5, 6]) await put(`deep-${depth}`, `Resources: {Next: ${nest(`deep-${depth + 1}`)}}`);
  await put('deep-7', queue(1));
  const template = `Resources: {Next: ${nest('deep-1')}}`;
  await made('deep', template);
  await put('deep-7', queue(2));
  const preview = await previewed('deep', template);
  const path = (depth: number) => Array.from({ length: depth }, () => 'Next').join('/');
  expect(preview.resources.map(({ logicalId }) => logicalId)).toEqual([1, 2, 3, 4, 5, 6].map(path));
  expect(preview.unseen).toEqual([path(6)]);
});

test('where a nested stack cannot be previewed the stack alone is, and nothing is said of what is inside', async () => {
  await put('first', queue(1));
  await put('second', 'Parameters: {Size: {Type: Number, Default: 1}}\nResources: {Topic: {Type: AWS::SNS::Topic}}');
  const template = (more: string) => `Resources: {First: ${nest('first')}, Second: ${nest('second', more)}}`;
  await made('reading', template(''));
  await put('first', queue(2));
  // the output is not known while its stack changes, and no number
  const preview = await previewed('reading', template(', Parameters: {Size: !GetAtt First.Outputs.Delay}'));
  expect(preview.kind).toBe('update');
  expect(preview.resources.map(({ logicalId }) => logicalId)).toEqual(['First', 'Second']);
  expect(preview.unseen).toBeUndefined();
  expect(await changeSetsOf('reading')).toEqual([]);
});

test('a family of change sets that a process left when it died is removed by the next preview', async () => {
  await put('left', queue(1));
  const template = `Resources: {Inner: ${nest('left')}}`;
  await made('left', template);
  await put('left', queue(2));
  const client = cloud.cloudFormation(placement);
  const name = { StackName: 'left', ChangeSetName: 'deuteron-once-nested' };
  await client.send(new CreateChangeSetCommand({ ...name, TemplateBody: template, IncludeNestedStacks: true }));
  const inner = new DescribeStackResourceCommand({ StackName: 'left', LogicalResourceId: 'Inner' });
  const innerId = (await client.send(inner)).StackResourceDetail?.PhysicalResourceId ?? '';
  expect(await changeSetsOf(innerId)).toHaveLength(1);
  expect((await previewed('left', template)).resources.map(({ logicalId }) => logicalId)).toEqual([
    'Inner',
    'Inner/Queue',
  ]);
  expect(await changeSetsOf('left')).toEqual([]);
  expect(await changeSetsOf(innerId)).toEqual([]);
});

test('what a policy leaves of a resource in a nested stack is told', async () => {
  const kept = (policy: string) => `{Type: AWS::DynamoDB::Table, ${policy}, Properties: {
    AttributeDefinitions: [{AttributeName: a, AttributeType: S}], KeySchema: [{AttributeName: a, KeyType: HASH}],
    BillingMode: PAY_PER_REQUEST}}`;
  const topic = 'Topic: {Type: AWS::SNS::Topic}';
  await put(
    'kept',
    `Resources: {${topic}, Held: ${kept('DeletionPolicy: Retain')}, Gone: ${kept('DeletionPolicy: Delete')}}`,
  );
  const template = `Resources: {Inner: ${nest('kept')}}`;
  await made('kept', template);
  await put('kept', `Resources: {${topic}}`);
  const { resources } = await previewed('kept', template);
  expect(resources.map(({ logicalId, action, kept: left }) => [logicalId, action, left])).toEqual([
    ['Inner', 'modify', undefined],
    ['Inner/Held', 'remove', 'retained'],
    ['Inner/Gone', 'remove', undefined],
  ]);
});
