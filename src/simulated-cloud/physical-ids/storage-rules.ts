import { type IdentityRules, named } from './identity-rule.ts';

const arn = 'arn:{partition}';

/** Data, messages, identities and observation. Source: AWS CloudFormation template reference, "Return values". */
export const storageRules: IdentityRules = {
  'AWS::S3::Bucket': {
    name: named('BucketName', 63, { lowercase: true, unique: 'global' }),
    id: '{name}',
    attributes: {
      Arn: `${arn}:s3:::{name}`,
      DomainName: '{name}.s3.{suffix}',
      DualStackDomainName: '{name}.s3.dualstack.{region}.{suffix}',
      RegionalDomainName: '{name}.s3.{region}.{suffix}',
      WebsiteURL: 'http://{name}.s3-website-{region}.{suffix}',
    },
  },
  'AWS::S3::BucketPolicy': { id: '{=Bucket}' },
  'AWS::DynamoDB::Table': {
    name: named('TableName', 255),
    id: '{name}',
    attributes: {
      Arn: `${arn}:dynamodb:{region}:{account}:table/{name}`,
      StreamArn: `${arn}:dynamodb:{region}:{account}:table/{name}/stream/{now}`,
    },
  },
  'AWS::RDS::DBInstance': {
    name: named('DBInstanceIdentifier', 63, { lowercase: true }),
    id: '{name}',
    attributes: {
      DBInstanceArn: `${arn}:rds:{region}:{account}:db:{name}`,
      DbiResourceId: 'db-{ALNUM26}',
      DBInstanceStatus: 'available',
      'Endpoint.Address': '{name}.{alnum12}.{region}.rds.{suffix}',
      'Endpoint.Port': '{=Port|5432}',
      'Endpoint.HostedZoneId': 'Z{ALNUM13:zone}',
      'MasterUserSecret.SecretArn': `${arn}:secretsmanager:{region}:{account}:secret:rds!db-{uuid}`,
    },
  },
  'AWS::RDS::DBCluster': {
    name: named('DBClusterIdentifier', 63, { lowercase: true }),
    id: '{name}',
    attributes: {
      DBClusterArn: `${arn}:rds:{region}:{account}:cluster:{name}`,
      DBClusterResourceId: 'cluster-{ALNUM26}',
      Endpoint: '{name}.cluster-{alnum12}.{region}.rds.{suffix}',
      'Endpoint.Address': '{name}.cluster-{alnum12}.{region}.rds.{suffix}',
      'Endpoint.Port': '{=Port|5432}',
      'ReadEndpoint.Address': '{name}.cluster-ro-{alnum12}.{region}.rds.{suffix}',
      'MasterUserSecret.SecretArn': `${arn}:secretsmanager:{region}:{account}:secret:rds!cluster-{uuid}`,
    },
  },
  'AWS::RDS::DBSubnetGroup': { name: named('DBSubnetGroupName', 255, { lowercase: true }), id: '{name}' },
  'AWS::RDS::DBParameterGroup': { name: named('DBParameterGroupName', 255, { lowercase: true }), id: '{name}' },
  'AWS::RDS::DBClusterParameterGroup': {
    name: named('DBClusterParameterGroupName', 255, { lowercase: true }),
    id: '{name}',
  },
  'AWS::ElastiCache::CacheCluster': {
    name: named('ClusterName', 50, { lowercase: true }),
    id: '{name}',
    attributes: {
      'RedisEndpoint.Address': '{name}.{alnum6}.0001.cache.{suffix}',
      'RedisEndpoint.Port': '{=Port|6379}',
      'ConfigurationEndpoint.Address': '{name}.{alnum6}.cfg.cache.{suffix}',
      'ConfigurationEndpoint.Port': '{=Port|11211}',
    },
  },
  'AWS::ElastiCache::ReplicationGroup': {
    name: named('ReplicationGroupId', 40, { lowercase: true }),
    id: '{name}',
    attributes: {
      'PrimaryEndPoint.Address': '{name}.{alnum6}.ng.0001.cache.{suffix}',
      'PrimaryEndPoint.Port': '{=Port|6379}',
      'ReaderEndPoint.Address': '{name}-ro.{alnum6}.ng.0001.cache.{suffix}',
      'ReaderEndPoint.Port': '{=Port|6379}',
      'ConfigurationEndPoint.Address': 'clustercfg.{name}.{alnum6}.cache.{suffix}',
      'ConfigurationEndPoint.Port': '{=Port|6379}',
    },
  },
  'AWS::ElastiCache::SubnetGroup': { name: named('CacheSubnetGroupName', 255, { lowercase: true }), id: '{name}' },
  'AWS::EFS::FileSystem': {
    id: 'fs-{hex17}',
    attributes: { FileSystemId: '{id}', Arn: `${arn}:elasticfilesystem:{region}:{account}:file-system/{id}` },
  },
  'AWS::EFS::MountTarget': { id: 'fsmt-{hex17}', attributes: { Id: '{id}', IpAddress: '10.0.0.20' } },
  'AWS::EFS::AccessPoint': {
    id: 'fsap-{hex17}',
    attributes: { AccessPointId: '{id}', Arn: `${arn}:elasticfilesystem:{region}:{account}:access-point/{id}` },
  },
  'AWS::SNS::Topic': {
    name: named('TopicName', 256),
    id: `${arn}:sns:{region}:{account}:{name}`,
    attributes: { TopicArn: '{id}', TopicName: '{name}' },
  },
  'AWS::SNS::TopicPolicy': { name: named('-', 64, { unique: 'no' }), id: '{name}', attributes: { Id: '{id}' } },
  'AWS::SNS::Subscription': { id: '{=TopicArn}:{uuid}', attributes: { Arn: '{id}' } },
  'AWS::SQS::Queue': {
    name: named('QueueName', 80),
    id: 'https://sqs.{region}.{suffix}/{account}/{name}',
    attributes: { Arn: `${arn}:sqs:{region}:{account}:{name}`, QueueName: '{name}', QueueUrl: '{id}' },
  },
  'AWS::SQS::QueuePolicy': { name: named('-', 64, { unique: 'no' }), id: '{name}', attributes: { Id: '{id}' } },
  'AWS::Kinesis::Stream': {
    name: named('Name', 128),
    id: '{name}',
    attributes: { Arn: `${arn}:kinesis:{region}:{account}:stream/{name}` },
  },
  'AWS::KinesisFirehose::DeliveryStream': {
    name: named('DeliveryStreamName', 64),
    id: '{name}',
    attributes: { Arn: `${arn}:firehose:{region}:{account}:deliverystream/{name}` },
  },
  'AWS::Events::Rule': {
    name: named('Name', 64),
    id: '{name}',
    attributes: { Arn: `${arn}:events:{region}:{account}:rule/{name}`, RuleName: '{name}' },
  },
  'AWS::Events::EventBus': {
    name: named('Name', 256),
    id: '{name}',
    attributes: { Arn: `${arn}:events:{region}:{account}:event-bus/{name}`, Name: '{name}' },
  },
  'AWS::IAM::Role': {
    name: named('RoleName', 64, { unique: 'account' }),
    id: '{name}',
    attributes: { Arn: `${arn}:iam::{account}:role{=Path|/}{name}`, RoleId: 'AROA{ALNUM17}' },
  },
  'AWS::IAM::User': {
    name: named('UserName', 64, { unique: 'account' }),
    id: '{name}',
    attributes: { Arn: `${arn}:iam::{account}:user{=Path|/}{name}` },
  },
  'AWS::IAM::Group': {
    name: named('GroupName', 128, { unique: 'account' }),
    id: '{name}',
    attributes: { Arn: `${arn}:iam::{account}:group{=Path|/}{name}` },
  },
  'AWS::IAM::Policy': { name: named('-', 24, { unique: 'no' }), id: '{name}', attributes: { Id: '{id}' } },
  'AWS::IAM::ManagedPolicy': {
    name: named('ManagedPolicyName', 128, { unique: 'account' }),
    id: `${arn}:iam::{account}:policy{=Path|/}{name}`,
    attributes: {
      PolicyArn: '{id}',
      PolicyId: 'ANPA{ALNUM17}',
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate: '{now}',
      UpdateDate: '{now}',
    },
  },
  'AWS::IAM::InstanceProfile': {
    name: named('InstanceProfileName', 128, { unique: 'account' }),
    id: '{name}',
    attributes: { Arn: `${arn}:iam::{account}:instance-profile{=Path|/}{name}` },
  },
  'AWS::IAM::AccessKey': { id: 'AKIA{ALNUM16}', attributes: { Id: '{id}', SecretAccessKey: '{hex40}' } },
  'AWS::KMS::Key': {
    id: '{uuid}',
    attributes: { KeyId: '{id}', Arn: `${arn}:kms:{region}:{account}:key/{id}` },
  },
  'AWS::KMS::Alias': { id: '{=AliasName}' },
  'AWS::SecretsManager::Secret': {
    name: named('Name', 512),
    id: `${arn}:secretsmanager:{region}:{account}:secret:{name}-{alnum6}`,
    attributes: { Id: '{id}' },
  },
  'AWS::SSM::Parameter': {
    name: named('Name', 1011),
    id: '{name}',
    attributes: { Type: '{=Type|String}', Value: '{=Value}' },
  },
  'AWS::SSM::Document': { name: named('Name', 128), id: '{name}' },
  'AWS::Logs::LogGroup': {
    name: named('LogGroupName', 512),
    id: '{name}',
    attributes: { Arn: `${arn}:logs:{region}:{account}:log-group:{name}:*` },
  },
  'AWS::CloudWatch::Alarm': {
    name: named('AlarmName', 255),
    id: '{name}',
    attributes: { Arn: `${arn}:cloudwatch:{region}:{account}:alarm:{name}` },
  },
  'AWS::CloudWatch::Dashboard': { name: named('DashboardName', 255, { unique: 'account' }), id: '{name}' },
  'AWS::Cognito::UserPool': {
    id: '{region}_{alnum9}',
    attributes: {
      UserPoolId: '{id}',
      Arn: `${arn}:cognito-idp:{region}:{account}:userpool/{id}`,
      ProviderName: 'cognito-idp.{region}.{suffix}/{id}',
      ProviderURL: 'https://cognito-idp.{region}.{suffix}/{id}',
    },
  },
  'AWS::Cognito::UserPoolClient': {
    id: '{alnum26}',
    attributes: { ClientId: '{id}', ClientSecret: '{hex51}', Name: '{=ClientName|{logical}}' },
  },
  'AWS::APS::Workspace': {
    id: `${arn}:aps:{region}:{account}:workspace/ws-{uuid}`,
    attributes: {
      Arn: '{id}',
      WorkspaceId: 'ws-{uuid}',
      PrometheusEndpoint: 'https://aps-workspaces.{region}.{suffix}/workspaces/ws-{uuid}/',
    },
  },
};
