import {
  ContinueUpdateRollbackCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ListStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { beforeEach, expect, test } from 'vitest';
import { cloudOfTests, settledStack } from '../testing/index.ts';

/** Whatever fails in a family of stacks, in whatever phase: it comes to rest, and nothing of it stays when it is deleted. */

const cloud = cloudOfTests();

beforeEach(async () => {
  await cloud.control('DELETE', '/faults');
});

const url = (name: string) => `https://templates.s3.amazonaws.com/${name}`;
const leaf = (label: number) => `
Resources:
  LeafQueue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: ${label}}}
  LeafTopic: {Type: AWS::SNS::Topic, DependsOn: LeafQueue, Properties: {TopicName: !Sub "\${AWS::StackName}-${label}"}}
  ${label === 1 ? 'LeafOld' : 'LeafNew'}: {Type: AWS::SNS::Topic}
Outputs: {Name: {Value: !GetAtt LeafTopic.TopicName}}`;
const inner = (name: string, label: number) => `
Resources:
  Leaf: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "${url(`${name}-leaf`)}"}}
  InnerQueue: {Type: AWS::SQS::Queue, DependsOn: Leaf, Properties: {DelaySeconds: ${label}}}
Outputs: {Name: {Value: !GetAtt Leaf.Outputs.Name}}`;
const root = (name: string, label: number) => `
Resources:
  Before: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: ${label}}}
  Inner: {Type: AWS::CloudFormation::Stack, DependsOn: Before, Properties: {TemplateURL: "${url(`${name}-inner`)}"}}
  After: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub "\${Inner.Outputs.Name} ${label}"}}
Outputs: {Name: {Value: !GetAtt Inner.Outputs.Name}}`;

async function put(name: string, label: number): Promise<string> {
  await cloud.control('PUT', '/objects', { url: url(`${name}-leaf`), body: leaf(label) });
  await cloud.control('PUT', '/objects', { url: url(`${name}-inner`), body: inner(name, label) });
  return root(name, label);
}

const resources = ['Before', 'Inner', 'After', 'Leaf', 'InnerQueue', 'LeafQueue', 'LeafTopic', 'LeafOld'];
type Way = 'delete' | 'continue' | 'update';
const stories = [
  ['create', 'create', 'forward', 'delete'],
  ['create', 'delete', 'rollback', 'delete'],
  ['update', 'update', 'forward', 'delete'],
  ['update', 'update', 'rollback', 'delete'],
  ['update', 'update', 'rollback', 'continue'],
  ['update', 'update', 'forward', 'update'],
  ['update', 'delete', 'cleanup', 'delete'],
  ['delete', 'delete', 'forward', 'delete'],
] as const;
/** What the update only removes, or replaces, has nothing done to it on the way there or back: it cannot fail in it. */
const cannotFail: Readonly<Record<Way, readonly string[]>> = {
  delete: [],
  continue: ['LeafOld', 'LeafTopic'],
  update: ['LeafOld'],
};
const cases = resources.flatMap((logicalId) =>
  stories
    .map(([story, operation, phase, way]) => ({ logicalId, story, operation, phase, way }))
    .filter(({ way }) => !cannotFail[way].includes(logicalId)),
);
test.each(cases)('$logicalId: $story, $phase $operation fails, then $way', async (given) => {
  const { logicalId, story, operation, phase, way } = given;
  const client = cloud.cloudFormation();
  const name = `${logicalId}-${story}-${operation}-${phase}-${way}`;
  const fault = (more: object) => cloud.control('POST', '/faults/resource', { message: 'broken', ...more });
  // Something at the very end fails too where only the way back shall be struck.
  const strike = async () => {
    if (phase === 'rollback') await fault({ logicalId: 'After', phase: 'forward' });
    await fault({ logicalId, operation, phase });
  };
  const first = await put(name, 1);
  if (story === 'create') await strike();
  await client.send(new CreateStackCommand({ StackName: name, TemplateBody: first }));
  const made = await settledStack(client, name);
  if (story !== 'create') {
    expect(made.StackStatus).toBe('CREATE_COMPLETE');
    await strike();
  }
  if (story === 'update') {
    const TemplateBody = await put(name, 2);
    await client.send(new UpdateStackCommand({ StackName: name, TemplateBody, DisableRollback: way === 'update' }));
  }
  if (story === 'delete') await client.send(new DeleteStackCommand({ StackName: name }));
  const rested = (await settledStack(client, made.StackId ?? '')).StackStatus ?? '';
  await everyChildRests(made.StackId ?? '', rested);

  await cloud.control('DELETE', '/faults');
  await goOn(name, way, rested);
  await client.send(new DeleteStackCommand({ StackName: name }));
  expect((await settledStack(client, made.StackId ?? '')).StackStatus).toBe('DELETE_COMPLETE');
  const { StackSummaries } = await client.send(new ListStacksCommand({}));
  const left = StackSummaries?.filter(
    ({ StackName, StackStatus }) => StackName?.startsWith(`${name}-`) && StackStatus !== 'DELETE_COMPLETE',
  );
  expect(left?.map(({ StackName, StackStatus }) => [StackName, StackStatus])).toEqual([]);
});

/** The other ways out, besides deletion. */
async function goOn(name: string, way: Way, rested: string): Promise<void> {
  const client = cloud.cloudFormation();
  if (way === 'continue') {
    expect(rested).toBe('UPDATE_ROLLBACK_FAILED');
    await client.send(new ContinueUpdateRollbackCommand({ StackName: name }));
    expect((await settledStack(client, name)).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    await everyChildRests(name, 'UPDATE_ROLLBACK_COMPLETE');
  }
  if (way === 'update') {
    expect(rested).toBe('UPDATE_FAILED');
    await client.send(new UpdateStackCommand({ StackName: name, TemplateBody: await put(name, 3) }));
    expect((await settledStack(client, name)).StackStatus).toBe('UPDATE_COMPLETE');
    await everyChildRests(name, 'UPDATE_COMPLETE');
  }
}

/**
 * While the top of a family rests, no nested stack is under way, except that one whose parent has failed half-way and was
 * left so waits to clean up, as in the real service. A nested stack that is as it should be is there.
 */
async function everyChildRests(name: string, topStatus: string): Promise<void> {
  const client = cloud.cloudFormation();
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: name }));
  for (const { PhysicalResourceId, ResourceType, ResourceStatus } of StackResources ?? []) {
    if (ResourceType !== 'AWS::CloudFormation::Stack' || !PhysicalResourceId) continue;
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: PhysicalResourceId }));
    const child = Stacks?.[0]?.StackStatus ?? '';
    const waits = /^UPDATE_(ROLLBACK_)?FAILED$/.test(topStatus) && child.endsWith('_CLEANUP_IN_PROGRESS');
    if (!waits) expect(child, `the top of ${name} is ${topStatus}`).not.toMatch(/_IN_PROGRESS$/);
    if (/^(CREATE|UPDATE)_COMPLETE$/.test(ResourceStatus ?? '')) expect(child).not.toMatch(/DELETE/);
    await everyChildRests(PhysicalResourceId, topStatus);
  }
}
