import type { Methods } from './members.ts';
import { repr } from './printing.ts';
import { Call } from './signature.ts';
import { compare, Dict, equal, fail, iterate, lengthOf, Tuple, type Value, View } from './values.ts';

/**
 * Methods of list, dict and tuple. Those that change what they belong to exist too (Proton rendered with plain Jinja, and
 * `{% set _ = list.append(x) %}` is common); what they change is a value of this rendering alone.
 */
export const listMethods: Methods<Value[]> = new Map<
  string,
  (owner: Value[], args: readonly Value[], keywords: ReadonlyMap<string, Value>) => Value
>([
  [
    'append',
    (owner, args, keywords) => {
      owner.push(new Call('append', ['object'], args, keywords).value('object'));
      return null;
    },
  ],
  [
    'extend',
    (owner, args, keywords) => {
      for (const each of [...iterate(new Call('extend', ['iterable'], args, keywords).value('iterable'))])
        owner.push(each);
      return null;
    },
  ],
  [
    'insert',
    (owner, args, keywords) => {
      const call = new Call('insert', ['index', 'object'], args, keywords);
      owner.splice(call.integer('index'), 0, call.value('object'));
      return null;
    },
  ],
  [
    'remove',
    (owner, args, keywords) => {
      const wanted = new Call('remove', ['value'], args, keywords).value('value');
      const index = owner.findIndex((each) => equal(each, wanted));
      if (index < 0) return fail('list.remove(x): x not in list');
      owner.splice(index, 1);
      return null;
    },
  ],
  [
    'pop',
    (owner, args, keywords) => {
      const index = new Call('pop', ['index?'], args, keywords).integer('index', -1);
      if (owner.length === 0) return fail('pop from empty list');
      if (index >= owner.length || index < -owner.length) return fail('pop index out of range');
      return owner.splice(index, 1)[0] as Value;
    },
  ],
  [
    'clear',
    (owner) => {
      owner.length = 0;
      return null;
    },
  ],
  ['copy', (owner) => [...owner]],
  [
    'reverse',
    (owner) => {
      owner.reverse();
      return null;
    },
  ],
  [
    'sort',
    (owner, args, keywords) => {
      const call = new Call('sort', ['reverse?'], args, keywords);
      owner.sort((left, right) => compare(left, right));
      if (call.value('reverse', false)) owner.reverse();
      return null;
    },
  ],
  ['count', (owner, args, keywords) => count(owner, new Call('count', ['value'], args, keywords).value('value'))],
  ['index', (owner, args, keywords) => indexOf(owner, args, keywords, 'list')],
]);

export const tupleMethods: Methods<Tuple> = new Map<
  string,
  (owner: Tuple, args: readonly Value[], keywords: ReadonlyMap<string, Value>) => Value
>([
  ['count', (owner, args, keywords) => count(owner.items, new Call('count', ['value'], args, keywords).value('value'))],
  ['index', (owner, args, keywords) => indexOf(owner.items, args, keywords, 'tuple')],
]);

function count(items: readonly Value[], wanted: Value): bigint {
  return BigInt(items.filter((each) => equal(each, wanted)).length);
}

function indexOf(
  items: readonly Value[],
  args: readonly Value[],
  keywords: ReadonlyMap<string, Value>,
  kind: string,
): bigint {
  const call = new Call('index', ['value', 'start?', 'stop?'], args, keywords);
  const wanted = call.value('value');
  const clamp = (index: number) => (index < 0 ? Math.max(0, index + items.length) : index);
  const stop = clamp(call.integer('stop', items.length));
  for (let index = clamp(call.integer('start', 0)); index < Math.min(stop, items.length); index += 1) {
    if (equal(items[index] as Value, wanted)) return BigInt(index);
  }
  return kind === 'list' ? fail(`${repr(wanted)} is not in list`) : fail('tuple.index(x): x not in tuple');
}

export const dictMethods: Methods<Dict> = new Map<
  string,
  (owner: Dict, args: readonly Value[], keywords: ReadonlyMap<string, Value>) => Value
>([
  ['keys', (owner) => new View('dict_keys', owner.keys())],
  ['values', (owner) => new View('dict_values', owner.values())],
  [
    'items',
    (owner) =>
      new View(
        'dict_items',
        owner.entries().map((entry) => new Tuple(entry)),
      ),
  ],
  [
    'get',
    (owner, args, keywords) => {
      const call = new Call('get', ['key', 'default?'], args, keywords);
      return owner.get(call.value('key')) ?? call.value('default');
    },
  ],
  ['copy', (owner) => Dict.from(owner.entries())],
  [
    'setdefault',
    (owner, args, keywords) => {
      const call = new Call('setdefault', ['key', 'default?'], args, keywords);
      const known = owner.get(call.value('key'));
      if (known !== undefined) return known;
      owner.set(call.value('key'), call.value('default'));
      return call.value('default');
    },
  ],
  [
    'pop',
    (owner, args, keywords) => {
      const call = new Call('pop', ['key', 'default?'], args, keywords);
      const known = owner.get(call.value('key'));
      if (known === undefined)
        return call.has('default') ? call.value('default') : fail(`KeyError: ${repr(call.value('key'))}`);
      owner.delete(call.value('key'));
      return known;
    },
  ],
  [
    'popitem',
    (owner) => {
      const last = owner.entries().at(-1);
      if (!last) return fail("'popitem(): dictionary is empty'");
      owner.delete(last[0]);
      return new Tuple(last);
    },
  ],
  [
    'clear',
    (owner) => {
      owner.clear();
      return null;
    },
  ],
  [
    'update',
    (owner, args, keywords) => {
      if (args.length > 1) return fail(`update expected at most 1 argument, got ${args.length}`);
      if (args[0] !== undefined) for (const [key, value] of pairs(args[0])) owner.set(key, value);
      for (const [key, value] of keywords) owner.set(key, value);
      return null;
    },
  ],
]);

/** The entries that `dict(x)` and `update(x)` take from a dict or a list of pairs. */
export function pairs(value: Value): [Value, Value][] {
  if (value instanceof Dict) return value.entries();
  return iterate(value).map((entry, index) => {
    if (lengthOf(entry) !== 2) {
      return fail(`dictionary update sequence element #${index} has length ${lengthOf(entry)}; 2 is required`);
    }
    return iterate(entry) as [Value, Value];
  });
}
