import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
  waitUntilChangeSetCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import { cloudOfTests, settledStack } from '../testing/index.ts';

const cloud = cloudOfTests();

const template = ({ fifo = false, size = 1, more = '' } = {}) => `
Parameters:
  Delay: {Type: Number, Default: 5}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {DelaySeconds: !Ref Delay${fifo ? ', FifoQueue: true' : ''}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    DeletionPolicy: Retain
    Properties:
      ComparisonOperator: GreaterThanThreshold
      EvaluationPeriods: ${size}
      Dimensions: [{Name: queue, Value: !GetAtt Queue.QueueName}]
${more}`;

test('a stack can be made by a change set, which shows what it will make', async () => {
  const client = cloud.cloudFormation();
  const name = { StackName: 'made', ChangeSetName: 'first' };
  await client.send(new CreateChangeSetCommand({ ...name, ChangeSetType: 'CREATE', TemplateBody: template() }));
  await waitUntilChangeSetCreateComplete({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, name);
  expect((await client.send(new DescribeStacksCommand({ StackName: 'made' }))).Stacks).toMatchObject([
    { StackStatus: 'REVIEW_IN_PROGRESS' },
  ]);
  const described = await client.send(new DescribeChangeSetCommand(name));
  expect(described).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
  expect(described.Changes?.map(({ ResourceChange: change }) => [change?.Action, change?.LogicalResourceId])).toEqual([
    ['Add', 'Queue'],
    ['Add', 'Alarm'],
  ]);
  await client.send(new ExecuteChangeSetCommand(name));
  expect((await settledStack(client, 'made')).StackStatus).toBe('CREATE_COMPLETE');
});

const changes = [
  {
    name: 'a parameter changes a property in place, and what reads an attribute may change',
    template: template(),
    parameter: '6',
    expected: [
      {
        Action: 'Modify',
        LogicalResourceId: 'Queue',
        Replacement: 'False',
        Scope: ['Properties'],
        Details: [
          { Evaluation: 'Dynamic', ChangeSource: 'DirectModification' },
          { Evaluation: 'Static', ChangeSource: 'ParameterReference', CausingEntity: 'Delay' },
        ],
      },
      {
        Action: 'Modify',
        LogicalResourceId: 'Alarm',
        Replacement: 'False',
        Details: [{ Evaluation: 'Dynamic', ChangeSource: 'ResourceAttribute', CausingEntity: 'Queue.QueueName' }],
      },
    ],
  },
  {
    name: 'a property that cannot be changed replaces the resource',
    template: template({ fifo: true }),
    parameter: '5',
    expected: [
      {
        LogicalResourceId: 'Queue',
        Replacement: 'True',
        PolicyAction: 'ReplaceAndDelete',
        Details: [{ Target: { Name: 'FifoQueue', RequiresRecreation: 'Always' }, ChangeSource: 'DirectModification' }],
      },
      { LogicalResourceId: 'Alarm', Replacement: 'False' },
    ],
  },
  {
    name: 'resources come and go, with what their policy makes of it',
    template: `
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 5}}
  Topic: {Type: AWS::SNS::Topic}`,
    parameter: undefined,
    expected: [
      { Action: 'Add', LogicalResourceId: 'Topic' },
      { Action: 'Remove', LogicalResourceId: 'Alarm', PolicyAction: 'Retain' },
    ],
  },
];
test.each(changes)('$name', async ({ template: TemplateBody, parameter, expected }) => {
  const client = cloud.cloudFormation();
  const name = { StackName: 'made', ChangeSetName: 'second' };
  const Parameters = parameter ? [{ ParameterKey: 'Delay', ParameterValue: parameter }] : [];
  await client.send(new CreateChangeSetCommand({ ...name, TemplateBody, Parameters }));
  const { Changes } = await client.send(new DescribeChangeSetCommand(name));
  expect(Changes?.map(({ ResourceChange }) => ResourceChange)).toMatchObject(expected);
  await client.send(new DeleteChangeSetCommand(name));
  await expect(client.send(new DescribeChangeSetCommand(name))).rejects.toMatchObject({
    name: 'ChangeSetNotFoundException',
  });
  await client.send(new DeleteChangeSetCommand(name)); // once more is no error
  await expect(client.send(new DeleteChangeSetCommand({ ...name, StackName: 'nowhere' }))).rejects.toMatchObject({
    name: 'ValidationError',
  });
});

test('a change set without changes fails in the words of the service and cannot be executed', async () => {
  const client = cloud.cloudFormation();
  const name = { StackName: 'made', ChangeSetName: 'empty' };
  const { Id } = await client.send(new CreateChangeSetCommand({ ...name, TemplateBody: template() }));
  expect(await client.send(new DescribeChangeSetCommand({ ChangeSetName: Id }))).toMatchObject({
    Status: 'FAILED',
    ExecutionStatus: 'UNAVAILABLE',
    StatusReason:
      "The submitted information didn't contain changes. Submit different information to create a change set.",
  });
  await expect(client.send(new ExecuteChangeSetCommand(name))).rejects.toMatchObject({
    name: 'InvalidChangeSetStatusException',
    message: `ChangeSet [${Id}] cannot be executed in its current status of [FAILED]`,
  });
});

test('tags are a set: in another order they change nothing', async () => {
  const client = cloud.cloudFormation();
  const [unit, team] = [
    { Key: 'unit', Value: 'shop' },
    { Key: 'team', Value: 'orders' },
  ];
  const stack = { StackName: 'tagged', TemplateBody: template() };
  await client.send(new CreateStackCommand({ ...stack, Tags: [unit, team] }));
  await settledStack(client, 'tagged');
  const described = async (ChangeSetName: string, more: object) => {
    await client.send(new CreateChangeSetCommand({ ...stack, ChangeSetName, ...more }));
    const { Status, Changes = [] } = await client.send(
      new DescribeChangeSetCommand({ StackName: 'tagged', ChangeSetName }),
    );
    return [Status, Changes.map(({ ResourceChange: change }) => change?.LogicalResourceId)];
  };
  expect(await described('same', { Tags: [team, unit] })).toEqual(['FAILED', []]);
  const slower = { TemplateBody: template({ size: 2 }), Tags: [team, unit] };
  expect(await described('other', slower)).toEqual(['CREATE_COMPLETE', ['Alarm']]);
  expect(await described('tags', { Tags: [{ ...team, Value: 'books' }, unit] })).toEqual([
    'CREATE_COMPLETE',
    ['Queue', 'Alarm'],
  ]);
});

test('executing one change set does away with its siblings', async () => {
  const client = cloud.cloudFormation();
  for (const [ChangeSetName, size] of [['left', 2] as const, ['right', 3] as const]) {
    await client.send(
      new CreateChangeSetCommand({ StackName: 'made', ChangeSetName, TemplateBody: template({ size }) }),
    );
  }
  await client.send(new ExecuteChangeSetCommand({ StackName: 'made', ChangeSetName: 'left', ClientRequestToken: 'x' }));
  await client.send(new ExecuteChangeSetCommand({ StackName: 'made', ChangeSetName: 'left', ClientRequestToken: 'x' }));
  expect((await settledStack(client, 'made')).StackStatus).toBe('UPDATE_COMPLETE');
  const { Summaries } = await client.send(new ListChangeSetsCommand({ StackName: 'made' }));
  expect(Summaries?.map(({ ChangeSetName, ExecutionStatus }) => [ChangeSetName, ExecutionStatus])).toEqual([
    ['left', 'EXECUTE_COMPLETE'],
  ]);
});

test('a change set that was made before another update is obsolete', async () => {
  const client = cloud.cloudFormation();
  const late = { StackName: 'made', ChangeSetName: 'late' };
  await client.send(new CreateChangeSetCommand({ ...late, TemplateBody: template({ size: 5 }) }));
  const quick = { StackName: 'made', ChangeSetName: 'quick' };
  await client.send(new CreateChangeSetCommand({ ...quick, TemplateBody: template({ size: 4 }) }));
  await client.send(new ExecuteChangeSetCommand(quick));
  await settledStack(client, 'made');
  await expect(client.send(new ExecuteChangeSetCommand(late))).rejects.toMatchObject({
    name: 'ChangeSetNotFoundException',
  });
});

test('names that are taken are refused, for a stack as for a change set', async () => {
  const client = cloud.cloudFormation();
  await client.send(new CreateStackCommand({ StackName: 'taken', TemplateBody: template() }));
  await settledStack(client, 'taken');
  const name = { StackName: 'taken', ChangeSetName: 'one' };
  const creating = new CreateChangeSetCommand({ ...name, ChangeSetType: 'CREATE', TemplateBody: template() });
  await expect(client.send(creating)).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Stack [taken] already exists and cannot be created again with the changeSet [one].',
  });
  const update = new CreateChangeSetCommand({ ...name, TemplateBody: template({ size: 2 }) });
  await client.send(update);
  await expect(client.send(update)).rejects.toMatchObject({ name: 'AlreadyExistsException' });
});
