import { escapeText } from './escape.ts';
import { type Filter, type FilterContext, filter } from './filter.ts';
import { attribute, attributeOf, item } from './members.ts';
import { arithmetic } from './operators.ts';
import { str } from './printing.ts';
import {
  compare,
  Dict,
  defined,
  fail,
  isText,
  iterate,
  type Keywords,
  lengthOf,
  Markup,
  ownerName,
  Tuple,
  textOf,
  truthy,
  Undefined,
  type Value,
} from './values.ts';

type Getter = (value: Value) => Value;

/** `attribute='a.b.0'`: a way through attributes and items, as map, sort, sum and others take it. */
function getter(path: Value, context: FilterContext, usual?: Value): Getter {
  if (path === null) return (value) => value;
  const parts =
    typeof path === 'bigint'
      ? [path]
      : str(path)
          .split('.')
          .map((part) => (/^\d+$/.test(part) ? BigInt(part) : part));
  return (value) =>
    parts.reduce<Value>((owner, part) => {
      const found = typeof part === 'bigint' ? item(owner, part, context.meter) : member(owner, part, context);
      return found instanceof Undefined && usual !== undefined ? usual : found;
    }, value);
}

/** As Jinja's environment.getitem: the item first, then the attribute. */
function member(owner: Value, name: string, context: FilterContext): Value {
  return owner instanceof Dict ? item(owner, name, context.meter) : attribute(owner, name, context.meter);
}

/** Text is compared without case unless asked otherwise. */
function caseRule(sensitive: boolean): Getter {
  return (value) => (!sensitive && isText(value) ? textOf(value).toLowerCase() : value);
}

function sorted(values: readonly Value[], key: Getter, reverse: boolean, { meter }: FilterContext): Value[] {
  meter.step(values.length * 4);
  const keyed = values.map((value) => [key(value), value] as const);
  const sign = reverse ? -1 : 1;
  return keyed.sort(([left], [right]) => sign * compare(left, right)).map(([, value]) => value);
}

/** Several attributes, by comma, make a compound key. */
function sortKey(path: Value, context: FilterContext, rule: Getter): Getter {
  if (!isText(path) || !textOf(path).includes(',')) {
    const get = getter(path, context);
    return (value) => rule(defined(get(value)));
  }
  const getters = textOf(path)
    .split(',')
    .map((part) => getter(part, context));
  return (value) => getters.map((get) => rule(defined(get(value))));
}

function extreme(name: 'min' | 'max'): readonly [string, Filter] {
  return filter(name, ['case_sensitive?', 'attribute?'], (target, call, context) => {
    const values = iterate(target);
    const [first] = values;
    if (first === undefined) return new Undefined('No aggregated item, sequence was empty.');
    const rule = caseRule(truthy(call.value('case_sensitive', false)));
    const get = getter(call.value('attribute'), context);
    const key = (value: Value) => rule(defined(get(value)));
    const wins = (left: Value, right: Value) =>
      name === 'min' ? compare(left, right) < 0 : compare(left, right, '>') > 0;
    return values.reduce((best, value) => (wins(key(value), key(best)) ? value : best), first);
  });
}

/** `select('test', ...)`, `rejectattr('attribute', 'test', ...)`. */
function selection(name: string, keeps: boolean, byAttribute: boolean): readonly [string, Filter] {
  return [
    name,
    (target, args, keywords, context) => {
      const rest = [...args];
      if (byAttribute && rest.length === 0) return fail('Missing parameter for attribute name');
      const get = byAttribute ? getter(rest.shift() as Value, context) : (value: Value) => value;
      const test = rest.shift();
      const passes = (value: Value) =>
        test === undefined ? truthy(get(value)) : context.applyTest(str(test), get(value), rest, keywords);
      return iterate(target).filter((value) => {
        context.meter.step();
        return passes(value) === keeps;
      });
    },
  ];
}

function mapFilter(target: Value, args: readonly Value[], keywords: Keywords, context: FilterContext): Value {
  if (args.length === 0 && keywords.has('attribute')) {
    const unknown = [...keywords.keys()].find((name) => name !== 'attribute' && name !== 'default');
    if (unknown) return fail(`Unexpected keyword argument '${unknown}'`);
    return iterate(target).map(getter(keywords.get('attribute') as Value, context, keywords.get('default')));
  }
  const [name, ...rest] = args;
  if (name === undefined) return fail('map requires a filter argument');
  return iterate(target).map((value) => {
    context.meter.step();
    return context.applyFilter(str(name), value, rest, keywords);
  });
}

