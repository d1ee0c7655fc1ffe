import type { Meter } from '../limits.ts';
import { compareTexts } from './characters.ts';
import { lengthOf, walk } from './iteration.ts';
import {
  Dict,
  defined,
  fail,
  Instance,
  isNumber,
  isText,
  Lazy,
  Range,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
  View,
} from './values.ts';

export type OrderOperator = '<' | '<=' | '>' | '>=';

/** Python's `left == right`. */
export function equal(left: Value, right: Value, meter: Meter): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left === right;
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) === 0;
  if (isText(left) && isText(right)) return textOf(left) === textOf(right);
  if (left instanceof Undefined || right instanceof Undefined) return equalUndefined(left, right);
  meter.step();
  if (Array.isArray(left)) return Array.isArray(right) && equalItems(left, right, meter);
  if (left instanceof Tuple) return right instanceof Tuple && equalItems(left.items, right.items, meter);
  if (left instanceof Dict) return right instanceof Dict && equalDicts(left, right, meter);
  if (left instanceof Range) return right instanceof Range && equalRanges(left, right);
  if (isSet(left) && isSet(right)) return left.dict.size === right.dict.size && isWithin(left, right, meter);
  return left === right;
}

function equalUndefined(left: Value, right: Value): boolean {
  for (const each of [left, right]) if (each instanceof Undefined && !each.lenient) defined(each);
  return left instanceof Undefined && right instanceof Undefined;
}

/** As Python compares what containers hold: the same object is equal to itself, whatever it is. */
function same(left: Value, right: Value, meter: Meter): boolean {
  return left === right || equal(left, right, meter);
}

function equalItems(left: readonly Value[], right: readonly Value[], meter: Meter): boolean {
  if (left.length !== right.length) return false;
  return left.every((item, index) => same(item, right[index] as Value, meter));
}

function equalDicts(left: Dict, right: Dict, meter: Meter): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left.entries()) {
    const other = right.get(key);
    if (other === undefined || !same(value, other, meter)) return false;
  }
  return true;
}

function equalRanges(left: Range, right: Range): boolean {
  if (left.length !== right.length) return false;
  if (left.length === 0) return true;
  return left.start === right.start && (left.length === 1 || left.step === right.step);
}

/** The views of keys and items behave as sets. */
function isSet(value: Value): value is View {
  return value instanceof View && value.shows !== 'values';
}

function isWithin(left: View, right: View, meter: Meter): boolean {
  return left.items().every((item) => contains(right, item, meter));
}

/** Below, equal to or above zero; NaN where neither is. */
function compareNumbers(left: boolean | bigint | number, right: boolean | bigint | number): number {
  if (typeof left === 'number' && typeof right === 'number')
    return left < right ? -1 : left > right ? 1 : left === right ? 0 : Number.NaN;
  const a = typeof left === 'boolean' ? BigInt(left) : left;
  const b = typeof right === 'boolean' ? BigInt(right) : right;
  return a < b ? -1 : a > b ? 1 : a <= b ? 0 : Number.NaN; // JavaScript orders a bigint and a number exactly
}

/** Python's order of two values, for values that have one. */
export function compare(left: Value, right: Value, operator: OrderOperator, meter: Meter): number {
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (isText(left) && isText(right)) return compareTexts(textOf(left), textOf(right));
  defined(left);
  defined(right);
  meter.step();
  if (Array.isArray(left) && Array.isArray(right)) return compareItems(left, right, operator, meter);
  if (left instanceof Tuple && right instanceof Tuple) return compareItems(left.items, right.items, operator, meter);
  return fail(`'${operator}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`);
}

function compareItems(left: readonly Value[], right: readonly Value[], operator: OrderOperator, meter: Meter): number {
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [a, b] = [left[index] as Value, right[index] as Value];
    if (!same(a, b, meter)) return compare(a, b, operator, meter);
  }
  return left.length - right.length;
}

/** Python's `left < right` and the like. */
export function isInOrder(operator: OrderOperator, left: Value, right: Value, meter: Meter): boolean {
  if (isSet(left) && isSet(right)) return isSubset(operator, left, right, meter);
  const order = compare(left, right, operator, meter);
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function isSubset(operator: OrderOperator, left: View, right: View, meter: Meter): boolean {
  const [smaller, larger] = operator.startsWith('<') ? [left, right] : [right, left];
  const fits = operator.endsWith('=') ? smaller.dict.size <= larger.dict.size : smaller.dict.size < larger.dict.size;
  return fits && isWithin(smaller, larger, meter);
}

/** Python's `item in container`. */
export function contains(container: Value, item: Value, meter: Meter): boolean {
  if (isText(container)) {
    if (!isText(item)) return fail(`'in <string>' requires string as left operand, not ${typeName(item)}`);
    meter.search(textOf(container).length, textOf(item).length);
    return textOf(container).includes(textOf(item));
  }
  if (container instanceof Dict) return container.has(item);
  if (container instanceof View && container.shows === 'keys') return container.dict.has(item);
  if (container instanceof View && container.shows === 'items') return hasEntry(container.dict, item, meter);
  if (container instanceof Undefined && !container.lenient) return defined(container);
  if (container instanceof Range && typeof item === 'bigint') return rangeHas(container, item);
  if (isCollection(container)) {
    for (const each of walk(container, meter)) if (same(each, item, meter)) return true;
    return false;
  }
  return fail(`argument of type '${typeName(container)}' is not iterable`);
}

function hasEntry(dict: Dict, entry: Value, meter: Meter): boolean {
  if (!(entry instanceof Tuple) || entry.items.length !== 2) return false;
  const [key, value] = entry.items as [Value, Value];
  const known = dict.get(key);
  return known !== undefined && same(known, value, meter);
}

function isCollection(value: Value): boolean {
  return (
    Array.isArray(value) ||
    value instanceof Tuple ||
    value instanceof View ||
    value instanceof Range ||
    value instanceof Lazy ||
    value instanceof Undefined
  );
}

function rangeHas(range: Range, item: bigint): boolean {
  const last = range.start + BigInt(Math.max(0, lengthOf(range) - 1)) * range.step;
  const [low, high] = range.step > 0n ? [range.start, last] : [last, range.start];
  return lengthOf(range) > 0 && item >= low && item <= high && (item - range.start) % range.step === 0n;
}

/** Python's `left is right`, for values whose identity a template can rely on. */
export function identical(left: Value, right: Value): boolean {
  if (left instanceof Instance || typeof left !== 'object') return left === right && typeof left === typeof right;
  return left === right;
}
