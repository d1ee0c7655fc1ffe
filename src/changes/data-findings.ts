import {
  type EvaluatedObject,
  type EvaluatedValue,
  isEvaluatedList,
  isEvaluatedObject,
  isUnknown,
  liesIn,
} from '../cloudformation/index.ts';
import dataProperties from './data/data-properties.json' with { type: 'json' };
import { versionStep } from './engine-version.ts';
import type { ChangeFinding, RuleCode } from './finding.ts';
import { compareAccess } from './policy-document.ts';
import { canonical, type PropertyChange, type PropertyPath, valueAt } from './property-changes.ts';
import type { PropertyPair } from './prose-rules.ts';
import { type DataProperty, type Engine, terraformFacts } from './terraform/terraform-types.ts';
import { typeClass } from './type-class.ts';

const properties: Readonly<Record<string, Readonly<Record<string, DataProperty>>>> = {
  ...dataProperties.types,
  ...terraformFacts.dataProperties,
};

/** What changed properties mean for data, beside what they do to the resource. */
export function dataFindings(
  logicalId: string,
  pair: PropertyPair,
  changes: readonly PropertyChange[],
): readonly ChangeFinding[] {
  if (changes.length === 0) return [];
  const found = Object.entries(properties[pair.type] ?? {}).flatMap(([pattern, property]) =>
    placesOf(pattern, changes).flatMap((place) => judge(pair, place, property)),
  );
  const all = [...found, ...engineFindings(pair, changes), ...indexFindings(pair)];
  return all.map((finding) => ({ ...finding, logicalId, message: `${logicalId}: ${finding.message}` }));
}

/** Places that a pattern names, or that lie around or below it, each once, with indexes filled in from the changes. */
function placesOf(pattern: string, changes: readonly PropertyChange[]): readonly PropertyPath[] {
  const names = pattern.split('/');
  const places = new Map<string, PropertyPath>();
  for (const { path } of changes) {
    if (liesIn(pattern, path)) {
      const place = path.slice(0, names.length);
      places.set(place.join('/'), place);
    } else if (!names.includes('*') && path.every((step, index) => names[index] === String(step))) {
      places.set(pattern, names);
    }
  }
  return [...places.values()];
}

type Partial = Omit<ChangeFinding, 'logicalId'>;

function judge(pair: PropertyPair, place: PropertyPath, { rule, bad, absent }: DataProperty): readonly Partial[] {
  const written = { before: valueAt(pair.before, place), after: valueAt(pair.after, place) };
  const values = {
    before: written.before ?? (absent as EvaluatedValue),
    after: written.after ?? (absent as EvaluatedValue),
  };
  const name = place.join('/');
  const say = (
    code: RuleCode,
    told: string,
    rest: { readonly flags?: Partial['flags']; readonly verdict?: Partial['verdict'] } = {},
  ): Partial => ({
    code,
    ...classOfVerdict(rest.verdict ?? 'data-at-risk'),
    message: `${name} ${told}`,
    evidence: {
      source: 'rule',
      certainty: isUnknown(values.before) || isUnknown(values.after) ? 'undecided' : 'certain',
    },
    flags: rest.flags,
    path: name,
    ...written,
  });
  const isWorse = directions[bad]?.(values.before, values.after) ?? false;
  switch (rule) {
    case 'D-PROTECT':
      return isWorse
        ? [say('D-PROTECT', 'protects less: the next mistake is final', { flags: ['protection-lowered'] })]
        : [];
    case 'D-RETENTION':
      return isWorse ? [say('D-RETENTION', 'deletes what is older, at once')] : [];
    case 'D-KEY':
      return isWorse ? [say('D-KEY', 'cuts off whatever is encrypted with the key')] : [];
    case 'D-SNAPSHOT':
      return isWorse ? [say('D-SNAPSHOT', 'makes a new database in place of the present one')] : [];
    case 'D-REPLICA':
      return isWorse ? [say('D-REPL', 'loses a replica with its content')] : [];
    case 'D-ENC':
      return isWorse ? encryption(say) : [];
    case 'D-PART':
      return isWorse ? [say('D-PART', 'is the key by which items are found: another key is another table')] : [];
    case 'D-PARAM':
      return isWorse ? [parameterGroup(say, values)] : [];
    case 'D-SHRINK':
      return capacity(say, values);
    case 'D-SHRINK-SHARDS':
      return isWorse ? [say('D-SHRINK', 'is lowered', { verdict: 'in-place' })] : [];
    default:
      return [];
  }
}

