import { compare, equal } from '../python/comparison.ts';
import type { Evaluator } from '../python/evaluator.ts';
import { indexed, iterator, listOf, truthy, walk } from '../python/iteration.ts';
import { escaped } from '../python/markup.ts';
import { operate } from '../python/operators.ts';
import { str } from '../python/printing.ts';
import { reversed } from '../python/reversed.ts';
import type { Call } from '../python/signature.ts';
import { sorted } from '../python/sorting.ts';
import { joined } from '../python/str-methods.ts';
import {
  Dict,
  defined,
  fail,
  GroupTuple,
  isInteger,
  isText,
  type Keywords,
  Lazy,
  Markup,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
} from '../python/values.ts';
import { type Filter, filter } from './filter.ts';
import { type Getter, ignoringCase, memberGetter, sortKeyGetter } from './member-getter.ts';

const asItIs: Getter = (value) => value;

function caseRule(call: Call): Getter {
  return call.flag('case_sensitive') ? asItIs : ignoringCase;
}

function keyGetter(call: Call, evaluator: Evaluator): Getter {
  const [get, rule] = [memberGetter(call.value('attribute'), evaluator), caseRule(call)];
  return (value) => rule(get(value));
}

function nameOf(value: Value | undefined, message: string): string {
  if (value === undefined) return fail(message);
  return isText(value) ? textOf(value) : fail(`No filter or test named ${typeName(defined(value))}.`);
}

/** What is done with each item only when it is asked for. */
function lazily(target: Value, evaluator: Evaluator, start: () => (item: Value) => readonly Value[]): Lazy {
  function* items(): IterableIterator<Value> {
    if (!truthy(target)) return;
    const work = start();
    for (const item of walk(target, evaluator.meter)) yield* work(item);
  }
  return new Lazy(items());
}

function map(target: Value, args: readonly Value[], keywords: Keywords, evaluator: Evaluator): Value {
  return lazily(target, evaluator, () => {
    const change = mapped(args, keywords, evaluator);
    return (item) => [change(item)];
  });
}

function mapped(args: readonly Value[], keywords: Keywords, evaluator: Evaluator): Getter {
  const attribute = keywords.get('attribute');
  if (args.length === 0 && attribute !== undefined) {
    const unknown = [...keywords.keys()].find((name) => name !== 'attribute' && name !== 'default');
    if (unknown !== undefined) return fail(`Unexpected keyword argument '${unknown}'`);
    return memberGetter(attribute, evaluator, keywords.get('default'));
  }
  const [first, ...rest] = args;
  if (first === undefined) return fail('map requires a filter argument');
  const name = nameOf(first, 'map requires a filter argument');
  return (item) => evaluator.applyFilter(name, item, rest, keywords);
}

/** `select('test', ...)`, `rejectattr('attribute', 'test', ...)`. */
function selection(name: string, keeps: boolean, byAttribute: boolean): readonly [string, Filter] {
  return [
    name,
    (target, args, keywords, evaluator) =>
      lazily(target, evaluator, () => {
        const passes = selected(args, keywords, evaluator, byAttribute);
        return (item) => (passes(item) === keeps ? [item] : []);
      }),
  ];
}

function selected(
  args: readonly Value[],
  keywords: Keywords,
  evaluator: Evaluator,
  byAttribute: boolean,
): (item: Value) => boolean {
  const [attribute] = args;
  if (byAttribute && attribute === undefined) return fail('Missing parameter for attribute name');
  const get = byAttribute && attribute !== undefined ? memberGetter(attribute, evaluator) : asItIs;
  const [test, ...rest] = byAttribute ? args.slice(1) : args;
  if (test === undefined) return (item) => truthy(get(item));
  const name = nameOf(test, 'a test has a name');
  return (item) => evaluator.applyTest(name, get(item), rest, keywords);
}

function extreme(name: 'min' | 'max'): readonly [string, Filter] {
  const operator = name === 'min' ? '<' : '>';
  return filter(name, ['case_sensitive?', 'attribute?'], (target, call, evaluator) => {
    const keyOf = keyGetter(call, evaluator);
    let best: { item: Value; key: Value } | undefined;
    for (const item of walk(target, evaluator.meter)) {
      const key = keyOf(item);
      if (best) {
        const order = compare(key, best.key, operator, evaluator.meter);
        if (!(operator === '<' ? order < 0 : order > 0)) continue;
      }
      best = { item, key };
    }
    return best ? best.item : new Undefined('No aggregated item, sequence was empty.');
  });
}

function join(target: Value, call: Call, evaluator: Evaluator): Value {
  const get = memberGetter(call.value('attribute'), evaluator);
  const separator = call.value('d', '');
  const values = walk(target, evaluator.meter).map(get);
  if (!evaluator.escapes) {
    return joined(
      str(separator, evaluator),
      values.map((value) => str(value, evaluator)),
      evaluator.meter,
    );
  }
  const all = [...values];
  const escapes = separator instanceof Markup || all.some((value) => value instanceof Markup);
  const text = (value: Value) => (escapes ? escaped(value, evaluator) : str(value, evaluator));
  const result = joined(text(separator), all.map(text), evaluator.meter);
  return escapes ? new Markup(result) : result;
}

