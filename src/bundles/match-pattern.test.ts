import { expect, test } from 'vitest';
import { PatternBudget } from './match-pattern.ts';

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
