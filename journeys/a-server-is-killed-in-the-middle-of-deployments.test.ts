import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateEnvironmentCommand,
  CreateServiceCommand,
  GetServiceCommand,
  ListServiceInstancesCommand,
  waitUntilServiceCreated,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPlatform, type Platform } from '../demo/platform.ts';
import type { Database } from '../src/database/index.ts';
import { testDatabase } from '../src/database/testing/index.ts';
import { environmentSpec, serviceSpec } from './testing/bundles.ts';
import { prepareEstate } from './testing/estate.ts';
import { installation, serviceRole } from './testing/installation.ts';

let database: Database;
let dataFolder: string;
let child: ChildProcess | undefined;
beforeAll(async () => {
  database = await testDatabase();
  dataFolder = mkdtempSync(join(tmpdir(), 'deuteron-killed-'));
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await database.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

interface Running {
  readonly url: string;
  readonly cloudUrl: string;
  readonly key?: { readonly id: string; readonly secret: string };
}

/** A server of its own, as `npm start` runs it; resolves when it is ready. */
async function startServer(): Promise<Running> {
  const program = join(import.meta.dirname, '..', 'src', 'main.ts');
  const flags = ['--port', '0', '--cloud-port', '0', '--clock-scale', '0.03', '--data-folder', dataFolder];
  const server = spawn(process.execPath, [program, 'server', ...flags], {
    env: { ...process.env, DATABASE_URL: database.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = server;
  let [out, err] = ['', ''];
  server.stderr.on('data', (text) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    server.stdout.on('data', (text) => {
      out += text;
      const line = out.split('\n').find((each) => each.includes('"msg":"ready"'));
      if (!line) return;
      const { url, cloudUrl } = JSON.parse(line) as Running;
      const [, id] = /AWS_ACCESS_KEY_ID=(\S+)/.exec(err) ?? [];
      const [, secret] = /AWS_SECRET_ACCESS_KEY=(\S+)/.exec(err) ?? [];
      resolve({ url, cloudUrl, key: id && secret ? { id, secret } : undefined });
    });
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${out}${err}`)));
  });
}

function access({ url }: Running, key: Running['key']): Platform {
  if (!key) throw new Error('the first start shows a key');
  return openPlatform({ url, region: installation.region, accessKeyId: key.id, secretAccessKey: key.secret });
}

test('F15: killed and started again, every deployment ends right, and no stack is made twice', async () => {
  const first = await startServer();
  const platform = access(first, first.key);
  await prepareEstate(platform);
  await platform.proton.send(
    new CreateEnvironmentCommand({
      name: 'other',
      templateName: 'base',
      templateMajorVersion: '1',
      spec: environmentSpec(),
      protonServiceRoleArn: serviceRole,
    }),
  );
  const instances = { a: '', b: 'seconds: 1', c: 'seconds: 2', d: 'seconds: 3' };
  const names = ['s1', 's2', 's3'];
  for (const name of names) {
    await platform.proton.send(
      new CreateServiceCommand({
        name,
        templateName: 'queue',
        templateMajorVersion: '1',
        spec: serviceSpec('dev', instances),
      }),
    );
  }
  platform.close();
  const dead = new Promise((gone) => child?.once('exit', gone));
  child?.kill('SIGKILL');
  await dead;

  const second = await startServer();
  const again = access(second, first.key);
  for (const name of names) {
    await waitUntilServiceCreated(again.waiting, { name });
    const { service } = await again.proton.send(new GetServiceCommand({ name }));
    expect(service?.status).toBe('ACTIVE');
  }
  const { serviceInstances = [] } = await again.proton.send(new ListServiceInstancesCommand({}));
  expect(serviceInstances.map(({ deploymentStatus }) => deploymentStatus)).toEqual(Array(12).fill('SUCCEEDED'));

  const answer = await fetch(`${second.cloudUrl}/_simulated/requests?action=CreateStack`);
  const { requests } = (await answer.json()) as { requests: { stackName?: string; error?: string }[] };
  const made = requests.filter(({ error }) => !error).map(({ stackName }) => stackName);
  expect(made).toHaveLength(new Set(made).size);
  expect(made).toHaveLength(14);
  again.close();
}, 120_000);
