import { expect, test } from 'vitest';
import { readFuzzOptions } from './fuzz-options.ts';

const names = ['archive', 'yaml', 'proton'];

test('nothing given: a million inputs for all surfaces', () => {
  expect(readFuzzOptions([], names)).toEqual({
    options: { inputs: 1_000_000, seed: undefined, only: names, path: undefined, help: false },
  });
});

test('a failure is repeated with what was printed', () => {
  expect(readFuzzOptions(['--only', 'yaml', '--seed', '7', '--path', '12:0:3'], names)).toMatchObject({
    options: { only: ['yaml'], seed: 7, path: '12:0:3' },
  });
});

test('some surfaces, in their usual order, however they are asked for', () => {
  expect(readFuzzOptions(['--only', 'proton,archive', '--inputs', '50'], names)).toMatchObject({
    options: { only: ['archive', 'proton'], inputs: 50 },
  });
});

test('--count says the same as --inputs', () => {
  expect(readFuzzOptions(['--count', '50'], names)).toEqual(readFuzzOptions(['--inputs', '50'], names));
});

test.each([
  { given: ['--only', 'jason'], problem: '"jason"' },
  { given: ['--inputs', '0'], problem: '--inputs is "0"' },
  { given: ['--count', 'many'], problem: '--count is "many"' },
  { given: ['--inputs', '1e6'], problem: '--inputs is "1e6"' },
  { given: ['--seed', '-1'], problem: '--seed' },
  { given: ['--seed', 'x'], problem: '--seed is "x"' },
  { given: ['--path', '1:2'], problem: '--only and --seed' },
  { given: ['--only', 'yaml', '--seed', '1', '--path', 'x'], problem: '--path is "x"' },
  { given: ['--fast'], problem: '--fast' },
])('$given is told as a problem', ({ given, problem }) => {
  expect(readFuzzOptions(given, names)).toEqual({ problem: expect.stringContaining(problem) });
});
