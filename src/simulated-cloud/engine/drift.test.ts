import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStackResourcesCommand,
  DetectStackDriftCommand,
  DetectStackResourceDriftCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import type { JsonObject } from '../state/json.ts';
import type { DriftFinding } from '../state/resource-drift.ts';
import type { StackResource } from '../state/stack.ts';
import { allEvents, cloudOfTests, settledStack } from '../testing/index.ts';
import { findDrift } from './drift.ts';

const at = new Date('2026-11-28T12:00:00Z');
function resource(type: string, properties: JsonObject, patch: JsonObject, deleted = false): StackResource {
  return {
    ...{ logicalId: 'R', type, physicalId: 'r', status: 'CREATE_COMPLETE', updatedAt: at, attributes: {}, properties },
    ...{ deletionPolicy: 'Delete', updateReplacePolicy: 'Delete', dependsOn: [], generation: 1, position: 1 },
    drift: { patch, deleted },
  };
}

interface Finding {
  readonly name: string;
  readonly resource: StackResource;
  readonly status: DriftFinding['status'];
  readonly differences?: DriftFinding['differences'];
}
const tags = [{ Key: 'a', Value: '1' }];
const findings: readonly Finding[] = [
  {
    name: 'a value that was changed',
    resource: resource('AWS::SQS::Queue', { DelaySeconds: 1, FifoQueue: true }, { DelaySeconds: 5 }),
    status: 'MODIFIED',
    differences: [{ path: '/DelaySeconds', expected: 1, actual: 5, type: 'NOT_EQUAL' }],
  },
  {
    name: 'the same as text',
    resource: resource('AWS::SQS::Queue', { DelaySeconds: 1 }, { DelaySeconds: '1' }),
    status: 'IN_SYNC',
  },
  {
    name: 'a property that the template does not give is not looked at',
    resource: resource('AWS::SQS::Queue', { DelaySeconds: 1 }, { VisibilityTimeout: 9 }),
    status: 'IN_SYNC',
  },
  {
    name: 'an item more, an item that was changed',
    resource: resource(
      'AWS::SQS::Queue',
      { Tags: tags },
      {
        Tags: [
          { Key: 'a', Value: '2' },
          { Key: 'b', Value: '3' },
        ],
      },
    ),
    status: 'MODIFIED',
    differences: [
      { path: '/Tags/0/Value', expected: '1', actual: '2', type: 'NOT_EQUAL' },
      { path: '/Tags/1', actual: { Key: 'b', Value: '3' }, type: 'ADD' },
    ],
  },
  {
    name: 'a property that was taken away',
    resource: resource('AWS::SQS::Queue', { Tags: tags }, { Tags: null }),
    status: 'MODIFIED',
    differences: [{ path: '/Tags', expected: tags, type: 'REMOVE' }],
  },
  {
    name: 'what the service never shows',
    resource: resource('AWS::RDS::DBInstance', { MasterUserPassword: 'old-password' }, { MasterUserPassword: 'new' }),
    status: 'IN_SYNC',
  },
  { name: 'a resource that is gone', resource: resource('AWS::SQS::Queue', {}, {}, true), status: 'DELETED' },
  { name: 'a custom resource', resource: resource('Custom::Thing', { A: 1 }, { A: 2 }), status: 'NOT_CHECKED' },
];
test.each(findings)('$name: $status', ({ resource: of, status, differences = [] }) => {
  expect(findDrift(of, of.properties, at)).toMatchObject({ status, differences });
});

const cloud = cloudOfTests();

const template = (delay = 1) => `Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "\${AWS::StackName}-queue", DelaySeconds: ${delay}}}
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: hello}}`;

async function made(StackName: string) {
  const client = cloud.cloudFormation();
  await client.send(new CreateStackCommand({ StackName, TemplateBody: template() }));
  await settledStack(client, StackName);
  return client;
}

const inject = (stackName: string, logicalId: string, how: object) =>
  cloud.control('PUT', '/drift', { accountId: '111111111111', region: 'eu-west-1', stackName, logicalId, ...how });

