import {
  type EvaluatedObject,
  type EvaluatedValue,
  isEvaluatedList,
  isEvaluatedObject,
  isUnknown,
} from '../cloudformation/index.ts';
import { canonical, type PropertyPath, valueAt } from './property-changes.ts';
import { terraformFacts } from './terraform/terraform-types.ts';

/** How the reach of a resource differs between two versions. */
export interface ReachChange {
  readonly widened: readonly string[];
  readonly narrowed: readonly string[];
}

/** One rule of a firewall: which protocol, which ports, from or to whom. */
interface FirewallRule {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  /** A CIDR block, or canonical text of a group, list or unknown value. */
  readonly peer: string;
  readonly ingress: boolean;
}

/** Where firewall rules are written, by type: the list, or the resource itself. */
const ruleLists: Readonly<Record<string, readonly (readonly [list: string | undefined, ingress: boolean])[]>> = {
  'AWS::EC2::SecurityGroup': [
    ['SecurityGroupIngress', true],
    ['SecurityGroupEgress', false],
  ],
  'AWS::EC2::SecurityGroupIngress': [[undefined, true]],
  'AWS::EC2::SecurityGroupEgress': [[undefined, false]],
  'AWS::RDS::DBSecurityGroup': [['DBSecurityGroupIngress', true]],
};

/** A setting with the values that let more in, and what counts where it is absent. */
interface OpenSetting {
  readonly path: string;
  readonly open: RegExp;
  readonly absent?: string;
}

/** A block that is not written counts as off: whoever wrote it meant it. */
const publicAccessBlock: readonly OpenSetting[] = [
  'BlockPublicAcls',
  'BlockPublicPolicy',
  'IgnorePublicAcls',
  'RestrictPublicBuckets',
].map((name) => ({ path: `PublicAccessBlockConfiguration/${name}`, open: /^false$/i, absent: 'false' }));

/** Source: resource pages of the CloudFormation user guide. */
const openSettings: Readonly<Record<string, readonly OpenSetting[]>> = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': [
    { path: 'Scheme', open: /^internet-facing$/, absent: 'internet-facing' },
  ],
  'AWS::ElasticLoadBalancing::LoadBalancer': [{ path: 'Scheme', open: /^internet-facing$/, absent: 'internet-facing' }],
  'AWS::RDS::DBInstance': [{ path: 'PubliclyAccessible', open: /^true$/i, absent: 'false' }],
  'AWS::RDS::DBCluster': [{ path: 'PubliclyAccessible', open: /^true$/i, absent: 'false' }],
  'AWS::Redshift::Cluster': [{ path: 'PubliclyAccessible', open: /^true$/i, absent: 'false' }],
  'AWS::RedshiftServerless::Workgroup': [{ path: 'PubliclyAccessible', open: /^true$/i, absent: 'false' }],
  'AWS::DMS::ReplicationInstance': [{ path: 'PubliclyAccessible', open: /^true$/i, absent: 'true' }],
  'AWS::AmazonMQ::Broker': [{ path: 'PubliclyAccessible', open: /^true$/i, absent: 'false' }],
  'AWS::NeptuneGraph::Graph': [{ path: 'PublicConnectivity', open: /^true$/i, absent: 'false' }],
  'AWS::MSK::Cluster': [
    {
      path: 'BrokerNodeGroupInfo/ConnectivityInfo/PublicAccess/Type',
      open: /^SERVICE_PROVIDED_EIPS$/,
      absent: 'DISABLED',
    },
    { path: 'ClientAuthentication/Unauthenticated/Enabled', open: /^true$/i, absent: 'false' },
  ],
  'AWS::Lambda::Url': [{ path: 'AuthType', open: /^NONE$/ }],
  'AWS::ApiGateway::Method': [{ path: 'AuthorizationType', open: /^NONE$/, absent: 'NONE' }],
  'AWS::ApiGatewayV2::Route': [{ path: 'AuthorizationType', open: /^NONE$/, absent: 'NONE' }],
  'AWS::ApiGateway::RestApi': [{ path: 'EndpointConfiguration/Types/0', open: /^(?:EDGE|REGIONAL)$/, absent: 'EDGE' }],
  'AWS::AppSync::GraphQLApi': [
    { path: 'Visibility', open: /^GLOBAL$/, absent: 'GLOBAL' },
    { path: 'AuthenticationType', open: /^API_KEY$/ },
  ],
  'AWS::EKS::Cluster': [{ path: 'ResourcesVpcConfig/EndpointPublicAccess', open: /^true$/i, absent: 'true' }],
  'AWS::ECS::Service': [
    { path: 'NetworkConfiguration/AwsvpcConfiguration/AssignPublicIp', open: /^ENABLED$/, absent: 'DISABLED' },
  ],
  'AWS::EC2::Subnet': [{ path: 'MapPublicIpOnLaunch', open: /^true$/i, absent: 'false' }],
  'AWS::AutoScaling::LaunchConfiguration': [{ path: 'AssociatePublicIpAddress', open: /^true$/i, absent: 'false' }],
  'AWS::SageMaker::NotebookInstance': [{ path: 'DirectInternetAccess', open: /^Enabled$/, absent: 'Enabled' }],
  'AWS::S3::Bucket': [
    { path: 'AccessControl', open: /^(?:PublicRead|PublicReadWrite|AuthenticatedRead)$/, absent: 'Private' },
    ...publicAccessBlock,
  ],
  'AWS::S3::AccessPoint': publicAccessBlock,
  'AWS::EC2::VPCEndpointService': [{ path: 'AcceptanceRequired', open: /^false$/i, absent: 'true' }],
  ...terraformSettings(),
};

