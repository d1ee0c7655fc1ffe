import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesPattern } from './claim-pattern.ts';

const cases = [
  { pattern: 'main', fits: ['main'], not: ['main2', 'xmain', 'Main', '', 'main\n'] },
  {
    pattern: 'release/*',
    fits: ['release/1', 'release/', 'release/a.b'],
    not: ['release/1/2', 'release/1:2', 'release'],
  },
  { pattern: 'repo:tiles/**', fits: ['repo:tiles/a:b/c', 'repo:tiles/\n'], not: ['repo:tiles', 'xrepo:tiles/'] },
  { pattern: '*:*', fits: [':', 'a:b'], not: ['a', 'a:b:c', 'a/b:c'] },
  { pattern: 'a.c', fits: ['a.c'], not: ['abc'] },
  { pattern: '[a-z]+', fits: ['[a-z]+'], not: ['a'] },
  { pattern: '***', fits: ['', 'x'], not: [] },
];
test.each(cases)('$pattern', ({ pattern, fits, not }) => {
  expect(fits.filter((value) => !matchesPattern(pattern, value))).toEqual([]);
  expect(not.filter((value) => matchesPattern(pattern, value))).toEqual([]);
});

test('a value fits itself, whatever it is, unless it has a star', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (value, other) => {
      const plain = value.replaceAll('*', '');
      expect(matchesPattern(plain, plain)).toBe(true);
      expect(matchesPattern(plain, `${plain}${other}`)).toBe(other === '');
      expect(matchesPattern(`${plain}**`, `${plain}${other}`)).toBe(true);
    }),
  );
});
