import type { Meter } from '../limits.ts';
import type { Keywords, Value } from './values.ts';

/** What an operation on values may ask of the rendering in which it happens. */
export interface Evaluator {
  readonly meter: Meter;
  /** Whether the text around is being escaped (`autoescape`); Proton's own setting is off. */
  readonly escapes: boolean;
  /** The column (from 0) of the `{{` at work when only white space stands before it in its line. */
  readonly indentation: number | undefined;
  /** Python's getattr(owner, name); undefined where there is no such attribute. */
  attributeOf(owner: Value, name: string): Value | undefined;
  call(target: Value, args: readonly Value[], keywords: Keywords): Value;
  applyFilter(name: string, target: Value, args: readonly Value[], keywords: Keywords): Value;
  applyTest(name: string, target: Value, args: readonly Value[], keywords: Keywords): boolean;
}
