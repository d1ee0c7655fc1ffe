import { expect, test } from 'vitest';
import { callRetries, retryPauseMs, usualPatience } from './call-retries.ts';

test.each([
  { failure: 'THROTTLING', attempt: 1, longest: 400 },
  { failure: 'THROTTLING', attempt: 3, longest: 1_600 },
  { failure: 'TRANSIENT', attempt: 6, longest: 12_800 },
  { failure: 'SERVER_ERROR', attempt: 6, longest: 12_800 },
] as const)('$failure, attempt $attempt: anywhere up to $longest ms', ({ failure, attempt, longest }) => {
  const pauses = [0, 0.5, 0.999].map((chance) => retryPauseMs(failure, attempt, usualPatience, chance));
  expect(pauses).toEqual([0, longest / 2, Math.floor(longest * 0.999)]);
});

test('no pause grows beyond the longest, and no answer is waited for without end', () => {
  const patience = { ...usualPatience, attemptsMax: 20 };
  expect(retryPauseMs('THROTTLING', 19, patience, 1)).toBe(usualPatience.pauseMsMax);
  expect(retryPauseMs('THROTTLING', 20, patience, 1)).toBeUndefined();
});

test('what the caller did wrong is not tried again', () => {
  expect(retryPauseMs('CLIENT_ERROR', 1, usualPatience, 0.5)).toBeUndefined();
});

test('the service may ask for a longer pause', async () => {
  const retries = callRetries({ attemptsMax: 3, pauseMs: 0, pauseMsMax: 10_000 });
  const first = await retries.acquireInitialRetryToken('');
  const retryAfterHint = new Date(Date.now() + 3_600_000);
  const next = await retries.refreshRetryTokenForRetry(first, { errorType: 'THROTTLING', retryAfterHint });
  expect([next.getRetryCount(), next.getRetryDelay()]).toEqual([1, 10_000]);
});
