import { expect, test } from 'vitest';
import { readTypeConstraint, takesAll } from './type-constraint.ts';

test.each([
  ['string', 'string', true],
  ['string', 'number', true],
  ['number', 'string', false],
  ['any', 'list(string)', true],
  ['list(string)', 'any', false],
  ['list(string)', 'set(number)', true],
  ['list(string)', 'tuple([string, number])', true],
  ['map(string)', 'object({ a = string, b = number })', true],
  ['object({ a = string, b = optional(number, 3) })', 'object({ a = string })', true],
  ['object({ a = string, b = number })', 'object({ a = string })', false],
  ['object({ a = string })', 'object({ a = string, b = number })', false],
  ['object({ a = string })', 'object({ a = optional(string) })', false],
  ['object({ a = optional(object({ x = list(bool) }), { x = [true] }), "b": string })', 'object({ b = string })', true],
] as const)('%s takes all of %s: %s', (wide, narrow, expected) => {
  const [a, b] = [readTypeConstraint(wide), readTypeConstraint(narrow)];
  expect(a && b && takesAll(a, b)).toBe(expected);
});

test.each([
  '',
  'strin',
  'list(',
  'object({ a = })',
  'object({ a = optional(string',
  'string string',
  'list('.repeat(5000),
])('what cannot be read is not guessed: %s', (text) => {
  expect(readTypeConstraint(text)).toBeUndefined();
});
