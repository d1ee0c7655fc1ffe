import { type EvaluatedObject, type EvaluatedValue, isEvaluatedObject, isUnknown } from '../../cloudformation/index.ts';
import { type Demand, unfulfilled } from '../demand.ts';
import type { CheckedResource, CheckedStack, Problem, TemplateRail } from '../guard-rail.ts';
import { numbersOf } from '../parameter-rule.ts';
import { asList } from '../property-reading.ts';

const blockSettings = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'] as const;
const blockedTypes: readonly string[] = ['AWS::S3::Bucket', 'AWS::S3::AccessPoint'];

/** Source: resource pages of the CloudFormation user guide, as for all demands of this folder. */
const bucketDemands: readonly Demand[] = [
  {
    type: 'AWS::S3::Bucket',
    path: 'AccessControl',
    good: /^(?!Public|AuthenticatedRead$)/,
    absent: 'good',
    wrong: 'can be read by everybody.',
  },
  ...blockSettings.flatMap((name) =>
    blockedTypes.map(
      (type): Demand => ({
        type,
        path: `PublicAccessBlockConfiguration/${name}`,
        good: /^true$/i,
        // what is not written is blocked; what is left out of a block that is written is not
        absent: 'good',
        wrong: `lets go of the public access block: ${name} is off.`,
      }),
    ),
  ),
];

const databaseDemands: readonly Demand[] = [
  ...[
    'AWS::RDS::DBCluster',
    'AWS::Redshift::Cluster',
    'AWS::RedshiftServerless::Workgroup',
    'AWS::AmazonMQ::Broker',
  ].map(
    (type): Demand => ({
      type,
      path: 'PubliclyAccessible',
      good: /^false$/i,
      absent: 'good',
      wrong: 'can be reached from the internet.',
    }),
  ),
  {
    type: 'AWS::RDS::DBInstance',
    path: 'PubliclyAccessible',
    good: /^false$/i,
    absent: 'unknown',
    unless: 'DBSubnetGroupName',
    wrong: 'can be reached from the internet, which depends on the default VPC.',
  },
  {
    type: 'AWS::DMS::ReplicationInstance',
    path: 'PubliclyAccessible',
    good: /^false$/i,
    wrong: 'can be reached from the internet.',
  },
  {
    type: 'AWS::MSK::Cluster',
    path: 'BrokerNodeGroupInfo/ConnectivityInfo/PublicAccess/Type',
    good: /^DISABLED$/,
    absent: 'good',
    wrong: 'can be reached from the internet.',
  },
  {
    type: 'AWS::OpenSearchService::Domain',
    path: 'VPCOptions',
    wrong: 'is in no VPC: only its policy keeps it from the internet.',
  },
];

/** RDS instances in a subnet group are private unless they say so. */
const instanceInSubnets: Demand = {
  type: 'AWS::RDS::DBInstance',
  path: 'PubliclyAccessible',
  good: /^false$/i,
  absent: 'good',
  wrong: 'can be reached from the internet.',
};

const balancerDemands: readonly Demand[] = [
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancing::LoadBalancer',
].map((type) => ({ type, path: 'Scheme', good: /^internal$/, wrong: 'faces the internet.' }));

const endpointDemands: readonly Demand[] = [
  { type: 'AWS::Lambda::Url', path: 'AuthType', good: /^AWS_IAM$/, wrong: 'answers everybody: AuthType is NONE.' },
  {
    type: 'AWS::EKS::Cluster',
    path: 'ResourcesVpcConfig/EndpointPublicAccess',
    good: /^false$/i,
    unless: 'ResourcesVpcConfig/PublicAccessCidrs',
    wrong: 'has an API that the whole internet reaches.',
  },
  {
    type: 'AWS::ApiGateway::Method',
    path: 'AuthorizationType',
    good: /^(?!NONE$)/,
    unless: ['HttpMethod', /^OPTIONS$/],
    wrong: 'answers without authorization.',
  },
  {
    type: 'AWS::ApiGatewayV2::Route',
    path: 'AuthorizationType',
    good: /^(?!NONE$)/,
    wrong: 'answers without authorization.',
  },
  {
    type: 'AWS::SageMaker::NotebookInstance',
    path: 'DirectInternetAccess',
    good: /^Disabled$/,
    wrong: 'has a way to the internet of its own.',
  },
  {
    type: 'AWS::EC2::Instance',
    path: 'NetworkInterfaces/*/AssociatePublicIpAddress',
    good: /^false$/i,
    absent: 'good',
    wrong: 'gets a public address.',
  },
];

const everybody = new Set(['0.0.0.0/0', '::/0']);
const sensitivePorts = [
  20, 21, 22, 23, 135, 139, 445, 1433, 1521, 2049, 2379, 3306, 3389, 5432, 5439, 5601, 5900, 6379, 8020, 9042, 9092,
  9200, 11211, 27017,
];

