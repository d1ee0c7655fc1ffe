import {
  type EvaluatedResource,
  type EvaluatedTemplate,
  isCustomResource,
  normaliseProperties,
  type ResourceRead,
  refIdentifier,
  resourceSchema,
  type UnknownValue,
} from '../cloudformation/index.ts';
import { type NestedComparison, nestedMoves } from './compare-nested.ts';
import { compareProperties, isSameValue, type PropertyChange, unknownsIn } from './property-changes.ts';
import { type DecidedEffect, effectOf, gravestEffect } from './property-effect.ts';
import type { ResourcePair } from './prose-rules.ts';
import type { PropertyEffect } from './verdict.ts';

/** A changed property with what it does to its resource. */
export interface JudgedChange extends PropertyChange, DecidedEffect {}

/** A resource that both versions have, under the same logical id. */
export interface ComparedResource extends ResourcePair {
  readonly logicalId: string;
  readonly old: EvaluatedResource;
  readonly changes: readonly JudgedChange[];
  /** The gravest effect; undefined: nothing changes. */
  readonly effect: PropertyEffect | undefined;
  /** CloudFormation refuses another type under the same logical id. */
  readonly otherType: boolean;
  /** What is in it, of a nested stack that was looked into. */
  readonly nested?: NestedComparison;
}

/** By which change of an update an attribute gets another value: `any`, one that interrupts, or that of a property. */
type Mover = 'any' | 'interrupt' | { readonly property: string };

const port = { 'Endpoint.Port': { property: 'Port' } } as const;
const address = { PublicIp: 'interrupt', PublicDnsName: 'interrupt' } as const;
const managedSecret = { 'MasterUserSecret.SecretArn': { property: 'ManageMasterUserPassword' } } as const;

/** Attributes that get another value by an update in place. Source: resource pages, "Return values". */
const volatileAttributes: Readonly<Record<string, Readonly<Record<string, Mover>>>> = {
  'AWS::DocDB::DBCluster': { Port: { property: 'Port' } },
  'AWS::DynamoDB::GlobalTable': { StreamArn: { property: 'StreamSpecification' } },
  'AWS::DynamoDB::Table': { StreamArn: { property: 'StreamSpecification' } },
  'AWS::EC2::Instance': address,
  'AWS::EC2::LaunchTemplate': { LatestVersionNumber: 'any', DefaultVersionNumber: 'any' },
  'AWS::ElastiCache::ReplicationGroup': {
    'PrimaryEndPoint.Port': { property: 'Port' },
    'ConfigurationEndPoint.Port': { property: 'Port' },
  },
  'AWS::Neptune::DBCluster': { Port: { property: 'DBPort' } },
  'AWS::RDS::DBCluster': { ...port, ...managedSecret },
  'AWS::RDS::DBInstance': { ...port, ...managedSecret },
  'AWS::Redshift::Cluster': { ...port, MasterPasswordSecretArn: { property: 'ManageMasterPassword' } },
  'AWS::StepFunctions::StateMachine': { StateMachineRevisionId: 'any' },
};

/**
 * Compares the resources that both versions have. A replaced resource has another Ref and other attributes, which may
 * replace what reads them, and so on: repeated until nothing more moves.
 */
export function compareResources(
  before: EvaluatedTemplate,
  after: EvaluatedTemplate,
  nested: ReadonlyMap<string, NestedComparison> = new Map(),
): ReadonlyMap<string, ComparedResource> {
  const pairs = [...after.resources.values()].flatMap((resource) => {
    const old = before.resources.get(resource.logicalId);
    return old ? [pairOf(old, resource, nested.get(resource.logicalId))] : [];
  });
  const alone = new Map(pairs.map((pair) => [pair.resource.logicalId, compare(pair, new Map())]));
  let compared = alone;
  for (let round = 0; round < pairs.length; round++) {
    const known = compared;
    compared = new Map(
      pairs.map((pair) => {
        const { logicalId } = pair.resource;
        const isTouched = pair.reads.some((id) => known.get(id)?.effect !== undefined);
        return [logicalId, isTouched ? compare(pair, known) : alone.get(logicalId)!];
      }),
    );
    if (pairs.every(({ resource: { logicalId } }) => isSettled(known.get(logicalId), compared.get(logicalId)))) break;
  }
  return compared;
}

function isSettled(a: ComparedResource | undefined, b: ComparedResource | undefined): boolean {
  return a !== undefined && a.effect === b?.effect && a.changes.length === b?.changes.length;
}

