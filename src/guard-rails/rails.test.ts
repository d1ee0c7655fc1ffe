import { describe, expect, test } from 'vitest';
import { builtInRails } from './built-in-rails.ts';
import { describeReport } from './describe-report.ts';
import { inspectText, only, setting } from './testing/inspect-text.ts';

interface Case {
  readonly rail: string;
  readonly parameters?: object;
  /** Resources that it says no to, by logical id, as a YAML flow map. */
  readonly bad?: Readonly<Record<string, string>>;
  /** Of which nobody knows. */
  readonly unknown?: Readonly<Record<string, string>>;
  readonly good?: Readonly<Record<string, string>>;
}

const statement = (text: string) =>
  `{Type: 'AWS::IAM::ManagedPolicy', Properties: {PolicyDocument: {Version: '2012-10-17', Statement: [${text}]}}}`;
const role = (principal: string, condition = '') =>
  `{Type: 'AWS::IAM::Role', Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Principal: ${principal}${condition}}]}}}`;
const of = (type: string, properties = '{}', more = '') => `{Type: '${type}', ${more}Properties: ${properties}}`;

const cases: readonly Case[] = [
  {
    rail: 'no-public-bucket',
    bad: {
      Acl: of('AWS::S3::Bucket', '{AccessControl: PublicRead}'),
      Off: of(
        'AWS::S3::Bucket',
        '{PublicAccessBlockConfiguration: {BlockPublicAcls: false, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}}',
      ),
      Half: of('AWS::S3::Bucket', '{PublicAccessBlockConfiguration: {BlockPublicAcls: true}}'),
    },
    unknown: { Later: of('AWS::S3::Bucket', '{AccessControl: !GetAtt Elsewhere.Acl}') },
    good: { Plain: of('AWS::S3::Bucket'), Private: of('AWS::S3::Bucket', '{AccessControl: Private}') },
  },
  {
    rail: 'no-open-ports',
    bad: {
      Ssh: of(
        'AWS::EC2::SecurityGroup',
        '{GroupDescription: d, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}]}',
      ),
      All: of('AWS::EC2::SecurityGroupIngress', "{GroupId: sg-1, IpProtocol: '-1', CidrIpv6: '::/0'}"),
      Half: of(
        'AWS::EC2::SecurityGroupIngress',
        '{GroupId: sg-1, IpProtocol: tcp, FromPort: 5000, ToPort: 6000, CidrIp: 128.0.0.0/1}',
      ),
      Text: of(
        'AWS::EC2::SecurityGroupIngress',
        "{GroupId: sg-1, IpProtocol: TCP, FromPort: '3306', ToPort: '3306', CidrIp: 0.0.0.0/0}",
      ),
    },
    unknown: {
      Whom: of(
        'AWS::EC2::SecurityGroupIngress',
        '{GroupId: sg-1, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !GetAtt Elsewhere.Cidr}',
      ),
    },
    good: {
      Web: of(
        'AWS::EC2::SecurityGroupIngress',
        '{GroupId: sg-1, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}',
      ),
      Own: of(
        'AWS::EC2::SecurityGroupIngress',
        '{GroupId: sg-1, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8}',
      ),
      Ping: of(
        'AWS::EC2::SecurityGroupIngress',
        '{GroupId: sg-1, IpProtocol: icmp, FromPort: -1, ToPort: -1, CidrIp: 0.0.0.0/0}',
      ),
    },
  },
  {
    rail: 'no-public-database',
    bad: {
      Open: of('AWS::RDS::DBInstance', '{DBSubnetGroupName: s, PubliclyAccessible: true}'),
      Text: of('AWS::RDS::DBInstance', "{DBSubnetGroupName: s, PubliclyAccessible: 'true'}"),
      Search: of('AWS::OpenSearchService::Domain'),
    },
    unknown: { Default: of('AWS::RDS::DBInstance') },
    good: {
      Subnets: of('AWS::RDS::DBInstance', '{DBSubnetGroupName: s}'),
      Shut: of('AWS::RDS::DBInstance', '{PubliclyAccessible: false}'),
    },
  },
  {
    rail: 'no-public-load-balancer',
    bad: {
      Default: of('AWS::ElasticLoadBalancingV2::LoadBalancer'),
      Said: of('AWS::ElasticLoadBalancingV2::LoadBalancer', '{Scheme: internet-facing}'),
    },
    good: { Inside: of('AWS::ElasticLoadBalancingV2::LoadBalancer', '{Scheme: internal}') },
  },
  {
    rail: 'no-public-endpoint',
    bad: {
      Url: of('AWS::Lambda::Url', '{AuthType: NONE, TargetFunctionArn: f}'),
      Cluster: of('AWS::EKS::Cluster', '{ResourcesVpcConfig: {SubnetIds: [a, b]}, RoleArn: r}'),
    },
    good: {
      Iam: of('AWS::Lambda::Url', '{AuthType: AWS_IAM, TargetFunctionArn: f}'),
      Options: of(
        'AWS::ApiGateway::Method',
        '{HttpMethod: OPTIONS, AuthorizationType: NONE, ResourceId: r, RestApiId: a}',
      ),
    },
  },
  {
    rail: 'no-administrator',
    bad: {
      All: statement("{Effect: Allow, Action: '*', Resource: '*'}"),
      List: statement("{Effect: Allow, Action: ['s3:GetObject', '*'], Resource: ['*']}"),
      Not: statement("{Effect: Allow, NotAction: 'iam:*', Resource: '*'}"),
      Managed: of(
        'AWS::IAM::Role',
        "{AssumeRolePolicyDocument: {Statement: []}, ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']}",
      ),
      China: of(
        'AWS::IAM::Role',
        "{AssumeRolePolicyDocument: {Statement: []}, ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess']}",
      ),
    },
    unknown: { Later: of('AWS::IAM::ManagedPolicy', '{PolicyDocument: !GetAtt Elsewhere.Document}') },
    good: {
      Some: statement("{Effect: Allow, Action: 's3:*', Resource: '*'}"),
      One: statement("{Effect: Allow, Action: '*', Resource: 'arn:aws:s3:::b'}"),
      Deny: statement("{Effect: Deny, Action: '*', Resource: '*'}"),
    },
  },
  {
    rail: 'no-pass-any-role',
    bad: {
      Any: statement("{Effect: Allow, Action: 'iam:PassRole', Resource: '*'}"),
      Wide: statement("{Effect: Allow, Action: 'iam:Pass*', Resource: '*'}"),
    },
    good: {
      One: statement("{Effect: Allow, Action: 'iam:PassRole', Resource: 'arn:aws:iam::111122223333:role/app'}"),
      For: statement(
        "{Effect: Allow, Action: 'iam:PassRole', Resource: '*', Condition: {StringEquals: {'iam:PassedToService': ecs-tasks.amazonaws.com}}}",
      ),
    },
  },
  {
    rail: 'no-wildcard-principal',
    bad: {
      Role: role("{AWS: '*'}"),
      Bucket: of(
        'AWS::S3::BucketPolicy',
        "{Bucket: b, PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: '*', Principal: '*'}]}}",
      ),
      Function: of('AWS::Lambda::Permission', "{Action: 'lambda:InvokeFunction', FunctionName: f, Principal: '*'}"),
      Json: of(
        'AWS::SNS::TopicPolicy',
        `{Topics: [t], PolicyDocument: '{"Statement":{"Effect":"Allow","Action":"sns:Publish","Resource":"*","Principal":"*"}}'}`,
      ),
    },
    good: {
      Within: of(
        'AWS::SQS::QueuePolicy',
        "{Queues: [q], PolicyDocument: {Statement: [{Effect: Allow, Action: 'sqs:*', Resource: '*', Principal: '*', Condition: {StringEquals: {'aws:PrincipalOrgID': o-1}}}]}}",
      ),
      Service: role('{Service: lambda.amazonaws.com}'),
    },
  },
  {
    rail: 'no-foreign-trust',
    parameters: { accounts: ['444455556666'] },
    bad: { Stranger: role("{AWS: 'arn:aws:iam::999988887777:root'}"), Digits: role("{AWS: '999988887777'}") },
    good: {
      Own: role("{AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}"),
      Known: role("{AWS: 'arn:aws:iam::444455556666:root'}"),
    },
  },
  {
    rail: 'encrypted-at-rest',
    bad: {
      Database: of('AWS::RDS::DBInstance'),
      Disk: of('AWS::EC2::Volume', '{AvailabilityZone: a, Encrypted: false}'),
      Files: of('AWS::EFS::FileSystem'),
      Queue: of('AWS::SQS::Queue', '{SqsManagedSseEnabled: false}'),
      Topic: of('AWS::SNS::Topic'),
      Stream: of('AWS::Kinesis::Stream'),
      Cache: of('AWS::ElastiCache::ReplicationGroup', '{ReplicationGroupDescription: d}'),
      Search: of('AWS::OpenSearchService::Domain'),
    },
    unknown: {
      Restored: of('AWS::RDS::DBCluster', '{Engine: e, SnapshotIdentifier: s}'),
      Perhaps: of('AWS::EC2::Volume', '{AvailabilityZone: a, Encrypted: !GetAtt Elsewhere.Encrypted}'),
    },
    good: {
      Bucket: of('AWS::S3::Bucket'),
      Table: of('AWS::DynamoDB::Table'),
      Usual: of('AWS::SQS::Queue'),
      Keyed: of('AWS::SNS::Topic', '{KmsMasterKeyId: !GetAtt Elsewhere.Key}'),
      Member: of('AWS::RDS::DBInstance', '{DBClusterIdentifier: c}'),
    },
  },
  {
    rail: 'encrypted-with-own-key',
    bad: { Queue: of('AWS::SQS::Queue', '{KmsMasterKeyId: alias/aws/sqs}'), Logs: of('AWS::Logs::LogGroup') },
    good: { Own: of('AWS::SQS::Queue', '{KmsMasterKeyId: alias/mine}') },
  },
  {
    rail: 'encrypted-in-transit',
    bad: {
      Plain: of(
        'AWS::ElasticLoadBalancingV2::Listener',
        '{LoadBalancerArn: l, DefaultActions: [{Type: forward}], Protocol: HTTP}',
      ),
    },
    good: {
      Redirect: of(
        'AWS::ElasticLoadBalancingV2::Listener',
        '{LoadBalancerArn: l, DefaultActions: [{Type: redirect}], Protocol: HTTP}',
      ),
      Tls: of(
        'AWS::ElasticLoadBalancingV2::Listener',
        '{LoadBalancerArn: l, DefaultActions: [{Type: forward}], Protocol: HTTPS}',
      ),
    },
  },
  {
    rail: 'data-is-kept',
    bad: {
      Bucket: of('AWS::S3::Bucket'),
      Half: of('AWS::DynamoDB::Table', '{}', 'DeletionPolicy: Retain, '),
    },
    good: {
      Kept: of('AWS::DynamoDB::Table', '{}', 'DeletionPolicy: Retain, UpdateReplacePolicy: Retain, '),
      Role: role('{Service: s}'),
    },
  },
  {
    rail: 'deletion-protection',
    bad: {
      Database: of('AWS::RDS::DBInstance'),
      Table: of('AWS::DynamoDB::Table', '{DeletionProtectionEnabled: false}'),
    },
    good: {
      Table2: of('AWS::DynamoDB::Table', '{DeletionProtectionEnabled: true}'),
      Member: of('AWS::RDS::DBInstance', '{DBClusterIdentifier: c}'),
    },
  },
  {
    rail: 'backups-on',
    parameters: { daysMin: 7 },
    bad: {
      Off: of('AWS::RDS::DBInstance', '{BackupRetentionPeriod: 0}'),
      Usual: of('AWS::RDS::DBCluster', '{Engine: e}'),
      Table: of('AWS::DynamoDB::Table'),
    },
    good: { Week: of('AWS::RDS::DBInstance', "{BackupRetentionPeriod: '7'}") },
  },
  {
    rail: 'no-plaintext-secrets',
    bad: {
      Password: of('AWS::RDS::DBInstance', '{MasterUserPassword: hunter2}'),
      Variable: of('AWS::Lambda::Function', '{Code: {}, Role: r, Environment: {Variables: {API_TOKEN: abc}}}'),
      Container: of(
        'AWS::ECS::TaskDefinition',
        '{ContainerDefinitions: [{Name: a, Image: i, Environment: [{Name: DB_PASSWORD, Value: hunter2}]}]}',
      ),
      Key: of('AWS::Lambda::Function', '{Code: {}, Role: r, Environment: {Variables: {X: AKIAIOSFODNN7EXAMPLE}}}'),
    },
    good: {
      Resolved: of('AWS::RDS::DBInstance', "{MasterUserPassword: '{{resolve:secretsmanager:db}}'}"),
      Arn: of(
        'AWS::Lambda::Function',
        '{Code: {}, Role: r, Environment: {Variables: {SECRET_ARN: x, PASSWORD_LENGTH: "12"}}}',
      ),
      Managed: of('AWS::RDS::DBInstance', '{ManageMasterUserPassword: true}'),
    },
  },
  {
    rail: 'supported-versions',
    bad: {
      Node: of('AWS::Lambda::Function', '{Code: {}, Role: r, Runtime: nodejs16.x}'),
      Postgres: of('AWS::RDS::DBInstance', "{Engine: postgres, EngineVersion: '11.22'}"),
    },
    good: {
      New: of('AWS::Lambda::Function', '{Code: {}, Role: r, Runtime: nodejs24.x}'),
      Postgres16: of('AWS::RDS::DBInstance', "{Engine: postgres, EngineVersion: '16.3'}"),
    },
  },
  {
    rail: 'logging-on',
    bad: { Trail: of('AWS::CloudTrail::Trail', '{IsLogging: false, S3BucketName: b, EnableLogFileValidation: true}') },
    good: { Good: of('AWS::CloudTrail::Trail', '{IsLogging: true, S3BucketName: b, EnableLogFileValidation: true}') },
  },
  {
    rail: 'logs-end',
    bad: { Ever: of('AWS::Logs::LogGroup') },
    good: { Week: of('AWS::Logs::LogGroup', '{RetentionInDays: 7}') },
  },
  {
    rail: 'metadata-needs-token',
    bad: { Old: of('AWS::EC2::LaunchTemplate', '{LaunchTemplateData: {ImageId: i}}') },
    good: { Token: of('AWS::EC2::LaunchTemplate', '{LaunchTemplateData: {MetadataOptions: {HttpTokens: required}}}') },
  },
  {
    rail: 'nothing-unseen',
    unknown: {
      Nested: of('AWS::CloudFormation::Stack', "{TemplateURL: 'https://example.com/t'}"),
      Own: of('Custom::Thing', '{ServiceToken: arn}'),
    },
    good: { Seen: of('AWS::SQS::Queue') },
  },
  {
    rail: 'no-unseen-stack',
    bad: { Nested: of('AWS::CloudFormation::Stack', "{TemplateURL: 'https://example.com/t?token=1'}") },
    good: { Seen: of('AWS::SQS::Queue') },
  },
  {
    rail: 'required-tags',
    parameters: { tags: ['team'] },
    bad: { None: of('AWS::SQS::Queue'), Other: of('AWS::S3::Bucket', '{Tags: [{Key: x, Value: y}]}') },
    unknown: { Later: of('AWS::SQS::Queue', '{Tags: !GetAtt Elsewhere.Tags}') },
    good: {
      Tagged: of('AWS::SQS::Queue', '{Tags: [{Key: team, Value: a}]}'),
      Map: of('AWS::SSM::Parameter', '{Type: String, Value: v, Tags: {team: a}}'),
    },
  },
  {
    rail: 'allowed-types',
    parameters: { types: ['AWS::SQS::*'] },
    bad: { Bucket: of('AWS::S3::Bucket') },
    good: { Queue: of('AWS::SQS::Queue') },
  },
  {
    rail: 'denied-types',
    parameters: { types: ['AWS::IAM::User'] },
    bad: { User: of('AWS::IAM::User') },
    good: { Queue: of('AWS::SQS::Queue') },
  },
  {
    rail: 'allowed-sizes',
    parameters: { sizes: ['t4g.*', 'db.t4g.*'] },
    bad: { Big: of('AWS::RDS::DBInstance', '{DBInstanceClass: db.r7g.16xlarge}') },
    unknown: { Later: of('AWS::EC2::Instance', '{InstanceType: !GetAtt Elsewhere.Size}') },
    good: { Small: of('AWS::EC2::Instance', '{InstanceType: t4g.small}') },
  },
  {
    rail: 'names-fit',
    parameters: { pattern: 'shop-*' },
    bad: { Wrong: of('AWS::SQS::Queue', '{QueueName: orders}') },
    good: { Right: of('AWS::SQS::Queue', '{QueueName: shop-orders}'), Free: of('AWS::SQS::Queue') },
  },
];