/** Which sensitive ports a rule opens to everybody. Half of all addresses is everybody, too. */
function openPorts(rule: EvaluatedObject, ports: readonly number[]): readonly number[] | 'unknown' {
  const peers = [rule.CidrIp, rule.CidrIpv6].filter((each) => each !== undefined);
  const isOpen = peers.some(
    (peer) => typeof peer === 'string' && (everybody.has(peer) || /^[\d.:]+\/[01]$/.test(peer)),
  );
  if (!isOpen && !peers.some(isUnknown)) return [];
  const range = portsOf(rule);
  if (range === 'unknown') return ports.length > 0 ? 'unknown' : [];
  const hit = ports.filter((port) => port >= range[0] && port <= range[1]);
  return isOpen || hit.length === 0 ? hit : 'unknown';
}

function portsOf({ IpProtocol: protocol, FromPort: from, ToPort: to }: EvaluatedObject): [number, number] | 'unknown' {
  if ([protocol, from, to].some(isUnknown)) return 'unknown';
  if (/^(?:icmp|icmpv6|1|58)$/i.test(String(protocol))) return [-1, -1];
  if (protocol === undefined || /^(?:-1|all)$/i.test(String(protocol)) || from === undefined) return [0, 65_535];
  return [Number(from), Number(to ?? from)];
}

function ingressOf({ type, properties }: CheckedResource): readonly { at: string; rule: EvaluatedValue }[] {
  if (type === 'AWS::EC2::SecurityGroupIngress') return [{ at: '', rule: properties }];
  if (type !== 'AWS::EC2::SecurityGroup') return [];
  return asList(properties.SecurityGroupIngress).map((rule, index) => ({ at: `SecurityGroupIngress/${index}`, rule }));
}

function checkPorts({ resources }: CheckedStack, ports: readonly number[]): readonly Problem[] {
  return resources.flatMap((resource) =>
    ingressOf(resource).flatMap(({ at: property, rule }): Problem[] => {
      const { logicalId, type } = resource;
      const open = isEvaluatedObject(rule) ? openPorts(rule, ports) : isUnknown(rule) ? 'unknown' : [];
      if (open === 'unknown') {
        const message = 'Whom it lets in is not known before it is deployed.';
        return [{ logicalId, type, property, message, isUnknown: true }];
      }
      if (open.length === 0) return [];
      const named = open.length > 5 ? `${open.slice(0, 5).join(', ')} and ${open.length - 5} more` : open.join(', ');
      return [{ logicalId, type, property, message: `It lets the whole internet reach port ${named}.` }];
    }),
  );
}

const none = {} as const;

export const exposureRails: readonly TemplateRail[] = [
  {
    id: 'no-public-bucket',
    looksAt: 'template',
    about: 'Buckets and access points keep the public out, by their ACL and by the public access block.',
    remedy: 'Leave AccessControl out and turn all four settings of PublicAccessBlockConfiguration on.',
    parameters: none,
    warnsByDefault: true,
    check: (stack) => [...unfulfilled(stack, bucketDemands), ...halfWrittenBlocks(stack)],
  },
  {
    id: 'no-open-ports',
    looksAt: 'template',
    about: 'Security groups do not open ports of administration and of databases to the whole internet.',
    remedy: 'Name the network or the security group that may come in.',
    parameters: { ports: { kind: 'numbers', about: 'that stay closed', usual: sensitivePorts } },
    warnsByDefault: true,
    check: (stack, parameters) => checkPorts(stack, numbersOf(parameters, 'ports')),
  },
  {
    id: 'no-public-database',
    looksAt: 'template',
    about: 'Databases, brokers and search domains cannot be reached from the internet.',
    remedy: 'Set PubliclyAccessible to false and put it into private subnets.',
    parameters: none,
    warnsByDefault: true,
    check: (stack) => [
      ...unfulfilled(stack, databaseDemands),
      ...unfulfilled(
        { ...stack, resources: stack.resources.filter(({ properties }) => properties.DBSubnetGroupName !== undefined) },
        [instanceInSubnets],
      ),
    ],
  },
  {
    id: 'no-public-load-balancer',
    looksAt: 'template',
    about: 'Load balancers are internal, unless they are meant for the public.',
    remedy: 'Set Scheme to internal, or ask for an exception where the public is meant.',
    parameters: none,
    warnsByDefault: true,
    check: (stack) => unfulfilled(stack, balancerDemands),
  },
  {
    id: 'no-public-endpoint',
    looksAt: 'template',
    about: 'Functions, APIs, clusters, notebooks and machines do not answer everybody.',
    remedy: 'Ask callers for authorization, or let only your own networks in.',
    parameters: none,
    warnsByDefault: true,
    check: (stack) => unfulfilled(stack, endpointDemands),
  },
];

/** A block that is written counts with all four settings: what it leaves out is off. */
function halfWrittenBlocks({ resources }: CheckedStack): readonly Problem[] {
  return resources
    .filter(({ type }) => blockedTypes.includes(type))
    .flatMap(({ logicalId, type, properties }): Problem[] => {
      const block = properties.PublicAccessBlockConfiguration;
      if (!isEvaluatedObject(block)) return [];
      const missing = blockSettings.filter((name) => block[name] === undefined);
      if (missing.length === 0) return [];
      const message = `Its public access block leaves out ${missing.join(', ')}: those are off.`;
      return [{ logicalId, type, property: 'PublicAccessBlockConfiguration', message }];
    });
}
