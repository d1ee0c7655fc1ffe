import type { FilterContext, Test } from './filter.ts';
import { arithmetic, compared } from './operators.ts';
import { Call } from './signature.ts';
import type { ComparisonOperator } from './syntax-tree.ts';
import {
  Callable,
  Dict,
  defined,
  equal,
  fail,
  isNumber,
  isText,
  Markup,
  Range,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
  View,
} from './values.ts';

/** What filters and tests there are, for the tests that ask. */
export interface KnownNames {
  readonly filters: { has(name: string): boolean };
  readonly tests: { has(name: string): boolean };
}

function plain(name: string, work: (value: Exclude<Value, Undefined>) => boolean): readonly [string, Test] {
  return [
    name,
    (target, args, keywords) => {
      new Call(name, [], args, keywords);
      return work(defined(target));
    },
  ];
}

function comparing(name: string, operator: ComparisonOperator): readonly [string, Test] {
  return [
    name,
    (target, args, keywords) => compared(operator, target, new Call(name, ['other'], args, keywords).value('other')),
  ];
}

function remainder(target: Value, divisor: bigint, { meter }: FilterContext): Value {
  return arithmetic('%', target, divisor, meter);
}

function isSequence(value: Value): boolean {
  return (
    isText(value) || Array.isArray(value) || value instanceof Tuple || value instanceof Dict || value instanceof Range
  );
}

export function createTests(known: () => KnownNames): ReadonlyMap<string, Test> {
  return new Map<string, Test>([
    ['defined', (target) => !(target instanceof Undefined)],
    ['undefined', (target) => target instanceof Undefined],
    plain('none', (value) => value === null),
    plain('boolean', (value) => typeof value === 'boolean'),
    plain('true', (value) => value === true),
    plain('false', (value) => value === false),
    plain('integer', (value) => typeof value === 'bigint'),
    plain('float', (value) => typeof value === 'number'),
    plain('number', (value) => isNumber(value)),
    plain('string', (value) => isText(value)),
    plain('mapping', (value) => value instanceof Dict),
    plain('sequence', isSequence),
    plain('iterable', (value) => isSequence(value) || value instanceof View),
    plain('callable', (value) => value instanceof Callable),
    plain('escaped', (value) => value instanceof Markup),
    plain('lower', (value) => isText(value) && /\p{Ll}/u.test(textOf(value)) && !/[\p{Lu}\p{Lt}]/u.test(textOf(value))),
    plain('upper', (value) => isText(value) && /\p{Lu}/u.test(textOf(value)) && !/[\p{Ll}\p{Lt}]/u.test(textOf(value))),
    ['odd', (target, _args, _keywords, context) => equal(remainder(target, 2n, context), 1n)],
    ['even', (target, _args, _keywords, context) => equal(remainder(target, 2n, context), 0n)],
    [
      'divisibleby',
      (target, args, keywords, { meter }) =>
        equal(arithmetic('%', target, new Call('divisibleby', ['num'], args, keywords).value('num'), meter), 0n),
    ],
    [
      'sameas',
      (target, args, keywords) => {
        const other = new Call('sameas', ['other'], args, keywords).value('other');
        return isNumber(target) || isText(target)
          ? typeName(target) === typeName(other) && equal(target, other)
          : target === other;
      },
    ],
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
    ['in', (target, args, keywords) => compared('in', target, new Call('in', ['seq'], args, keywords).value('seq'))],
    ['filter', (target) => (isText(target) ? known().filters.has(textOf(target)) : fail('a filter has a name'))],
    ['test', (target) => (isText(target) ? known().tests.has(textOf(target)) : fail('a test has a name'))],
  ]);
}
