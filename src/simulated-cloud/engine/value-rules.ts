import { isCustomResource } from '../../cloudformation/index.ts';
import type { Json, JsonObject } from '../state/json.ts';
import { valueAt } from './published-type.ts';

/** An update of one resource, as its service sees it. */
export interface ResourceUpdate {
  readonly type: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** Decides for some types whether they are replaced. */
  readonly updatePolicy?: Readonly<Record<string, unknown>>;
}

/**
 * Whether values decide that a changed property replaces its resource, as its page in the user guide says in prose.
 * @returns undefined where no such page does: what is published of the property holds
 */
export function replacesByValue(update: ResourceUpdate, property: string): boolean | undefined {
  return replacing[update.type]?.(update, property);
}

type ReplacementByValue = (update: ResourceUpdate, property: string) => boolean | undefined;

/** "If you specify the property, you must keep it; else a new one is created from nothing, and the old one deleted." */
function restoredFrom(...names: readonly string[]): ReplacementByValue {
  return (_update, property) => (names.includes(property) ? true : undefined);
}

const searchDomain: ReplacementByValue = ({ before, updatePolicy }, property) => {
  if (property === 'EngineVersion' || property === 'ElasticsearchVersion') {
    return String(updatePolicy?.EnableVersionUpgrade) !== 'true';
  }
  return property === 'EncryptionAtRestOptions' ? before[property] !== undefined : undefined;
};

const replicationGroup: ReplacementByValue = (update, property) => {
  if (property === 'NumNodeGroups' || property === 'NodeGroupConfiguration') {
    return String(update.updatePolicy?.UseOnlineResharding) !== 'true';
  }
  return restoredFrom('SnapshotName', 'SnapshotArns')(update, property);
};

const table: ReplacementByValue = ({ before, after }, property) => {
  if (property === 'LocalSecondaryIndexes') return true;
  if (property !== 'AttributeDefinitions') return undefined;
  const now = byName(after.AttributeDefinitions, 'AttributeName');
  return [...byName(before.AttributeDefinitions, 'AttributeName')].some(
    ([name, attribute]) => now.has(name) && now.get(name) !== attribute,
  );
};

/** Only where its UpdatePolicy says so; the group then makes place for a whole new one. */
const scalingGroup: ReplacementByValue = ({ updatePolicy }, property) => {
  const renewed = ['LaunchConfigurationName', 'LaunchTemplate', 'MixedInstancesPolicy', 'VPCZoneIdentifier'];
  const policy = updatePolicy?.AutoScalingReplacingUpdate as Readonly<Record<string, unknown>> | undefined;
  return renewed.includes(property) && String(policy?.WillReplace) === 'true' ? true : undefined;
};

const replacing: Readonly<Record<string, ReplacementByValue>> = {
  'AWS::AutoScaling::AutoScalingGroup': scalingGroup,
  'AWS::EC2::VPC': ({ after }, property) =>
    property === 'InstanceTenancy' ? (after.InstanceTenancy ?? 'default') !== 'default' : undefined,
  'AWS::RDS::DBInstance': restoredFrom('DBSnapshotIdentifier', 'DBClusterSnapshotIdentifier'),
  'AWS::RDS::DBCluster': restoredFrom('SnapshotIdentifier'),
  'AWS::DocDB::DBCluster': restoredFrom('SnapshotIdentifier'),
  'AWS::Neptune::DBCluster': restoredFrom('SnapshotIdentifier'),
  'AWS::Redshift::Cluster': restoredFrom('SnapshotIdentifier'),
  'AWS::MemoryDB::Cluster': restoredFrom('SnapshotName', 'SnapshotArns'),
  'AWS::ElastiCache::CacheCluster': restoredFrom('SnapshotName', 'SnapshotArns'),
  'AWS::ElastiCache::ReplicationGroup': replicationGroup,
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::OpenSearchService::Domain': searchDomain,
  'AWS::Elasticsearch::Domain': searchDomain,
};

