import { isCustomResource, type ResourceSchema, resourceSchema } from '../../cloudformation/index.ts';
import type { Json, JsonObject } from '../state/json.ts';
import type { DriftFinding, PropertyDifference, ResourceDrift } from '../state/resource-drift.ts';
import { isThere, type Stack, type StackResource } from '../state/stack.ts';
import { stackType } from '../state/stack-events.ts';

/** Custom resources, nested stacks and what CloudFormation itself keeps cannot be looked at. */
export function supportsDrift(type: string): boolean {
  return !isCustomResource(type) && !type.startsWith('AWS::CloudFormation::') && resourceSchema(type) !== undefined;
}

/**
 * Compares a resource with what somebody may have made of it: only the properties that the template gives, without those
 * that the service never shows. Source: user guide, "Detect unmanaged configuration changes with drift detection".
 * @param properties the resource's, with their dynamic references resolved
 */
export function findDrift(resource: StackResource, properties: JsonObject, at: Date): DriftFinding {
  const schema = resourceSchema(resource.type);
  if (!schema || !supportsDrift(resource.type) || !isThere(resource)) {
    return { status: 'NOT_CHECKED', at, differences: [] };
  }
  const expected = shown(properties, schema);
  if (resource.drift?.deleted) return { status: 'DELETED', at, expected, differences: [] };
  const changed = shown(merged(properties, resource.drift?.patch ?? {}), schema);
  const actual = Object.fromEntries(Object.entries(changed).filter(([name]) => Object.hasOwn(expected, name)));
  const differences = differencesOf(expected, actual);
  return { status: differences.length > 0 ? 'MODIFIED' : 'IN_SYNC', at, expected, actual, differences };
}

function shown(properties: JsonObject, { writeOnly = [] }: ResourceSchema): JsonObject {
  return writeOnly.reduce((rest, path) => without(rest, path.split('/')), properties);
}

function without(value: JsonObject, [first = '', ...rest]: readonly string[]): JsonObject {
  if (!Object.hasOwn(value, first)) return value;
  const { [first]: member, ...others } = value;
  if (rest.length === 0) return others;
  return isObject(member) ? { ...value, [first]: without(member, rest) } : value;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 7386. */
function merged(target: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const before = result[key];
    if (value === null) delete result[key];
    else if (isObject(value)) result[key] = merged(isObject(before) ? before : {}, value);
    else result[key] = value;
  }
  return result;
}

function differencesOf(expected: Json | undefined, actual: Json | undefined, path = ''): PropertyDifference[] {
  if (expected === undefined && actual === undefined) return [];
  if (expected === undefined) return [{ path, actual, type: 'ADD' }];
  if (actual === undefined) return [{ path, expected, type: 'REMOVE' }];
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length);
    return Array.from({ length }, (_, at) => differencesOf(expected[at], actual[at], `${path}/${at}`)).flat();
  }
  if (isObject(expected) && isObject(actual)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    return names.flatMap((name) => differencesOf(expected[name], actual[name], `${path}/${name}`));
  }
  const same = isScalar(expected) && isScalar(actual) && String(expected) === String(actual);
  return same ? [] : [{ path, expected, actual, type: 'NOT_EQUAL' }];
}

function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value === null;
}

/** What is left of a drift when an update has set these properties anew; undefined: nothing. */
export function driftLeft({ drift, properties }: StackResource, after: JsonObject): ResourceDrift | undefined {
  if (!drift || drift.deleted) return drift;
  const kept = Object.entries(drift.patch).filter(
    ([name]) => JSON.stringify(properties[name]) === JSON.stringify(after[name]),
  );
  return kept.length > 0 ? { ...drift, patch: Object.fromEntries(kept) } : undefined;
}

/** States in which drift may be detected. Source: user guide, "Considerations when detecting drift". */
const detectable: readonly string[] = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'UPDATE_ROLLBACK_FAILED',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
];

export function canDetectDrift({ status }: Stack): boolean {
  return detectable.includes(status);
}

/** Of a stack, from what was found out about its resources. A nested stack has a status of its own. */
export function stackDriftStatus(resources: Iterable<StackResource>): 'DRIFTED' | 'IN_SYNC' {
  return driftedCount(resources) > 0 ? 'DRIFTED' : 'IN_SYNC';
}

export function driftedCount(resources: Iterable<StackResource>): number {
  const found = [...resources].filter(({ type }) => type !== stackType).map(({ driftFound }) => driftFound?.status);
  return found.filter((status) => status === 'MODIFIED' || status === 'DELETED').length;
}
