import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Database } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { silentLog } from '../log/index.ts';
import {
  type RecordedState,
  type RecordedTools,
  recorded,
  recordingWorkflow,
  recordTableCreate,
} from './testing/recorded-workflow.ts';
import { type Workflow, workflow } from './workflow.ts';
import { createWorkflowEngine, type WorkflowEngine } from './workflow-engine.ts';

const patience = { timeout: 20_000, interval: 20 };

let database: Database;
let engine: WorkflowEngine | undefined;
beforeAll(async () => {
  database = await testDatabase();
  await recordTableCreate(database.db);
});
afterEach(() => stop());
afterAll(() => database.close());

type Flow = Workflow<RecordedState, RecordedTools>;

async function run(flow: Flow, stepMs = 0): Promise<WorkflowEngine> {
  engine = createWorkflowEngine({ databaseUrl: database.url, log: silentLog });
  engine.register(flow, { db: database.db, stepMs });
  await engine.launch();
  return engine;
}

async function stop(): Promise<void> {
  await engine?.close();
  engine = undefined;
}

function untilTold(id: string, step: string): Promise<void> {
  return vi.waitFor(async () => expect(await recorded(database.db, id)).toContain(step), patience);
}

const first = recordingWorkflow(['one', 'two', 'three']);
const second = recordingWorkflow(['one', 'between', 'three'], { revision: 2, former: [first] });

test('after an upgrade, old work goes on by its old steps and new work takes the new ones', async () => {
  await (await run(first, 300)).start(first, 'old', { id: 'old' });
  await untilTold('old', 'two');
  await stop();
  const upgraded = await run(second);
  await upgraded.start(second, 'old', { id: 'old' }); // whoever looks for what is not begun asks again
  await upgraded.start(second, 'new', { id: 'new' });
  await untilTold('old', 'end one two three');
  await untilTold('new', 'end one between three');
  expect(await recorded(database.db, 'old')).not.toContain('between');
});

test('while an upgrade is rolled out, the older version leaves newer work alone', async () => {
  await (await run(second, 300)).start(second, 'newer', { id: 'newer' });
  await untilTold('newer', 'between');
  await stop();
  const older = await run(first);
  await older.start(first, 'older', { id: 'older' });
  await untilTold('older', 'end one two three');
  await stop();
  expect(await recorded(database.db, 'newer')).not.toContain('three');
  await run(second);
  await untilTold('newer', 'end one between three');
});

test('work whose stored steps the code no longer has is ended with a reason, once', async () => {
  await (await run(first, 300)).start(first, 'strange', { id: 'strange' });
  await untilTold('strange', 'two');
  await stop();
  await run(recordingWorkflow(['other', 'steps']));
  await untilTold('strange', 'refused: work-of-another-version');
  await stop();
  await (await run(first)).start(first, 'next', { id: 'next' });
  await untilTold('next', 'end one two three');
  const told = await recorded(database.db, 'strange');
  expect(told.filter((each) => each.startsWith('refused') || each.startsWith('end'))).toHaveLength(1);
  expect(told).not.toContain('steps');
});

test('a revision is named once', () => {
  expect(() => recordingWorkflow(['one'], { former: [first] })).toThrow('two revisions of the workflow recorded');
  expect(() => workflow('w', [...first.steps, ...first.steps], { settled: first.settled })).toThrow('two steps');
});
