import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateServiceCommand, ListServicesCommand } from '@aws-sdk/client-proton';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openPlatform } from '../demo/platform.ts';
import { serviceSpec } from '../journeys/testing/bundles.ts';
import { prepareEstate } from '../journeys/testing/estate.ts';
import { installation } from '../journeys/testing/installation.ts';
import { endServers, startServer } from '../journeys/testing/start-server.ts';
import { type EmbeddedPostgres, openDatabase, startEmbeddedPostgres } from '../src/database/index.ts';
import { testDatabase } from '../src/database/testing/index.ts';
import { silentLog } from '../src/log/index.ts';
import { type SimulatedCloud, startSimulatedCloud } from '../src/simulated-cloud/index.ts';

/** Not against foreign software, but here for its length. */
const services = 8;
const awayMs = 60_000;
const patience = { timeout: 240_000, interval: 250 };

let home: string;
let postgres: EmbeddedPostgres;
let cloudDatabase: Awaited<ReturnType<typeof testDatabase>>;
let cloud: SimulatedCloud;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'deuteron-away-'));
  chmodSync(home, 0o755);
  postgres = await startPostgres();
  cloudDatabase = await testDatabase(); // the cloud goes on while the product's database is away
  const started = await startSimulatedCloud({
    databaseUrl: cloudDatabase.url,
    port: 0,
    clockScale: 0.5,
    defaultAccountId: installation.accountId,
    log: silentLog,
  });
  if (!started.ok) throw new Error(started.refusal.message);
  cloud = started.value;
});
afterAll(async () => {
  endServers();
  await cloud.close();
  await cloudDatabase.close();
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
});

async function startPostgres(): Promise<EmbeddedPostgres> {
  const started = await startEmbeddedPostgres({ folder: join(home, 'postgres'), durable: false });
  if (!started.ok) throw new Error(started.refusal.message);
  return started.value;
}

interface Standing {
  readonly state: string;
  readonly message: string | null;
  readonly over: boolean;
}

async function deployments(): Promise<readonly Standing[]> {
  const opened = await openDatabase({ databaseUrl: postgres.url('postgres'), sessionsMax: 1 });
  if (!opened.ok) throw new Error(opened.refusal.message);
  const found = await sql<Standing>`
    select state, message, completed_at is not null as over from deployment`.execute(opened.value.db);
  await opened.value.close();
  return found.rows;
}

async function status(url: string, path: string): Promise<number> {
  return (await fetch(`${url}${path}`)).status;
}

async function stacksMade(): Promise<string[]> {
  const answer = await fetch(`${cloud.url}/_simulated/requests?action=CreateStack&limit=1000`);
  const { requests } = (await answer.json()) as { requests: { stackName?: string; error?: string }[] };
  return requests.filter(({ error }) => !error).map(({ stackName = '' }) => stackName);
}

test('for a minute there is no database: nobody dies, what was under way ends, each once', async () => {
  const databaseUrl = postgres.url('postgres');
  const start = (...flags: string[]) =>
    startServer({
      databaseUrl,
      dataFolder: home,
      cloudUrl: cloud.url,
      flags: ['--calls-per-second', '1000', ...flags],
    });
  const server = await start();
  const worker = await start('--role', 'worker');
  if (!server.key) throw new Error('the first start shows a key');
  const { id: accessKeyId, secret: secretAccessKey } = server.key;
  const platform = openPlatform({ url: server.url, region: installation.region, accessKeyId, secretAccessKey });
  await prepareEstate(platform);
  for (let index = 0; index < services; index += 1) {
    const spec = serviceSpec('dev', { only: '' });
    const named = { name: `s${index}`, templateName: 'queue', templateMajorVersion: '1' };
    await platform.proton.send(new CreateServiceCommand({ ...named, spec }));
  }
  await vi.waitFor(async () => expect((await deployments()).map(({ state }) => state)).toContain('applying'), patience);

  await postgres.stop();
  const away = delay(awayMs);
  await vi.waitFor(async () => expect(await status(server.url, '/ready')).toBe(503), patience);
  expect(await status(server.url, '/health')).toBe(200);
  await away;
  expect(await status(server.url, '/health')).toBe(200);
  expect(await status(worker.url, '/health')).toBe(200);

  postgres = await startPostgres();
  expect(postgres.url('postgres')).toBe(databaseUrl);
  await vi.waitFor(async () => expect((await deployments()).filter(({ over }) => !over)).toEqual([]), patience);
  const ended = await deployments();
  expect(ended.filter(({ state }) => state !== 'succeeded')).toEqual([]);
  expect(ended).toHaveLength(services + 1);
  await vi.waitFor(async () => {
    const { services: listed = [] } = await platform.proton.send(new ListServicesCommand({ maxResults: 100 }));
    expect(listed.map((service) => service.status)).toEqual(Array.from({ length: services }, () => 'ACTIVE'));
  }, patience);
  expect([await status(server.url, '/ready'), await status(worker.url, '/ready')]).toEqual([200, 200]);
  const made = await stacksMade();
  expect(made).toHaveLength(services + 1);
  expect(new Set(made).size).toBe(services + 1);
  platform.close();
}, 600_000);
