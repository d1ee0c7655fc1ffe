import {
  CreateStackCommand,
  GetStackPolicyCommand,
  SetStackPolicyCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import { allEvents, cloudOfTests, settledStack } from '../testing/index.ts';
import { parseStackPolicy, policyDenial } from './stack-policy.ts';

const allowAll = { Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' };
const deny = (more: object) => ({ Effect: 'Deny', Action: 'Update:*', Principal: '*', Resource: '*', ...more });
const policy = (...Statement: object[]) => JSON.stringify({ Statement });

const decisions = [
  { name: 'everything is allowed', text: policy(allowAll), action: 'Update:Delete', denied: false },
  { name: 'nothing is allowed that no statement names', text: policy(), action: 'Update:Modify', denied: true },
  {
    name: 'a denial wins, wherever it stands',
    text: policy(deny({ Resource: 'LogicalResourceId/Queue' }), allowAll),
    action: 'Update:Modify',
    denied: true,
  },
  {
    name: 'another resource is not meant',
    text: policy(allowAll, deny({ Resource: 'LogicalResourceId/Topic' })),
    action: 'Update:Modify',
    denied: false,
  },
  {
    name: 'a name may have wildcards',
    text: policy(allowAll, deny({ Resource: ['LogicalResourceId/X', 'LogicalResourceId/Q*e'] })),
    action: 'Update:Modify',
    denied: true,
  },
  {
    name: 'only the action that is named',
    text: policy(allowAll, deny({ Action: ['Update:Replace', 'Update:Delete'] })),
    action: 'Update:Modify',
    denied: false,
  },
  {
    name: 'all actions but one',
    text: policy(allowAll, deny({ Action: undefined, NotAction: 'Update:Modify' })),
    action: 'Update:Replace',
    denied: true,
  },
  {
    name: 'all resources but one',
    text: policy(allowAll, deny({ Resource: undefined, NotResource: 'LogicalResourceId/Queue' })),
    action: 'Update:Modify',
    denied: false,
  },
  {
    name: 'resources of a type',
    text: policy(allowAll, deny({ Condition: { StringEquals: { ResourceType: ['AWS::SQS::Queue'] } } })),
    action: 'Update:Modify',
    denied: true,
  },
  {
    name: 'StringEquals takes a wildcard as it is written',
    text: policy(allowAll, deny({ Condition: { StringEquals: { ResourceType: 'AWS::SQS::*' } } })),
    action: 'Update:Modify',
    denied: false,
  },
  {
    name: 'StringLike does not',
    text: policy(allowAll, deny({ Condition: { StringLike: { ResourceType: 'AWS::SQS::*' } } })),
    action: 'Update:Modify',
    denied: true,
  },
] as const;
test.each(decisions)('$name', ({ text, action, denied }) => {
  const parsed = parseStackPolicy(text);
  expect(parsed).toBeDefined();
  const reason = policyDenial(parsed!, action, { logicalId: 'Queue', type: 'AWS::SQS::Queue' });
  expect(reason !== undefined).toBe(denied);
});

const wrong = [
  'no JSON',
  '[]',
  policy({ ...allowAll, Principal: 'arn:aws:iam::111111111111:root' }),
  policy({ ...allowAll, Effect: 'Maybe' }),
  policy({ ...allowAll, Action: 's3:*' }),
  policy({ ...allowAll, Resource: 'arn:aws:s3:::bucket' }),
  policy(deny({ Condition: { NumericEquals: { ResourceType: 'x' } } })),
];
test.each(wrong)('is no stack policy: %s', (text) => expect(parseStackPolicy(text)).toBeUndefined());

const cloud = cloudOfTests();

const template = ({ delay = 1, fifo = false, queue = true } = {}) => `Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: "${delay}"}}
${queue ? `  Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: ${delay}${fifo ? ', FifoQueue: true' : ''}}}` : ''}`;

const stories = [
  { name: 'modify', action: 'Update:Modify', after: template({ delay: 2 }), status: 'UPDATE_FAILED' },
  { name: 'replace', action: 'Update:Replace', after: template({ fifo: true }), status: 'UPDATE_FAILED' },
  { name: 'delete', action: 'Update:Delete', after: template({ queue: false }), status: 'DELETE_FAILED' },
] as const;
test.each(stories)(
  '$action is enforced, unless a policy for this update allows it',
  async ({ name, action, after, status }) => {
    const client = cloud.cloudFormation();
    const StackPolicyBody = policy(allowAll, deny({ Action: action, Resource: 'LogicalResourceId/Queue' }));
    await client.send(new CreateStackCommand({ StackName: name, TemplateBody: template(), StackPolicyBody }));
    await settledStack(client, name);
    await client.send(new UpdateStackCommand({ StackName: name, TemplateBody: after }));
    expect((await settledStack(client, name)).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    const refused = (await allEvents(client, name)).find(({ ResourceStatus }) => ResourceStatus === status);
    expect(refused?.ResourceStatusReason).toBe(
      `Action denied by stack policy: Statement [#2] does not allow [${action}] for resource [LogicalResourceId/Queue]`,
    );
    const StackPolicyDuringUpdateBody = policy(allowAll);
    await client.send(new UpdateStackCommand({ StackName: name, TemplateBody: after, StackPolicyDuringUpdateBody }));
    expect((await settledStack(client, name)).StackStatus).toBe('UPDATE_COMPLETE');
    expect((await client.send(new GetStackPolicyCommand({ StackName: name }))).StackPolicyBody).toBe(StackPolicyBody);
  },
);

test('a text that is no policy is refused by every call that takes one', async () => {
  const client = cloud.cloudFormation();
  await client.send(new CreateStackCommand({ StackName: 'plain', TemplateBody: template() }));
  await settledStack(client, 'plain');
  const calls = [
    () => client.send(new CreateStackCommand({ StackName: 'x', TemplateBody: template(), StackPolicyBody: '{]' })),
    () => client.send(new SetStackPolicyCommand({ StackName: 'plain', StackPolicyBody: '{"Statement": [{}]}' })),
    () => {
      const input = { StackName: 'plain', TemplateBody: template({ delay: 2 }), StackPolicyDuringUpdateBody: '[]' };
      return client.send(new UpdateStackCommand(input));
    },
  ];
  for (const call of calls) await expect(call()).rejects.toThrow('Error validating stack policy: Invalid stack policy');
});
