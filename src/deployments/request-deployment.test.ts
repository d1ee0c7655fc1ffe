import { expect, test } from 'vitest';
import type { Deployment, DeploymentId, DeploymentState, Operation } from './deployment.ts';
import { turnOf } from './request-deployment.ts';

const applying: DeploymentState = { state: 'applying', plan: 'sha256:1' as never };

function deployment(id: string, operation: Operation, standing: DeploymentState): Deployment {
  const now = new Date('2026-01-01T00:00:00Z');
  const arn = 'arn:aws:proton:us-east-1:111122223333:environment/dev';
  const target = { kind: 'environment', arn, createdAt: now, environmentName: 'dev' } as const;
  return { id: id as DeploymentId, target, operation, standing, createdAt: now, modifiedAt: now };
}

const update = deployment('update', 'update', applying);
const removal = deployment('removal', 'delete', { state: 'deleting' });
const queuedUpdate = deployment('queued-update', 'update', { state: 'queued' });
const queuedRemoval = deployment('queued-removal', 'delete', { state: 'queued' });

const cases = [
  { name: 'nothing runs', underWay: {}, operation: 'update', whenBusy: 'refuse', turn: 'now' },
  { name: 'one runs', underWay: { running: update }, operation: 'update', whenBusy: 'refuse', turn: 'deployment-busy' },
  {
    name: 'one runs, and waiting is allowed',
    underWay: { running: update },
    operation: 'update',
    whenBusy: 'queue',
    turn: 'wait',
  },
  {
    name: 'one runs and one waits, which is superseded',
    underWay: { running: update, queued: queuedUpdate },
    operation: 'update',
    whenBusy: 'queue',
    turn: 'wait',
  },
  {
    name: 'a deletion of what changes now',
    underWay: { running: update, queued: queuedUpdate },
    operation: 'delete',
    whenBusy: 'queue',
    turn: 'wait',
  },
  {
    name: 'a deletion while one runs',
    underWay: { running: update },
    operation: 'delete',
    whenBusy: 'refuse',
    turn: 'deployment-busy',
  },
  {
    name: 'a second deletion is the first',
    underWay: { running: removal },
    operation: 'delete',
    whenBusy: 'refuse',
    turn: 'same',
  },
  {
    name: 'a second deletion is the one that waits',
    underWay: { running: update, queued: queuedRemoval },
    operation: 'delete',
    whenBusy: 'queue',
    turn: 'same',
  },
  {
    name: 'a change of what is being deleted',
    underWay: { running: removal },
    operation: 'update',
    whenBusy: 'queue',
    turn: 'target-being-deleted',
  },
  {
    name: 'a change of what will be deleted next',
    underWay: { running: update, queued: queuedRemoval },
    operation: 'update',
    whenBusy: 'queue',
    turn: 'target-being-deleted',
  },
] as const;

test.each(cases)('$name', ({ underWay, operation, whenBusy, turn }) => {
  const result = turnOf(underWay, operation, whenBusy);
  expect(result.ok ? result.value.turn : result.refusal.code).toBe(turn);
});

test('who is refused is told which deployment runs and how it stands', () => {
  const result = turnOf({ running: update }, 'update', 'refuse');
  expect(result).toMatchObject({
    refusal: {
      kind: 'conflict',
      message: expect.stringMatching(/deployment update of .*environment\/dev is IN_PROGRESS/),
    },
  });
});
