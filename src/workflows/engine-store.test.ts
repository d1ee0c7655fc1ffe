import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Database } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { silentLog } from '../log/index.ts';
import { outcomeRecord, queuesWithWork, stepRecordInsert, stepsRecorded, workflowsClaim } from './engine-store.ts';
import { recorded, recordedWorkflow, recordTableCreate, wholeRecord } from './testing/recorded-workflow.ts';
import { kindOf } from './workflow.ts';
import { createWorkflowEngine } from './workflow-engine.ts';

const kind = kindOf(recordedWorkflow);
const patience = { timeout: 20_000, interval: 50 };

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
  await recordTableCreate(database.db);
  // the engine makes its tables, and shows us a whole workflow in them
  const engine = createWorkflowEngine({ databaseUrl: database.url, log: silentLog });
  engine.register(recordedWorkflow, { db: database.db, stepMs: 0 });
  await engine.launch();
  await engine.start(recordedWorkflow, 'whole', { id: 'whole' });
  await vi.waitFor(async () => expect(await statusOf('whole')).toBe('SUCCESS'), patience);
  await engine.close();
});
afterAll(() => database.close());

async function statusOf(id: string): Promise<string | undefined> {
  const { rows } = await sql<{ status: string }>`
    select status from dbos.workflow_status where workflow_uuid = ${id}`.execute(database.db);
  return rows[0]?.status;
}

/** Puts the workflow that is over into a queue as work that has not begun, and tells nobody. */
async function enqueue(queue: string, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await sql`insert into dbos.workflow_status
      select (jsonb_populate_record(flow, jsonb_build_object('workflow_uuid', ${id}::text, 'status', 'ENQUEUED',
        'queue_name', ${queue}::text, 'owner_xid', null, 'creator_xid', ${id}::text))).*
      from dbos.workflow_status flow where workflow_uuid = 'whole'`.execute(database.db);
    await sql`insert into dbos.workflow_input
      select ${id}, inputs from dbos.workflow_input where workflow_uuid = 'whole'`.execute(database.db);
  }
}

const claim = { executorId: 'e', version: '1', application: 'deuteron', max: 10 };

test('what waits is taken once, in its order and no more than there is room for, with the number of its records', async () => {
  const { db } = database;
  await enqueue('in-turn', 'a', 'b', 'c');
  const step = { workflowId: 'b', number: 0, name: 'one', startedAtMs: 1, completedAtMs: 2 };
  expect(await queuesWithWork(db)).toEqual(['in-turn']);
  const first = await workflowsClaim(db, { ...claim, queue: 'in-turn', owner: 'first', max: 2 });
  expect(first).toEqual([
    { id: 'a', steps: 0 },
    { id: 'b', steps: 0 },
  ]);
  expect(await stepRecordInsert(db, 'first', step)).toBe(2);
  await sql`update dbos.workflow_status set status = 'ENQUEUED', owner_xid = null
    where workflow_uuid = 'b'`.execute(db);
  const [second, third] = await Promise.all(
    ['second', 'third'].map((owner) => workflowsClaim(db, { ...claim, queue: 'in-turn', owner })),
  );
  const both = [...(second ?? []), ...(third ?? [])].sort((one, other) => one.id.localeCompare(other.id));
  expect(both).toEqual([
    { id: 'b', steps: 1 },
    { id: 'c', steps: 0 },
  ]);
  expect(await queuesWithWork(db)).toEqual([]);
});

test('only its owner records a step, and a step that is on record stays', async () => {
  const { db } = database;
  await enqueue('owned', 'o');
  await workflowsClaim(db, { ...claim, queue: 'owned', owner: 'owner' });
  const step = { workflowId: 'o', number: 0, name: 'one', startedAtMs: 1, completedAtMs: 2 };
  expect(await stepRecordInsert(db, 'another', step)).toBeUndefined();
  expect(await stepsRecorded(db, 'o')).toBe(0);
  expect(await stepRecordInsert(db, 'owner', step)).toBe(2);
  expect(await stepRecordInsert(db, 'owner', { ...step, completedAtMs: 3 })).toBe(2);
  expect(await stepsRecorded(db, 'o')).toBe(1);
});

test('a record waits for who hands the workflow to another one, and is refused then', async () => {
  const { db } = database;
  await enqueue('handed', 'h');
  await workflowsClaim(db, { ...claim, queue: 'handed', owner: 'old' });
  let late: Promise<number | undefined> | undefined;
  await db.transaction().execute(async (tx) => {
    await sql`update dbos.workflow_status set owner_xid = 'new' where workflow_uuid = 'h'`.execute(tx);
    late = stepRecordInsert(db, 'old', { workflowId: 'h', number: 0, name: 'one', startedAtMs: 1, completedAtMs: 2 });
    await vi.waitFor(async () => {
      const { rows } = await sql`select from pg_locks where not granted`.execute(tx);
      expect(rows).not.toEqual([]);
    }, patience);
  });
  expect(await late).toBeUndefined();
  expect(await stepsRecorded(db, 'h')).toBe(0);
});

test('only its owner says that a workflow is over, and once', async () => {
  const { db } = database;
  await enqueue('over', 'x');
  await workflowsClaim(db, { ...claim, queue: 'over', owner: 'owner' });
  expect(await outcomeRecord(db, 'another', 'x', null)).toBe(false);
  expect(await statusOf('x')).toBe('PENDING');
  expect(await outcomeRecord(db, 'owner', 'x', null)).toBe(true);
  expect(await outcomeRecord(db, 'owner', 'x', null)).toBe(false);
  expect(await statusOf('x')).toBe('SUCCESS');
});

test('work that nobody told of begins all the same', async () => {
  const engine = createWorkflowEngine({ databaseUrl: database.url, log: silentLog });
  engine.register(recordedWorkflow, { db: database.db, stepMs: 0 });
  await engine.launch();
  await engine.start(recordedWorkflow, 'told', { id: 'told' });
  await vi.waitFor(async () => expect(await statusOf('told')).toBe('SUCCESS'), patience); // all queues were looked into
  const before = await recorded(database.db, 'whole');
  await enqueue(kind, 'untold');
  await vi.waitFor(async () => expect(await statusOf('untold')).toBe('SUCCESS'), patience);
  await engine.close();
  expect((await recorded(database.db, 'whole')).slice(before.length)).toEqual(wholeRecord); // its input is the copied one
});
