import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import { allEvents, cloudOfTests, eventLines, settledStack } from './testing/index.ts';

const cloud = cloudOfTests();

const network = `
Parameters:
  Cidr: {Type: String, Default: 10.0.0.0/16}
  Label: {Type: String, Default: one}
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: !Ref Cidr}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: !Select [0, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]]
      Tags: [{Key: label, Value: !Ref Label}]
Outputs:
  VpcId: {Value: !Ref Vpc}
  SubnetId: {Value: !Ref Subnet, Description: the subnet}
`;

test('a stack is created in the order of its dependencies, and its outputs are there', async () => {
  const client = cloud.cloudFormation();
  await client.send(new CreateStackCommand({ StackName: 'network', TemplateBody: network, ClientRequestToken: 't-1' }));
  const stack = await settledStack(client, 'network');
  expect(stack.StackStatus).toBe('CREATE_COMPLETE');
  expect(stack.Outputs).toEqual([
    { OutputKey: 'VpcId', OutputValue: expect.stringMatching(/^vpc-[0-9a-f]{17}$/) },
    { OutputKey: 'SubnetId', OutputValue: expect.stringMatching(/^subnet-/), Description: 'the subnet' },
  ]);
  const events = await allEvents(client, 'network');
  expect(eventLines(events)).toEqual([
    'network CREATE_IN_PROGRESS: User Initiated',
    'Vpc CREATE_IN_PROGRESS',
    'Vpc CREATE_IN_PROGRESS: Resource creation Initiated',
    'Vpc CREATE_COMPLETE',
    'Subnet CREATE_IN_PROGRESS',
    'Subnet CREATE_IN_PROGRESS: Resource creation Initiated',
    'Subnet CREATE_COMPLETE',
    'network CREATE_COMPLETE',
  ]);
  expect(new Set(events.map(({ ClientRequestToken }) => ClientRequestToken))).toEqual(new Set(['t-1']));
});

test('a change in place keeps the physical ids and tells of what changed only', async () => {
  const client = cloud.cloudFormation();
  const before = await client.send(new DescribeStackResourcesCommand({ StackName: 'network' }));
  const Parameters = [{ ParameterKey: 'Label', ParameterValue: 'two' }];
  await client.send(
    new UpdateStackCommand({ StackName: 'network', UsePreviousTemplate: true, Parameters, ClientRequestToken: 't-2' }),
  );
  expect((await settledStack(client, 'network')).StackStatus).toBe('UPDATE_COMPLETE');
  const after = await client.send(new DescribeStackResourcesCommand({ StackName: 'network' }));
  const ids = (answer: typeof before) => answer.StackResources?.map(({ PhysicalResourceId }) => PhysicalResourceId);
  expect(ids(after)).toEqual(ids(before));
  const events = (await allEvents(client, 'network')).filter(({ ClientRequestToken: token }) => token === 't-2');
  expect(eventLines(events)).toEqual([
    'network UPDATE_IN_PROGRESS: User Initiated',
    'Subnet UPDATE_IN_PROGRESS',
    'Subnet UPDATE_COMPLETE',
    'network UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'network UPDATE_COMPLETE',
  ]);
});

test('a replacement makes the new one first, moves what hangs on it, and deletes the old ones last', async () => {
  const client = cloud.cloudFormation();
  const Parameters = [
    { ParameterKey: 'Label', UsePreviousValue: true },
    { ParameterKey: 'Cidr', ParameterValue: '10.1.0.0/16' },
  ];
  await client.send(
    new UpdateStackCommand({ StackName: 'network', UsePreviousTemplate: true, Parameters, ClientRequestToken: 't-3' }),
  );
  expect((await settledStack(client, 'network')).StackStatus).toBe('UPDATE_COMPLETE');
  const events = (await allEvents(client, 'network')).filter(({ ClientRequestToken: token }) => token === 't-3');
  const replacing = 'Requested update requires the creation of a new physical resource; hence creating one.';
  expect(eventLines(events)).toEqual([
    'network UPDATE_IN_PROGRESS: User Initiated',
    `Vpc UPDATE_IN_PROGRESS: ${replacing}`,
    'Vpc UPDATE_IN_PROGRESS: Resource creation Initiated',
    'Vpc UPDATE_COMPLETE',
    `Subnet UPDATE_IN_PROGRESS: ${replacing}`,
    'Subnet UPDATE_IN_PROGRESS: Resource creation Initiated',
    'Subnet UPDATE_COMPLETE',
    'network UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'Subnet DELETE_IN_PROGRESS',
    'Subnet DELETE_COMPLETE',
    'Vpc DELETE_IN_PROGRESS',
    'Vpc DELETE_COMPLETE',
    'network UPDATE_COMPLETE',
  ]);
});

test('an update without a change is refused in the words of the service', async () => {
  const client = cloud.cloudFormation();
  const Parameters = ['Label', 'Cidr'].map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true }));
  const update = client.send(new UpdateStackCommand({ StackName: 'network', UsePreviousTemplate: true, Parameters }));
  await expect(update).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'No updates are to be performed.',
    $metadata: { httpStatusCode: 400 },
  });
});

test('a deleted stack is found by its id only', async () => {
  const client = cloud.cloudFormation();
  const { StackId } = await settledStack(client, 'network');
  await client.send(new DeleteStackCommand({ StackName: 'network' }));
  const gone = await settledStack(client, StackId ?? '');
  expect(gone).toMatchObject({ StackStatus: 'DELETE_COMPLETE', DeletionTime: expect.any(Date) });
  await expect(client.send(new DescribeStacksCommand({ StackName: 'network' }))).rejects.toMatchObject({
    message: 'Stack with id network does not exist',
  });
  await client.send(new DeleteStackCommand({ StackName: 'network' }));
});
