import { expect, test } from 'vitest';
import { compilePattern, PatternBudget } from './match-pattern.ts';

test.each([
  { name: 'searched for, not matched whole', pattern: '[0-9]+', text: 'a1b', found: true },
  { name: 'anchors', pattern: '^[0-9]+$', text: 'a1b', found: false },
  {
    name: 'the address range of the official templates',
    pattern: '([0-9]{1,3}\\.){3}[0-9]{1,3}($|/(16|18|24))',
    text: '10.0.0.0/16',
    found: true,
  },
  {
    name: 'the same, not found',
    pattern: '([0-9]{1,3}\\.){3}[0-9]{1,3}($|/(16|18|24))',
    text: '10.0.0/16',
    found: false,
  },
  { name: 'look-ahead', pattern: '^(?=.*[A-Z])(?=.*[0-9]).{8,}$', text: 'Passw0rdLong', found: true },
  { name: 'a back-reference', pattern: '^(a+)b\\1$', text: 'aabaa', found: true },
])('$name', ({ pattern, text, found }) => {
  expect(new PatternBudget().matches(pattern, text)).toBe(found);
});

test.each([
  { name: 'nested quantifiers', pattern: '^(a+)+$' },
  { name: 'beside a long counted repetition', pattern: '^[a-z]{0,63}(a+)+$' },
  { name: 'alternatives that overlap', pattern: '^(a|a|aa)+$' },
  { name: 'a back-reference', pattern: '^(a+)*\\1$' },
])('a hostile pattern is stopped: $name', ({ pattern }) => {
  const budget = new PatternBudget(50);
  const hostile = `${'a'.repeat(60)}!`;
  const results = Array.from({ length: 1_000 }, () => budget.matches(pattern, hostile));
  expect(results).toContain('stopped');
  expect(results.at(-1), 'the budget is shared by all values').toBe('stopped');
  expect(new PatternBudget().matches('^a', hostile)).toBe(true);
});

test.each([
  { pattern: '(?i)^abc$', text: 'ABC', expected: true },
  { pattern: '^(?i)abc$', text: 'aBc', expected: true },
  { pattern: '\\A[a-z]+\\Z', text: 'abc', expected: true },
  { pattern: '\\A[a-z]+\\z', text: 'abc1', expected: false },
  { pattern: '\\\\A', text: '\\A', expected: true },
  { pattern: '(?P<year>\\d{4})', text: '2024', expected: true },
])('what Java and Python write differently: $pattern on $text', ({ pattern, text, expected }) => {
  expect(new PatternBudget().matches(pattern, text)).toBe(expected);
});

test('a pattern that has no equal is none', () => {
  expect(() => compilePattern('[a-z]++')).toThrow(SyntaxError);
});
