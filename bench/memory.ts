import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { paginateListServiceInstances } from '@aws-sdk/client-proton';
import { sql } from 'kysely';
import { createWorker, prepareEstate } from '../demo/example-estate.ts';
import type { Platform } from '../demo/platform.ts';
import { type Db, openDatabase } from '../src/database/index.ts';
import { startAndAwait } from './await-work.ts';
import type { Figure, MeasureContext, Measured } from './figure.ts';
import { canReadMemory, postgresMb, residentMb } from './process-memory.ts';
import { instanceCount, seedFleet } from './seed-fleet.ts';
import { accountId, type ServerProcess, startServer } from './server-process.ts';
import { median } from './statistics.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';
import { workersIn } from './worker-services.ts';

const settleMs = 3_000;
const looks = 5;
const lookMs = 400;
const deploymentCount = 50;
const inFlightCount = 500;
const askedAtOnce = 25;

/** What a server and its database have in memory: idle, after deployments, after a whole fleet was listed, in mid-flight. */
export async function measureMemory({ say }: MeasureContext): Promise<Measured> {
  if (!canReadMemory) {
    return { figures: [], notes: ['not available: memory is read from /proc, which this system does not have'] };
  }
  const node = await emptyNodeMb();
  const figures: Figure[] = [];
  const looking = ({ folder, server }: Measurable) => {
    return async (when: string) => {
      say(`memory, ${when}`);
      figures.push(...(await lookAt(when, folder, server.pid, node)));
    };
  };

  await onServer(async (measurable) => {
    const { platform, db } = measurable;
    const look = looking(measurable);
    await look('idle after its start');
    await prepareEstate(platform, accountId);
    await startAndAwait(workersIn(platform, db), names(deploymentCount));
    await look(`after ${deploymentCount} deployments at once`);
    await seedFleet(platform, db);
    let listed = 0;
    for await (const page of paginateListServiceInstances({ client: platform.proton, pageSize: 100 }, {})) {
      listed += page.serviceInstances?.length ?? 0;
    }
    if (listed < instanceCount) throw new Error(`only ${listed} instances were listed`);
    await look(`after listing ${instanceCount} instances`);
  });

  await onServer(async (measurable) => {
    const { platform, db, server } = measurable;
    await prepareEstate(platform, accountId);
    await holdCloud(server.cloudUrl);
    say(`${inFlightCount} deployments begin, and stand`);
    for (const some of chunks(names(inFlightCount), askedAtOnce)) {
      await Promise.all(some.map((name) => createWorker(platform, name)));
    }
    while ((await placementsBegun(db)) < inFlightCount) await delay(lookMs);
    await looking(measurable)(`${inFlightCount} deployments in flight`);
  });
  return { figures, notes: [] };
}

interface Measurable {
  readonly folder: string;
  readonly db: Db;
  readonly server: ServerProcess;
  readonly platform: Platform;
}

/** On a database that is not the server's own child, so that both can be told apart. */
async function onServer(work: (measurable: Measurable) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  const database = await openDatabase({ folder });
  if (!database.ok) throw new Error(database.refusal.message);
  const { db, url } = database.value;
  const server = await startServer('--database-url', url, '--data-folder', folder);
  const platform = server.platform();
  try {
    await work({ folder, db, server, platform });
  } finally {
    platform.close();
    await server.stop();
    await database.value.close();
    removeFolder(folder);
  }
}

async function lookAt(when: string, folder: string, pid: number, node: number): Promise<Figure[]> {
  await delay(settleMs);
  const seen = await lookSome(() => [residentMb(pid), postgresMb(folder).mb]);
  const how = `median of ${looks} looks within two seconds, ${settleMs / 1000} seconds after; nothing was collected by force`;
  return [
    {
      name: `server, ${when}`,
      unit: 'MB',
      better: 'less',
      value: seen[0]!,
      samples: looks,
      how: `VmRSS of the server's process, its simulated cloud included; ${how}`,
      baseline: {
        name: 'an empty node process',
        value: node,
        samples: looks,
        how: `VmRSS of a node that idles; ${how}`,
      },
    },
    {
      name: `PostgreSQL, ${when}`,
      unit: 'MB',
      better: 'less',
      value: seen[1]!,
      samples: looks,
      how: `sum of the proportional shares (Pss) of all its processes, ${postgresMb(folder).processes} at the last look; ${how}`,
    },
  ];
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `worker-${index}`);
}

/** From now on stacks are begun in the simulated cloud, and none of them ends. */
async function holdCloud(cloudUrl: string): Promise<void> {
  const answer = await fetch(`${cloudUrl}/_simulated/clock`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scale: 1, held: true }),
  });
  if (!answer.ok) throw new Error(`the cloud's clock was not held: ${await answer.text()}`);
}

/** Of deployments that are not over: how many stacks are begun. */
async function placementsBegun(db: Db): Promise<number> {
  const { rows } = await sql<{ number: number }>`
    select count(*)::int as number from deployment_placement join deployment on id = deployment_id
    where deployment_placement.begun_at is not null and completed_at is null`.execute(db);
  return rows[0]?.number ?? 0;
}

function chunks(all: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

async function emptyNodeMb(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1e6)'], { stdio: 'ignore' });
  try {
    await delay(settleMs);
    return (await lookSome(() => [residentMb(child.pid ?? 0)]))[0]!;
  } finally {
    child.kill();
  }
}

/** The medians of some looks at some figures. */
async function lookSome(look: () => readonly number[]): Promise<number[]> {
  const seen: (readonly number[])[] = [];
  for (let count = 0; count < looks; count += 1) {
    seen.push(look());
    await delay(lookMs);
  }
  return seen[0]!.map((_, index) => median(seen.map((values) => values[index]!)));
}
