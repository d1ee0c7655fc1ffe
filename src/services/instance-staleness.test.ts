import { expect, test } from 'vitest';
import { stalenessOf } from './instance-staleness.ts';

const published = (...versions: readonly [number, number][]) =>
  versions.map(([major, minor]) => ({ major, minor, status: 'PUBLISHED' as const }));

const cases = [
  { name: 'at what is recommended', at: [2, 1], versions: published([1, 4], [2, 1]), expected: 'UP_TO_DATE' },
  { name: 'ahead of it: a draft', at: [2, 2], versions: published([2, 1]), expected: 'UP_TO_DATE' },
  { name: 'with nothing published', at: [1, 0], versions: published(), expected: 'UP_TO_DATE' },
  { name: 'behind in its minor', at: [2, 0], versions: published([2, 1]), expected: 'BEHIND_MINOR' },
  {
    name: 'behind in its major, newest there',
    at: [1, 4],
    versions: published([1, 4], [2, 0]),
    expected: 'BEHIND_MAJOR',
  },
  { name: 'behind in both', at: [1, 0], versions: published([1, 4], [2, 0]), expected: 'BEHIND_MAJOR' },
] as const;

test.each(cases)('$name', ({ at: [major, minor], versions, expected }) => {
  expect(stalenessOf({ deployed: { major, minor, spec: '' } }, versions)).toBe(expected);
});

test('what was never deployed is none of them', () => {
  expect(stalenessOf({}, published([1, 0]))).toBeUndefined();
});