export const collectionFilters: readonly (readonly [string, Filter])[] = [
  filter('attr', ['name'], (target, call, { meter }) => {
    const name = call.text('name');
    return (
      attributeOf(defined(target), name, meter) ?? new Undefined(`'${ownerName(target)}' has no attribute '${name}'`)
    );
  }),
  ['map', mapFilter],
  selection('select', true, false),
  selection('reject', false, false),
  selection('selectattr', true, true),
  selection('rejectattr', false, true),
  extreme('min'),
  extreme('max'),
  filter('first', [], (target) => iterate(target)[0] ?? new Undefined('No first item, sequence was empty.')),
  filter('last', [], (target) => iterate(target).at(-1) ?? new Undefined('No last item, sequence was empty.')),
  filter('random', [], (target, _, { meter }) => {
    // A rendering is repeatable: "random" is always the same item.
    meter.step();
    const values = iterate(target);
    return values[Math.floor(values.length / 2)] ?? new Undefined('No random item, sequence was empty.');
  }),
  filter('sort', ['reverse?', 'case_sensitive?', 'attribute?'], (target, call, context) => {
    const rule = caseRule(truthy(call.value('case_sensitive', false)));
    return sorted(
      iterate(target),
      sortKey(call.value('attribute'), context, rule),
      truthy(call.value('reverse', false)),
      context,
    );
  }),
  filter('dictsort', ['case_sensitive?', 'by?', 'reverse?'], (target, call, context) => {
    const by = call.text('by', 'key');
    if (by !== 'key' && by !== 'value') return fail('You can only sort by either "key" or "value"');
    if (!(target instanceof Dict)) return fail('dictsort needs a mapping');
    const rule = caseRule(truthy(call.value('case_sensitive', false)));
    const entries = target.entries().map((entry) => new Tuple(entry));
    const key = (entry: Value) => rule((entry as Tuple).items[by === 'key' ? 0 : 1] as Value);
    return sorted(entries, key, truthy(call.value('reverse', false)), context);
  }),
  filter('unique', ['case_sensitive?', 'attribute?'], (target, call, context) => {
    const rule = caseRule(truthy(call.value('case_sensitive', false)));
    const get = getter(call.value('attribute'), context);
    const seen = new Dict();
    return iterate(target).filter((value) => {
      const key = rule(defined(get(value)));
      if (seen.has(key)) return false;
      seen.set(key, true);
      return true;
    });
  }),
  filter('groupby', ['attribute', 'default?', 'case_sensitive?'], (target, call, context) => {
    const rule = caseRule(truthy(call.value('case_sensitive', false)));
    const get = getter(
      call.value('attribute'),
      context,
      call.has('default') && call.value('default') !== null ? call.value('default') : undefined,
    );
    const ordered = sorted(iterate(target), (value) => rule(defined(get(value))), false, context);
    const groups: { key: Value; items: Value[] }[] = [];
    for (const value of ordered) {
      const key = rule(defined(get(value)));
      const last = groups.at(-1);
      if (last && compare(last.key, key) === 0) last.items.push(value);
      else groups.push({ key, items: [value] });
    }
    return groups.map(({ key, items }) => {
      const [first] = items;
      return new Tuple([first === undefined ? key : get(first), items]);
    });
  }),
  filter('sum', ['attribute?', 'start?'], (target, call, context) => {
    const get = getter(call.value('attribute'), context);
    return iterate(target).reduce<Value>(
      (total, value) => arithmetic('+', total, get(value), context.meter),
      call.value('start', 0n),
    );
  }),
  filter('join', ['d?', 'attribute?'], (target, call, context) => {
    const separator = call.value('d', '');
    const get = getter(call.value('attribute'), context);
    const values = iterate(target).map((value) => defined(get(value)));
    let length = 0;
    const texts = values.map((value) => {
      const text = str(value);
      length += text.length + str(separator).length;
      context.meter.length(length);
      return text;
    });
    return separator instanceof Markup
      ? new Markup(values.map(escapeText).join(separator.text))
      : texts.join(str(separator));
  }),
  filter('batch', ['linecount', 'fill_with?'], (target, call) => {
    const size = call.integer('linecount');
    if (size < 1) return fail('batch needs a size of at least 1');
    const values = iterate(target);
    const batches: Value[][] = [];
    for (let start = 0; start < values.length; start += size) batches.push(values.slice(start, start + size));
    const last = batches.at(-1);
    const fillWith = call.value('fill_with');
    if (last && fillWith !== null) while (last.length < size) last.push(fillWith);
    return batches;
  }),
  filter('slice', ['slices', 'fill_with?'], (target, call, { meter }) => {
    const count = call.integer('slices');
    if (count < 1) return fail('integer division or modulo by zero');
    meter.step(count);
    const values = iterate(target);
    const per = Math.floor(lengthOf(values) / count);
    const larger = values.length % count;
    const fillWith = call.value('fill_with');
    return Array.from({ length: count }, (_, index) => {
      const start = index * per + Math.min(index, larger);
      const part = values.slice(start, start + per + (index < larger ? 1 : 0));
      return fillWith !== null && index >= larger ? [...part, fillWith] : part;
    });
  }),
];
