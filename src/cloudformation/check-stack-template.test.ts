import { expect, test } from 'vitest';
import { checkStackTemplate, checkTemplateProperties } from './check-stack-template.ts';
import { template } from './testing/stack-template.ts';

test('a template without fault', () => {
  const parsed = template(`
Parameters: {Name: {Type: String}}
Conditions: {Named: !Not [!Equals [!Ref Name, ""]]}
Resources:
  Queue: {Type: AWS::SQS::Queue, Condition: Named, Properties: {QueueName: !Ref Name, Tags: [{Key: a, Value: !Sub "\${AWS::Region}"}]}}
  Own: {Type: Custom::Anything, Properties: {ServiceToken: x, What: !GetAtt Queue.Arn}}
  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: u}}
Outputs: {Arn: {Value: !GetAtt Own.Whatever}, Url: {Value: !GetAtt Child.Outputs.Url}}
`);
  expect(checkStackTemplate(parsed)).toEqual([]);
  expect(checkTemplateProperties(parsed)).toEqual([]);
});

const resource = (properties: string, more = '') =>
  `Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      ${properties}\n${more}`;
const problems = [
  {
    name: 'an unknown type',
    text: 'Resources:\n  A:\n    Type: AWS::SQS::Queu',
    message: 'Template format error: Unrecognized resource types: [AWS::SQS::Queu]',
    line: 3,
  },
  {
    name: 'a type that is no type',
    text: 'Resources:\n  A:\n    Type: Queue',
    message: 'Template format error: Unrecognized resource types: [Queue]',
    line: 3,
  },
  {
    name: 'a reference to nothing',
    text: resource('QueueName: !Ref Nobody'),
    message: 'Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template',
    line: 5,
  },
  {
    name: 'in a text',
    text: resource('QueueName: !Sub "${Nobody}-x"'),
    message: 'Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template',
    line: 5,
  },
  {
    name: 'in an output',
    text: resource('QueueName: x', 'Outputs: {O: {Value: !Ref Nobody}}'),
    message: 'Template format error: Unresolved resource dependencies [Nobody] in the Outputs block of the template',
    line: 6,
  },
  {
    name: 'an attribute of nothing',
    text: resource('QueueName: !GetAtt Nobody.Arn'),
    message: 'Template error: instance of Fn::GetAtt references undefined resource Nobody',
    line: 5,
  },
  {
    name: 'an attribute that the type has not',
    text: 'Resources:\n  B: {Type: AWS::S3::Bucket}\nOutputs:\n  O: {Value: !GetAtt B.BucketName}',
    message: 'Template error: resource B does not support attribute type BucketName in Fn::GetAtt',
    line: 4,
  },
  {
    name: 'DependsOn nothing',
    text: 'Resources:\n  A:\n    Type: AWS::SQS::Queue\n    DependsOn: Nobody',
    message: 'Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template',
    line: 4,
  },
  {
    name: 'a condition that is not there',
    text: 'Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Condition: Nope',
    message: 'Template format error: Unresolved condition dependency Nope in the Resources block of the template',
    line: 4,
  },
  {
    name: 'a condition inside Fn::If',
    text: resource('QueueName: !If [Nope, a, b]'),
    message: 'Template error: unresolved condition dependency Nope in Fn::If',
    line: 5,
  },
  {
    name: 'a condition that reads a resource',
    text: `${resource('QueueName: x')}Conditions:\n  C: !Equals [!Ref Queue, x]`,
    message:
      'Template format error: Unresolved dependencies [Queue]. Cannot reference resources in the Conditions block of the template',
    line: 7,
  },
  {
    name: 'a circle',
    text: 'Resources:\n  A: {Type: Custom::A, Properties: {P: !Ref B}}\n  B: {Type: Custom::B, Properties: {P: !Ref A}}',
    message: 'Circular dependency between resources: [A, B]',
    line: 2,
  },
  {
    name: 'a circle of one',
    text: 'Resources:\n  A: {Type: Custom::A, DependsOn: A}',
    message: 'Circular dependency between resources: [A]',
    line: 2,
  },
];
test.each(problems)('found: $name', ({ text, message, line }) => {
  expect(checkStackTemplate(template(text))).toMatchObject([{ message, position: { file: 'stack.yaml', line } }]);
});

test('a circle that a condition may break is not the template’s fault', () => {
  const text = `
Conditions: {C: !Equals [!Ref AWS::Region, x]}
Resources:
  A: {Type: Custom::A, Properties: {P: !Ref B}}
  B: {Type: Custom::B, Properties: {P: !If [C, !Ref A, x]}}
`;
  expect(checkStackTemplate(template(text))).toEqual([]);
});

test('all problems at once, in the order of the template', () => {
  const parsed = template(resource('QueueName: !Ref X\n      KmsMasterKeyId: !Ref Y', 'Outputs: {O: {Value: !Ref Z}}'));
  expect(checkStackTemplate(parsed).map(({ position }) => position?.line)).toEqual([5, 6, 7]);
});

test('properties, as written', () => {
  const parsed = template(
    resource('QueueNam: x\n      DelaySeconds: soon\n      Tags: {Key: a}\n      RedrivePolicy: !Ref AWS::NoValue'),
  );
  expect(checkTemplateProperties(parsed)).toMatchObject([
    { message: 'Encountered unsupported property QueueNam (AWS::SQS::Queue Queue)', position: { line: 5 } },
    {
      message: 'Value of property DelaySeconds must be of type Integer (AWS::SQS::Queue Queue)',
      position: { line: 6 },
    },
    { message: 'Value of property Tags must be a list (AWS::SQS::Queue Queue)', position: { line: 7 } },
  ]);
});
