import type { Meter } from '../limits.ts';
import { compare } from './comparison.ts';
import type { Value } from './values.ts';

/** Python's sorted(): stable, also when reversed. Each key is made once. */
export function sorted(
  values: readonly Value[],
  keyOf: (value: Value) => Value,
  reverse: boolean,
  meter: Meter,
): Value[] {
  meter.items(values.length * 4);
  const keyed = values.map((value) => [keyOf(value), value] as const);
  const sign = reverse ? -1 : 1;
  keyed.sort(([left], [right]) => sign * before(left, right, meter));
  return keyed.map(([, value]) => value);
}

/** Python asks only whether one is less than the other. */
function before(left: Value, right: Value, meter: Meter): number {
  const order = compare(left, right, '<', meter);
  return Number.isNaN(order) ? 0 : order;
}
