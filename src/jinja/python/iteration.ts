import type { Meter } from '../limits.ts';
import { characters, textLength } from './characters.ts';
import {
  Dict,
  defined,
  fail,
  Instance,
  isText,
  Lazy,
  Markup,
  Range,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
  View,
} from './values.ts';

/** Python's iter(value): what a `for`, a filter or a call walks over. A list may grow meanwhile. */
export function iterator(value: Value): Iterator<Value> {
  if (Array.isArray(value)) return value[Symbol.iterator]();
  if (value instanceof Tuple) return value.items[Symbol.iterator]();
  if (value instanceof Dict) return new View(value, 'keys').walk();
  if (value instanceof View) return value.walk();
  if (typeof value === 'string') return characters(value)[Symbol.iterator]();
  if (value instanceof Markup) return characters(value.text)[Symbol.iterator]();
  if (value instanceof Range) return numbersOf(value);
  if (value instanceof Lazy) return value.iterator;
  if (value instanceof Undefined && value.lenient) return [][Symbol.iterator]();
  return notIterable(value);
}

function notIterable(value: Value): never {
  return fail(`'${typeName(defined(value))}' object is not iterable`);
}

function* numbersOf(range: Range): IterableIterator<Value> {
  const { length } = range;
  for (let index = 0; index < length; index += 1) yield range.at(index);
}

export function isIterable(value: Value): boolean {
  return !(
    value === null ||
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    typeof value === 'number' ||
    value instanceof Instance
  );
}

/** Walks over a value; each item costs a step. */
export function* walk(value: Value, meter: Meter): Generator<Value, void, undefined> {
  const items = iterator(value);
  for (let next = items.next(); !next.done; next = items.next()) {
    meter.step();
    yield next.value;
  }
}

/** Python's list(value): a new list. */
export function listOf(value: Value, meter: Meter): Value[] {
  const known = sequenceOf(value);
  if (!known) return Array.from(walk(value, meter));
  meter.items(known.length);
  return [...known];
}

/** The items of a value that has them at hand. */
function sequenceOf(value: Value): readonly Value[] | undefined {
  if (Array.isArray(value)) return value;
  return value instanceof Tuple ? value.items : undefined;
}

/** Python's len(value). */
export function lengthOf(value: Value): number {
  const length = lengthIfKnown(value);
  return length ?? fail(`object of type '${typeName(defined(value))}' has no len()`);
}

export function lengthIfKnown(value: Value): number | undefined {
  if (typeof value === 'string') return textLength(value);
  if (value instanceof Markup) return textLength(value.text);
  if (Array.isArray(value)) return value.length;
  if (value instanceof Tuple) return value.items.length;
  if (value instanceof Dict) return value.size;
  if (value instanceof View) return value.dict.size;
  if (value instanceof Range) return value.length;
  if (value instanceof Undefined && value.lenient) return 0;
  return value instanceof Instance ? value.length?.() : undefined;
}

/** Python's bool(value). */
export function truthy(value: Value): boolean {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'bigint':
      return value !== 0n;
    case 'number':
      return value !== 0;
    case 'string':
      return value !== '';
  }
  if (value === null) return false;
  if (value instanceof Undefined && !value.lenient) defined(value);
  return lengthIfKnown(value) !== 0;
}

/** The items that an unpacking assignment takes. */
export function unpacked(value: Value, count: number, meter: Meter): readonly Value[] {
  const items: Value[] = [];
  if (!isIterable(defined(value))) return fail(`cannot unpack non-iterable ${typeName(value)} object`);
  for (const item of walk(value, meter)) {
    if (items.length === count) return fail(`too many values to unpack (expected ${count})`);
    items.push(item);
  }
  if (items.length < count) return fail(`not enough values to unpack (expected ${count}, got ${items.length})`);
  return items;
}

/** The items of a value that is indexed by position; undefined for any other. */
export function indexed(value: Value): { readonly length: number; at(index: number): Value } | undefined {
  if (Array.isArray(value)) return { length: value.length, at: (index) => value[index] as Value };
  if (value instanceof Tuple) return { length: value.items.length, at: (index) => value.items[index] as Value };
  if (value instanceof Range) return { length: value.length, at: (index) => value.at(index) };
  if (!isText(value)) return undefined;
  const text = textOf(value);
  const all = textLength(text) === text.length ? text : characters(text);
  const wrap = (character: string) => (value instanceof Markup ? new Markup(character) : character);
  return { length: all.length, at: (index) => wrap(all[index] as string) };
}
