import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPlatform, type Platform } from '../../demo/platform.ts';
import type { ApiAccess } from '../../src/cli/api-client.ts';
import type { Database } from '../../src/database/index.ts';
import { testDatabase } from '../../src/database/testing/index.ts';
import { silentLog } from '../../src/log/index.ts';
import { type Deuteron, type DeuteronOptions, startDeuteron } from '../../src/wiring.ts';
import { installation } from './installation-name.ts';

export { installation };

export const serviceRole = `arn:aws:iam::${installation.accountId}:role/deuteron`;

/** An installation in this process, on a database and a simulated cloud of its own. */
export interface TestInstallation {
  readonly database: Database;
  readonly deuteron: Deuteron;
  readonly platform: Platform;
  /** The first administrator's, to the native API. */
  readonly administrator: ApiAccess;
  /** Stops the server and starts it again on the same database. */
  restart(): Promise<void>;
  /** Asks the simulated cloud's control door. */
  cloud(path: string, body?: unknown, method?: string): Promise<unknown>;
  close(): Promise<void>;
}

export async function startInstallation(overrides: Partial<DeuteronOptions> = {}): Promise<TestInstallation> {
  const database = await testDatabase();
  const dataFolder = mkdtempSync(join(tmpdir(), 'deuteron-journey-'));
  const options: DeuteronOptions = {
    databaseUrl: database.url,
    dataFolder,
    port: 0,
    installation,
    cloud: { kind: 'simulated', port: 0, clockScale: 0 },
    whenBusy: 'refuse',
    log: silentLog,
    ...overrides,
  };
  let deuteron = await started(options);
  const key = deuteron.administrator;
  if (!key) throw new Error('a new installation gives an administrator key');
  const access = (): ApiAccess => ({ endpoint: deuteron.url, accessKeyId: key.id, secretAccessKey: key.secret });
  const open = () => {
    const { endpoint: url, ...keys } = access();
    return openPlatform({ url, region: installation.region, ...keys });
  };
  let platform = open();
  return {
    database,
    get deuteron() {
      return deuteron;
    },
    get platform() {
      return platform;
    },
    get administrator() {
      return access();
    },
    async restart() {
      platform.close();
      await deuteron.close();
      deuteron = await started(options);
      platform = open();
    },
    async cloud(path, body, method = body === undefined ? 'GET' : 'POST') {
      const answer = await fetch(`${deuteron.cloudUrl}/_simulated${path && `/${path}`}`, {
        method,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
      return text === '' ? undefined : JSON.parse(text);
    },
    async close() {
      platform.close();
      await deuteron.close();
      await database.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

async function started(options: DeuteronOptions): Promise<Deuteron> {
  const result = await startDeuteron(options);
  if (!result.ok) throw new Error(`${result.refusal.message} ${result.refusal.remedy}`);
  return result.value;
}