type Say = (
  code: RuleCode,
  told: string,
  rest?: { readonly flags?: Partial['flags']; readonly verdict?: Partial['verdict'] },
) => Partial;

/** Told apart from D-REPL, which the replacement itself brings. */
function encryption(say: Say): readonly Partial[] {
  return [say('D-ENC', 'decides how data is encrypted, which only a copy can change', { verdict: 'in-place' })];
}

function classOfVerdict(verdict: Partial['verdict']): Pick<Partial, 'verdict' | 'versionClass'> {
  const isGrave = verdict === 'data-at-risk' || verdict === 'fails';
  return { verdict, versionClass: isGrave ? 'data-affecting' : 'compatible' };
}

function capacity(
  say: Say,
  { before, after }: { before?: EvaluatedValue; after?: EvaluatedValue },
): readonly Partial[] {
  const [was, is] = [numberOf(before), numberOf(after)];
  if (was === undefined || is === undefined || was === is) return [];
  if (is < was) return [say('D-SHRINK', 'is lowered, which the service refuses', { verdict: 'fails' })];
  return [say('D-GROW', 'is raised, which cannot be undone', { verdict: 'in-place', flags: ['irreversible'] })];
}

/** Parameters that change what data means, or lock out writers. */
const touchesData =
  /collat|character_set|charset|time_?zone|sql_mode|max_connections|rds\.logical_replication|lower_case_table_names|maxmemory-policy|appendonly/i;

function parameterGroup(say: Say, { before, after }: { before?: EvaluatedValue; after?: EvaluatedValue }): Partial {
  const names = changedMembers(before, after).filter((name) => touchesData.test(name));
  if (names.length > 0) return say('D-PARAM', `changes ${names.join(', ')}, on which data or its users depend`);
  return say('D-PARAM', 'changes a parameter group: static parameters restart members', { verdict: 'interruption' });
}

function changedMembers(before: EvaluatedValue | undefined, after: EvaluatedValue | undefined): readonly string[] {
  const was = isEvaluatedObject(before) ? before : {};
  const is = isEvaluatedObject(after) ? after : {};
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (name) => canonical(was[name]) !== canonical(is[name]),
  );
}

type Direction = (before: EvaluatedValue | undefined, after: EvaluatedValue | undefined) => boolean;

/** Whether the way from one value to the other is the bad one. What is unknown is taken to be bad. */
const directions: Readonly<Record<string, Direction>> = {
  change: (before, after) => canonical(before) !== canonical(after) || isUnknown(after),
  'change-if-set': (before, after) => before !== undefined && canonical(before) !== canonical(after),
  parameters: (before, after) => canonical(before) !== canonical(after),
  removed: (before, after) => before !== undefined && after === undefined,
  'added-or-changed': (before, after) => after !== undefined && canonical(before) !== canonical(after),
  off: (before, after) => isOn(before) && !isOn(after),
  on: (before, after) => !isOn(before) && isOn(after),
  to: (before, after) => String(before) === 'COMPLIANCE' && String(after) !== 'COMPLIANCE',
  lower: (before, after) => isLower(before, after),
  'lower-unlimited': (before, after) => isLower(unlimited(before), unlimited(after)),
  'item-removed': (before, after) => listOf(after).length < listOf(before).length || isUnknown(after),
  'policy-narrowed': (before, after) => compareAccess(before, after).narrowed.length > 0,
  lifecycle: (before, after) => deletesMore(listOf(before), listOf(after)),
};

function isOn(value: EvaluatedValue | undefined): boolean {
  return (
    value !== undefined && (isUnknown(value) || !/^(?:false|suspended|disabled|inactive|off)$/i.test(String(value)))
  );
}