function terraformSettings(): Readonly<Record<string, readonly OpenSetting[]>> {
  return Object.fromEntries(
    Object.entries(terraformFacts.openSettings).map(([type, settings]) => [
      type,
      settings.map(({ path, open, absent }) => ({ path, open: new RegExp(`^(?:${open.join('|')})$`), absent })),
    ]),
  );
}

/**
 * What becomes reachable, and what no longer is.
 * @param before absent: the resource is new
 * @param after absent: the resource goes
 */
export function compareReach(
  type: string,
  before: EvaluatedObject | undefined,
  after: EvaluatedObject | undefined,
): ReachChange {
  const firewall = compareRules(rulesOf(type, before), rulesOf(type, after));
  const settings = opened(type, before, after);
  return { widened: [...firewall.widened, ...settings], narrowed: firewall.narrowed };
}

function rulesOf(type: string, properties: EvaluatedObject | undefined): readonly FirewallRule[] {
  if (!properties) return [];
  return (ruleLists[type] ?? []).flatMap(([list, ingress]) => {
    const items = list === undefined ? [properties] : listOf(properties[list]);
    if (list === 'SecurityGroupEgress' && properties[list] === undefined) return everythingOut;
    return items.filter(isEvaluatedObject).flatMap((item) => rule(item, ingress));
  });
}

/** A firewall without rules for the way out lets everything out. */
const everythingOut: readonly FirewallRule[] = [
  { protocol: '-1', from: 0, to: 65535, peer: '0.0.0.0/0', ingress: false },
];

const peerNames = [
  'CidrIp',
  'CidrIpv6',
  'SourceSecurityGroupId',
  'SourceSecurityGroupName',
  'DestinationSecurityGroupId',
  'SourcePrefixListId',
  'DestinationPrefixListId',
  'CIDRIP',
  'EC2SecurityGroupId',
];

function rule(item: EvaluatedObject, ingress: boolean): readonly FirewallRule[] {
  const protocol = protocolOf(item.IpProtocol);
  const isAllPorts = protocol === '-1' || item.FromPort === undefined;
  const [from, to] = isAllPorts ? [0, 65535] : [Number(item.FromPort), Number(item.ToPort ?? item.FromPort)];
  return peerNames.flatMap((name) => {
    const peer = item[name];
    if (peer === undefined) return [];
    const isCidr = typeof peer === 'string' && /^[\da-f.:]+\/\d+$/i.test(peer);
    return [{ protocol, from, to, peer: isCidr ? peer : `${name} ${canonical(peer)}`, ingress }];
  });
}

