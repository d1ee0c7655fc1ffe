import { expect, test } from 'vitest';
import { deathOf, type Judge } from './node-death.ts';
import type { WorkflowNode } from './node-store.ts';

const alive: WorkflowNode = {
  executorId: 'e',
  host: 'there',
  pid: 7,
  startedAt: new Date(0),
  silentMs: 1_000,
  beat: 'b',
  isConnected: true,
  hasStopped: false,
  isBuried: false,
  runs: [],
};
const judge: Judge = { host: 'here', isRunning: () => false, steadyMs: Number.POSITIVE_INFINITY };

const cases: { name: string; node: Partial<WorkflowNode>; by?: Partial<Judge>; death: ReturnType<typeof deathOf> }[] = [
  { name: 'one that beats', node: {}, death: undefined },
  { name: 'a burial that broke off is gone on with', node: { isBuried: true }, death: 'buried' },
  { name: 'one that stopped', node: { hasStopped: true }, death: 'stopped' },
  { name: 'one whose session was just cut', node: { isConnected: false, silentMs: 3_000 }, death: undefined },
  { name: 'one that does not come back', node: { isConnected: false, silentMs: 5_000 }, death: 'disconnected' },
  { name: 'frozen: its sessions are open', node: { silentMs: 10_000 }, death: 'silent' },
  { name: 'killed on this machine', node: { isConnected: false, host: 'here' }, death: 'killed' },
  {
    name: 'its number is not seen here, but it is connected: another container of the same name',
    node: { host: 'here' },
    death: undefined,
  },
  {
    name: 'the judge was away itself: the others may have been too',
    node: { silentMs: 60_000, isConnected: false },
    by: { steadyMs: 1_000 },
    death: undefined,
  },
  {
    name: 'the judge is back for long enough',
    node: { silentMs: 70_000 },
    by: { steadyMs: 10_000 },
    death: 'silent',
  },
];

test.each(cases)('$name', ({ node, by, death }) => {
  expect(deathOf({ ...alive, ...node }, { ...judge, ...by })).toBe(death);
});
