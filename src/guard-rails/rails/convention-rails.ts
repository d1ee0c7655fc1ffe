import { matchesWildcard } from '../../changes/index.ts';
import { type EvaluatedValue, isEvaluatedObject, isUnknown, resourceSchema } from '../../cloudformation/index.ts';
import type { CheckedResource, CheckedStack, Problem, TemplateRail } from '../guard-rail.ts';
import { textOf, textsOf } from '../parameter-rule.ts';
import { asList, readProperty } from '../property-reading.ts';

const matchesAny = (patterns: readonly string[], text: string) => patterns.some((each) => matchesWildcard(each, text));

/** Keys of its tags; undefined where they are not known. */
function tagKeys(value: EvaluatedValue | undefined): readonly string[] | undefined {
  if (isUnknown(value)) return undefined;
  if (isEvaluatedObject(value)) return Object.keys(value);
  const keys = asList(value).map((tag) => (isEvaluatedObject(tag) ? tag.Key : tag));
  return keys.some(isUnknown) ? undefined : keys.map(String);
}

function missingTags({ resources, tagKeys: ofStack }: CheckedStack, wanted: readonly string[]): readonly Problem[] {
  return resources.flatMap(({ logicalId, type, properties }): Problem[] => {
    const property = ['Tags', 'FileSystemTags', 'UserPoolTags', 'HostedZoneTags'].find(
      (name) => resourceSchema(type)?.properties[name] !== undefined,
    );
    if (property === undefined) return [];
    const own = tagKeys(properties[property]);
    const known = [...ofStack, ...(own ?? [])];
    const missing = wanted.filter((key) => !known.includes(key));
    if (missing.length === 0) return [];
    if (own === undefined) {
      const message = `Its tags are not known before it is deployed: perhaps ${missing.join(', ')} is missing.`;
      return [{ logicalId, type, property, message, isUnknown: true }];
    }
    return [{ logicalId, type, property, message: `It lacks the tag ${missing.join(', ')}.` }];
  });
}

/** Where the size of what is paid for by size stands. */
const sizeProperties: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::Instance': ['InstanceType'],
  'AWS::EC2::LaunchTemplate': ['LaunchTemplateData/InstanceType'],
  'AWS::AutoScaling::LaunchConfiguration': ['InstanceType'],
  'AWS::AutoScaling::AutoScalingGroup': ['MixedInstancesPolicy/LaunchTemplate/Overrides/*/InstanceType'],
  'AWS::EKS::Nodegroup': ['InstanceTypes/*'],
  'AWS::RDS::DBInstance': ['DBInstanceClass'],
  'AWS::RDS::DBCluster': ['DBClusterInstanceClass'],
  'AWS::DocDB::DBInstance': ['DBInstanceClass'],
  'AWS::Neptune::DBInstance': ['DBInstanceClass'],
  'AWS::ElastiCache::CacheCluster': ['CacheNodeType'],
  'AWS::ElastiCache::ReplicationGroup': ['CacheNodeType'],
  'AWS::MemoryDB::Cluster': ['NodeType'],
  'AWS::Redshift::Cluster': ['NodeType'],
  'AWS::DAX::Cluster': ['NodeType'],
  'AWS::OpenSearchService::Domain': ['ClusterConfig/InstanceType', 'ClusterConfig/DedicatedMasterType'],
  'AWS::MSK::Cluster': ['BrokerNodeGroupInfo/InstanceType'],
  'AWS::AmazonMQ::Broker': ['HostInstanceType'],
  'AWS::DMS::ReplicationInstance': ['ReplicationInstanceClass'],
  'AWS::SageMaker::NotebookInstance': ['InstanceType'],
  'AWS::EMR::Cluster': ['Instances/MasterInstanceGroup/InstanceType', 'Instances/CoreInstanceGroup/InstanceType'],
};

function otherSizes({ resources }: CheckedStack, allowed: readonly string[]): readonly Problem[] {
  return resources.flatMap(({ logicalId, type, properties }) =>
    (sizeProperties[type] ?? [])
      .flatMap((path) => readProperty(properties, path))
      .flatMap(({ path: property, value }): Problem[] => {
        if (value === undefined) return [];
        if (isUnknown(value)) {
          const message = `${property} is not known before it is deployed.`;
          return [{ logicalId, type, property, message, isUnknown: true }];
        }
        if (matchesAny(allowed, String(value))) return [];
        return [
          {
            logicalId,
            type,
            property,
            message: `${String(value)} is none of the allowed sizes: ${allowed.join(', ')}.`,
          },
        ];
      }),
  );
}

function perType(
  stack: CheckedStack,
  isWrong: (type: string) => boolean,
  message: (type: string) => string,
): readonly Problem[] {
  return stack.resources
    .filter(({ type }) => isWrong(type))
    .map(({ logicalId, type }) => ({ logicalId, type, message: message(type) }));
}