function protocolOf(value: EvaluatedValue | undefined): string {
  const name = value === undefined ? '-1' : isUnknown(value) ? canonical(value) : String(value).toLowerCase();
  return { all: '-1', '6': 'tcp', '17': 'udp', '1': 'icmp' }[name] ?? name;
}

function compareRules(before: readonly FirewallRule[], after: readonly FirewallRule[]): ReachChange {
  const uncovered = (rules: readonly FirewallRule[], by: readonly FirewallRule[]) =>
    rules.filter((each) => !by.some((other) => covers(other, each))).map(describeRule);
  return { widened: uncovered(after, before), narrowed: uncovered(before, after) };
}

function covers(wide: FirewallRule, narrow: FirewallRule): boolean {
  return (
    wide.ingress === narrow.ingress &&
    (wide.protocol === '-1' || wide.protocol === narrow.protocol) &&
    wide.from <= narrow.from &&
    wide.to >= narrow.to &&
    (wide.peer === narrow.peer || containsBlock(wide.peer, narrow.peer))
  );
}

function describeRule({ protocol, from, to, peer, ingress }: FirewallRule): string {
  const ports = from === to ? `port ${from}` : `ports ${from}-${to}`;
  return `${ingress ? 'from' : 'to'} ${peer}: ${protocol === '-1' ? 'every protocol' : protocol}, ${ports}`;
}

/** Whether one CIDR block contains another of the same family. */
function containsBlock(wide: string, narrow: string): boolean {
  const [a, b] = [blockOf(wide), blockOf(narrow)];
  if (!a || !b || a.width !== b.width || a.bits > b.bits) return false;
  const shift = BigInt(a.width - a.bits);
  return a.address >> shift === b.address >> shift;
}

function blockOf(
  text: string,
): { readonly address: bigint; readonly bits: number; readonly width: number } | undefined {
  const [, host = '', digits = ''] = /^([\da-f.:]+)\/(\d+)$/i.exec(text) ?? [];
  if (host === '') return undefined;
  if (!host.includes(':')) {
    const parts = host.split('.').map(Number);
    if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
    return { address: parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n), bits: Number(digits), width: 32 };
  }
  const [head = '', tail] = host.split('::');
  const words = (half: string) => (half === '' ? [] : half.split(':'));
  const filled =
    tail === undefined
      ? words(head)
      : [...words(head), ...Array<string>(8 - words(head).length - words(tail).length).fill('0'), ...words(tail)];
  if (filled.length !== 8) return undefined;
  return {
    address: filled.reduce((sum, word) => (sum << 16n) + BigInt(`0x${word || '0'}`), 0n),
    bits: Number(digits),
    width: 128,
  };
}

/** Settings that let more in than before. What a new resource does not write is its service's choice, not a change. */
function opened(
  type: string,
  before: EvaluatedObject | undefined,
  after: EvaluatedObject | undefined,
): readonly string[] {
  return (openSettings[type] ?? []).flatMap(({ path, open, absent }) => {
    const place = path.split('/').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    const [was, is] = [isOpen(before, place, open, absent), isOpen(after, place, open, absent)];
    const isSaid = before !== undefined || valueAt(after, place) !== undefined;
    return is && !was && isSaid ? [`${path} is ${String(valueAt(after, place) ?? 'not set')}`] : [];
  });
}

function isOpen(
  properties: EvaluatedObject | undefined,
  place: PropertyPath,
  open: RegExp,
  absent: string | undefined,
): boolean {
  if (!properties) return false;
  const value = valueAt(properties, place) ?? absent;
  return value !== undefined && !isUnknown(value) && open.test(String(value));
}

function listOf(value: EvaluatedValue | undefined): readonly EvaluatedValue[] {
  return isEvaluatedList(value) ? value : [];
}
