import { type Demand, unfulfilled } from '../demand.ts';
import type { TemplateRail } from '../guard-rail.ts';

const on = /^true$/i;
const unencrypted = 'is not encrypted at rest.';

const atRest: readonly Demand[] = [
  {
    type: 'AWS::RDS::DBInstance',
    path: 'StorageEncrypted',
    good: on,
    unless: 'DBClusterIdentifier',
    takenFrom: ['DBSnapshotIdentifier', 'SourceDBInstanceIdentifier'],
    wrong: unencrypted,
  },
  {
    type: 'AWS::RDS::DBCluster',
    path: 'StorageEncrypted',
    good: on,
    takenFrom: ['SnapshotIdentifier', 'SourceDBClusterIdentifier', 'GlobalClusterIdentifier'],
    wrong: unencrypted,
  },
  {
    type: 'AWS::DocDB::DBCluster',
    path: 'StorageEncrypted',
    good: on,
    takenFrom: ['SnapshotIdentifier'],
    wrong: unencrypted,
  },
  {
    type: 'AWS::Neptune::DBCluster',
    path: 'StorageEncrypted',
    good: on,
    takenFrom: ['SnapshotIdentifier'],
    wrong: unencrypted,
  },
  { type: 'AWS::EC2::Volume', path: 'Encrypted', good: on, takenFrom: ['SnapshotId'], wrong: unencrypted },
  {
    type: 'AWS::EC2::Instance',
    path: 'BlockDeviceMappings/*/Ebs/Encrypted',
    good: on,
    wrong: 'has a volume that is not encrypted at rest.',
  },
  {
    type: 'AWS::EC2::LaunchTemplate',
    path: 'LaunchTemplateData/BlockDeviceMappings/*/Ebs/Encrypted',
    good: on,
    wrong: 'has a volume that is not encrypted at rest.',
  },
  { type: 'AWS::EFS::FileSystem', path: 'Encrypted', good: on, wrong: unencrypted },
  // Amazon SQS encrypts what nobody says anything about.
  {
    type: 'AWS::SQS::Queue',
    path: 'SqsManagedSseEnabled',
    good: on,
    absent: 'good',
    unless: 'KmsMasterKeyId',
    wrong: unencrypted,
  },
  { type: 'AWS::SNS::Topic', path: 'KmsMasterKeyId', wrong: unencrypted },
  { type: 'AWS::Kinesis::Stream', path: 'StreamEncryption', wrong: unencrypted },
  { type: 'AWS::OpenSearchService::Domain', path: 'EncryptionAtRestOptions/Enabled', good: on, wrong: unencrypted },
  { type: 'AWS::Elasticsearch::Domain', path: 'EncryptionAtRestOptions/Enabled', good: on, wrong: unencrypted },
  // Amazon Redshift encrypts new clusters of which nobody says otherwise.
  { type: 'AWS::Redshift::Cluster', path: 'Encrypted', good: on, absent: 'good', wrong: unencrypted },
  { type: 'AWS::ElastiCache::ReplicationGroup', path: 'AtRestEncryptionEnabled', good: on, wrong: unencrypted },
  { type: 'AWS::DAX::Cluster', path: 'SSESpecification/SSEEnabled', good: on, wrong: unencrypted },
  { type: 'AWS::WorkSpaces::Workspace', path: 'UserVolumeEncryptionEnabled', good: on, wrong: unencrypted },
];

const noOwnKey = 'is not encrypted with a key of your own.';

