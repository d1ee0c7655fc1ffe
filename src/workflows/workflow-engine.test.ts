import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Database } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { silentLog } from '../log/index.ts';
import { recorded, recordedWorkflow, recordTableCreate } from './testing/recorded-workflow.ts';
import { createWorkflowEngine, type WorkflowEngine } from './workflow-engine.ts';

const whole = ['one', 'two', 'three', 'four', 'five', 'end one two three four five'];
const patience = { timeout: 30_000, interval: 20 };

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
  await recordTableCreate(database.db);
});
afterAll(() => database.close());

async function newEngine(stepMs: number): Promise<WorkflowEngine> {
  const engine = createWorkflowEngine({ db: database.db, databaseUrl: database.url, log: silentLog });
  engine.register(recordedWorkflow, { db: database.db, stepMs });
  await engine.launch();
  return engine;
}

test('a workflow that is started twice runs once', async () => {
  const engine = await newEngine(0);
  await engine.start(recordedWorkflow, 'w1', { id: 'w1' });
  await engine.start(recordedWorkflow, 'w1', { id: 'w1' });
  await vi.waitFor(async () => expect(await recorded(database.db, 'w1')).toEqual(whole), patience);
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
  await vi.waitFor(async () => expect((await recorded(database.db, 'w2')).at(-1)).toBe(whole.at(-1)), patience);
  await second.close();
  const steps = await recorded(database.db, 'w2');
  expect(steps.length - whole.length).toBeLessThanOrEqual(1);
  expect([...new Set(steps)]).toEqual(whole);
});

describe('a process killed in a step', () => {
  test.each(['one', 'three', 'five'])('step %s: another process finishes the work', async (step) => {
    const id = `killed-in-${step}`;
    const program = fileURLToPath(new URL('./testing/recorded-process.ts', import.meta.url));
    const child = spawn(process.execPath, [program, database.url, id, '300'], { stdio: 'inherit' });
    await vi.waitFor(async () => expect(await recorded(database.db, id)).toContain(step), patience);
    child.kill('SIGKILL');
    const engine = await newEngine(0);
    await vi.waitFor(async () => expect((await recorded(database.db, id)).at(-1)).toBe(whole.at(-1)), patience);
    await engine.close();
    const steps = await recorded(database.db, id);
    expect(steps.filter((each) => each === 'end one two three four five')).toHaveLength(1);
    expect([...new Set(steps)]).toEqual(whole);
    expect(steps.length - whole.length).toBeLessThanOrEqual(1);
  });
});
