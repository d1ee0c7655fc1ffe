import type { Evaluator } from './evaluator.ts';
import { indexed } from './iteration.ts';
import {
  Dict,
  defined,
  fail,
  Instance,
  isHashable,
  isInteger,
  isText,
  Markup,
  Range,
  Tuple,
  textOf,
  typeName,
  type Value,
} from './values.ts';

/** An item, where Python finds one. */
export function itemOf(owner: Value, key: Value): Value | undefined {
  if (owner instanceof Dict) return isHashable(key) ? owner.get(key) : undefined;
  if (owner instanceof Instance) return isText(key) ? owner.item?.(textOf(key)) : undefined;
  if (!isInteger(key)) return undefined;
  const items = indexed(owner);
  if (!items) return undefined;
  const index = Number(key);
  const place = index < 0 ? index + items.length : index;
  return place >= 0 && place < items.length ? items.at(place) : undefined;
}

/** `owner[start:stop:step]`. */
export function slice(owner: Value, start: Value, stop: Value, step: Value, { meter }: Evaluator): Value {
  if (isText(owner)) meter.text(0, textOf(owner).length);
  const items = indexed(defined(owner));
  if (!items) {
    return fail(
      owner instanceof Dict ? "unhashable type: 'slice'" : `'${typeName(owner)}' object is not subscriptable`,
    );
  }
  const by = step === null ? 1 : sliceIndex(step);
  if (by === 0) return fail('slice step cannot be zero');
  const [low, high] = by > 0 ? [0, items.length] : [-1, items.length - 1];
  const bound = (given: Value, usual: number) => {
    if (given === null) return usual;
    const index = sliceIndex(given);
    return Math.min(Math.max(index < 0 ? index + items.length : index, low), high);
  };
  const from = bound(start, by > 0 ? low : high);
  const to = bound(stop, by > 0 ? high : low);
  if (owner instanceof Range) {
    const place = (index: number) => owner.start + BigInt(index) * owner.step;
    return new Range(place(from), place(to), owner.step * BigInt(by));
  }
  const picked: Value[] = [];
  meter.items(Math.max(0, Math.ceil((to - from) / by)));
  for (let index = from; by > 0 ? index < to : index > to; index += by) picked.push(items.at(index));
  if (owner instanceof Tuple) return new Tuple(picked);
  if (!isText(owner)) return picked;
  const text = picked.map((character) => textOf(character as string | Markup)).join('');
  return owner instanceof Markup ? new Markup(text) : text;
}

function sliceIndex(value: Value): number {
  return isInteger(value) ? Number(value) : fail('slice indices must be integers or None or have an __index__ method');
}
