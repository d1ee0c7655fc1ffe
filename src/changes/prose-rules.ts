import {
  type EvaluatedObject,
  type EvaluatedResource,
  type EvaluatedValue,
  isCustomResource,
  isEvaluatedList,
  isEvaluatedObject,
  isUnknown,
} from '../cloudformation/index.ts';
import type { Evidence } from './finding.ts';
import { canonical, type PropertyChange, valueAt } from './property-changes.ts';
import type { PropertyEffect } from './verdict.ts';

/** The properties of one resource in both versions, normalised. */
export interface PropertyPair {
  readonly type: string;
  readonly before: EvaluatedObject;
  readonly after: EvaluatedObject;
}

export interface ResourcePair extends PropertyPair {
  readonly resource: EvaluatedResource;
}

interface ProseEffect {
  readonly effect: PropertyEffect;
  readonly note: string;
  readonly certainty?: Evidence['certainty'];
}

type ProseRule = (pair: ResourcePair, change: PropertyChange) => ProseEffect | undefined;

/**
 * What the resource pages of the user guide say in prose only, so that values decide. Undefined: nothing, the published
 * update behaviour holds.
 */
export function proseEffect(pair: ResourcePair, change: PropertyChange): ProseEffect | undefined {
  if (isCustomResource(pair.type) && change.path[0] === 'ServiceToken') {
    return { effect: 'unsupported', note: 'a custom resource keeps its service token' };
  }
  return rules[pair.type]?.(pair, change);
}

const snapshotNote =
  'the identifier must stay in every later update: without it, or with another one, a new database is created and the old one deleted';

function restoredFrom(...names: readonly string[]): ProseRule {
  return (_pair, { path }) => (names.includes(String(path[0])) ? { effect: 'replace', note: snapshotNote } : undefined);
}

/** Families that may boot from an instance store. Source: EC2 user guide, "Root device type", and its previous generations. */
const instanceStoreFamilies = /^(?:c1|c3|cc1|cc2|cg1|cr1|d2|g2|hi1|hs1|i2|m1|m2|m3|r3)\./;

/** Without InstanceType the service takes m1.small. */
function mayBootFromInstanceStore(value: EvaluatedValue | undefined): boolean {
  return (
    value === undefined ||
    isUnknown(value) ||
    !/^[a-z][a-z0-9-]*\./.test(String(value)) ||
    instanceStoreFamilies.test(String(value))
  );
}

const virtualMachine: ProseRule = ({ before, after }, { path }) => {
  const decidedByRootDevice = new Set([
    'AdditionalInfo',
    'EbsOptimized',
    'InstanceType',
    'KernelId',
    'RamdiskId',
    'UserData',
  ]);
  if (!decidedByRootDevice.has(String(path[0]))) return undefined;
  if (mayBootFromInstanceStore(before.InstanceType) || mayBootFromInstanceStore(after.InstanceType)) {
    const note = 'stops and starts an EBS-backed instance, replaces an instance-store one; the image decides';
    return { effect: 'conditional', note, certainty: 'undecided' };
  }
  return { effect: 'interrupt', note: 'this instance type boots from EBS only: it is stopped and started' };
};

const network: ProseRule = (_pair, { path, after }) => {
  if (path[0] !== 'InstanceTenancy') return undefined;
  if (after === undefined || after === 'default')
    return { effect: 'interrupt', note: 'from dedicated to default needs no replacement' };
  return { effect: 'replace', note: 'from default to dedicated replaces' };
};

const table: ProseRule = ({ before, after }, { path }) => {
  if (path[0] !== 'AttributeDefinitions') return localIndex(before, path);
  const types = (tree: EvaluatedObject) =>
    new Map(
      listAt(tree, 'AttributeDefinitions')
        .filter(isEvaluatedObject)
        .map((each) => [canonical(each.AttributeName), canonical(each.AttributeType)]),
    );
  const now = types(after);
  const isEdited = [...types(before)].some(([name, type]) => now.has(name) && now.get(name) !== type);
  if (isEdited) return { effect: 'replace', note: 'the type of an existing attribute is changed' };
  return { effect: 'in-place', note: 'attribute definitions are only added or removed' };
};

function localIndex(_before: EvaluatedObject, path: PropertyChange['path']): ProseEffect | undefined {
  if (path[0] !== 'LocalSecondaryIndexes') return undefined;
  return { effect: 'replace', note: 'local secondary indexes exist from the creation of the table or not at all' };
}

const userPool: ProseRule = ({ before, after }, { path }) => {
  if (path[0] !== 'Schema') return undefined;
  const attributes = (tree: EvaluatedObject) =>
    new Map(
      listAt(tree, 'Schema')
        .filter(isEvaluatedObject)
        .map((each) => [canonical(each.Name), canonical(each)]),
    );
  const now = attributes(after);
  const isOnlyMore = [...attributes(before)].every(([name, attribute]) => now.get(name) === attribute);
  if (isOnlyMore) return { effect: 'in-place', note: 'attributes may be added' };
  return { effect: 'unsupported', note: 'attributes may be added, never changed or removed' };
};

