import { expect, test } from 'vitest';
import { missingCapabilities, requiredCapabilities } from './capabilities.ts';
import { template } from './testing/stack-template.ts';

const cases = [
  { name: 'nothing', text: 'Resources: {A: {Type: AWS::SQS::Queue}}', required: [], reason: undefined },
  {
    name: 'a role',
    text: 'Resources: {A: {Type: AWS::IAM::Role}}',
    required: ['CAPABILITY_IAM'],
    reason: 'The following resource(s) require capabilities: [AWS::IAM::Role]',
  },
  {
    name: 'a role with a name',
    text: 'Resources: {A: {Type: AWS::IAM::Role, Properties: {RoleName: !Ref AWS::StackName}}}',
    required: ['CAPABILITY_NAMED_IAM'],
    reason: 'The following resource(s) require capabilities: [AWS::IAM::Role]',
  },
  {
    name: 'an inline policy, whose name is no name of its own',
    text: 'Resources: {A: {Type: AWS::IAM::Policy, Properties: {PolicyName: p}}}',
    required: ['CAPABILITY_IAM'],
    reason: 'The following resource(s) require capabilities: [AWS::IAM::Policy]',
  },
  {
    name: 'a transform',
    text: 'Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: AWS::SQS::Queue}}',
    required: ['CAPABILITY_AUTO_EXPAND'],
    reason: 'The following resource(s) require capabilities: [AWS::Serverless-2016-10-31]',
  },
];
test.each(cases)('$name', ({ text, required, reason }) => {
  expect(requiredCapabilities(template(text))).toEqual({ capabilities: required, ...(reason ? { reason } : {}) });
});

test('the named capability includes the other', () => {
  const required = { capabilities: ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'] as const };
  expect(missingCapabilities(required, ['CAPABILITY_NAMED_IAM'])).toEqual(['CAPABILITY_AUTO_EXPAND']);
  expect(missingCapabilities(required, [])).toEqual(required.capabilities);
});
