import { expect, test } from 'vitest';
import { median, percentile } from './statistics.ts';

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

test.each([
  { share: 0.01, expected: 1 },
  { share: 0.5, expected: 50 },
  { share: 0.99, expected: 99 },
  { share: 0.991, expected: 100 },
  { share: 1, expected: 100 },
])('of 1 to 100, the percentile at $share is $expected', ({ share, expected }) => {
  expect(percentile(hundred, share)).toBe(expected);
});

test('a percentile is a value that was measured', () => {
  expect(percentile([1, 10], 0.5)).toBe(1);
  expect(percentile([1, 10], 0.51)).toBe(10);
  expect(percentile([7], 0.99)).toBe(7);
});

test('samples are ordered as numbers, and left as they were', () => {
  const samples = [10, 9, 100];
  expect(percentile(samples, 1)).toBe(100);
  expect(median(samples)).toBe(10);
  expect(samples).toEqual([10, 9, 100]);
});

test('the median of an even number of samples lies between the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('of no samples there is neither', () => {
  expect(() => percentile([], 0.5)).toThrow('no samples');
  expect(() => median([])).toThrow('no samples');
});

test.each([0, -1, 1.01, Number.NaN])('%d is no share', (share) => {
  expect(() => percentile([1], share)).toThrow('is no share');
});