const ownKey: readonly Demand[] = [
  {
    type: 'AWS::S3::Bucket',
    path: 'BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/KMSMasterKeyID',
    wrong: noOwnKey,
  },
  { type: 'AWS::DynamoDB::Table', path: 'SSESpecification/KMSMasterKeyId', wrong: noOwnKey },
  { type: 'AWS::SQS::Queue', path: 'KmsMasterKeyId', good: /^(?!alias\/aws\/)/, wrong: noOwnKey },
  { type: 'AWS::SNS::Topic', path: 'KmsMasterKeyId', good: /^(?!alias\/aws\/)/, wrong: noOwnKey },
  { type: 'AWS::RDS::DBInstance', path: 'KmsKeyId', unless: 'DBClusterIdentifier', wrong: noOwnKey },
  ...[
    'AWS::RDS::DBCluster',
    'AWS::DocDB::DBCluster',
    'AWS::Neptune::DBCluster',
    'AWS::EC2::Volume',
    'AWS::EFS::FileSystem',
    'AWS::Redshift::Cluster',
    'AWS::ElastiCache::ReplicationGroup',
    'AWS::Logs::LogGroup',
    'AWS::SecretsManager::Secret',
    'AWS::FSx::FileSystem',
    'AWS::MemoryDB::Cluster',
  ].map((type): Demand => ({ type, path: 'KmsKeyId', wrong: noOwnKey })),
  { type: 'AWS::Kinesis::Stream', path: 'StreamEncryption/KeyId', good: /^(?!alias\/aws\/)/, wrong: noOwnKey },
  { type: 'AWS::ECR::Repository', path: 'EncryptionConfiguration/KmsKey', wrong: noOwnKey },
  { type: 'AWS::OpenSearchService::Domain', path: 'EncryptionAtRestOptions/KmsKeyId', wrong: noOwnKey },
];

const plain = 'is talked to without encryption.';

const inTransit: readonly Demand[] = [
  { type: 'AWS::ElastiCache::ReplicationGroup', path: 'TransitEncryptionEnabled', good: on, wrong: plain },
  { type: 'AWS::MemoryDB::Cluster', path: 'TLSEnabled', good: on, absent: 'good', wrong: plain },
  {
    type: 'AWS::MSK::Cluster',
    path: 'EncryptionInfo/EncryptionInTransit/ClientBroker',
    good: /^TLS$/,
    absent: 'good',
    wrong: plain,
  },
  { type: 'AWS::OpenSearchService::Domain', path: 'DomainEndpointOptions/EnforceHTTPS', good: on, wrong: plain },
  { type: 'AWS::OpenSearchService::Domain', path: 'NodeToNodeEncryptionOptions/Enabled', good: on, wrong: plain },
  {
    type: 'AWS::ElasticLoadBalancingV2::Listener',
    path: 'Protocol',
    good: /^(?!HTTP$)/,
    absent: 'good',
    unless: ['DefaultActions/0/Type', /^redirect$/],
    wrong: plain,
  },
  {
    type: 'AWS::CloudFront::Distribution',
    path: 'DistributionConfig/DefaultCacheBehavior/ViewerProtocolPolicy',
    good: /^(?!allow-all$)/,
    wrong: plain,
  },
  { type: 'AWS::DAX::Cluster', path: 'ClusterEndpointEncryptionType', good: /^TLS$/, wrong: plain },
];

export const encryptionRails: readonly TemplateRail[] = [
  {
    id: 'encrypted-at-rest',
    looksAt: 'template',
    about:
      'Whatever holds data is encrypted at rest. What AWS encrypts by itself needs no word (S3, DynamoDB, log groups).',
    remedy:
      'Turn its encryption on. Of what is there already, most can be encrypted only by a new one: look at the plan first.',
    parameters: {},
    warnsByDefault: true,
    check: (stack) => unfulfilled(stack, atRest),
  },
  {
    id: 'encrypted-with-own-key',
    looksAt: 'template',
    about: 'Whatever holds data is encrypted with a KMS key of your own, not with one of AWS.',
    remedy: 'Name your key.',
    parameters: {},
    warnsByDefault: false,
    check: (stack) => unfulfilled(stack, ownKey),
  },
  {
    id: 'encrypted-in-transit',
    looksAt: 'template',
    about: 'Caches, brokers, search domains and listeners are talked to by TLS only.',
    remedy: 'Turn TLS on; of a listener for HTTP, let its default action redirect.',
    parameters: {},
    warnsByDefault: true,
    check: (stack) => unfulfilled(stack, inTransit),
  },
];
