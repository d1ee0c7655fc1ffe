import { expect, test } from 'vitest';
import { readBenchOptions } from './bench-options.ts';

const names = ['start', 'memory', 'renders'];

test('nothing given: everything is measured', () => {
  expect(readBenchOptions([], names)).toEqual({
    options: { corpus: undefined, json: 'bench-results.json', only: names, verbose: false, help: false },
  });
});

test('some measurements, in their usual order, however they are asked for', () => {
  expect(readBenchOptions(['--only', 'renders,start', '--only', 'start'], names)).toMatchObject({
    options: { only: ['start', 'renders'] },
  });
});

test.each([
  { given: ['--only', 'start,speed'], problem: '"speed"' },
  { given: ['--only', ''], problem: '""' },
  { given: ['--json', ''], problem: '--json is empty' },
  { given: ['--corpus', ''], problem: '--corpus is empty' },
  { given: ['--corpus'], problem: '--corpus' },
  { given: ['--fast'], problem: '--fast' },
  { given: ['folder'], problem: 'folder' },
])('$given is told as a problem', ({ given, problem }) => {
  expect(readBenchOptions(given, names)).toEqual({ problem: expect.stringContaining(problem) });
});
