import type { Meter } from './limits.ts';
import { Call } from './signature.ts';
import type { Keywords, Value } from './values.ts';

/** What a filter or test may ask of the rendering. */
export interface FilterContext {
  readonly meter: Meter;
  applyFilter(name: string, target: Value, args: readonly Value[], keywords: Keywords): Value;
  applyTest(name: string, target: Value, args: readonly Value[], keywords: Keywords): boolean;
  /** The column (from 0) of the `{{` when only white space stands before it in its line. */
  readonly indentation: number | undefined;
}

export type Filter = (target: Value, args: readonly Value[], keywords: Keywords, context: FilterContext) => Value;
export type Test = (target: Value, args: readonly Value[], keywords: Keywords, context: FilterContext) => boolean;

/** A filter whose arguments have the names of these parameters (a trailing `?` marks what may be left out). */
export function filter(
  name: string,
  parameters: readonly string[],
  work: (target: Value, call: Call, context: FilterContext) => Value,
): readonly [string, Filter] {
  return [name, (target, args, keywords, context) => work(target, new Call(name, parameters, args, keywords), context)];
}
