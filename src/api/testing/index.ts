/** A server for tests of the API: a database of its own, an access key, and the operations that the test brings. */
import { randomBytes } from 'node:crypto';
import { ProtonClient } from '@aws-sdk/client-proton';
import { S3Client } from '@aws-sdk/client-s3';
import { type Clock, systemClock } from '../../clock/index.ts';
import type { Database, Db } from '../../database/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import { type DeploymentTools, decideByGovernance } from '../../deployments/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import { type EventSignals, listenToEvents, type WebhookTools } from '../../events/index.ts';
import { JudgePool } from '../../fleet/index.ts';
import { builtInRails } from '../../guard-rails/index.ts';
import type { SignInSettings } from '../../identity/index.ts';
import { type Log, silentLog } from '../../log/index.ts';
import { type ObjectStorageLimits, type ObjectStorageTools, objectStorageLimits } from '../../object-storage/index.ts';
import {
  type AccessKey,
  ensureFirstAdministrator,
  type OrganizationTools,
  sealingKey,
} from '../../organization/index.ts';
import type { EventStreamLimits, RegistryTools } from '../deuteron/index.ts';
import { createHttpServer } from '../http-server.ts';
import type { ProtonOperations } from '../proton/index.ts';
import { testPlanning } from './planning.ts';
import { testRegistry } from './registry.ts';

export interface TestApi {
  readonly url: string;
  readonly database: Database;
  readonly db: Db;
  readonly key: AccessKey;
  readonly organization: OrganizationTools;
  readonly storage: ObjectStorageTools;
  /** Clients without retries, so that every answer is seen as it is. */
  readonly proton: ProtonClient;
  readonly s3: S3Client;
  readonly signals: EventSignals;
  readonly webhooks: WebhookTools;
  readonly registry: RegistryTools;
  close(): Promise<void>;
}

const installation = { partition: 'aws', region: 'us-east-1', accountId: '111122223333' };

export interface TestApiOptions {
  readonly operations?: ProtonOperations;
  readonly limits?: ObjectStorageLimits;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly ready?: () => Promise<Result<void>>;
  readonly streamLimits?: EventStreamLimits;
  readonly deployments?: Partial<DeploymentTools>;
  readonly signIn?: SignInSettings;
  /** Another server, whose database it shares. */
  readonly beside?: TestApi;
  /** Absent: a free one. */
  readonly port?: number;
}

export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const { operations = {}, limits = objectStorageLimits, clock = systemClock, log = silentLog } = options;
  const { beside } = options;
  const database = beside?.database ?? (await testDatabase());
  const organization = beside?.organization ?? { db: database.db, clock, sealingKey: sealingKey(randomBytes(32)) };
  const storage = { db: database.db, clock, limits };
  const key = beside?.key ?? (await ensureFirstAdministrator(organization));
  if (!key) throw new Error('A fresh database has an administrator already.');
  const ready = options.ready ?? (async () => accept(undefined));
  const signals = await listenToEvents(database.url);
  const webhooks = { db: database.db, clock, seal: organization.sealingKey, localAllowed: true };
  const deployments: DeploymentTools = {
    db: database.db,
    clock,
    targets: {},
    whenBusy: 'refuse',
    ...options.deployments,
  };
  const pool = new JudgePool({ threads: 1 });
  const preview = { db: database.db, installation, pool };
  const registry = testRegistry({ db: database.db, clock, installation, storage });
  const plans = testPlanning(deployments, installation);
  const native = {
    plans,
    registry,
    rails: builtInRails,
    ...webhooks,
    signals,
    preview,
    deployments,
    approvals: {
      ...deployments,
      decide: decideByGovernance({ clock: deployments.clock, timeZone: 'UTC' }),
      timeZone: 'UTC',
    },
    streamLimits: options.streamLimits,
  };
  const http = createHttpServer({
    operations,
    organization,
    signIn: options.signIn,
    storage,
    installation,
    native,
    ready,
    log,
    version: '1.2.3',
  });
  const url = await http.listen({ port: options.port ?? 0 });
  const client = {
    endpoint: url,
    region: 'eu-west-1',
    maxAttempts: 1,
    credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
  };
  const proton = new ProtonClient(client);
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const close = async () => {
    proton.destroy();
    s3.destroy();
    await http.close();
    await pool.close();
    await signals.close();
    if (!beside) await database.close();
  };
  return { url, database, db: database.db, key, organization, storage, proton, s3, signals, webhooks, registry, close };
}
