import { DBOS } from '@dbos-inc/dbos-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Database } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { silentLog } from '../log/index.ts';
import { recorded, recordedWorkflow, recordTableCreate, wholeRecord as whole } from './testing/recorded-workflow.ts';
import { endRecordedProcesses, startRecordedProcess } from './testing/start-recorded-process.ts';
import { createWorkflowEngine, type WorkflowEngine } from './workflow-engine.ts';

const end = whole.at(-1);
const patience = { timeout: 30_000, interval: 20 };

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
  await recordTableCreate(database.db);
});
afterEach(endRecordedProcesses);
afterAll(() => database.close());

async function newEngine(stepMs: number): Promise<WorkflowEngine> {
  const engine = createWorkflowEngine({ databaseUrl: database.url, log: silentLog });
  engine.register(recordedWorkflow, { db: database.db, stepMs });
  await engine.launch();
  return engine;
}

async function untilItEnds(id: string): Promise<string[]> {
  await vi.waitFor(async () => expect((await recorded(database.db, id)).at(-1)).toBe(end), patience);
  return recorded(database.db, id);
}

test('a workflow that is started twice runs once', async () => {
  const engine = await newEngine(0);
  await engine.start(recordedWorkflow, 'w1', { id: 'w1' });
  await engine.start(recordedWorkflow, 'w1', { id: 'w1' });
  expect(await untilItEnds('w1')).toEqual(whole);
  await engine.start(recordedWorkflow, 'w1', { id: 'w1' });
  await engine.close();
  expect(await recorded(database.db, 'w1')).toEqual(whole);
});

test('what a stopped engine leaves is finished by the next, which repeats at most the step it was in', async () => {
  const first = await newEngine(150);
  await first.start(recordedWorkflow, 'w2', { id: 'w2' });
  await vi.waitFor(async () => expect(await recorded(database.db, 'w2')).toContain('two'), patience);
  await first.close();
  const second = await newEngine(0);
  const steps = await untilItEnds('w2');
  await second.close();
  expect(steps.length - whole.length).toBeLessThanOrEqual(2);
  expect([...new Set(steps)]).toEqual(whole);
});

test('with room for one at a time, work that waits begins when there is room again', async () => {
  const engine = createWorkflowEngine({ databaseUrl: database.url, log: silentLog, concurrency: 1 });
  engine.register(recordedWorkflow, { db: database.db, stepMs: 0 });
  await engine.launch();
  const ids = ['in-turn-1', 'in-turn-2', 'in-turn-3'];
  for (const id of ids) await engine.start(recordedWorkflow, id, { id });
  for (const id of ids) expect(await untilItEnds(id)).toEqual(whole);
  await engine.close();
});

test('work that is cancelled in the tables of the engine ends with the step that is under way', async () => {
  const engine = await newEngine(200);
  await engine.start(recordedWorkflow, 'set-aside', { id: 'set-aside' });
  await vi.waitFor(async () => expect(await recorded(database.db, 'set-aside')).toContain('two'), patience);
  await DBOS.cancelWorkflow('set-aside');
  await vi.waitFor(async () => expect(await recorded(database.db, 'set-aside')).toContain('two done'), patience);
  await engine.close(); // what still ran would have time for its next step
  expect(await recorded(database.db, 'set-aside')).toEqual(whole.slice(0, whole.indexOf('two done') + 1));
});

describe('a process killed in a step', () => {
  test.each(['one', 'three', 'five'])('step %s: another process finishes the work', async (step) => {
    const id = `killed-in-${step}`;
    const child = startRecordedProcess(database.url, 300, id);
    await vi.waitFor(async () => expect(await recorded(database.db, id)).toContain(step), patience);
    child.signal('SIGKILL');
    await child.ended;
    const engine = await newEngine(0);
    const steps = await untilItEnds(id);
    await engine.close();
    expect(steps.filter((each) => each === end)).toHaveLength(1);
    expect([...new Set(steps)]).toEqual(whole);
    expect(steps.length - whole.length).toBeLessThanOrEqual(2);
  });
});