function numberOf(value: EvaluatedValue | undefined): number | undefined {
  if (value === undefined || typeof value === 'object' || String(value).trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function isLower(before: EvaluatedValue | undefined, after: EvaluatedValue | undefined): boolean {
  if (isUnknown(before) || isUnknown(after)) return canonical(before) !== canonical(after);
  const [was, is] = [numberOf(before), numberOf(after)];
  return was !== undefined && is !== undefined && is < was;
}

/** 0, -1 and absence mean: kept for ever. */
function unlimited(value: EvaluatedValue | undefined): EvaluatedValue | undefined {
  const number = numberOf(value);
  return number === undefined || number > 0 ? (value ?? Number.MAX_SAFE_INTEGER) : Number.MAX_SAFE_INTEGER;
}

function listOf(value: EvaluatedValue | undefined): readonly EvaluatedValue[] {
  return isEvaluatedList(value) ? value : [];
}

/** Whether lifecycle rules delete objects that stayed before, or delete them sooner. */
function deletesMore(before: readonly EvaluatedValue[], after: readonly EvaluatedValue[]): boolean {
  const expirations = (rules: readonly EvaluatedValue[]) =>
    rules
      .filter(isEvaluatedObject)
      .filter(isActive)
      .flatMap((rule) => expirationsOf(rule));
  const was = expirations(before);
  return expirations(after).some(
    ({ scope, kind, days }) =>
      !was.some(
        (other) => other.kind === kind && (other.scope === scope || other.scope === everything) && other.days <= days,
      ),
  );
}

const everything = canonical([]);

function isActive(rule: EvaluatedObject): boolean {
  return String(rule.Status ?? 'Enabled') === 'Enabled';
}

function isWritten(value: EvaluatedValue | undefined): value is EvaluatedValue {
  return value !== undefined && value !== '';
}

function expirationsOf(
  rule: EvaluatedObject,
): { readonly scope: string; readonly kind: string; readonly days: number }[] {
  const scope = canonical(
    [rule.Prefix, rule.TagFilters, rule.ObjectSizeGreaterThan, rule.ObjectSizeLessThan].filter(isWritten),
  );
  const noncurrent =
    valueAt(rule, ['NoncurrentVersionExpiration', 'NoncurrentDays']) ?? rule.NoncurrentVersionExpirationInDays;
  const found = [
    { kind: 'current', value: rule.ExpirationInDays },
    { kind: 'date', value: rule.ExpirationDate === undefined ? undefined : 0 },
    { kind: 'noncurrent', value: noncurrent },
  ];
  return found.flatMap(({ kind, value }) => (value === undefined ? [] : [{ scope, kind, days: numberOf(value) ?? 0 }]));
}

const engines: Readonly<Record<string, Engine>> = {
  'AWS::RDS::DBInstance': { version: 'EngineVersion', named: 'Engine', engine: 'mysql' },
  'AWS::RDS::DBCluster': { version: 'EngineVersion', named: 'Engine', engine: 'aurora' },
  'AWS::RDS::GlobalCluster': { version: 'EngineVersion', named: 'Engine', engine: 'aurora' },
  'AWS::DocDB::DBCluster': { version: 'EngineVersion', engine: 'docdb' },
  'AWS::Neptune::DBCluster': { version: 'EngineVersion', engine: 'neptune' },
  'AWS::ElastiCache::ReplicationGroup': { version: 'EngineVersion', named: 'Engine', engine: 'redis' },
  'AWS::ElastiCache::CacheCluster': { version: 'EngineVersion', named: 'Engine', engine: 'redis' },
  'AWS::ElastiCache::ServerlessCache': { version: 'MajorEngineVersion', named: 'Engine', engine: 'redis' },
  'AWS::MemoryDB::Cluster': { version: 'EngineVersion', named: 'Engine', engine: 'redis' },
  'AWS::OpenSearchService::Domain': { version: 'EngineVersion', engine: 'opensearch' },
  'AWS::Elasticsearch::Domain': { version: 'ElasticsearchVersion', engine: 'elasticsearch' },
  'AWS::MSK::Cluster': { version: 'KafkaVersion', engine: 'kafka' },
  'AWS::AmazonMQ::Broker': { version: 'EngineVersion', named: 'EngineType', engine: 'activemq' },
  'AWS::Redshift::Cluster': { version: 'ClusterVersion', engine: 'redshift' },
  'AWS::EKS::Cluster': { version: 'Version', engine: 'kubernetes' },
  ...terraformFacts.engines,
};

function engineFindings(pair: PropertyPair, changes: readonly PropertyChange[]): readonly Partial[] {
  const where = engines[pair.type];
  if (!where) return [];
  const other = otherEngine(pair, where);
  if (other) return [other];
  if (!changes.some(({ path }) => path[0] === where.version)) return [];
  const [before, after] = [pair.before[where.version], pair.after[where.version]];
  if (before === undefined || after === undefined || typeof before === 'object' || typeof after === 'object') return [];
  const named = where.named === undefined ? undefined : pair.after[where.named];
  const engine = typeof named === 'string' ? named : where.engine;
  const holdsData = typeClass(pair.type) === 'stateful';
  const say = (code: RuleCode, told: string, verdict: Partial['verdict'], flags?: Partial['flags']): Partial => ({
    code,
    versionClass: verdict === 'interruption' ? 'compatible' : holdsData ? 'data-affecting' : 'breaking',
    verdict,
    message: `${engine} ${before} to ${after}: ${told}`,
    evidence: { source: 'rule', certainty: 'certain' },
    flags,
    path: where.version,
    before,
    after,
  });
  switch (versionStep(engine, String(before), String(after))) {
    case 'major':
      return holdsData
        ? [say('D-ENG-MAJOR', 'a major version, there is no way back', 'data-at-risk', ['irreversible'])]
        : [];
    case 'minor':
      return holdsData ? [say('D-ENG-MINOR', 'a minor version, in a maintenance window', 'interruption')] : [];
    case 'lower':
      return [say('D-DOWNGRADE', 'an engine version cannot be lowered', 'fails')];
    case 'same':
    case 'unknown':
      return [];
  }
}

/** Another engine reads nothing of what the old one wrote, or only this once. */
function otherEngine({ type, before, after }: PropertyPair, { named }: Engine): Partial | undefined {
  const [was, is] = named === undefined ? [] : [before[named], after[named]];
  if (named === undefined || typeof was !== 'string' || typeof is !== 'string') return undefined;
  if (was.toLowerCase() === is.toLowerCase() || typeClass(type) !== 'stateful') return undefined;
  return {
    code: 'D-ENG-MAJOR',
    versionClass: 'data-affecting',
    verdict: 'data-at-risk',
    message: `${was} to ${is}: another engine, there is no way back`,
    evidence: { source: 'rule', certainty: 'likely' },
    flags: ['irreversible'],
    path: named,
    before: was,
    after: is,
  };
}

/** One update may create or delete one global secondary index. Source: resource page of AWS::DynamoDB::Table. */
function indexFindings({ type, before, after }: PropertyPair): readonly Partial[] {
  if (type !== 'AWS::DynamoDB::Table') return [];
  const names = (tree: EvaluatedObject) =>
    new Set(
      listOf(tree.GlobalSecondaryIndexes)
        .filter(isEvaluatedObject)
        .map((index) => canonical(index.IndexName)),
    );
  const keys = (tree: EvaluatedObject) =>
    new Map(
      listOf(tree.GlobalSecondaryIndexes)
        .filter(isEvaluatedObject)
        .map((index) => [canonical(index.IndexName), canonical([index.KeySchema ?? '', index.Projection ?? ''])]),
    );
  const [was, is] = [names(before), names(after)];
  const recreated = [...keys(before)].filter(([name, key]) => is.has(name) && keys(after).get(name) !== key).length;
  const changed =
    [...was].filter((name) => !is.has(name)).length + [...is].filter((name) => !was.has(name)).length + 2 * recreated;
  if (changed === 0) return [];
  const common = {
    code: 'D-IDX',
    evidence: { source: 'docs', certainty: 'certain' },
    path: 'GlobalSecondaryIndexes',
  } as const;
  if (changed === 1)
    return [{ ...common, versionClass: 'compatible', verdict: 'in-place', message: 'one index is created or deleted' }];
  const message = 'more than one index is created or deleted in one update, which the service refuses: split it';
  return [{ ...common, versionClass: 'data-affecting', verdict: 'fails', message }];
}
