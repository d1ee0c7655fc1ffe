import type { Evaluator } from './evaluator.ts';
import { Call, signature } from './signature.ts';
import type { Keywords, Value } from './values.ts';

/** A method of a value: the value, and a call of it. */
export type Method<Owner extends Value> = (
  owner: Owner,
  args: readonly Value[],
  keywords: Keywords,
  evaluator: Evaluator,
) => Value;

/** @param parameters as `signature` takes them */
export function method<Owner extends Value>(
  name: string,
  parameters: readonly string[],
  work: (owner: Owner, call: Call, evaluator: Evaluator) => Value,
): readonly [string, Method<Owner>] {
  const bound = signature(name, parameters);
  return [name, (owner, args, keywords, evaluator) => work(owner, new Call(bound, args, keywords), evaluator)];
}