const searchDomain: ProseRule = (pair, { path }) => {
  const name = String(path[0]);
  if (name === 'EngineVersion' || name === 'ElasticsearchVersion') return domainVersion(pair);
  if (!['EncryptionAtRestOptions', 'AdvancedSecurityOptions'].includes(name)) return undefined;
  if (pair.before[name] === undefined)
    return { effect: 'in-place', note: 'adding these options causes no interruption' };
  if (name === 'AdvancedSecurityOptions' && path[1] !== 'Enabled') return undefined;
  const turnsOn = path[1] === 'Enabled' && valueAt(pair.before, path) !== true && valueAt(pair.after, path) === true;
  if (turnsOn)
    return {
      effect: 'conditional',
      note: 'changing these options deletes and recreates the domain in older engine versions',
      certainty: 'undecided',
    };
  return { effect: 'replace', note: 'changing these options after they were set deletes and recreates the domain' };
};

function domainVersion({ resource }: ResourcePair): ProseEffect {
  if (String(resource.updatePolicy?.EnableVersionUpgrade) === 'true') {
    return { effect: 'in-place', note: 'UpdatePolicy EnableVersionUpgrade is true' };
  }
  return { effect: 'replace', note: 'without UpdatePolicy EnableVersionUpgrade the domain is replaced' };
}

const replicationGroup: ProseRule = (pair, change) => {
  const name = String(change.path[0]);
  if (name === 'NodeGroupConfiguration' || name === 'NumNodeGroups') {
    const isOnline = pair.resource.updatePolicy?.UseOnlineResharding;
    if (isOnline === true || isOnline === 'true') return { effect: 'in-place', note: 'UseOnlineResharding is true' };
    return { effect: 'replace', note: 'without UpdatePolicy UseOnlineResharding the group is replaced' };
  }
  return restoredFrom('SnapshotName', 'SnapshotArns')(pair, change);
};

const scalingGroup: ProseRule = ({ resource }, { path }) => {
  const rolling = [
    'LaunchConfigurationName',
    'LaunchTemplate',
    'MixedInstancesPolicy',
    'VPCZoneIdentifier',
    'PlacementGroup',
  ];
  if (!rolling.includes(String(path[0]))) return undefined;
  const policy = resource.updatePolicy?.AutoScalingReplacingUpdate;
  if (isEvaluatedObject(policy) && String(policy.WillReplace) === 'true') {
    return { effect: 'replace', note: 'UpdatePolicy says that the whole group is replaced' };
  }
  return undefined;
};

const computeEnvironment: ProseRule = ({ after }, { path }) => {
  const atOnce = ['MinvCpus', 'MaxvCpus', 'DesiredvCpus'];
  if (path[0] !== 'ComputeResources' || atOnce.includes(String(path[1]))) return undefined;
  if (after.ReplaceComputeEnvironment === false || String(after.ReplaceComputeEnvironment) === 'false') {
    return {
      effect: 'in-place',
      note: 'ReplaceComputeEnvironment is false: instances are renewed, the environment stays',
    };
  }
  const inBoth = ['SecurityGroupIds', 'Subnets'];
  if (inBoth.includes(String(path[1])) && String(valueAt(after, ['ComputeResources', 'Type'])).startsWith('FARGATE')) {
    return { effect: 'in-place', note: 'on Fargate these are updated in place' };
  }
  return { effect: 'replace', note: 'ReplaceComputeEnvironment is true unless it is set to false' };
};

const nestedStack: ProseRule = (_pair, { path }) => {
  if (path[0] !== 'TemplateURL' && path[0] !== 'Parameters') return undefined;
  return { effect: 'conditional', note: 'what the child does is not known here', certainty: 'undecided' };
};

const rules: Readonly<Record<string, ProseRule>> = {
  'AWS::RDS::DBInstance': restoredFrom('DBSnapshotIdentifier', 'DBClusterSnapshotIdentifier'),
  'AWS::RDS::DBCluster': restoredFrom('SnapshotIdentifier'),
  'AWS::DocDB::DBCluster': restoredFrom('SnapshotIdentifier'),
  'AWS::Neptune::DBCluster': restoredFrom('SnapshotIdentifier'),
  'AWS::Redshift::Cluster': restoredFrom('SnapshotIdentifier'),
  'AWS::MemoryDB::Cluster': restoredFrom('SnapshotName', 'SnapshotArns'),
  'AWS::ElastiCache::CacheCluster': restoredFrom('SnapshotName', 'SnapshotArns'),
  'AWS::ElastiCache::ReplicationGroup': replicationGroup,
  'AWS::EC2::Instance': virtualMachine,
  'AWS::EC2::VPC': network,
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::Cognito::UserPool': userPool,
  'AWS::OpenSearchService::Domain': searchDomain,
  'AWS::Elasticsearch::Domain': searchDomain,
  'AWS::AutoScaling::AutoScalingGroup': scalingGroup,
  'AWS::Batch::ComputeEnvironment': computeEnvironment,
  'AWS::CloudFormation::Stack': nestedStack,
};

function listAt(tree: EvaluatedObject, name: string): readonly EvaluatedValue[] {
  const value = tree[name];
  return isEvaluatedList(value) ? value : [];
}
