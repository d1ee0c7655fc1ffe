import { expect, test } from 'vitest';
import { compareStacks } from './compare-stacks.ts';
import { judgement } from './judge-instance.ts';
import { oneResource, stackState } from './testing/stack-state.ts';
import { graverClass } from './verdict.ts';

function changed(before: object | string, after: object | string, context = {}) {
  const { resources, findings } = compareStacks(stackState(before), stackState(after), context);
  const { verdict, flags } = judgement(findings, resources);
  const touched = resources.filter(({ impact }) => impact !== 'none');
  return {
    versionClass: findings.map((finding) => finding.versionClass).reduce(graverClass, 'compatible'),
    verdict,
    flags,
    impacts: Object.fromEntries(touched.map(({ logicalId, impact }) => [logicalId, impact])),
    findings,
  };
}

const trust = { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'x' } }] };

test.each([
  {
    name: 'a number as text',
    type: 'AWS::Logs::LogGroup',
    before: { RetentionInDays: 365 },
    after: { RetentionInDays: '365' },
  },
  { name: 'a boolean as text', type: 'AWS::SQS::Queue', before: { FifoQueue: true }, after: { FifoQueue: 'true' } },
  {
    name: 'a text joined',
    type: 'AWS::SNS::Topic',
    before: { DisplayName: { 'Fn::Sub': 'a-${AWS::Region}' } },
    after: { DisplayName: { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] } },
  },
  {
    name: 'tags in another order',
    type: 'AWS::SQS::Queue',
    before: {
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    },
    after: {
      Tags: [
        { Value: '2', Key: 'b' },
        { Value: '1', Key: 'a' },
      ],
    },
  },
  { name: 'a value that is none', type: 'AWS::SQS::Queue', before: {}, after: { QueueName: { Ref: 'AWS::NoValue' } } },
  {
    name: 'JSON as text',
    type: 'AWS::SQS::Queue',
    before: { RedrivePolicy: { maxReceiveCount: 5 } },
    after: { RedrivePolicy: '{"maxReceiveCount": "5"}' },
  },
  {
    name: 'a policy spelled otherwise',
    type: 'AWS::IAM::Role',
    before: { AssumeRolePolicyDocument: trust },
    after: {
      AssumeRolePolicyDocument: {
        Statement: { Effect: 'Allow', Action: ['sts:AssumeRole'], Principal: { Service: ['x'] } },
      },
    },
  },
])('$name is no change', ({ type, before, after }) => {
  expect(changed(oneResource(type, before), oneResource(type, after)).findings).toEqual([]);
});