function reportOf({ rail, parameters, bad = {}, unknown = {}, good = {} }: Case) {
  const text = [
    'Resources:',
    ...Object.entries({ ...bad, ...unknown, ...good, Elsewhere: of('Custom::Elsewhere', '{ServiceToken: arn}') }).map(
      ([id, body]) => `  ${id}: ${body}`,
    ),
  ].join('\n');
  const settings = only(setting(rail, 'block', { strict: true, parameters }));
  return inspectText(text, settings);
}

describe.each(cases)('$rail', (one) => {
  const { bad = {}, unknown = {} } = one;
  const report = reportOf(one);
  const ids = (isUnknown: boolean) =>
    [
      ...new Set(
        report.findings.filter((each) => (each.isUnknown ?? false) === isUnknown).map(({ logicalId }) => logicalId),
      ),
    ]
      .filter((id) => id !== 'Elsewhere')
      .sort();

  test('says no to what is bad, and only to that', () => {
    expect(ids(false)).toEqual(Object.keys(bad).sort());
  });
  test('says what cannot be known', () => {
    expect(ids(true).filter((id) => id !== undefined && !(id in bad))).toEqual(Object.keys(unknown).sort());
  });
});

test('what is found reads well', async () => {
  const all = cases.map((one) => [one.rail, ...describeReport(reportOf(one)).map((line) => `  ${line}`)].join('\n'));
  await expect(`${all.join('\n\n')}\n`).toMatchFileSnapshot('golden/findings.txt');
});

test('regions are those of the deployment', () => {
  const settings = only(setting('allowed-regions', 'block', { parameters: { regions: ['us-*'] } }));
  const text = 'Resources: {Q: {Type: "AWS::SQS::Queue"}}';
  expect(inspectText(text, settings).findings).toMatchObject([
    { message: 'It goes to eu-central-1; allowed are us-*.' },
  ]);
  const placements = [{ accountId: '111122223333', region: 'us-east-1' }];
  expect(inspectText(text, settings, { placements })).toMatchObject({ findings: [], passed: ['allowed-regions'] });
});

test('every template rail is tried here', () => {
  const tried = [...cases.map(({ rail }) => rail), 'allowed-regions'];
  expect(
    builtInRails
      .filter(({ looksAt, deletions }) => looksAt === 'template' && deletions !== 'only')
      .map(({ id }) => id)
      .sort(),
  ).toEqual(tried.sort());
});

test('secrets that a rail finds are not told', () => {
  const text = 'Resources: {D: {Type: "AWS::RDS::DBInstance", Properties: {MasterUserPassword: hunter2}}}';
  expect(JSON.stringify(inspectText(text, [setting('no-plaintext-secrets', 'block')]))).not.toContain('hunter2');
});
