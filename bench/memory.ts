import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { paginateListServiceInstances } from '@aws-sdk/client-proton';
import { openDatabase } from '../src/database/index.ts';
import { startAndAwait } from './await-work.ts';
import { createWorker, prepareEstate, workersUnderWay } from './example-estate.ts';
import type { Figure, MeasureContext, Measured } from './figure.ts';
import { canReadMemory, postgresMb, residentMb } from './process-memory.ts';
import { instanceCount, seedFleet } from './seed-fleet.ts';
import { startServer } from './server-process.ts';
import { median } from './statistics.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

const settleMs = 3_000;
const looks = 5;
const lookMs = 400;
const deploymentCount = 50;

/** What a server and its database have in memory: idle, after deployments, after a whole fleet was listed. */
export async function measureMemory({ say }: MeasureContext): Promise<Measured> {
  if (!canReadMemory) {
    return { figures: [], notes: ['not available: memory is read from /proc, which this system does not have'] };
  }
  const node = await emptyNodeMb();
  const folder = temporaryFolder();
  const database = await openDatabase({ folder });
  if (!database.ok) throw new Error(database.refusal.message);
  const server = await startServer('--database-url', database.value.url, '--data-folder', folder);
  const platform = server.platform();
  const figures: Figure[] = [];
  const look = async (when: string) => {
    say(`memory, ${when}`);
    await delay(settleMs);
    const seen = await lookSome(() => [residentMb(server.pid), postgresMb(folder).mb]);
    const how = `median of ${looks} looks within two seconds, ${settleMs / 1000} seconds after; nothing was collected by force`;
    figures.push(
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
    );
  };
  try {
    await look('idle after its start');
    await prepareEstate(platform);
    const workers = {
      start: (name: string) => createWorker(platform, name),
      underWay: () => workersUnderWay(platform),
    };
    await startAndAwait(
      workers,
      Array.from({ length: deploymentCount }, (_, index) => `worker-${index}`),
    );
    await look(`after ${deploymentCount} deployments at once`);
    await seedFleet(platform, database.value.db);
    let listed = 0;
    for await (const page of paginateListServiceInstances({ client: platform.proton, pageSize: 100 }, {})) {
      listed += page.serviceInstances?.length ?? 0;
    }
    if (listed < instanceCount) throw new Error(`only ${listed} instances were listed`);
    await look(`after listing ${instanceCount} instances`);
  } finally {
    platform.close();
    await server.stop();
    await database.value.close();
    removeFolder(folder);
  }
  return { figures, notes: [] };
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