/** Properties by which people name things. */
const nameProperties = [
  'BucketName',
  'QueueName',
  'TopicName',
  'TableName',
  'FunctionName',
  'RoleName',
  'DBInstanceIdentifier',
  'DBClusterIdentifier',
  'ClusterName',
  'ServiceName',
  'RepositoryName',
  'LogGroupName',
  'DomainName',
  'StreamName',
  'GroupName',
  'Name',
] as const;

/** How the types end whose own name it is: a database instance names its cluster by the property by which that names itself. */
const namedTypes: Readonly<Record<string, string>> = {
  DBClusterIdentifier: '::DBCluster',
  ServiceName: '::Service',
  ClusterName: '::Cluster',
  DomainName: '::Domain',
  FunctionName: '::Function',
  TableName: 'Table',
  RoleName: '::Role',
  RepositoryName: '::Repository',
};

function isOwnName({ type }: CheckedResource, name: string): boolean {
  return type.endsWith(namedTypes[name] ?? '');
}

function otherNames({ resources }: CheckedStack, pattern: string): readonly Problem[] {
  return resources.flatMap((resource) => {
    const { logicalId, type, properties } = resource;
    return nameProperties
      .filter((property) => properties[property] !== undefined && isOwnName(resource, property))
      .flatMap((property): Problem[] => {
        const value = properties[property];
        if (isUnknown(value)) {
          const message = `${property} is not known before it is deployed.`;
          return [{ logicalId, type, property, message, isUnknown: true }];
        }
        if (typeof value !== 'string' || matchesWildcard(pattern, value)) return [];
        return [{ logicalId, type, property, message: `The name ${value} does not fit ${pattern}.` }];
      });
  });
}

const patterns = '* stands for any text, ? for a character';

export const conventionRails: readonly TemplateRail[] = [
  {
    id: 'required-tags',
    looksAt: 'template',
    about: 'Everything that can have tags has these, of its own or as tags of the deployment.',
    remedy: 'Add the tag to the resource, or to the environment or service that is deployed.',
    parameters: { tags: { kind: 'texts', about: 'keys' } },
    warnsByDefault: false,
    check: (stack, parameters) => missingTags(stack, textsOf(parameters, 'tags')),
  },
  {
    id: 'allowed-regions',
    looksAt: 'template',
    about: 'Deployments go to these regions only.',
    remedy: 'Deploy to one of the allowed regions.',
    parameters: { regions: { kind: 'texts', about: `e.g. eu-*; ${patterns}` } },
    warnsByDefault: false,
    check: ({ region }, parameters) =>
      matchesAny(textsOf(parameters, 'regions'), region)
        ? []
        : [{ message: `It goes to ${region}; allowed are ${textsOf(parameters, 'regions').join(', ')}.` }],
  },
  {
    id: 'allowed-types',
    looksAt: 'template',
    about: 'Templates make resources of these types only.',
    remedy: 'Use an allowed type, or have the list made longer.',
    parameters: { types: { kind: 'texts', about: `e.g. AWS::SQS::*; ${patterns}` } },
    warnsByDefault: false,
    check: (stack, parameters) => {
      const allowed = textsOf(parameters, 'types');
      return perType(
        stack,
        (type) => !matchesAny(allowed, type),
        (type) => `${type} is none of the allowed types.`,
      );
    },
  },
  {
    id: 'denied-types',
    looksAt: 'template',
    about: 'Templates make no resources of these types.',
    remedy: 'Do without it, or use what your platform team offers in its place.',
    parameters: { types: { kind: 'texts', about: `e.g. AWS::IAM::User; ${patterns}` } },
    warnsByDefault: false,
    check: (stack, parameters) => {
      const denied = textsOf(parameters, 'types');
      return perType(
        stack,
        (type) => matchesAny(denied, type),
        (type) => `${type} is a denied type.`,
      );
    },
  },
  {
    id: 'allowed-sizes',
    looksAt: 'template',
    about: 'Machines, databases, caches and brokers have one of these sizes.',
    remedy: 'Choose an allowed size.',
    parameters: { sizes: { kind: 'texts', about: `e.g. t4g.*, db.t4g.*; ${patterns}` } },
    warnsByDefault: false,
    check: (stack, parameters) => otherSizes(stack, textsOf(parameters, 'sizes')),
  },
  {
    id: 'names-fit',
    looksAt: 'template',
    about: 'Names that a template gives fit a pattern; what gets its name from AWS needs none.',
    remedy: 'Give a name that fits, or leave it out.',
    parameters: { pattern: { kind: 'text', about: `e.g. shop-*; ${patterns}` } },
    warnsByDefault: false,
    check: (stack, parameters) => otherNames(stack, textOf(parameters, 'pattern')),
  },
];
