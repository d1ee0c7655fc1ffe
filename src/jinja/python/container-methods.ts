import { contains, equal } from './comparison.ts';
import type { Evaluator } from './evaluator.ts';
import { lengthIfKnown, listOf, walk } from './iteration.ts';
import { type Method, method } from './method.ts';
import { repr } from './printing.ts';
import type { Call } from './signature.ts';
import { sorted } from './sorting.ts';
import {
  Dict,
  fail,
  failUndefined,
  isInteger,
  noKeywords,
  present,
  type Range,
  Tuple,
  typeName,
  Undefined,
  type Value,
  View,
} from './values.ts';

/**
 * Methods of list, dict, tuple and range. Those that change what they belong to exist too: Proton rendered with plain
 * Jinja, `{% set _ = list.append(x) %}` is common, and what they change belongs to this one rendering.
 */
export const listMethods: ReadonlyMap<string, Method<Value[]>> = new Map([
  method<Value[]>('append', ['object', '/'], (owner, call, { meter }) => {
    meter.step();
    owner.push(call.value('object'));
    return null;
  }),
  method<Value[]>('extend', ['iterable', '/'], (owner, call, { meter }) => {
    const iterable = call.value('iterable');
    for (const each of iterable === owner ? [...owner] : walk(iterable, meter)) owner.push(each);
    return null;
  }),
  method<Value[]>('insert', ['index', 'object', '/'], (owner, call, { meter }) => {
    meter.items(owner.length / 64);
    owner.splice(call.integer('index'), 0, call.value('object'));
    return null;
  }),
  method<Value[]>('remove', ['value', '/'], (owner, call, { meter }) => {
    const wanted = call.value('value');
    const index = owner.findIndex((each) => each === wanted || equal(each, wanted, meter));
    if (index < 0) return fail('list.remove(x): x not in list');
    meter.items(owner.length);
    owner.splice(index, 1);
    return null;
  }),
  method<Value[]>('pop', ['index?', '/'], (owner, call, { meter }) => {
    const index = call.integer('index', -1);
    if (owner.length === 0) return fail('pop from empty list');
    if (index >= owner.length || index < -owner.length) return fail('pop index out of range');
    if (index !== -1) meter.items(owner.length / 64);
    return owner.splice(index, 1)[0] as Value;
  }),
  method<Value[]>('clear', [], (owner) => {
    owner.length = 0;
    return null;
  }),
  method<Value[]>('copy', [], (owner, _call, { meter }) => listOf(owner, meter)),
  method<Value[]>('reverse', [], (owner, _call, { meter }) => {
    meter.items(owner.length);
    owner.reverse();
    return null;
  }),
  ['sort', sortInPlace],
  method<Value[]>('count', ['value', '/'], (owner, call, { meter }) => count(owner, call, meter)),
  method<Value[]>('index', ['value', 'start?', 'stop?', '/'], (owner, call, evaluator) =>
    indexOf(owner, call, evaluator, (wanted) => `${repr(wanted, evaluator)} is not in list`),
  ),
]);

/** Its arguments have to be given by name. */
function sortInPlace(
  owner: Value[],
  args: readonly Value[],
  keywords: ReadonlyMap<string, Value>,
  evaluator: Evaluator,
): Value {
  if (args.length > 0) return fail('sort() takes no positional arguments');
  const unknown = [...keywords.keys()].find((name) => name !== 'key' && name !== 'reverse');
  if (unknown) return fail(`'${unknown}' is an invalid keyword argument for sort()`);
  const { reverse = false, key = null } = Object.fromEntries(keywords) as { reverse?: Value; key?: Value };
  if (!isInteger(reverse)) return fail(`'${typeName(reverse)}' object cannot be interpreted as an integer`);
  const keyOf = (value: Value) => (key === null ? value : evaluator.call(key, [value], noKeywords));
  const result = sorted(owner, keyOf, Boolean(reverse), evaluator.meter);
  owner.splice(0, owner.length);
  for (const each of result) owner.push(each);
  return null;
}

export const tupleMethods: ReadonlyMap<string, Method<Tuple>> = new Map([
  method<Tuple>('count', ['value', '/'], ({ items }, call, { meter }) => count(items, call, meter)),
  method<Tuple>('index', ['value', 'start?', 'stop?', '/'], ({ items }, call, evaluator) =>
    indexOf(items, call, evaluator, () => 'tuple.index(x): x not in tuple'),
  ),
]);

