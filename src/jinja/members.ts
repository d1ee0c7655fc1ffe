import { dictMethods, listMethods, tupleMethods } from './container-methods.ts';
import type { Meter } from './limits.ts';
import { numberMethods } from './number-methods.ts';
import { repr } from './printing.ts';
import { Call } from './signature.ts';
import { formatStr } from './str-format.ts';
import { textMethods } from './text-methods.ts';
import {
  Callable,
  characters,
  Dict,
  defined,
  fail,
  isText,
  Markup,
  Namespace,
  ownerName,
  Range,
  Tuple,
  textOf,
  Undefined,
  type Value,
} from './values.ts';

/** A method of a value: the value, its arguments, what it may use up. */
export type Method<Owner extends Value> = (
  owner: Owner,
  args: readonly Value[],
  keywords: ReadonlyMap<string, Value>,
  meter: Meter,
) => Value;
export type Methods<Owner extends Value> = ReadonlyMap<string, Method<Owner>>;

/** `owner.name`: Jinja looks for an attribute first, then for an item. There are no attributes but these. */
export function attribute(owner: Value, name: string, meter: Meter): Value {
  defined(owner);
  return attributeOf(owner, name, meter) ?? itemByName(owner, name) ?? missing(owner, name);
}

/** `owner[key]`: an item first, then, for a str key, an attribute. */
export function item(owner: Value, key: Value, meter: Meter): Value {
  defined(owner);
  const found = itemOf(owner, key);
  if (found !== undefined) return found;
  if (isText(key)) return attributeOf(owner, textOf(key), meter) ?? missing(owner, textOf(key));
  return new Undefined(`${ownerName(owner)} has no element ${repr(defined(key))}`);
}

function missing(owner: Value, name: string): Undefined {
  const offered = owner instanceof Dict ? owner.keys().filter(isText).map(textOf) : [];
  return new Undefined(`'${ownerName(owner)}' has no attribute '${name}'`, { path: name, offered });
}

/** An attribute as Python has it: a method, or a member of the few values that have members. */
export function attributeOf(owner: Value, name: string, meter: Meter): Value | undefined {
  if (owner instanceof Namespace) return owner.members.get(name);
  if (owner instanceof Callable) return owner.attributes?.get(name);
  if (isText(owner)) return bound(textMethods, owner, name, meter) ?? bound(formatMethods, owner, name, meter);
  if (Array.isArray(owner)) return bound(listMethods, owner, name, meter);
  if (owner instanceof Dict) return bound(dictMethods, owner, name, meter);
  if (owner instanceof Tuple) return bound(tupleMethods, owner, name, meter);
  if (typeof owner === 'bigint' || typeof owner === 'number') return bound(numberMethods, owner, name, meter);
  return undefined;
}

function bound<Owner extends Value>(
  methods: Methods<Owner>,
  owner: Owner,
  name: string,
  meter: Meter,
): Value | undefined {
  const method = methods.get(name);
  return (
    method &&
    new Callable(
      name,
      (args, keywords) => method(owner, args, keywords, meter),
      undefined,
      'builtin_function_or_method',
    )
  );
}

function itemByName(owner: Value, name: string): Value | undefined {
  return owner instanceof Dict ? owner.get(name) : undefined;
}

function itemOf(owner: Value, key: Value): Value | undefined {
  if (owner instanceof Dict) return owner.get(defined(key));
  const items = sequence(owner);
  if (!items || (typeof key !== 'bigint' && typeof key !== 'boolean')) return undefined;
  const index = Number(key);
  const value = items.at(index);
  return index < -items.length || index >= items.length || value === undefined ? undefined : value;
}

function sequence(owner: Value): readonly Value[] | undefined {
  if (Array.isArray(owner)) return owner;
  if (owner instanceof Tuple) return owner.items;
  if (isText(owner)) return characters(textOf(owner));
  if (owner instanceof Range)
    return Array.from({ length: owner.length }, (_, index) => owner.start + BigInt(index) * owner.step);
  return undefined;
}

/** `owner[start:stop:step]`. */
export function slice(owner: Value, start: Value, stop: Value, step: Value, meter: Meter): Value {
  defined(owner);
  const items = sequence(owner);
  if (!items)
    return new Undefined(`${ownerName(owner)} has no element slice(${repr(start)}, ${repr(stop)}, ${repr(step)})`);
  const by = step === null ? 1 : sliceIndex(step);
  if (by === 0) return fail('slice step cannot be zero');
  meter.step(items.length);
  const picked: Value[] = [];
  const size = items.length;
  const [low, high] = by > 0 ? [0, size] : [-1, size - 1];
  const bound = (given: Value, usual: number) => {
    if (given === null) return usual;
    const index = sliceIndex(given);
    return Math.min(Math.max(index < 0 ? index + size : index, low), high);
  };
  const from = bound(start, by > 0 ? low : high);
  const to = bound(stop, by > 0 ? high : low);
  for (let index = from; by > 0 ? index < to : index > to; index += by) picked.push(items[index] as Value);
  if (typeof owner === 'string') return picked.join('');
  if (owner instanceof Markup) return new Markup(picked.join(''));
  return owner instanceof Tuple ? new Tuple(picked) : picked;
}

function sliceIndex(value: Value): number {
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  return fail('slice indices must be integers or None or have an __index__ method');
}

/** The methods of str that read members of their arguments. */
const formatMethods: Methods<string | Markup> = new Map<string, Method<string | Markup>>([
  [
    'format',
    (owner, args, keywords, meter) => {
      const read = (from: Value, name: string, kind: 'attribute' | 'item') =>
        kind === 'attribute'
          ? attribute(from, name, meter)
          : item(from, /^\d+$/.test(name) ? BigInt(name) : name, meter);
      const text = formatStr(textOf(owner), args, keywords, read, meter);
      return owner instanceof Markup ? new Markup(text) : text;
    },
  ],
  [
    'format_map',
    (owner, args, keywords, meter) => {
      const mapping = new Call('format_map', ['mapping'], args, keywords).value('mapping');
      if (!(mapping instanceof Dict)) return fail('format_map() argument must be a mapping');
      const named = new Map(mapping.entries().map(([key, value]) => [isText(key) ? textOf(key) : '', value]));
      const read = (from: Value, name: string, kind: 'attribute' | 'item') =>
        kind === 'attribute' ? attribute(from, name, meter) : item(from, name, meter);
      return formatStr(textOf(owner), [], named, read, meter);
    },
  ],
]);
