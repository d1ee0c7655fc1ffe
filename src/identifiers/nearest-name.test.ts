import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

test.each([
  { asked: 'desired_cuont', offered: ['port', 'desired_count'], nearest: 'desired_count' },
  { asked: 'Port', offered: ['port', 'sort'], nearest: 'port' },
  { asked: 'colour', offered: ['port'], nearest: undefined },
  { asked: 'x'.repeat(100_000), offered: Array(500).fill('x'.repeat(100_001)), nearest: undefined },
])('of $offered.length names, nearest is $nearest', ({ asked, offered, nearest }) => {
  expect(nearestName(asked, offered)).toBe(nearest);
});