export const rangeMethods: ReadonlyMap<string, Method<Range>> = new Map([
  method<Range>('count', ['value', '/'], (owner, call, { meter }) =>
    contains(owner, call.value('value'), meter) ? 1n : 0n,
  ),
  method<Range>('index', ['value', '/'], (owner, call, evaluator) => {
    const wanted = call.value('value');
    let index = 0n;
    for (const each of walk(owner, evaluator.meter)) {
      if (equal(each, wanted, evaluator.meter)) return index;
      index += 1n;
    }
    return fail(`${repr(wanted, evaluator)} is not in range`);
  }),
]);

function count(items: readonly Value[], call: Call, meter: Evaluator['meter']): bigint {
  const wanted = call.value('value');
  meter.items(items.length);
  return BigInt(items.filter((each) => each === wanted || equal(each, wanted, meter)).length);
}

function indexOf(
  items: readonly Value[],
  call: Call,
  { meter }: Evaluator,
  notThere: (wanted: Value) => string,
): bigint {
  const wanted = call.value('value');
  const clamp = (index: number) => (index < 0 ? Math.max(0, index + items.length) : index);
  const stop = Math.min(items.length, clamp(call.integer('stop', items.length)));
  for (let index = clamp(call.integer('start', 0)); index < stop; index += 1) {
    meter.step();
    const each = items[index] as Value;
    if (each === wanted || equal(each, wanted, meter)) return BigInt(index);
  }
  return fail(notThere(wanted));
}

export const dictMethods: ReadonlyMap<string, Method<Dict>> = new Map([
  method<Dict>('keys', [], (owner) => new View(owner, 'keys')),
  method<Dict>('values', [], (owner) => new View(owner, 'values')),
  method<Dict>('items', [], (owner) => new View(owner, 'items')),
  method<Dict>('get', ['key', 'default?', '/'], (owner, call) => {
    const value = owner.get(call.value('key'));
    return value === undefined ? call.value('default') : value;
  }),
  method<Dict>('copy', [], (owner, _call, { meter }) => {
    meter.items(owner.size);
    return Dict.from(owner.entries());
  }),
  method<Dict>('setdefault', ['key', 'default?', '/'], (owner, call) => {
    const known = owner.get(call.value('key'));
    if (known !== undefined) return known;
    owner.set(call.value('key'), call.value('default'));
    return call.value('default');
  }),
  method<Dict>('pop', ['key', 'default?', '/'], (owner, call, evaluator) => {
    const key = call.value('key');
    const known = owner.get(key);
    if (known === undefined) return present(call.given('default'), () => `KeyError: ${repr(key, evaluator)}`);
    owner.delete(key);
    return known;
  }),
  method<Dict>('popitem', [], (owner) => {
    const last = [...owner.entries()].at(-1);
    if (!last) return fail('popitem(): dictionary is empty');
    owner.delete(last[0]);
    return new Tuple([...last]);
  }),
  method<Dict>('clear', [], (owner) => {
    owner.clear();
    return null;
  }),
  [
    'update',
    (owner, args, keywords, evaluator) => {
      if (args.length > 1) return fail(`update expected at most 1 argument, got ${args.length}`);
      for (const [key, value] of entriesOf(args, keywords, evaluator)) owner.set(key, value);
      return null;
    },
  ],
  method<Dict>('fromkeys', ['iterable', 'value?', '/'], (_owner, call, { meter }) =>
    Dict.from(listOf(call.value('iterable'), meter).map((key) => [key, call.value('value')] as const)),
  ),
]);

/** The entries that `dict(x, a=1)`, `update(...)` and `namespace(...)` take: of a dict or of pairs, and by name. */
export function entriesOf(
  args: readonly Value[],
  keywords: ReadonlyMap<string, Value>,
  evaluator: Evaluator,
): (readonly [Value, Value])[] {
  const [first] = args;
  return [...(first === undefined ? [] : pairsOf(first, evaluator)), ...keywords];
}

function pairsOf(value: Value, { meter }: Evaluator): (readonly [Value, Value])[] {
  if (value instanceof Dict) {
    meter.items(value.size);
    return [...value.entries()];
  }
  if (value instanceof Undefined) return failUndefined(value);
  return listOf(value, meter).map((entry, index) => {
    const known = lengthIfKnown(entry);
    const pair = known !== undefined && known > 2 ? undefined : listOf(entry, meter);
    if (pair?.length !== 2) {
      return fail(`dictionary update sequence element #${index} has length ${known ?? pair?.length}; 2 is required`);
    }
    return [pair[0] as Value, pair[1] as Value] as const;
  });
}