test('detection finds what was changed outside, on the stack and on its resources', async () => {
  const client = await made('drifting');
  await inject('drifting', 'Queue', { properties: { DelaySeconds: 9 } });
  const { StackDriftDetectionId } = await client.send(new DetectStackDriftCommand({ StackName: 'drifting' }));
  expect(await client.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }))).toMatchObject({
    DetectionStatus: 'DETECTION_COMPLETE',
    StackDriftStatus: 'DRIFTED',
    DriftedStackResourceCount: 1,
  });
  expect((await settledStack(client, 'drifting')).DriftInformation).toMatchObject({ StackDriftStatus: 'DRIFTED' });
  const drifted = new DescribeStackResourceDriftsCommand({
    StackName: 'drifting',
    StackResourceDriftStatusFilters: ['MODIFIED'],
  });
  const { StackResourceDrifts } = await client.send(drifted);
  expect(StackResourceDrifts).toMatchObject([
    {
      LogicalResourceId: 'Queue',
      ExpectedProperties: '{"QueueName":"drifting-queue","DelaySeconds":1}',
      ActualProperties: '{"QueueName":"drifting-queue","DelaySeconds":9}',
      PropertyDifferences: [
        { PropertyPath: '/DelaySeconds', ExpectedValue: '1', ActualValue: '9', DifferenceType: 'NOT_EQUAL' },
      ],
    },
  ]);
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: 'drifting' }));
  expect(StackResources?.map(({ DriftInformation }) => DriftInformation?.StackResourceDriftStatus)).toEqual([
    'MODIFIED',
    'IN_SYNC',
  ]);
});

test('an update sets right what it changes, and one resource can be looked at alone', async () => {
  const client = await made('righted');
  await inject('righted', 'Queue', { properties: { DelaySeconds: 9 } });
  await client.send(new UpdateStackCommand({ StackName: 'righted', TemplateBody: template(2) }));
  await settledStack(client, 'righted');
  const detect = new DetectStackResourceDriftCommand({ StackName: 'righted', LogicalResourceId: 'Queue' });
  expect((await client.send(detect)).StackResourceDrift?.StackResourceDriftStatus).toBe('IN_SYNC');
});

test('what was deleted outside cannot be updated, but deleted once more', async () => {
  const client = await made('hollow');
  await inject('hollow', 'Queue', { deleted: true });
  await client.send(new UpdateStackCommand({ StackName: 'hollow', TemplateBody: template(2) }));
  expect((await settledStack(client, 'hollow')).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
  const failed = (await allEvents(client, 'hollow')).find(({ ResourceStatus }) => ResourceStatus === 'UPDATE_FAILED');
  expect(failed?.ResourceStatusReason).toMatch(/HandlerErrorCode: NotFound/);
  await client.send(new DeleteStackCommand({ StackName: 'hollow' }));
  expect((await settledStack(client, failed?.StackId ?? '')).StackStatus).toBe('DELETE_COMPLETE');
});

test('detection takes its time, and is refused while the stack changes', async () => {
  const client = await made('slow');
  await cloud.control('PATCH', '/clock', { scale: 1, held: true });
  try {
    const { StackDriftDetectionId } = await client.send(new DetectStackDriftCommand({ StackName: 'slow' }));
    const ask = () => client.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
    expect((await ask()).DetectionStatus).toBe('DETECTION_IN_PROGRESS');
    await cloud.control('POST', '/clock/advance', { seconds: 10 });
    expect(await ask()).toMatchObject({ DetectionStatus: 'DETECTION_COMPLETE', StackDriftStatus: 'IN_SYNC' });
    await client.send(new UpdateStackCommand({ StackName: 'slow', TemplateBody: template(2) }));
    await expect(client.send(new DetectStackDriftCommand({ StackName: 'slow' }))).rejects.toThrow(
      /in status \[UPDATE_IN_PROGRESS\]/,
    );
  } finally {
    await cloud.control('PATCH', '/clock', { scale: 0, held: false });
  }
});
