import { contains, equal, identical } from '../python/comparison.ts';
import type { Evaluator } from '../python/evaluator.ts';
import { indexed, isIterable } from '../python/iteration.ts';
import { isLower, isUpper } from '../python/letter-case.ts';
import { type ComparisonOperator, compared, operate } from '../python/operators.ts';
import { str } from '../python/printing.ts';
import { Call, signature } from '../python/signature.ts';
import { Dict, defined, Instance, isNumber, isText, Markup, textOf, Undefined, type Value } from '../python/values.ts';
import type { Test } from './filter.ts';

/** What filters and tests there are, for the tests that ask. */
export interface KnownNames {
  readonly filters: { has(name: string): boolean };
  readonly tests: { has(name: string): boolean };
}

function test(
  name: string,
  parameters: readonly string[],
  work: (target: Value, call: Call, evaluator: Evaluator) => boolean,
): readonly [string, Test] {
  const bound = signature(name, parameters);
  return [name, (target, args, keywords, evaluator) => work(target, new Call(bound, args, keywords), evaluator)];
}

function comparing(name: string, operator: ComparisonOperator): readonly [string, Test] {
  return test(name, ['other', '/'], (target, call, evaluator) =>
    compared(operator, target, call.value('other'), evaluator),
  );
}

function remainderIs(target: Value, divisor: Value, wanted: bigint, evaluator: Evaluator): boolean {
  return equal(operate('%', target, divisor, evaluator), wanted, evaluator.meter);
}

function isSequence(value: Value): boolean {
  return value instanceof Dict || indexed(value) !== undefined || (value instanceof Undefined && value.lenient);
}

export function createTests(known: () => KnownNames): ReadonlyMap<string, Test> {
  return new Map<string, Test>([
    test('defined', [], (target) => !(target instanceof Undefined)),
    test('undefined', [], (target) => target instanceof Undefined),
    test('none', [], (target) => target === null),
    test('boolean', [], (target) => typeof target === 'boolean'),
    test('true', [], (target) => target === true),
    test('false', [], (target) => target === false),
    test('integer', [], (target) => typeof target === 'bigint'),
    test('float', [], (target) => typeof target === 'number'),
    test('number', [], isNumber),
    test('string', [], isText),
    test('mapping', [], (target) => target instanceof Dict),
    test('sequence', [], isSequence),
    test('iterable', [], (target) => {
      if (target instanceof Undefined && !target.lenient) defined(target);
      return isIterable(target);
    }),
    test(
      'callable',
      [],
      (target) => (target instanceof Instance && target.call !== undefined) || target instanceof Undefined,
    ),
    test('escaped', [], (target) => target instanceof Markup),
    test('lower', [], (target, _call, evaluator) => isLower(str(target, evaluator))),
    test('upper', [], (target, _call, evaluator) => isUpper(str(target, evaluator))),
    test('odd', [], (target, _call, evaluator) => remainderIs(target, 2n, 1n, evaluator)),
    test('even', [], (target, _call, evaluator) => remainderIs(target, 2n, 0n, evaluator)),
    test('divisibleby', ['num'], (target, call, evaluator) => remainderIs(target, call.value('num'), 0n, evaluator)),
    test('sameas', ['other'], (target, call) => identical(target, call.value('other'))),
    comparing('eq', '=='),
    comparing('==', '=='),
    comparing('equalto', '=='),
    comparing('ne', '!='),
    comparing('!=', '!='),
    comparing('lt', '<'),
    comparing('<', '<'),
    comparing('lessthan', '<'),
    comparing('le', '<='),
    comparing('<=', '<='),
    comparing('gt', '>'),
    comparing('>', '>'),
    comparing('greaterthan', '>'),
    comparing('ge', '>='),
    comparing('>=', '>='),
    test('in', ['seq'], (target, call, { meter }) => contains(call.value('seq'), target, meter)),
    test('filter', [], (target) => isKnown(known().filters, target)),
    test('test', [], (target) => isKnown(known().tests, target)),
  ]);
}

/** A name is looked up as in a dict: what cannot be a key is a failure. */
function isKnown(names: { has(name: string): boolean }, target: Value): boolean {
  if (isText(target)) return names.has(textOf(target));
  new Dict().has(target);
  return false;
}