test.each([
  {
    name: 'a container that moves in its list',
    type: 'AWS::ECS::TaskDefinition',
    before: { ContainerDefinitions: [{ Name: 'a' }, { Name: 'b' }] },
    after: { ContainerDefinitions: [{ Name: 'b' }, { Name: 'a' }] },
    impact: 'replace',
    verdict: 'in-place',
  },
  {
    name: 'a revision',
    type: 'AWS::ECS::TaskDefinition',
    before: { Family: 'a', Cpu: '256' },
    after: { Family: 'a', Cpu: '512' },
    impact: 'replace',
    verdict: 'in-place',
  },
  {
    name: 'an identity',
    type: 'AWS::StepFunctions::StateMachine',
    before: { StateMachineType: 'STANDARD' },
    after: { StateMachineType: 'EXPRESS' },
    impact: 'replace',
    verdict: 'replacement',
  },
  {
    name: 'content',
    type: 'AWS::Kinesis::Stream',
    before: { Name: 'a', ShardCount: 1 },
    after: { Name: 'b', ShardCount: 1 },
    impact: 'replace',
    verdict: 'data-at-risk',
  },
  {
    name: 'a link',
    type: 'AWS::SNS::Subscription',
    before: { Endpoint: 'a' },
    after: { Endpoint: 'b' },
    impact: 'replace',
    verdict: 'in-place',
  },
  {
    name: 'a class of machines',
    type: 'AWS::RDS::DBInstance',
    before: { DBInstanceClass: 'a' },
    after: { DBInstanceClass: 'b' },
    impact: 'update-interrupt',
    verdict: 'interruption',
  },
  {
    name: 'machines that boot from EBS only',
    type: 'AWS::EC2::Instance',
    before: { InstanceType: 'm6i.large', UserData: 'a' },
    after: { InstanceType: 'm6i.large', UserData: 'b' },
    impact: 'update-interrupt',
    verdict: 'interruption',
  },
  {
    name: 'machines that may boot otherwise',
    type: 'AWS::EC2::Instance',
    before: { UserData: 'a' },
    after: { UserData: 'b' },
    impact: 'conditional-replace',
    verdict: 'replacement',
  },
  {
    name: 'tenancy towards dedicated',
    type: 'AWS::EC2::VPC',
    before: {},
    after: { InstanceTenancy: 'dedicated' },
    impact: 'replace',
    verdict: 'replacement',
  },
  {
    name: 'tenancy away from dedicated',
    type: 'AWS::EC2::VPC',
    before: { InstanceTenancy: 'dedicated' },
    after: { InstanceTenancy: 'default' },
    impact: 'update-interrupt',
    verdict: 'interruption',
  },
  {
    name: 'user attributes added',
    type: 'AWS::Cognito::UserPool',
    before: { Schema: [{ Name: 'a' }] },
    after: { Schema: [{ Name: 'a' }, { Name: 'b' }] },
    impact: 'update-in-place',
    verdict: 'in-place',
  },
  {
    name: 'user attributes renamed',
    type: 'AWS::Cognito::UserPool',
    before: { Schema: [{ Name: 'a' }] },
    after: { Schema: [{ Name: 'b' }] },
    impact: 'update-in-place',
    verdict: 'fails',
  },
  {
    name: 'a zone of a volume',
    type: 'AWS::EC2::Volume',
    before: { AvailabilityZone: 'a' },
    after: { AvailabilityZone: 'b' },
    impact: 'update-in-place',
    verdict: 'fails',
  },
  {
    name: 'tags that cannot change',
    type: 'AWS::EC2::PlacementGroup',
    before: {},
    after: { Tags: [{ Key: 'a', Value: 'b' }] },
    impact: 'replace',
    verdict: 'replacement',
  },
  {
    name: 'attributes of a table added',
    type: 'AWS::DynamoDB::Table',
    before: { AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'S' }] },
    after: {
      AttributeDefinitions: [
        { AttributeName: 'a', AttributeType: 'S' },
        { AttributeName: 'b', AttributeType: 'S' },
      ],
    },
    impact: 'update-in-place',
    verdict: 'in-place',
  },
  {
    name: 'an attribute of a table edited',
    type: 'AWS::DynamoDB::Table',
    before: { AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'S' }] },
    after: { AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'N' }] },
    impact: 'replace',
    verdict: 'data-at-risk',
  },
  {
    name: 'a search engine without a policy for it',
    type: 'AWS::OpenSearchService::Domain',
    before: { EngineVersion: 'OpenSearch_2.5' },
    after: { EngineVersion: 'OpenSearch_2.11' },
    impact: 'replace',
    verdict: 'data-at-risk',
  },
])('$name', ({ type, before, after, impact, verdict }) => {
  const change = changed(oneResource(type, before), oneResource(type, after));
  expect([change.impacts.R, change.verdict]).toEqual([impact, verdict]);
});

test.each([
  {
    name: 'backups shortened',
    type: 'AWS::RDS::DBCluster',
    before: { BackupRetentionPeriod: 7 },
    after: {},
    code: 'D-PROTECT',
    flags: ['protection-lowered'],
  },
  {
    name: 'protection off',
    type: 'AWS::Cognito::UserPool',
    before: { DeletionProtection: 'ACTIVE' },
    after: { DeletionProtection: 'INACTIVE' },
    code: 'D-PROTECT',
    flags: ['protection-lowered'],
  },
  {
    name: 'retention where there was none',
    type: 'AWS::Logs::LogGroup',
    before: {},
    after: { RetentionInDays: 30 },
    code: 'D-RETENTION',
    flags: [],
  },
  {
    name: 'retention below the default',
    type: 'AWS::SQS::Queue',
    before: {},
    after: { MessageRetentionPeriod: 60 },
    code: 'D-RETENTION',
    flags: [],
  },
  {
    name: 'objects deleted',
    type: 'AWS::S3::Bucket',
    before: {},
    after: { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 3 }] } },
    code: 'D-RETENTION',
    flags: [],
  },
  { name: 'a key disabled', type: 'AWS::KMS::Key', before: {}, after: { Enabled: false }, code: 'D-KEY', flags: [] },
  {
    name: 'a snapshot named later',
    type: 'AWS::RDS::DBCluster',
    before: {},
    after: { SnapshotIdentifier: 'a' },
    code: 'D-SNAPSHOT',
    flags: [],
  },
  {
    name: 'a parameter that locks out writers',
    type: 'AWS::RDS::DBParameterGroup',
    before: { Parameters: { max_connections: '9' } },
    after: { Parameters: { max_connections: '5' } },
    code: 'D-PARAM',
    flags: [],
  },
  {
    name: 'a major version',
    type: 'AWS::ElastiCache::ReplicationGroup',
    before: { EngineVersion: '6.2' },
    after: { EngineVersion: '7.0' },
    code: 'D-ENG-MAJOR',
    flags: ['irreversible'],
  },
])('data at risk: $name', ({ type, before, after, code, flags }) => {
  const change = changed(oneResource(type, before), oneResource(type, after));
  expect(change).toMatchObject({ versionClass: 'data-affecting', verdict: 'data-at-risk', flags });
  expect(change.findings.map((finding) => finding.code)).toContain(code);
});

