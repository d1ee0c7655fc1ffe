import {
  type EvaluatedObject,
  type EvaluatedValue,
  isEvaluatedList,
  isEvaluatedObject,
  isUnknown,
  propertySchemaAt,
  type ResourceSchema,
  type TemplateObject,
  type TemplateValue,
  type UnknownValue,
} from '../cloudformation/index.ts';
import { canonicalPolicy, isPolicyDocument } from './policy-document.ts';

export type PropertyPath = readonly (string | number)[];

/** One place where two property trees differ, as deep as it can be told. */
export interface PropertyChange {
  readonly path: PropertyPath;
  /** Absent: not written there. */
  readonly before?: EvaluatedValue;
  readonly after?: EvaluatedValue;
  /** The replaced resource through which an expression that was not touched gives another value. */
  readonly cause?: string;
}

export interface TreeComparison {
  readonly schema: ResourceSchema | undefined;
  /** The resource, if any, because of which an equal expression gives another value in the new version. */
  readonly movedBy: (value: UnknownValue) => string | undefined;
}

/** Compares property trees, not texts: sets as sets, policies by meaning, equal spellings as equal. */
export function compareProperties(
  before: EvaluatedObject,
  after: EvaluatedObject,
  comparison: TreeComparison,
): readonly PropertyChange[] {
  const changes: PropertyChange[] = [];
  compareMembers(before, after, [], comparison, changes);
  return changes;
}

function compareMembers(
  before: EvaluatedObject,
  after: EvaluatedObject,
  path: PropertyPath,
  comparison: TreeComparison,
  changes: PropertyChange[],
): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    compareValue(before[name], after[name], [...path, name], comparison, changes);
  }
}

function compareValue(
  before: EvaluatedValue | undefined,
  after: EvaluatedValue | undefined,
  path: PropertyPath,
  comparison: TreeComparison,
  changes: PropertyChange[],
): void {
  if (before === undefined || after === undefined) {
    for (const leaf of leaves(before ?? after!, path)) {
      changes.push(
        before === undefined ? { path: leaf.path, after: leaf.value } : { path: leaf.path, before: leaf.value },
      );
    }
    return;
  }
  const [was, is] = [readable(before), readable(after)];
  if (isUnknown(was) && isUnknown(is)) {
    const isSame = isSameExpression(was.expression, is.expression);
    const cause = comparison.movedBy(is);
    if (isSame && cause === undefined) return;
    changes.push({ path, before, after, cause: isSame ? cause : undefined });
    return;
  }
  if (isEvaluatedObject(was) && isEvaluatedObject(is)) {
    if (isPolicyDocument(was) && isPolicyDocument(is)) {
      comparePolicies(was, is, path, comparison, changes);
      return;
    }
    compareMembers(was, is, path, comparison, changes);
    return;
  }
  if (isEvaluatedList(was) && isEvaluatedList(is)) {
    if (isSet(comparison.schema, path)) compareSets(was, is, path, comparison, changes);
    else compareLists(was, is, path, comparison, changes);
    return;
  }
  if (!isSameValue(was, is)) changes.push({ path, before, after });
}

/** JSON written as text is read; what is not JSON stays as it is. */
function readable(value: EvaluatedValue): EvaluatedValue {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value) as EvaluatedValue;
  } catch {
    return value;
  }
}

function comparePolicies(
  before: EvaluatedObject,
  after: EvaluatedObject,
  path: PropertyPath,
  comparison: TreeComparison,
  changes: PropertyChange[],
): void {
  const isEqual = isSameValue(before, after) || canonicalPolicy(before) === canonicalPolicy(after);
  const cause = unknownsIn(after)
    .map(comparison.movedBy)
    .find((moved) => moved !== undefined);
  if (isEqual && cause === undefined) return;
  changes.push({ path, before, after, cause: isEqual ? cause : undefined });
}

/** Names of lists whose order means nothing, wherever no schema says so. */
const setNames = /^(?:Tags|.*SecurityGroup(?:Id)?s|.*Subnets|.*SubnetIds|ManagedPolicyArns|VPCZoneIdentifier)$/i;

/** Lists that the provider schemas call sets, though a change set treats another order as a change. */
const listNames = new Set(['ContainerDefinitions']);

function isSet(schema: ResourceSchema | undefined, path: PropertyPath): boolean {
  const name = path.findLast((step) => typeof step === 'string') ?? '';
  if (listNames.has(String(name))) return false;
  if (setNames.test(String(name)) && typeof path.at(-1) === 'string') return true;
  return schema !== undefined && typeof path.at(-1) === 'string' && propertySchemaAt(schema, path)?.unordered === true;
}

function compareLists(
  before: readonly EvaluatedValue[],
  after: readonly EvaluatedValue[],
  path: PropertyPath,
  comparison: TreeComparison,
  changes: PropertyChange[],
): void {
  if (before.length === 0 && after.length === 0) return;
  if (before.length === 0 || after.length === 0) {
    changes.push({ path, before, after });
    return;
  }
  for (let index = 0; index < Math.max(before.length, after.length); index++) {
    compareValue(before[index], after[index], [...path, index], comparison, changes);
  }
}

