import { documentedUpdate, replacementAt, resourceSchema } from '../../cloudformation/index.ts';
import type { Json, JsonObject } from '../state/json.ts';
import { type ResourceUpdate, refusedUpdate, replacesByValue } from './value-rules.ts';

/** What a change of properties means for the physical resource. */
export type Impact =
  | 'none'
  | 'in-place'
  | 'replace'
  /** The service cannot have both at a time: the old one is deleted before the new one is made. */
  | 'delete-then-replace';

export type ChangedPath = readonly (string | number)[];

/**
 * The pages of the user guide come first, where values decide or where they say more than the schemas. A property that
 * replaces its resource in some cases only ("maybe" in its schema) is taken to change it in place, unless `conditional`
 * names the type, or the type and the property: `AWS::RDS::DBInstance/Engine`. Types without a published schema (custom
 * resources) are always changed in place.
 */
export function updateImpact(update: ResourceUpdate, conditional: readonly string[] = []): Impact {
  const { type, before, after } = update;
  const paths = changedPaths(before, after);
  if (paths.length === 0) return 'none';
  const schema = resourceSchema(type);
  const replaces =
    schema &&
    paths.some((path) => {
      const byValue = replacesByValue(update, String(path[0]));
      if (byValue !== undefined) return byValue;
      if (documentedUpdate(type, path) === 'replacement') return true;
      const { replaces: rule } = replacementAt(schema, path);
      const isNamed = conditional.includes(type) || conditional.includes(`${type}/${path[0]}`);
      return rule === 'yes' || (rule === 'maybe' && isNamed);
    });
  if (!replaces) return 'in-place';
  return schema.replacementStrategy === 'delete_then_create' ? 'delete-then-replace' : 'replace';
}

/** Why the service of a resource does not take an update in place; undefined: it does. */
export function updateRefusal(update: ResourceUpdate): string | undefined {
  const { type, before, after } = update;
  const fixed = changedPaths(before, after).find((path) => documentedUpdate(type, path) === 'unsupported');
  return fixed ? `Updates to ${fixed.join('/')} are not supported.` : refusedUpdate(update);
}

/** Ways to the smallest parts in which two values differ. Lists of different lengths differ as a whole. */
export function changedPaths(before: Json | undefined, after: Json | undefined, path: ChangedPath = []): ChangedPath[] {
  if (before === undefined || after === undefined) return before === after ? [] : [path];
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, index) => changedPaths(item, after[index], [...path, index]));
  }
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => changedPaths(member(before, key), member(after, key), [...path, key]));
  }
  return sameScalar(before, after) ? [] : [path];
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The service compares texts: 80 and "80" are the same value. */
function sameScalar(before: Json, after: Json): boolean {
  if (typeof before === 'object' || typeof after === 'object') return JSON.stringify(before) === JSON.stringify(after);
  return String(before) === String(after);
}
