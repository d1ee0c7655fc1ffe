import { afterAll, expect, test } from 'vitest';
import type { Database } from './database/index.ts';
import { testDatabase } from './database/testing/index.ts';
import { silentLog } from './log/index.ts';
import { type DeuteronOptions, startDeuteron } from './wiring.ts';
import { nodesOf } from './workflows/index.ts';

const databases: Database[] = [];
afterAll(() => Promise.all(databases.map((each) => each.close())));

async function optionsOf(role: DeuteronOptions['role']): Promise<DeuteronOptions> {
  const database = await testDatabase();
  databases.push(database);
  return {
    databaseUrl: database.url,
    dataFolder: '/nowhere/at/all', // a worker needs none
    sealingKey: '00'.repeat(32),
    port: 0,
    installation: { partition: 'aws', region: 'us-east-1', accountId: '111122223333' },
    cloud: { kind: 'aws', endpoint: 'http://127.0.0.1:9' },
    whenBusy: 'refuse',
    role,
    log: silentLog,
  };
}

const cases = [
  { role: 'worker', doors: 404, runs: ['delete', 'deploy', 'register-template-version', 'service'] },
  { role: 'api', doors: 400, runs: [] },
] as const;

test.each(cases)('the role $role', async ({ role, doors, runs }) => {
  const { sealingKey, ...options } = await optionsOf(role);
  const started = await startDeuteron(role === 'worker' ? options : { ...options, sealingKey });
  if (!started.ok) throw new Error(started.refusal.message);
  const { url, db, close, administrator } = started.value;
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect((await fetch(`${url}/ready`)).status).toBe(200);
  const headers = { 'x-amz-target': 'AwsProton20200720.ListServices' };
  expect((await fetch(url, { method: 'POST', headers, body: '{}' })).status).toBe(doors);
  expect((await nodesOf(db)).map((node) => [...node.runs].sort())).toEqual([runs]);
  expect(administrator !== undefined).toBe(role === 'api');
  await close();
});

test('a worker that may do nothing is refused', async () => {
  const started = await startDeuteron({ ...(await optionsOf('worker')), concurrency: 0 });
  expect(started).toMatchObject({ ok: false, refusal: { code: 'worker-without-work' } });
});