function* batches(target: Value, size: Value, fillWith: Value, { meter }: Evaluator): IterableIterator<Value> {
  let batch: Value[] = [];
  for (const item of walk(target, meter)) {
    if (equal(BigInt(batch.length), size, meter)) {
      yield batch;
      batch = [];
    }
    batch.push(item);
  }
  if (batch.length === 0) return;
  if (fillWith !== null && compare(BigInt(batch.length), size, '<', meter) < 0) {
    if (!isInteger(size)) return fail(`can't multiply sequence by non-int of type '${typeName(size)}'`);
    meter.items(Number(size));
    while (batch.length < Number(size)) batch.push(fillWith);
  }
  yield batch;
}

function* slices(target: Value, count: number, fillWith: Value, { meter }: Evaluator): IterableIterator<Value> {
  const values = listOf(target, meter);
  if (count === 0) return fail('integer division or modulo by zero');
  if (count < 0) return;
  const size = Math.floor(values.length / count);
  const larger = values.length % count;
  for (let index = 0; index < count; index += 1) {
    meter.step();
    const start = index * size + Math.min(index, larger);
    const part = values.slice(start, start + size + (index < larger ? 1 : 0));
    if (fillWith !== null && index >= larger) part.push(fillWith);
    yield part;
  }
}

function* uniques(target: Value, keyOf: Getter, { meter }: Evaluator): IterableIterator<Value> {
  const seen = new Dict();
  for (const item of walk(target, meter)) {
    const key = keyOf(item);
    if (seen.has(key)) continue;
    seen.set(key, true);
    yield item;
  }
}

function groupBy(target: Value, call: Call, evaluator: Evaluator): Value {
  const { meter } = evaluator;
  const get = memberGetter(call.value('attribute'), evaluator, call.value('default'));
  const rule = caseRule(call);
  const keyOf = (value: Value) => rule(get(value));
  const groups: { key: Value; items: Value[] }[] = [];
  for (const item of sorted(listOf(target, meter), keyOf, false, meter)) {
    const key = keyOf(item);
    const last = groups.at(-1);
    if (last && (last.key === key || equal(last.key, key, meter))) last.items.push(item);
    else groups.push({ key, items: [item] });
  }
  return groups.map(({ items }) => new GroupTuple(get(items[0] as Value), items));
}

function dictSort(target: Value, call: Call, { meter }: Evaluator): Value {
  const by = call.text('by', 'key');
  if (by !== 'key' && by !== 'value') return fail('You can only sort by either "key" or "value"');
  if (!(target instanceof Dict)) return fail(`'${typeName(defined(target))}' object has no attribute 'items'`);
  const rule = caseRule(call);
  const entries = Array.from(target.entries(), (entry) => new Tuple([...entry]));
  const keyOf = (entry: Value) => rule((entry as Tuple).items[by === 'key' ? 0 : 1] as Value);
  return sorted(entries, keyOf, call.flag('reverse'), meter);
}

function sum(target: Value, call: Call, evaluator: Evaluator): Value {
  const start = call.value('start', 0n);
  if (isText(start)) return fail("sum() can't sum strings [use ''.join(seq) instead]");
  const get = memberGetter(call.value('attribute'), evaluator);
  let total: Value = start;
  for (const item of walk(target, evaluator.meter)) total = operate('+', total, get(item), evaluator);
  return total;
}

export const collectionFilters: readonly (readonly [string, Filter])[] = [
  ['map', map],
  selection('select', true, false),
  selection('reject', false, false),
  selection('selectattr', true, true),
  selection('rejectattr', false, true),
  extreme('min'),
  extreme('max'),
  filter('first', [], (target) => {
    const first = iterator(target).next();
    return first.done ? new Undefined('No first item, sequence was empty.') : first.value;
  }),
  filter('last', [], (target, _call, { meter }) => {
    const items = reversed(target, meter) ?? fail(`'${typeName(target)}' object is not reversible`);
    const last = items.iterator.next();
    return last.done ? new Undefined('No last item, sequence was empty.') : last.value;
  }),
  filter('random', [], (target) => {
    // a rendering is repeatable: the item is always the same one
    const items = indexed(target) ?? fail(`object of type '${typeName(defined(target))}' has no items by number`);
    if (items.length === 0) return new Undefined('No random item, sequence was empty.');
    return items.at(items.length >> 1);
  }),
  filter('sort', ['reverse?', 'case_sensitive?', 'attribute?'], (target, call, evaluator) =>
    sorted(
      listOf(target, evaluator.meter),
      sortKeyGetter(call.value('attribute'), evaluator, caseRule(call)),
      call.flag('reverse'),
      evaluator.meter,
    ),
  ),
  filter('dictsort', ['case_sensitive?', 'by?', 'reverse?'], dictSort),
  filter(
    'unique',
    ['case_sensitive?', 'attribute?'],
    (target, call, evaluator) => new Lazy(uniques(target, keyGetter(call, evaluator), evaluator)),
  ),
  filter('groupby', ['attribute', 'default?', 'case_sensitive?'], groupBy),
  filter('sum', ['attribute?', 'start?'], sum),
  filter('join', ['d?', 'attribute?'], join),
  filter(
    'batch',
    ['linecount', 'fill_with?'],
    (target, call, evaluator) => new Lazy(batches(target, call.value('linecount'), call.value('fill_with'), evaluator)),
  ),
  filter(
    'slice',
    ['slices', 'fill_with?'],
    (target, call, evaluator) => new Lazy(slices(target, call.integer('slices'), call.value('fill_with'), evaluator)),
  ),
];