test.each([
  { name: 'longer retention', type: 'AWS::Logs::LogGroup', before: { RetentionInDays: 30 }, after: {} },
  {
    name: 'a longer lifecycle',
    type: 'AWS::S3::Bucket',
    before: { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 3 }] } },
    after: { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 9 }] } },
  },
  { name: 'protection on', type: 'AWS::Cognito::UserPool', before: {}, after: { DeletionProtection: 'ACTIVE' } },
])('no risk: $name', ({ type, before, after }) => {
  expect(changed(oneResource(type, before), oneResource(type, after))).toMatchObject({
    versionClass: 'compatible',
    verdict: 'in-place',
  });
});

test.each([
  { name: 'storage shrinks', type: 'AWS::EC2::Volume', before: { Size: 9 }, after: { Size: 5 }, code: 'D-SHRINK' },
  {
    name: 'an engine is lowered',
    type: 'AWS::DocDB::DBCluster',
    before: { EngineVersion: '5.0.0' },
    after: { EngineVersion: '4.0.0' },
    code: 'D-DOWNGRADE',
  },
  {
    name: 'two indexes at once',
    type: 'AWS::DynamoDB::Table',
    before: {},
    after: { GlobalSecondaryIndexes: [{ IndexName: 'a' }, { IndexName: 'b' }] },
    code: 'D-IDX',
  },
])('refused by the service: $name', ({ type, before, after, code }) => {
  const change = changed(oneResource(type, before), oneResource(type, after));
  expect(change.verdict).toBe('fails');
  expect(change.findings.map((finding) => finding.code)).toContain(code);
});

const table = (attributes: object, properties: object = {}) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: properties,
  ...attributes,
});
const keep = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
const alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: {} };

test.each([
  {
    name: 'a table',
    before: { T: table({}), A: alarm },
    after: { A: alarm },
    impacts: { T: 'remove' },
    verdict: 'data-at-risk',
    flags: [],
  },
  {
    name: 'a table that is kept',
    before: { T: table(keep), A: alarm },
    after: { A: alarm },
    impacts: { T: 'retain' },
    verdict: 'replacement',
    flags: ['orphan'],
  },
  {
    name: 'a table that is kept and made anew',
    before: { T: table(keep) },
    after: { U: table(keep) },
    impacts: { T: 'retain', U: 'add' },
    verdict: 'data-at-risk',
    flags: ['orphan'],
  },
  {
    name: 'a table with a name, renamed',
    before: { T: table({}, { TableName: 't' }) },
    after: { U: table({}, { TableName: 't' }) },
    impacts: { T: 'remove', U: 'add' },
    verdict: 'fails',
    flags: ['name-collision'],
  },
  {
    name: 'an alarm',
    before: { T: table({}), A: alarm },
    after: { T: table({}) },
    impacts: { A: 'remove' },
    verdict: 'in-place',
    flags: [],
  },
])('removed: $name', ({ before, after, impacts, verdict, flags }) => {
  expect(changed({ Resources: before }, { Resources: after })).toMatchObject({ impacts, verdict, flags });
});

test('a policy that keeps is lowered, without any property', () => {
  const change = changed({ Resources: { T: table(keep) } }, { Resources: { T: table({}) } });
  expect(change).toMatchObject({ impacts: {}, verdict: 'data-at-risk', flags: ['protection-lowered'] });
});

const chain = (cidr: string) => ({
  Resources: {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: cidr } },
    Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.0.0/24' } },
    Group: {
      Type: 'AWS::RDS::DBSubnetGroup',
      Properties: { DBSubnetGroupDescription: 'd', SubnetIds: [{ Ref: 'Subnet' }] },
    },
    Note: {
      Type: 'AWS::SSM::Parameter',
      Properties: {
        Type: 'String',
        Value: { 'Fn::Join': ['', ['in ', { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }, ' ', { Ref: 'Subnet' }]] },
      },
    },
  },
  Outputs: { VpcId: { Value: { Ref: 'Vpc' }, Export: { Name: 'net' } } },
});

