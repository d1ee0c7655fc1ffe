import { expect, test } from 'vitest';
import { isServiceBusy, serviceStatuses, statusAfterCreate, statusAfterUpdate } from './service.ts';

test('a service is busy exactly while its status says that work is in progress', () => {
  for (const status of serviceStatuses) expect(isServiceBusy(status), status).toBe(status.endsWith('IN_PROGRESS'));
});

test.each([
  { parts: ['succeeded', 'succeeded'], status: 'ACTIVE' },
  { parts: [], status: 'ACTIVE' },
  { parts: ['succeeded', 'failed'], status: 'CREATE_FAILED' },
  { parts: ['cancelled'], status: 'CREATE_FAILED' },
] as const)('after a create with $parts: $status', ({ parts, status }) => {
  expect(statusAfterCreate(parts)).toBe(status);
});

test.each([
  { ends: { removals: [] }, status: 'ACTIVE' },
  { ends: { removals: ['succeeded'], pipeline: 'succeeded' }, status: 'ACTIVE' },
  { ends: { removals: [], cleanup: 'succeeded' }, status: 'UPDATE_FAILED_CLEANUP_COMPLETE' },
  { ends: { removals: [], cleanup: 'failed' }, status: 'UPDATE_FAILED_CLEANUP_FAILED' },
  { ends: { removals: ['failed'] }, status: 'UPDATE_COMPLETE_CLEANUP_FAILED' },
  { ends: { removals: ['failed'], pipeline: 'failed' }, status: 'UPDATE_FAILED' },
] as const)('after an update with $ends: $status', ({ ends, status }) => {
  expect(statusAfterUpdate(ends)).toBe(status);
});