/** Why a service does not take an update in place, in its words; undefined: it does. Sources: the pages of its type. */
export function refusedUpdate(update: ResourceUpdate): string | undefined {
  const { type, before, after } = update;
  if (isCustomResource(type)) {
    return before.ServiceToken === after.ServiceToken ? undefined : 'Modifying service token is not allowed.';
  }
  const smaller = capacities[type]?.find((path) => isLower(valueAt(before, path), valueAt(after, path)));
  if (smaller !== undefined) return `${smaller.at(-1)} cannot be lowered`;
  const version = versions[type];
  if (version && isOlder(before[version], after[version])) {
    return `The ${version} cannot be lowered from ${before[version]} to ${after[version]}`;
  }
  if (type === 'AWS::DynamoDB::Table' && indexesTouched(before, after) > 1) {
    return 'Cannot perform more than one GSI creation or deletion in a single update';
  }
  if (type === 'AWS::Cognito::UserPool' && changesAttributes(before, after)) {
    return 'Existing schema attributes cannot be modified or deleted.';
  }
  return undefined;
}

const capacities: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'AWS::RDS::DBInstance': [['AllocatedStorage']],
  'AWS::RDS::DBCluster': [['AllocatedStorage']],
  'AWS::EC2::Volume': [['Size']],
  'AWS::FSx::FileSystem': [['StorageCapacity']],
  'AWS::MSK::Cluster': [['BrokerNodeGroupInfo', 'StorageInfo', 'EBSStorageInfo', 'VolumeSize']],
};

/** Engines that go forwards only. */
const versions: Readonly<Record<string, string>> = {
  'AWS::RDS::DBInstance': 'EngineVersion',
  'AWS::RDS::DBCluster': 'EngineVersion',
  'AWS::DocDB::DBCluster': 'EngineVersion',
  'AWS::Neptune::DBCluster': 'EngineVersion',
  'AWS::ElastiCache::CacheCluster': 'EngineVersion',
  'AWS::ElastiCache::ReplicationGroup': 'EngineVersion',
  'AWS::MemoryDB::Cluster': 'EngineVersion',
  'AWS::AmazonMQ::Broker': 'EngineVersion',
  'AWS::MSK::Cluster': 'KafkaVersion',
  'AWS::EKS::Cluster': 'Version',
};

function isOlder(before: Json | undefined, after: Json | undefined): boolean {
  const [was, is] = [before, after].map((text) =>
    /(\d+(?:\.\d+)*)\D*$/
      .exec(String(text ?? ''))?.[1]
      ?.split('.')
      .map(Number),
  );
  if (!was || !is) return false;
  const place = was.findIndex((number, index) => is[index] !== undefined && is[index] !== number);
  return place >= 0 && is[place]! < was[place]!;
}

function isLower(before: Json | undefined, after: Json | undefined): boolean {
  return before !== undefined && after !== undefined && Number(after) < Number(before);
}

function indexesTouched(before: JsonObject, after: JsonObject): number {
  const [was, is] = [before, after].map(({ GlobalSecondaryIndexes: indexes }) =>
    byName(indexes, 'IndexName', indexShape),
  );
  const gone = [...was!.keys()].filter((name) => !is!.has(name)).length;
  const made = [...is!.keys()].filter((name) => !was!.has(name)).length;
  const again = [...was!].filter(([name, shape]) => is!.has(name) && is!.get(name) !== shape).length;
  return gone + made + 2 * again;
}

/** What cannot be changed on an index that is there: it is deleted and created. */
function indexShape({ KeySchema, Projection }: JsonObject): string {
  return JSON.stringify([KeySchema, Projection]);
}

function changesAttributes(before: JsonObject, after: JsonObject): boolean {
  const now = byName(after.Schema, 'Name');
  return [...byName(before.Schema, 'Name')].some(([name, attribute]) => now.get(name) !== attribute);
}

function byName(
  list: Json | undefined,
  name: string,
  shape: (item: JsonObject) => string = (item) => JSON.stringify(item),
): ReadonlyMap<string, string> {
  const items = (Array.isArray(list) ? list : []) as readonly JsonObject[];
  return new Map(items.map((item) => [String(item[name]), shape(item)]));
}
