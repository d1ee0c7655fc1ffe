import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from './clock/index.ts';
import type { Database } from './database/index.ts';
import { testDatabase } from './database/testing/index.ts';
import { addWebhook, listDeliveries } from './events/index.ts';
import { type Receiver, startReceiver } from './events/testing/receiver.ts';
import { createLog, silentLog } from './log/index.ts';
import { ensureFirstAdministrator, sealingKey } from './organization/index.ts';
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

/** Whatever may have been stored with its steps: what this version begins, and what former ones had begun. */
const kinds = readFileSync(join(import.meta.dirname, 'golden', 'stored-steps.txt'), 'utf8')
  .match(/^[^:\n]+/gm)!
  .sort();

const cases = [
  { role: 'worker', doors: 404, runs: kinds },
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

describe('a worker and the webhooks', () => {
  const given = '11'.repeat(32);
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(() => receiver.close());

  /** A database that a server with the given key was at, with a webhook and an event that it wants. */
  async function prepare() {
    const { sealingKey: _, ...options } = await optionsOf('worker');
    const { db } = databases.at(-1)!;
    const seal = sealingKey(Buffer.from(given, 'hex'));
    await ensureFirstAdministrator({ db, clock: systemClock, sealingKey: seal });
    const webhook = { url: receiver.url, unit: 'organization', types: [], resources: [], by: 'ana' };
    const added = await addWebhook({ db, clock: systemClock, seal, localAllowed: true }, webhook);
    if (!added.ok) throw new Error(added.refusal.message);
    const resource = 'arn:aws:proton:us-east-1:111122223333:environment/dev';
    await sql`select event_tell('test', 'Wanted', ${resource}, '{}'::jsonb)`.execute(db);
    return { db, webhook: added.value.webhook.id, options: { ...options, webhooksLocal: true } };
  }

  test('with the key of the others it delivers', async () => {
    const { options } = await prepare();
    const started = await startDeuteron({ ...options, sealingKey: given });
    if (!started.ok) throw new Error(started.refusal.message);
    await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(1);
    await started.value.close();
  });

  test('without it, it says so and leaves them to the others', async () => {
    const { db, options, webhook } = await prepare();
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => void lines.push(line) });
    const started = await startDeuteron({ ...options, log });
    if (!started.ok) throw new Error(started.refusal.message);
    const waiting = async () => {
      const listed = await listDeliveries(db, { state: 'waiting' }, [webhook], {});
      return listed.ok ? listed.value.items.map(({ attempts }) => attempts) : [];
    };
    await expect.poll(waiting, { timeout: 20_000 }).toEqual([0]);
    await started.value.close();
    expect(await waiting()).toEqual([0]);
    expect(receiver.received).toEqual([]);
    expect(lines.join('')).toContain('without the sealing key, this worker delivers no webhooks');
  });

  test.each(['worker', 'api', 'all'] as const)('the role %s does not start with another key', async (role) => {
    const { options } = await prepare();
    const started = await startDeuteron({ ...options, role, sealingKey: '22'.repeat(32) });
    expect(started).toMatchObject({ ok: false, refusal: { code: 'SealBroken' } });
  });
});

test('a worker that may do nothing is refused', async () => {
  const started = await startDeuteron({ ...(await optionsOf('worker')), concurrency: 0 });
  expect(started).toMatchObject({ ok: false, refusal: { code: 'worker-without-work' } });
});
