import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateServiceCommand } from '@aws-sdk/client-proton';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openPlatform } from '../demo/platform.ts';
import { serviceSpec } from '../journeys/testing/bundles.ts';
import { prepareEstate } from '../journeys/testing/estate.ts';
import { installation } from '../journeys/testing/installation.ts';
import { endServers, startServer } from '../journeys/testing/start-server.ts';
import type { Database } from '../src/database/index.ts';
import { testDatabase } from '../src/database/testing/index.ts';
import { silentLog } from '../src/log/index.ts';
import { type SimulatedCloud, startSimulatedCloud } from '../src/simulated-cloud/index.ts';

/** Not against foreign software, but here for its length. */
const services = 25;
const instancesEach = 20;
const all = services * instancesEach;
const patience = { timeout: 480_000, interval: 100 };

let database: Database;
let dataFolder: string;
let cloud: SimulatedCloud;
beforeAll(async () => {
  database = await testDatabase();
  dataFolder = mkdtempSync(join(tmpdir(), 'deuteron-many-'));
  const started = await startSimulatedCloud({
    databaseUrl: database.url,
    port: 0,
    clockScale: 0.2,
    defaultAccountId: installation.accountId,
    log: silentLog,
  });
  if (!started.ok) throw new Error(started.refusal.message);
  cloud = started.value;
});
afterAll(async () => {
  endServers();
  await cloud.close();
  await database.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

async function countWhere(condition: ReturnType<typeof sql<boolean>>): Promise<number> {
  const found = await sql<{
    number: number;
  }>`select count(*)::int as number from deployment where ${condition}`.execute(database.db);
  return found.rows[0]?.number ?? 0;
}

/** All sessions but this test's and the cloud's. */
async function cutSessions(): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name like 'deuteron %'`.execute(database.db);
}

/** What AWS bears is not what the cloud of this test does. */
const budget = ['--calls-per-second', '1000'];

function start(...flags: string[]) {
  return startServer({ databaseUrl: database.url, dataFolder, cloudUrl: cloud.url, flags: [...budget, ...flags] });
}

async function stacksMade(): Promise<string[]> {
  const made: string[] = [];
  for (let after = 0; ; ) {
    const answer = await fetch(`${cloud.url}/_simulated/requests?action=CreateStack&limit=500&after=${after}`);
    const { requests } = (await answer.json()) as {
      requests: { position: number; stackName?: string; error?: string }[];
    };
    made.push(...requests.filter(({ error }) => !error).map(({ stackName = '' }) => stackName));
    const last = requests.at(-1);
    if (!last) return made;
    after = last.position;
  }
}

test(`${all} deployments on two processes: both are killed and their sessions cut; all end, each once`, async () => {
  const [first, second] = [await start(), await start('--role', 'worker')];
  if (!first.key) throw new Error('the first start shows a key');
  const { id: accessKeyId, secret: secretAccessKey } = first.key;
  const platform = openPlatform({ url: first.url, region: installation.region, accessKeyId, secretAccessKey });
  await prepareEstate(platform);
  const names = Array.from({ length: services }, (_, index) => `s${index}`);
  const instances = Object.fromEntries(Array.from({ length: instancesEach }, (_, index) => [`i${index}`, '']));
  for (const name of names) {
    const spec = serviceSpec('dev', instances);
    await platform.proton.send(
      new CreateServiceCommand({ name, templateName: 'queue', templateMajorVersion: '1', spec }),
    );
  }
  platform.close();

  const over = sql<boolean>`completed_at is not null`;
  await vi.waitFor(async () => expect(await countWhere(sql`state = 'applying'`)).toBeGreaterThan(50), patience);
  await second.kill();
  await start('--role', 'worker');
  await cutSessions();
  const before = await countWhere(over);
  await vi.waitFor(async () => expect(await countWhere(over)).toBeGreaterThan(before + 20), patience);
  await first.kill();
  await start();
  await cutSessions();
  expect(await countWhere(over), 'it came too late').toBeLessThan(all);
  await vi.waitFor(async () => expect(await countWhere(over)).toBe(all + 1), patience);

  const others = await sql`select id, state, message from deployment where state <> 'succeeded'`.execute(database.db);
  expect(others.rows).toEqual([]);
  await vi.waitFor(async () => {
    const ended = await sql`select distinct status from service`.execute(database.db);
    expect(ended.rows).toEqual([{ status: 'ACTIVE' }]);
  }, patience);
  const made = await stacksMade();
  expect(made).toHaveLength(all + 1);
  expect(new Set(made).size).toBe(all + 1);
}, 600_000);