test('a replacement spreads through what reads it, by the rules of each property', () => {
  const change = changed(chain('10.0.0.0/16'), chain('10.0.0.0/17'));
  expect(change.impacts).toEqual({
    Vpc: 'replace',
    Subnet: 'replace',
    Group: 'update-in-place',
    Note: 'update-in-place',
  });
  expect(change.findings.find(({ logicalId }) => logicalId === 'Subnet')).toMatchObject({
    cause: 'Vpc',
    path: 'VpcId',
  });
});

test('an export that is imported cannot change', () => {
  const change = changed(chain('10.0.0.0/16'), chain('10.0.0.0/17'), { importedExports: ['VpcId'] });
  expect(change).toMatchObject({ verdict: 'fails', flags: ['export-in-use'] });
});

test('a launch template that is updated in place has another latest version', () => {
  const group = (image: string) => ({
    Resources: {
      Template: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { ImageId: image } } },
      Group: {
        Type: 'AWS::AutoScaling::AutoScalingGroup',
        Properties: {
          MinSize: '1',
          MaxSize: '1',
          LaunchTemplate: {
            LaunchTemplateId: { Ref: 'Template' },
            Version: { 'Fn::GetAtt': ['Template', 'LatestVersionNumber'] },
          },
        },
      },
    },
  });
  expect(changed(group('a'), group('b')).impacts).toEqual({ Template: 'update-in-place', Group: 'update-in-place' });
});

test('a replaced resource with a name of its own collides with itself', () => {
  const group = (port: number) => oneResource('AWS::ElasticLoadBalancingV2::TargetGroup', { Name: 'web', Port: port });
  expect(changed(group(80), group(81))).toMatchObject({
    verdict: 'fails',
    flags: ['name-collision'],
    impacts: { R: 'replace' },
  });
});

test('outputs: added, removed, read, of another kind', () => {
  const queue = (outputs: object) => ({ ...oneResource('AWS::SQS::Queue', {}), Outputs: outputs });
  const arn = { Q: { Value: { 'Fn::GetAtt': ['R', 'Arn'] } } };
  const readers = { outputReaders: [{ output: 'Q', reader: 'pipeline:x' }] };
  expect(changed(queue({}), queue(arn))).toMatchObject({ verdict: 'no-change', flags: ['stack-metadata-only'] });
  expect(changed(queue(arn), queue({}))).toMatchObject({ versionClass: 'breaking', verdict: 'no-change', flags: [] });
  expect(changed(queue(arn), queue({}), readers)).toMatchObject({ verdict: 'fails', flags: ['breaks-consumer'] });
  const other = { Q: { Value: { Ref: 'R' } } };
  expect(changed(queue(arn), queue(other))).toMatchObject({ versionClass: 'breaking', verdict: 'no-change' });
});

test('a capability that is needed now', () => {
  const role = (properties: object) =>
    oneResource('AWS::IAM::Role', { AssumeRolePolicyDocument: trust, ...properties });
  const change = changed(role({}), role({ RoleName: 'x' }), { acknowledgedCapabilities: ['CAPABILITY_IAM'] });
  expect(change).toMatchObject({ verdict: 'fails', flags: ['capability'] });
  expect(changed(role({}), role({ RoleName: 'x' })).flags).toEqual(['capability']);
});

test('a nested stack does what its child does', () => {
  const stack = (url: string) => oneResource('AWS::CloudFormation::Stack', { TemplateURL: url });
  expect(changed(stack('a'), stack('b'))).toMatchObject({
    verdict: 'replacement',
    impacts: { R: 'conditional-replace' },
  });
  const known = { nested: { R: { verdict: 'in-place' } } };
  expect(changed(stack('a'), stack('b'), known)).toMatchObject({
    verdict: 'in-place',
    impacts: { R: 'update-in-place' },
  });
});

test('secrets are shown nowhere', () => {
  const database = (extra: object) => ({
    Parameters: { Secret: { Type: 'String', NoEcho: true, Default: 'correct-horse' } },
    ...oneResource('AWS::RDS::DBInstance', { MasterUserPassword: 'battery-staple', ...extra }),
  });
  const after = database({ MasterUserPassword: 'new-staple', DBName: { 'Fn::Sub': 'x-${Secret}' } });
  const told = JSON.stringify(compareStacks(stackState(database({})), stackState(after)));
  expect(told).toContain('****');
  expect(told).not.toMatch(/correct-horse|battery-staple|new-staple/);
});
