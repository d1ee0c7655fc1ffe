import type { Meter } from '../limits.ts';
import { indexed, lengthOf } from './iteration.ts';
import { Dict, defined, Lazy, Range, Undefined, type Value, View } from './values.ts';

/** Python's reversed(value); undefined for what cannot be walked over from its end. */
export function reversed(value: Value, meter: Meter): Lazy | undefined {
  if (value instanceof Dict || value instanceof View) meter.items(lengthOf(value));
  if (value instanceof Dict) return fromEnd([...value.keys()], 'dict_reversekeyiterator');
  if (value instanceof View) return fromEnd(value.items(), `dict_reverse${value.shows.slice(0, -1)}iterator`);
  if (value instanceof Undefined) return value.lenient ? fromEnd([], 'reversed') : defined(value);
  const items = indexed(value);
  if (!items) return undefined;
  const name = Array.isArray(value) ? 'list_reverseiterator' : value instanceof Range ? 'range_iterator' : 'reversed';
  return new Lazy(downFrom(items), name);
}

function fromEnd(items: readonly Value[], typeName: string): Lazy {
  return new Lazy(items.toReversed()[Symbol.iterator](), typeName);
}

function* downFrom(items: { readonly length: number; at(index: number): Value }): IterableIterator<Value> {
  for (let index = items.length - 1; index >= 0; index -= 1) yield items.at(index);
}
