import { expect, test } from 'vitest';
import type { Figure } from './figure.ts';
import { figureTable, significant } from './figure-table.ts';

const cold: Figure = {
  name: 'cold start',
  unit: 's',
  better: 'less',
  value: 2.5,
  samples: 3,
  how: 'spawned',
  baseline: { name: 'PostgreSQL alone', value: 1.25, samples: 3, how: 'opened' },
};
const health: Figure = {
  name: 'GET /health',
  unit: 'ms',
  better: 'less',
  value: 0.4321,
  samples: 1_000,
  how: 'fetched',
};

test('columns stand under each other, numbers to the right; a figure without baseline leaves them empty', () => {
  expect(
    figureTable([
      { name: 'start', figures: [cold], notes: ['noisy'] },
      { name: 'reads', figures: [health], notes: [] },
    ]),
  ).toBe(
    [
      '                  value  baseline   ratio  samples  held against',
      'start',
      '  cold start     2.50 s    1.25 s  2.00 x        3  PostgreSQL alone',
      '  noisy',
      'reads',
      '  GET /health  0.432 ms                       1000',
    ].join('\n'),
  );
});

test('a measurement that failed says why, and hides no other', () => {
  const table = figureTable([
    { name: 'renders', failed: 'there is no Python' },
    { name: 'start', figures: [cold], notes: [] },
  ]);
  expect(table).toContain('renders\n  failed: there is no Python\n');
  expect(table).toContain('cold start');
});

test('only failures need no header', () => {
  expect(figureTable([{ name: 'renders', failed: 'there is no Python' }])).toBe(
    'renders\n  failed: there is no Python',
  );
});

test.each([
  [0, '0'],
  [0.001234, '0.00123'],
  [1, '1.00'],
  [99.94, '99.9'],
  [123.4, '123'],
  [12_345.6, '12,346'],
])('%d is written %s', (value, expected) => {
  expect(significant(value)).toBe(expected);
});
