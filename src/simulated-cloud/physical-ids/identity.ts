import { partitionOf, urlSuffixOf } from '../state/place.ts';
import { computeRules } from './compute-rules.ts';
import { drawFrom } from './draw.ts';
import { fillPattern, type PatternPlaces } from './fill-pattern.ts';
import { genericRule, type PublishedIdentity } from './generic-rule.ts';
import type { IdentityRule, IdentityRules, NameRule, Pattern } from './identity-rule.ts';
import { networkRules } from './network-rules.ts';
import { storageRules } from './storage-rules.ts';

export interface IdentityRequest {
  readonly seed: string;
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly type: string;
  /** Counts the physical resources that this logical id has had, from 1. */
  readonly generation: number;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  /** What the published schema says of the type; absent for a custom resource. */
  readonly published: PublishedIdentity | undefined;
}

export interface Identity {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, Pattern>>;
  /** The name under which no second one of this type may exist, and within what; absent when there is no such. */
  readonly claim?: NameClaim;
}

export interface NameClaim {
  readonly type: string;
  readonly name: string;
  readonly unique: Exclude<NameRule['unique'], 'no'>;
  /** Chosen by the template, not generated. */
  readonly custom: boolean;
}

const rules: IdentityRules = { ...networkRules, ...computeRules, ...storageRules };

/** How resources of a type are named, where that is known without its schema. */
export function nameRuleOf(type: string): NameRule | undefined {
  return rules[type]?.name;
}

/** Physical id and attributes of one resource: the same request always gives the same answer. */
export function identify(request: IdentityRequest): Identity {
  const { type, published, logicalId } = request;
  const generic = genericRuleOf(type, published);
  const rule = rules[type] ?? generic;
  const { custom, name } = nameOf(request, rule.name);
  const names: Record<string, string> = {
    name,
    account: request.accountId,
    region: request.region,
    partition: partitionOf(request.region),
    suffix: urlSuffixOf(request.region),
    stack: request.stackName,
    stackId: request.stackId,
    logical: logicalId,
    generation: String(request.generation),
    now: request.createdAt.toISOString(),
  };
  const places: PatternPlaces = {
    names,
    draw: drawFrom(request.seed, request.accountId, request.region, request.stackId, logicalId, request.generation),
    property: (path) => propertyAt(request.properties, path),
  };
  const physicalId = fillPattern(rule.id, places) || logicalId;
  names.id = physicalId;
  return {
    physicalId,
    attributes: attributesOf({ ...generic.attributes, ...rule.attributes }, places),
    claim: claimOf(type, rule.name, name, custom),
  };
}

const genericRules = new WeakMap<PublishedIdentity, IdentityRule>();

function genericRuleOf(type: string, published: PublishedIdentity | undefined): IdentityRule {
  const known = published && genericRules.get(published);
  if (known) return known;
  const rule = genericRule(type, published);
  if (published) genericRules.set(published, rule);
  return rule;
}

function attributesOf(patterns: NonNullable<IdentityRule['attributes']>, places: PatternPlaces) {
  const filled: Record<string, Pattern> = {};
  for (const [attribute, pattern] of Object.entries(patterns)) {
    if (typeof pattern === 'string') filled[attribute] = fillPattern(pattern, places);
    else if (Array.isArray(pattern)) filled[attribute] = pattern.map((item: string) => fillPattern(item, places));
    else filled[attribute] = pattern;
  }
  return filled;
}

function claimOf(type: string, rule: NameRule | undefined, name: string, custom: boolean): NameClaim | undefined {
  if (!rule || rule.unique === 'no') return undefined;
  return { type, name, unique: rule.unique, custom };
}

function nameOf(request: IdentityRequest, rule: NameRule | undefined): { name: string; custom: boolean } {
  const given = rule ? propertyAt(request.properties, rule.property) : undefined;
  if (typeof given === 'string' && given !== '') return { name: given, custom: true };
  return { name: generatedName(request, rule), custom: false };
}

const suffixLength = 12;

/** `<stack>-<logical id>-<12 characters>`, both shortened evenly where the service allows fewer characters. */
function generatedName(request: IdentityRequest, rule: NameRule | undefined): string {
  const lengthMax = rule?.lengthMax ?? 64;
  const draw = drawFrom(request.seed, request.accountId, request.region, request.stackId, request.logicalId, 'name');
  const suffix = draw.alphanumeric(suffixLength, String(request.generation)).toUpperCase();
  const room = lengthMax - suffixLength - 2;
  const logicalId = request.logicalId.slice(0, Math.max(Math.ceil(room / 2), room - request.stackName.length));
  const stackName = request.stackName.slice(0, room - logicalId.length).replace(/-+$/, '');
  const name = `${stackName}-${logicalId}-${suffix}`;
  return rule?.lowercase ? name.toLowerCase() : name;
}

function propertyAt(properties: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = properties;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
