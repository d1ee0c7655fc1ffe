import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type Clock, systemClock } from '../clock/index.ts';
import { type Database, type Db, migrate, openDatabase } from '../database/index.ts';
import { accept, type Result, refuse } from '../errors/index.ts';
import { type Log, silentLog } from '../log/index.ts';
import type { CloudTools } from './actions/action.ts';
import { prepareNested } from './actions/prepare-nested-stack.ts';
import { addControlDoor } from './doors/control-door.ts';
import { cloudServer } from './doors/server.ts';
import { CloudEngine } from './engine/cloud-engine.ts';
import { engineWorld } from './engine/cloud-world.ts';
import type { Durations } from './engine/durations.ts';
import { NestedStackEngine } from './engine/nested-stacks.ts';
import { usualSettings } from './state/cloud-settings.ts';
import { CloudState } from './state/cloud-state.ts';
import { cloudSchema } from './state/cloud-store.ts';

export interface SimulatedCloudOptions {
  /** The PostgreSQL that keeps the cloud's state, in a schema of its own. */
  readonly databaseUrl: string;
  /** Default 127.0.0.1. The cloud believes every signature: it must not listen where strangers can reach it. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** What ids, names and chances are drawn from; only of a new cloud, one that exists keeps its own. */
  readonly seed?: string;
  /**
   * Real seconds for each second that a resource would take: 0 is instant, 1 as in the real service. Absent: as it was
   * set last, 0 at first.
   */
  readonly clockScale?: number;
  /** Seconds that a resource takes, by type; `*` for all others. */
  readonly durations?: Durations;
  /** The account of access keys that name none. Default 111111111111. */
  readonly defaultAccountId?: string;
  /** How long to wait for another process to let go of the cloud. Default 10. */
  readonly claimSecondsMax?: number;
  readonly clock?: Clock;
  readonly log?: Log;
}

export interface SimulatedCloud {
  /** The endpoint for CloudFormation and STS; the control door lies below /_simulated. */
  readonly url: string;
  /** Operations in flight stand still and go on at the next start. */
  close(): Promise<void>;
}

/** Every "no" of this room, with its heading in docs/errors.md. What the simulated service itself refuses is its own. */
export const simulatedCloudRefusalCodes = {
  'simulated-cloud-in-use': 'Another process runs the simulated cloud of the same database.',
  'simulated-cloud-address': 'The simulated cloud cannot listen on the address it was given.',
} as const;

const sessionsMax = 6;
const defaultSeed = 'deuteron';

/**
 * Starts the cloud on its database, and goes on with what was in flight when it was last stopped or killed.
 * @refuses a database that cannot be used, one whose cloud is run by another process, an address that is taken
 */
export async function startSimulatedCloud(options: SimulatedCloudOptions): Promise<Result<SimulatedCloud>> {
  const { databaseUrl } = options;
  const database = await openDatabase({ databaseUrl, sessionsMax });
  if (!database.ok) return database;
  const claim = await claimCloud(databaseUrl, options.claimSecondsMax ?? 10);
  if (!claim.ok) {
    await database.value.close();
    return claim;
  }
  const started = await startOn(database.value, options);
  const end = async () => {
    await claim.value.end().catch(() => undefined);
    await database.value.close();
  };
  if (!started.ok) {
    await end();
    return started;
  }
  const { url, close } = started.value;
  return accept({
    url,
    async close() {
      await close();
      await end();
    },
  });
}

/** One process at a time: two would each believe their own memory. The session holds the claim, so it dies with us. */
async function claimCloud(databaseUrl: string, secondsMax: number): Promise<Result<pg.Client>> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'deuteron simulated cloud',
    lock_timeout: secondsMax * 1000,
  });
  client.on('error', () => undefined); // a lost claim is noticed when the next change is written
  try {
    await client.connect();
    await client.query("select pg_advisory_lock(hashtextextended('deuteron simulated cloud', 0))");
    return accept(client);
  } catch (error) {
    await client.end().catch(() => undefined);
    if ((error as { code?: unknown }).code !== lockNotAvailable) throw error;
    return refuse({
      kind: 'conflict',
      code: 'simulated-cloud-in-use',
      message: 'Another process runs the simulated cloud of this database.',
      remedy: 'Stop it, use its address instead, or give this one another database.',
    });
  }
}

/** PostgreSQL's code for a lock that was not free in time. */
const lockNotAvailable = '55P03';

async function startOn({ db }: Database, options: SimulatedCloudOptions): Promise<Result<SimulatedCloud>> {
  const migrated = await migrate(db, {
    folder: fileURLToPath(new URL('./migrations', import.meta.url)),
    schema: cloudSchema,
  });
  if (!migrated.ok) return migrated;
  const log = options.log ?? silentLog;
  const state = await takenOver(db, options, log);
  const nested: NestedStackEngine = new NestedStackEngine({
    inMemory: (stackId) => state.stackInMemory(stackId),
    adopt: (stack) => state.adopt(stack),
    drive: (stack) => engine.drive(stack),
    prepare: (parent, task) => prepareNested(tools)(parent, task),
  });
  const world = engineWorld(state, options.durations ?? {}, nested);
  const engine = new CloudEngine(state, world, nested, log);
  const tools: CloudTools = { state, engine, world, log };
  const server = cloudServer({ tools, defaultAccountId: options.defaultAccountId ?? '111111111111' });
  addControlDoor(server, tools);
  await server.ready();
  try {
    const url = await server.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
    await engine.start();
    return accept({
      url,
      async close() {
        await server.close();
        await engine.stop();
        await state.close();
      },
    });
  } catch (error) {
    return refuse({
      kind: 'invalid',
      code: 'simulated-cloud-address',
      message: `The simulated cloud cannot listen on ${options.host ?? '127.0.0.1'}:${options.port ?? 0}: ${(error as Error).message}`,
      remedy: 'Choose another host or port.',
    });
  }
}

async function takenOver(db: Db, options: SimulatedCloudOptions, log: Log): Promise<CloudState> {
  const { seed = defaultSeed, clockScale } = options;
  const settings = { ...usualSettings, clock: { scale: clockScale ?? 0, aheadMs: 0 } };
  const state = await CloudState.takeOver({ db, realClock: options.clock ?? systemClock, log, seed, settings });
  const { clock } = state.settings;
  if (clockScale !== undefined && clock.scale !== clockScale) {
    state.settings = { ...state.settings, clock: { ...clock, scale: clockScale } };
  }
  return state;
}