/** Equal items fall out; of the others, those that share a name are compared, and the rest was added or removed. */
function compareSets(
  before: readonly EvaluatedValue[],
  after: readonly EvaluatedValue[],
  path: PropertyPath,
  comparison: TreeComparison,
  changes: PropertyChange[],
): void {
  const lost = [...before.entries()];
  const gained: [number, EvaluatedValue][] = [];
  for (const [index, item] of after.entries()) {
    const read = readable(item);
    const at = lost.findIndex(([, other]) => isSameValue(readable(other), read));
    if (at < 0) {
      gained.push([index, item]);
      continue;
    }
    const [, other] = lost.splice(at, 1)[0]!;
    compareValue(other, item, [...path, index], comparison, changes); // equal, but what it reads may have moved
  }
  for (const [index, item] of gained) {
    const key = itemKey(item);
    const at = lost.findIndex(([, other]) => key !== undefined && itemKey(other) === key);
    const other = at < 0 ? undefined : lost.splice(at, 1)[0]![1];
    compareValue(other, item, [...path, index], comparison, changes);
  }
  for (const [index, item] of lost) compareValue(item, undefined, [...path, index], comparison, changes);
}

const keyNames = ['Key', 'Name', 'Id', 'IndexName', 'AttributeName', 'PolicyName', 'RuleName', 'Region', 'DeviceName'];

function itemKey(item: EvaluatedValue): string | undefined {
  if (!isEvaluatedObject(item)) return undefined;
  const name = keyNames.find((each) => item[each] !== undefined);
  return name === undefined ? undefined : canonical(item[name]!);
}

function leaves(
  value: EvaluatedValue,
  path: PropertyPath,
): { readonly path: PropertyPath; readonly value: EvaluatedValue }[] {
  if (isEvaluatedObject(value) && !isPolicyDocument(value) && Object.keys(value).length > 0) {
    return Object.entries(value as EvaluatedObject).flatMap(([name, member]) => leaves(member, [...path, name]));
  }
  if (isEvaluatedList(value) && value.some(isEvaluatedObject)) {
    return value.flatMap((item, index) => leaves(item, [...path, index]));
  }
  return [{ path, value }];
}

/** Equal for values between which the service makes no difference: `365` and `"365"`, members in any order. */
export function canonical(value: EvaluatedValue | undefined): string {
  if (value === undefined) return '';
  if (isUnknown(value)) return `{${JSON.stringify(value)}}`;
  if (isEvaluatedList(value)) return `[${value.map(canonical).join(',')}]`;
  if (isEvaluatedObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(String(value));
}

/** Whether the canonical texts are the same, without writing them. */
export function isSameValue(a: EvaluatedValue | undefined, b: EvaluatedValue | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  if (typeof a !== 'object' || typeof b !== 'object')
    return typeof a !== 'object' && typeof b !== 'object' && String(a) === String(b);
  if (isUnknown(a) || isUnknown(b)) return isUnknown(a) && isUnknown(b) && isSameExpression(a.expression, b.expression);
  if (isEvaluatedList(a) || isEvaluatedList(b)) {
    if (!isEvaluatedList(a) || !isEvaluatedList(b) || a.length !== b.length) return false;
    return a.every((item, index) => isSameValue(item, b[index]));
  }
  const [one, other] = [a as EvaluatedObject, b as EvaluatedObject];
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => other[name] !== undefined && isSameValue(one[name], other[name]))
  );
}

/** Written the same way, members in the same order. */
function isSameExpression(a: TemplateValue, b: TemplateValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || Array.isArray(a) !== Array.isArray(b)) return false;
  const [names, others] = [Object.keys(a), Object.keys(b)];
  return (
    names.length === others.length &&
    names.every((name, index) => name === others[index] && isSameExpression(member(a, name), member(b, name)))
  );
}

function member(value: TemplateObject | readonly TemplateValue[], name: string): TemplateValue {
  return (value as TemplateObject)[name]!;
}

/** Every unknown value in a tree, in order. */
export function unknownsIn(value: EvaluatedValue): readonly UnknownValue[] {
  if (isUnknown(value)) return [value];
  if (isEvaluatedList(value)) return value.flatMap(unknownsIn);
  if (isEvaluatedObject(value)) return Object.values(value).flatMap(unknownsIn);
  return [];
}

/** The value at a path of names and indexes; undefined where nothing is written. */
export function valueAt(tree: EvaluatedValue | undefined, path: PropertyPath): EvaluatedValue | undefined {
  let value: EvaluatedValue | undefined = tree;
  for (const step of path) {
    if (value === undefined || isUnknown(value)) return undefined;
    if (isEvaluatedList(value)) value = typeof step === 'number' ? value[step] : undefined;
    else if (isEvaluatedObject(value)) value = value[String(step)];
    else return undefined;
  }
  return value;
}
