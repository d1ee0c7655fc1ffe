import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import {
  attributeType,
  isKnownResourceType,
  propertySchemaAt,
  refIdentifier,
  replacementAt,
  resourceSchema,
  resourceTypes,
} from './resource-schemas.ts';
import { normaliseProperties, validateProperties } from './validate-properties.ts';

test('the data file is of the installed package', () => {
  const installed = createRequire(import.meta.url)('@aws-cdk/aws-service-spec/package.json') as { version: string };
  const file = readFileSync(new URL('./data/resource-schemas.jsonl', import.meta.url), 'utf8');
  const head = JSON.parse(file.slice(0, file.indexOf('\n'))) as Record<string, string>;
  expect(head['@aws-cdk/aws-service-spec'], 'run data/extract-resource-schemas.ts').toBe(installed.version);
});

test('every line is a type, and every identifier and definition is described', () => {
  const types = resourceTypes();
  expect(types.length).toBeGreaterThan(1_500);
  const dangling = types.flatMap((type) => {
    const schema = resourceSchema(type)!;
    const named = [...JSON.stringify(schema.properties).matchAll(/\{"of":"([^"]+)"\}/g)].map(([, name]) => name!);
    return named.filter((name) => !(name in schema.definitions)).map((name) => `${type}.${name}`);
  });
  expect(dangling).toEqual([]);
});

const attributes = [
  { type: 'AWS::SQS::Queue', attribute: 'Arn', is: 'string' },
  { type: 'AWS::S3::Bucket', attribute: 'BucketName', is: undefined, reason: 'a property, not an attribute' },
  { type: 'AWS::EC2::VPC', attribute: 'CidrBlock', is: 'string' },
  { type: 'AWS::SNS::Topic', attribute: 'TopicName', is: 'string' },
  { type: 'AWS::RDS::DBInstance', attribute: 'Endpoint.Address', is: 'string' },
  { type: 'AWS::CloudFormation::Stack', attribute: 'Outputs.Url', is: 'string' },
  {
    type: 'AWS::SageMaker::Model',
    attribute: 'ModelName',
    is: 'string',
    reason: 'one of the types that give named properties',
  },
  { type: 'Custom::Thing', attribute: 'Anything', is: 'json' },
  { type: 'Acme::Own::Type', attribute: 'Anything', is: 'json', reason: 'registered elsewhere' },
];
test.each(attributes)('$type gives $attribute: $is', ({ type, attribute, is, reason }) => {
  expect(attributeType(type, attribute), reason).toBe(is);
});

const replacements = [
  { type: 'AWS::SQS::Queue', path: ['QueueName'], replaces: 'yes', source: 'specification' },
  { type: 'AWS::SQS::Queue', path: ['DelaySeconds'], replaces: 'no', source: 'none' },
  { type: 'AWS::RDS::DBInstance', path: ['Engine'], replaces: 'maybe', source: 'specification' },
  {
    type: 'AWS::EFS::AccessPoint',
    path: ['RootDirectory', 'CreationInfo', 'OwnerUid'],
    replaces: 'yes',
    source: 'specification',
  },
  {
    type: 'AWS::ECR::Repository',
    path: ['EncryptionConfiguration', 'KmsKey'],
    replaces: 'yes',
    source: 'specification',
  },
  { type: 'AWS::Lambda::Function', path: ['PackageType'], replaces: 'yes', source: 'specification' },
  { type: 'AWS::SQS::Queue', path: ['Tags', 0, 'Value'], replaces: 'no', source: 'none' },
];
test.each(replacements)('$type $path: $replaces', ({ type, path, replaces, source }) => {
  expect(replacementAt(resourceSchema(type)!, path)).toEqual({ replaces, source });
});

test('what else a schema says', () => {
  expect(refIdentifier(resourceSchema('AWS::ECS::Service')!)).toEqual(['ServiceArn']);
  expect(refIdentifier(resourceSchema('AWS::Lambda::Function')!)).toEqual(['FunctionName']);
  expect(resourceSchema('AWS::DynamoDB::Table')).toMatchObject({ stateful: true, tags: { property: 'Tags' } });
  expect(resourceSchema('AWS::EC2::SubnetRouteTableAssociation')?.replacementStrategy).toBe('delete_then_create');
  expect(resourceSchema('AWS::S3::Bucket')?.writeOnly).toContain('AccessControl');
  expect(resourceSchema('AWS::EC2::KeyPair')?.tagsUpdatable).toBe(false);
  const group = resourceSchema('AWS::EC2::SecurityGroup')!;
  expect(propertySchemaAt(group, ['SecurityGroupIngress'])).toMatchObject({
    unordered: true,
    scrutiny: 'IngressRules',
  });
  expect(propertySchemaAt(group, ['SecurityGroupIngress', 0, 'CidrIp'])?.type).toBe('string');
  expect(propertySchemaAt(group, ['Nope', 'Nope'])).toBeUndefined();
  expect(isKnownResourceType('AWS::Foo::Bar')).toBe(false);
});

const validated = [
  {
    name: 'scalars that the service turns into each other',
    type: 'AWS::SQS::Queue',
    properties: { DelaySeconds: '5', FifoQueue: 'true', QueueName: 7 },
    messages: [],
  },
  {
    name: 'an unknown member of a member',
    type: 'AWS::S3::Bucket',
    properties: { VersioningConfiguration: { State: 'x', Status: 'Enabled' } },
    messages: ['Encountered unsupported property State'],
  },
  {
    name: 'a missing member',
    type: 'AWS::IAM::Role',
    properties: {},
    messages: ['Property AssumeRolePolicyDocument cannot be empty.'],
  },
  {
    name: 'a text for a list',
    type: 'AWS::EC2::Instance',
    properties: { SecurityGroupIds: 'sg-1' },
    messages: ['Value of property SecurityGroupIds must be of type List of String'],
  },
  {
    name: 'a list for an object',
    type: 'AWS::Lambda::Function',
    properties: { Code: [], Role: 'r' },
    messages: ['Value of property Code must be an object'],
  },
  {
    name: 'an object for a text',
    type: 'AWS::SQS::Queue',
    properties: { QueueName: { a: 'b' } },
    messages: ['Value of property QueueName must be of type String'],
  },
  {
    name: 'a dynamic reference for a number',
    type: 'AWS::SQS::Queue',
    properties: { DelaySeconds: '{{resolve:ssm:/delay:1}}' },
    messages: [],
  },
  { name: 'a custom resource', type: 'Custom::X', properties: { Any: { Thing: 1 } }, messages: [] },
  {
    name: 'a policy as object or as text',
    type: 'AWS::SQS::Queue',
    properties: { RedrivePolicy: '{"a": 1}' },
    messages: [],
  },
];
test.each(validated)('properties: $name', ({ type, properties, messages }) => {
  expect(validateProperties(type, properties as never).map(({ message }) => message)).toEqual(messages);
});

test('normalised properties have the types of the schema, and keep what it does not know', () => {
  const properties = {
    DelaySeconds: '5',
    FifoQueue: 'true',
    QueueName: 7,
    Unknown: '5',
    Tags: [{ Key: 1, Value: true }],
  };
  expect(normaliseProperties('AWS::SQS::Queue', properties)).toEqual({
    DelaySeconds: 5,
    FifoQueue: true,
    QueueName: '7',
    Unknown: '5',
    Tags: [{ Key: '1', Value: 'true' }],
  });
});
