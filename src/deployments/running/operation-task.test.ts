import { expect, test } from 'vitest';
import type { DeploymentState } from '../deployment.ts';
import { duration, Pauses, usualLimits } from '../deployment-limits.ts';
import { operationTask } from './operation-task.ts';

const since = new Date('2026-01-01T00:00:00Z');
const limits = { ...usualLimits, deploymentMs: 60_000, cancelMs: 30_000 };
const cancellation = { reason: 'because', at: since.toISOString() };
const applying: DeploymentState = { state: 'applying', plan: 'sha256:1' as never };
const deleting: DeploymentState = { state: 'deleting' };
const cancelling: DeploymentState = { state: 'cancelling', cancellation };
const succeeded: DeploymentState = { state: 'succeeded' };

const cases = [
  { name: 'nothing was begun', standing: applying, hasBegun: false, afterMs: 0, task: 'begin' },
  { name: 'it was begun', standing: applying, hasBegun: true, afterMs: 59_999, task: 'look' },
  { name: 'its time is over', standing: applying, hasBegun: true, afterMs: 60_000, task: 'run-out' },
  {
    name: 'its time is over before it could begin',
    standing: applying,
    hasBegun: false,
    afterMs: 60_000,
    task: 'run-out',
  },
  { name: 'a deletion', standing: deleting, hasBegun: false, afterMs: 0, task: 'begin' },
  { name: 'a deletion whose time is over', standing: deleting, hasBegun: true, afterMs: 60_000, task: 'give-up' },
  { name: 'cancelled after it was begun', standing: cancelling, hasBegun: true, afterMs: 1, task: 'stop' },
  { name: 'cancelled, begun or not', standing: cancelling, hasBegun: false, afterMs: 1, task: 'find-out' },
  { name: 'stopping takes too long', standing: cancelling, hasBegun: true, afterMs: 30_000, task: 'give-up' },
  { name: 'it is over', standing: succeeded, hasBegun: true, afterMs: 0, task: 'stand-by' },
] as const;

test.each(cases)('$name: $task', ({ standing, hasBegun, afterMs, task }) => {
  const operation = standing.state === 'deleting' ? 'delete' : 'update';
  const situation = { deployment: { operation, standing }, isMine: true, hasBegun, since } as const;
  const now = new Date(since.getTime() + afterMs);
  expect(operationTask(situation, now, limits)).toBe(task);
  expect(operationTask({ ...situation, isMine: false }, now, limits)).toBe('stand-by');
});

test('what was not begun at all is no work of a provider', () => {
  const deployment = { operation: 'update', standing: { state: 'queued' } } as const;
  expect(() => operationTask({ deployment, isMine: true, hasBegun: false, since }, since, limits)).toThrow(/queued/);
});

test('looks become rarer up to a limit, and frequent again when something happened', () => {
  const pauses = new Pauses({ msMin: 100, msMax: 1_000, eventsMs: 0 });
  const looks = Array.from({ length: 10 }, () => pauses.next());
  expect(looks).toEqual([...looks].sort((left, right) => left - right));
  expect([looks.at(0), looks.at(-1)]).toEqual([100, 1_000]);
  pauses.restart();
  expect(pauses.next()).toBe(100);
  expect(Array.from({ length: 20 }, () => pauses.afterUnavailable()).at(-1)).toBeLessThanOrEqual(30_000);
});

test('limits are written in words', () => {
  expect([duration(20 * 60_000), duration(12 * 3_600_000), duration(90_000), duration(5_400_000)]).toEqual([
    '20 minutes',
    '12 hours',
    '90 seconds',
    '90 minutes',
  ]);
});
