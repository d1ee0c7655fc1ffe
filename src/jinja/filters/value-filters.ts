import { reverseText } from '../python/characters.ts';
import type { Evaluator } from '../python/evaluator.ts';
import { roundFloat, roundHalfEven } from '../python/floats.ts';
import { lengthOf, listOf, truthy } from '../python/iteration.ts';
import { attributeOf, getAttribute } from '../python/members.ts';
import { calculate, parseFloatText, parseInteger, toFloat, truncated } from '../python/numbers.ts';
import { prettyPrinted } from '../python/pretty-printing.ts';
import { reversed } from '../python/reversed.ts';
import type { Call } from '../python/signature.ts';
import {
  Dict,
  defined,
  fail,
  isInteger,
  isNumber,
  isText,
  Lazy,
  Markup,
  ownerName,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
} from '../python/values.ts';
import { type Filter, filter } from './filter.ts';

const defaultFilter = (name: string) =>
  filter(name, ['default_value?', 'boolean?'], (target, call) => {
    const isAbsent = target instanceof Undefined || (call.flag('boolean') && !truthy(target));
    return isAbsent ? call.value('default_value', '') : target;
  });

const lengthFilter = (name: string) => filter(name, [], (target) => BigInt(lengthOf(target)));

export const valueFilters: readonly (readonly [string, Filter])[] = [
  defaultFilter('default'),
  defaultFilter('d'),
  lengthFilter('length'),
  lengthFilter('count'),
  filter('abs', [], (target) => {
    if (typeof target === 'number') return Math.abs(target);
    if (!isInteger(target)) return fail(`bad operand type for abs(): '${typeName(defined(target))}'`);
    return BigInt(target) < 0n ? -BigInt(target) : BigInt(target);
  }),
  filter('int', ['default?', 'base?'], toInteger),
  filter('float', ['default?'], (target, call) => {
    const value = defined(target);
    if (isNumber(value)) return toFloat(value);
    return (isText(value) ? parseFloatText(textOf(value)) : undefined) ?? call.value('default', 0);
  }),
  filter('round', ['precision?', 'method?'], round),
  filter('list', [], (target, _call, { meter }) => listOf(target, meter)),
  filter('items', [], (target) => new Lazy(itemsOf(target))),
  filter('reverse', [], reverse),
  filter('attr', ['name'], (target, call) => {
    const name = call.text('name');
    return attributeOf(defined(target), name) === undefined
      ? new Undefined(`'${ownerName(target)}' has no attribute '${name}'`)
      : getAttribute(target, name);
  }),
  filter('pprint', [], (target, _call, evaluator) => prettyPrinted(target, evaluator)),
];

function toInteger(target: Value, call: Call): Value {
  const value = defined(target);
  const usual = call.value('default', 0n);
  if (isInteger(value)) return BigInt(value);
  if (typeof value === 'number') return Number.isNaN(value) ? usual : truncated(value);
  if (!isText(value)) return usual;
  const base = call.value('base', 10n);
  const integer = isInteger(base) ? parseInteger(textOf(value), Number(base)) : undefined;
  if (integer !== undefined) return integer;
  const float = parseFloatText(textOf(value));
  return float !== undefined && Number.isFinite(float) ? truncated(float) : usual;
}

function round(target: Value, call: Call): Value {
  const method = call.text('method', 'common');
  if (!['common', 'ceil', 'floor'].includes(method)) return fail('method must be common, ceil or floor');
  const value = defined(target);
  if (!isNumber(value)) return fail(`type ${typeName(value)} doesn't define __round__ method`);
  if (method !== 'common') return roundTowards(method === 'ceil' ? Math.ceil : Math.floor, value, call);
  if (call.has('precision') && call.value('precision') === null) {
    return isInteger(value) ? BigInt(value) : truncated(roundFloat(value, 0));
  }
  const precision = call.integer('precision', 0);
  return isInteger(value) ? roundInteger(BigInt(value), precision) : roundFloat(value, precision);
}

function roundTowards(direction: (value: number) => number, value: boolean | bigint | number, call: Call): Value {
  const scale = calculate('**', 10n, BigInt(call.integer('precision', 0))) as bigint | number;
  const scaled = calculate('*', value, scale);
  const whole = typeof scaled === 'number' ? truncated(direction(scaled)) : (scaled as bigint);
  return calculate('/', whole, scale);
}

/** Python's round(int, digits): digits below zero round to tens, hundreds and so on. */
function roundInteger(value: bigint, precision: number): bigint {
  if (precision >= 0) return value;
  const unit = 10n ** BigInt(Math.min(-precision, 5_000));
  const size = roundHalfEven(value < 0n ? -value : value, unit) * unit;
  return value < 0n ? -size : size;
}

function* itemsOf(target: Value): IterableIterator<Value> {
  if (target instanceof Undefined) return;
  if (!(target instanceof Dict)) return fail('Can only get item pairs from a mapping.');
  for (const [key, value] of target.entries()) yield new Tuple([key, value]);
}

function reverse(target: Value, _call: Call, { meter }: Evaluator): Value {
  if (typeof target === 'string') return reverseText(target);
  if (target instanceof Markup) return new Markup(reverseText(target.text));
  if (target instanceof Lazy) return listOf(target, meter).reverse();
  return reversed(target, meter) ?? fail('argument must be iterable');
}
