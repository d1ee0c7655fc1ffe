import { describe, expect, test } from 'vitest';
import {
  can,
  type Deployment,
  type DeploymentAction,
  type DeploymentMove,
  type DeploymentState,
  type DeploymentStateName,
  deploymentCan,
  deploymentMoves,
  deploymentStatus,
  isOver,
  isRunning,
  operations,
  stateAfter,
  stateNames,
} from './deployment.ts';
import type { PlanId } from './plans/plan-id.ts';

const plan = 'sha256:1' as PlanId;
const cancellation = { reason: 'because', at: '2026-01-01T00:00:00Z' };
const refusal = { kind: 'invalid', code: 'wrong', message: 'It was wrong.', remedy: 'Put it right.' } as const;

const standings: Record<DeploymentStateName, DeploymentState> = {
  queued: { state: 'queued' },
  requested: { state: 'requested' },
  planning: { state: 'planning' },
  waiting: { state: 'waiting', plan },
  applying: { state: 'applying', plan },
  deleting: { state: 'deleting' },
  cancelling: { state: 'cancelling', cancellation },
  succeeded: { state: 'succeeded' },
  failed: { state: 'failed', refusal, undone: 'all' },
  cancelled: { state: 'cancelled', cancellation },
  superseded: { state: 'superseded' },
};
const moves = Object.keys(deploymentMoves) as DeploymentMove[];
const actions = Object.keys(deploymentCan) as DeploymentAction[];

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[line(heads), ...rows.map(line)].join('\n')}\n`;
}

test('the table of all states and moves', async () => {
  const rows = stateNames.map((state) => [state, ...moves.map((move) => stateAfter(move, state) ?? '-')]);
  await expect(table(['', ...moves], rows)).toMatchFileSnapshot('golden/states-and-moves.txt');
});

test('the table of all states, what Proton calls them, and what may be asked in them', async () => {
  const rows = operations
    .filter((operation) => operation !== 'update')
    .flatMap((operation) =>
      stateNames.map((state) => {
        const deployment: Pick<Deployment, 'operation' | 'standing'> = { operation, standing: standings[state] };
        const may = actions.map((action) => (can(action, deployment) ? 'yes' : '-'));
        return [operation, state, deploymentStatus(deployment), ...may];
      }),
    );
  await expect(table(['', '', 'status', ...actions], rows)).toMatchFileSnapshot('golden/states-and-statuses.txt');
});

describe('every state', () => {
  test.each(stateNames.filter((state) => !isOver(state)))('%s has a way out', (state) => {
    expect(moves.filter((move) => stateAfter(move, state))).not.toEqual([]);
  });

  test.each(stateNames.filter(isOver))('%s is final', (state) => {
    expect(moves.filter((move) => stateAfter(move, state))).toEqual([]);
  });

  test.each(stateNames.filter(isRunning))('%s can fail: nothing runs for ever', (state) => {
    expect(stateAfter('fail', state)).toBe('failed');
  });
});