type Pair = ResourcePair & {
  readonly old: EvaluatedResource;
  /** Logical ids of what the new properties read: only through them another resource has a part in the comparison. */
  readonly reads: readonly string[];
  readonly nested?: NestedComparison;
};

function pairOf(old: EvaluatedResource, resource: EvaluatedResource, nested: NestedComparison | undefined): Pair {
  const after = normaliseProperties(resource.type, resource.properties);
  const reads = unknownsIn(after).flatMap((value) => value.reads.map(({ logicalId }) => logicalId));
  return {
    type: resource.type,
    before: normaliseProperties(old.type, old.properties),
    after,
    resource,
    old,
    reads,
    ...(nested && { nested }),
  };
}

function compare(pair: Pair, known: ReadonlyMap<string, ComparedResource>): ComparedResource {
  const { logicalId } = pair.resource;
  const otherType = pair.old.type !== pair.type;
  if (otherType) return { ...pair, logicalId, changes: [], effect: 'replace', otherType };
  const schema = isCustomResource(pair.type) ? undefined : resourceSchema(pair.type);
  const movedBy = (value: UnknownValue) => movingRead(value.reads, known);
  const written = compareProperties(pair.before, pair.after, { schema, movedBy });
  const changes = [...written, ...changeInside(pair, written)].map((change): JudgedChange => {
    const decided = effectOf(pair, change);
    return { ...change, ...softened(decided, change, known) };
  });
  return { ...pair, logicalId, changes, effect: gravestEffect(changes.map(({ effect }) => effect)), otherType };
}

/** Another template under the same address, which is written nowhere. */
function changeInside({ nested, before, after }: Pair, written: readonly PropertyChange[]): readonly PropertyChange[] {
  if (!nested?.isTouched || written.some(({ path }) => path[0] === 'TemplateURL')) return [];
  return [{ path: ['TemplateURL'], before: before.TemplateURL, after: after.TemplateURL }];
}

/** What follows from a replacement that is not certain is not certain either. */
function softened(
  decided: DecidedEffect,
  { cause }: PropertyChange,
  known: ReadonlyMap<string, ComparedResource>,
): DecidedEffect {
  if (cause === undefined || decided.effect !== 'replace' || known.get(cause)?.effect !== 'conditional') return decided;
  return { effect: 'conditional', evidence: { ...decided.evidence, certainty: 'undecided' } };
}

/** The first resource read whose Ref or attribute gets another value. */
export function movingRead(
  reads: readonly ResourceRead[],
  known: ReadonlyMap<string, ComparedResource>,
): string | undefined {
  return reads.find((read) => {
    const resource = known.get(read.logicalId);
    return resource !== undefined && moves(resource, read.attribute);
  })?.logicalId;
}

function moves(resource: ComparedResource, attribute: string | undefined): boolean {
  const { effect, type } = resource;
  if (effect === undefined) return false;
  if (resource.otherType) return true;
  const isKnownInside = resource.nested && !resource.changes.some(({ cause }) => cause !== undefined);
  if (resource.nested && isKnownInside) return nestedMoves(resource.nested, attribute);
  if (effect === 'replace' || effect === 'conditional') return !keepsName(resource, attribute);
  if (attribute === undefined) return false;
  if (isCustomResource(type) || isMovedBy(resource, volatileAttributes[type]?.[attribute])) return true;
  return resource.changes.some(({ path }) => path.join('.') === attribute || path[0] === attribute);
}

function isMovedBy({ effect, changes }: ComparedResource, mover: Mover | undefined): boolean {
  if (mover === undefined) return false;
  if (typeof mover === 'object') return changes.some(({ path }) => path[0] === mover.property);
  return mover === 'any' || effect === 'interrupt';
}

/** A Ref that gives a written name gives the same one after the replacement, and so does an attribute that is a property. */
function keepsName({ type, before, after, effect }: ComparedResource, attribute: string | undefined): boolean {
  const schema = resourceSchema(type);
  if (!schema || (effect === 'conditional' && isCustomResource(type))) return false;
  const names = attribute === undefined ? refIdentifier(schema) : [attribute];
  return (
    names.length > 0 &&
    names.every(
      (name) =>
        schema.properties[name] !== undefined &&
        after[name] !== undefined &&
        typeof after[name] !== 'object' &&
        isSameValue(before[name], after[name]),
    )
  );
}
