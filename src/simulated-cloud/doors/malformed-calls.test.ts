import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actionsOf } from '../actions/actions.ts';
import { cloudOfTests } from '../testing/index.ts';

const cloud = cloudOfTests();

const members = [
  ...['StackName', 'TemplateBody', 'ChangeSetName', 'ChangeSetType', 'NextToken', 'ClientRequestToken', 'OnFailure'],
  ...['Parameters.member.1.ParameterKey', 'Parameters.member.1.ParameterValue', 'Parameters.member.1', 'Parameters'],
  ...['Capabilities.member.1', 'Capabilities', 'Tags.member.1.Key', 'Tags.member.1.Value', 'ResourcesToSkip.member.1'],
  ...['RetainResources.member.1', 'LogicalResourceId', 'PhysicalResourceId', 'RoleArn', 'RoleSessionName', 'RoleARN'],
  ...['StackPolicyBody', 'EnableTerminationProtection', 'TimeoutInMinutes', 'ExportName', 'StackStatusFilter.member.1'],
  ...[
    'UsePreviousTemplate',
    'TemplateStage',
    'DurationSeconds',
    'NotificationARNs.member.1',
    '__proto__',
    'StackName.x',
  ],
];
const templates = [
  'Resources: {Q: {Type: AWS::SQS::Queue}}',
  '{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "a\\u0000b"}}}}',
  'Parameters: {P: {Type: String, Default: "\\0"}}\nResources: {Q: {Type: Custom::A, Properties: {$map: [[1]], p: !Ref P}}}',
  'Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${AWS::StackName}-${Q}"}}}',
  'Resources: {Q: {Type: AWS::SQS::Queue, DependsOn: Q}}',
  'Resources: {Q: {Type: AWS::S3::Bucket}}\nOutputs: {O: {Value: !GetAtt Q.Arn, Export: {Name: !Ref Q}}}',
  'Transform: AWS::Serverless-2016-10-31\nResources: {F: {Type: AWS::Serverless::Function, Properties: {Handler: a.b}}}',
  'Resources: !Ref A',
];
const values = fc.oneof(
  fc.constantFrom('a', 'b', '', 'true', '0', '-1', 'CREATE', 'UPDATE', 'Processed', 'DELETE', '\u0000', '\ud800', '{}'),
  fc.constantFrom(...templates, 'arn:aws:cloudformation:eu-west-1:111111111111:stack/a/b', 'arn:aws:iam::1:role/x'),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const versionsAndActions = Object.entries(actionsOf).flatMap(([version, actions]) =>
  Object.keys(actions).map((action) => [version, action] as const),
);
const call = fc.record({
  operation: fc.constantFrom(...versionsAndActions),
  members: fc.array(fc.tuple(fc.constantFrom(...members), values), { maxLength: 8 }),
});

test('no form, however wrong, is answered with a failure of the server', async () => {
  const authorization = 'AWS4-HMAC-SHA256 Credential=K/20260101/eu-west-1/cloudformation/aws4_request, Signature=0';
  await fc.assert(
    fc.asyncProperty(call, async ({ operation: [version, action], members: given }) => {
      const form = new URLSearchParams([['Version', version], ['Action', action], ...given]);
      const response = await fetch(cloud.url, { method: 'POST', headers: { authorization }, body: form });
      const text = await response.text();
      expect(response.status, text).toBeLessThan(500);
      expect(text).toMatch(/^<(\w+)Response .*<\/\1Response>$/s);
    }),
    { numRuns: 400 },
  );
  expect(((await cloud.control('GET', '')) as { simulated: boolean }).simulated).toBe(true);
});
