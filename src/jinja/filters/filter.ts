import type { Evaluator } from '../python/evaluator.ts';
import { Call, signature } from '../python/signature.ts';
import { fail, type Keywords, type Value } from '../python/values.ts';

export type Filter = (target: Value, args: readonly Value[], keywords: Keywords, evaluator: Evaluator) => Value;
export type Test = (target: Value, args: readonly Value[], keywords: Keywords, evaluator: Evaluator) => boolean;

/** A filter with the names of its parameters, as `signature` takes them. */
export function filter(
  name: string,
  parameters: readonly string[],
  work: (target: Value, call: Call, evaluator: Evaluator) => Value,
): readonly [string, Filter] {
  const bound = signature(name, parameters);
  return [name, (target, args, keywords, evaluator) => work(target, new Call(bound, args, keywords), evaluator)];
}

export function notFound(kind: 'filter' | 'test', name: string): never {
  return fail(`No ${kind} named '${name}' found.`);
}
