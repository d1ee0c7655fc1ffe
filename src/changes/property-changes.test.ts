import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EvaluatedValue, UnknownValue } from '../cloudformation/index.ts';
import { canonical, isSameValue } from './property-changes.ts';

const { value } = fc.letrec<{ value: EvaluatedValue; expression: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<EvaluatedValue>('', '1', 1, 'true', true, 'a', '[]', '{}'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'toString'), tie('value'), { noNullPrototype: false }),
    tie('expression').map((expression) => new UnknownValue(expression as never, [])),
  ),
  expression: fc.constantFrom<object>(
    { Ref: 'A' },
    { Ref: 'B' },
    { 'Fn::GetAtt': ['A', 'Arn'] },
    { 'Fn::Sub': ['a', { b: 'c', d: 'e' }] },
    { 'Fn::Sub': ['a', { d: 'e', b: 'c' }] },
  ),
}));

test('two values are the same exactly where their canonical texts are', () => {
  const pair = fc.oneof(
    fc.tuple(value, value),
    value.map((one): [EvaluatedValue, EvaluatedValue] => [one, otherwiseWritten(one)]),
  );
  fc.assert(
    fc.property(pair, ([one, other]) => {
      expect(isSameValue(one, other)).toBe(canonical(one) === canonical(other));
      expect(isSameValue(one, undefined)).toBe(false);
    }),
    { numRuns: 5_000 },
  );
});

/** Equal, with other objects, members in another order, and every scalar a text. */
function otherwiseWritten(one: EvaluatedValue): EvaluatedValue {
  if (one instanceof UnknownValue) return new UnknownValue(one.expression, one.reads);
  if (Array.isArray(one)) return one.map(otherwiseWritten);
  if (typeof one !== 'object') return String(one);
  const members = Object.entries(one).map(([name, member]) => [name, otherwiseWritten(member)]);
  return Object.fromEntries(members.reverse());
}
