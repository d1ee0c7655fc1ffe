import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Database } from '../database/index.ts';
import { emptyTestDatabase, testDatabase } from '../database/testing/index.ts';
import { accept } from '../errors/index.ts';
import { silentLog } from '../log/index.ts';
import {
  createWorkflowEngine,
  nodesOf,
  step,
  type WorkflowEngine,
  workflow,
  workUnderWay,
} from '../workflows/index.ts';
import { examine } from './examine.ts';

const patience = { timeout: 20_000, interval: 50 };
const settings = { dataFolder: '/nowhere/at/all' };

let database: Database;
let engine: WorkflowEngine | undefined;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  await engine?.close();
  engine = undefined;
  await database.close();
});

async function codes(now = new Date()): Promise<string[]> {
  return (await examine(database.db, settings, now)).findings.map(({ finding }) => finding);
}

function hence(ms: number): Date {
  return new Date(Date.now() + ms);
}

const waiting = workflow<object, { db: Database['db'] }>(
  'waiting',
  [
    step('wait', {
      do: async (_, __, context) => {
        await context.wait(60_000);
        return accept({});
      },
      noUndo: 'it only waits',
    }),
  ],
  { settled: async () => undefined },
);

async function engineOf(concurrency?: number): Promise<WorkflowEngine> {
  engine = createWorkflowEngine({ databaseUrl: database.url, log: silentLog, concurrency });
  engine.register(waiting, { db: database.db });
  await engine.launch();
  return engine;
}

test('nothing is stuck where nothing was ever begun, nor where a worker works', async () => {
  expect(await codes()).toEqual([]);
  const started = await engineOf();
  await started.start(waiting, 'w', {});
  await vi.waitFor(async () => expect(await codes(hence(3_600_000))).toEqual([]), patience);
});

test('work that only an API is there for', async () => {
  const started = await engineOf(0);
  await started.start(waiting, 'w', {});
  expect(await codes()).toEqual(['no-worker']);
});

test('a process that is gone, with its work, while no other runs', async () => {
  const started = await engineOf();
  await started.start(waiting, 'w', {});
  await vi.waitFor(async () => expect((await workUnderWay(database.db, 1))[0]?.state).toBe('running'), patience);
  await started.close();
  const found = await examine(database.db, settings, new Date());
  expect(found.findings.map(({ finding, severity }) => [finding, severity])).toEqual([
    ['no-worker', 'error'],
    ['node-not-buried', 'warning'],
  ]);
  expect(found.seen).toEqual({ nodes: 1, work: 1, deployments: 0 });
  expect(await nodesOf(database.db)).toHaveLength(1); // it changes nothing
});

test('a process that ended by itself and left nothing', async () => {
  await (await engineOf()).close();
  expect(await codes()).toEqual([]);
});

test('work of a kind that no worker knows, and work given to a process that nobody knows', async () => {
  await engineOf();
  await sql`insert into dbos.workflow_status (workflow_uuid, name, status, queue_name, created_at, updated_at)
    values ('later', 'deploy.9', 'ENQUEUED', 'deploy.9', 0, 0)`.execute(database.db);
  await sql`insert into dbos.workflow_status (workflow_uuid, name, status, executor_id, created_at, updated_at)
    values ('lost', 'deploy', 'PENDING', 'nobody', 0, 0)`.execute(database.db);
  const { findings } = await examine(database.db, settings, new Date());
  expect(findings.map(({ finding, subject }) => `${finding}: ${subject}`)).toEqual([
    'work-without-worker: 1 of "deploy.9"',
    'work-without-executor: deploy lost',
  ]);
});

test('a database that no server of this version was started on', async () => {
  const empty = await emptyTestDatabase();
  const before = await examine(empty.db, settings, new Date());
  expect(before.findings.map(({ finding }) => finding)).toEqual(['database-behind']);
  await empty.close();
});

test('a database of a newer version', async () => {
  await sql`insert into migration (name, hash) values ('9999-later.sql', 'x')`.execute(database.db);
  expect(await codes()).toEqual(['database-ahead']);
});

test('a database that holds access keys, looked at without their sealing key', async () => {
  await sql`insert into principal (id, name, kind, created_at) values ('p', 'p', 'person', now())`.execute(database.db);
  await sql`insert into access_key (id, principal_id, sealed_secret, created_at)
    values ('DTRN1', 'p', '\\x00', now())`.execute(database.db);
  expect(await codes()).toEqual(['setting-invalid']);
  const wrong = { ...settings, sealingKey: '00'.repeat(32) };
  const { findings } = await examine(database.db, wrong, new Date());
  expect(findings).toMatchObject([{ finding: 'setting-invalid', message: expect.stringContaining('does not open') }]);
});
