import { expect, test } from 'vitest';
import { RateLimiter } from './rate-limits.ts';

const call = { action: 'DescribeStacks', accountId: '111111111111', region: 'eu-west-1' };
const limits = [
  { perSecond: 100, burst: 100 },
  { action: 'DescribeStacks', perSecond: 2, burst: 3 },
];

test('a burst passes, then as many as the rate allows', () => {
  const limiter = new RateLimiter();
  const admitted = (atMs: number, count: number) =>
    Array.from({ length: count }, () => limiter.admits(limits, call, atMs)).filter(Boolean).length;
  expect(admitted(0, 5)).toBe(3);
  expect(admitted(500, 5)).toBe(1);
  expect(admitted(1_500, 5)).toBe(2);
  expect(admitted(60_000, 5), 'a pause gives no more than the burst').toBe(3);
});

test('every account, region and action has its own', () => {
  const limiter = new RateLimiter();
  const own = [{ action: 'DescribeStacks', perSecond: 1, burst: 1 }];
  expect(limiter.admits(own, call, 0)).toBe(true);
  expect(limiter.admits(own, call, 0)).toBe(false);
  expect(limiter.admits(own, { ...call, region: 'us-east-1' }, 0)).toBe(true);
  expect(limiter.admits(own, { ...call, accountId: '222222222222' }, 0)).toBe(true);
  expect(limiter.admits(own, { ...call, action: 'ListStacks' }, 0)).toBe(true);
});

test('a limit of one account leaves the others alone', () => {
  const limiter = new RateLimiter();
  const other = [{ accountId: '222222222222', perSecond: 1, burst: 0 }];
  expect(limiter.admits(other, call, 0)).toBe(true);
  expect(limiter.admits(other, { ...call, accountId: '222222222222' }, 0)).toBe(false);
});
