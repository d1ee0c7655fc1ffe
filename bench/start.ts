import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Database, migrate, openDatabase } from '../src/database/index.ts';
import type { MeasureContext, Measured } from './figure.ts';
import { startServer } from './server-process.ts';
import { median } from './statistics.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

const foldersMade = 3;
const nodeStarts = 15;
const startsOnRunningDatabase = 5;

/** How long until a server answers, on a folder that is new, on one that it knows, and on a database that runs already. */
export async function measureStart({ say }: MeasureContext): Promise<Measured> {
  const server = { cold: [] as number[], warm: [] as number[], connected: [] as number[] };
  const postgres = { cold: [] as number[], warm: [] as number[] };
  for (let round = 1; round <= foldersMade; round += 1) {
    say(`cold and warm starts, ${round} of ${foldersMade}`);
    const folder = temporaryFolder();
    server.cold.push(await serverStart('--data-folder', folder));
    for (let again = 0; again < 2; again += 1) server.warm.push(await serverStart('--data-folder', folder));
    removeFolder(folder);
    const alone = temporaryFolder();
    postgres.cold.push(await postgresStart(alone));
    for (let again = 0; again < 2; again += 1) postgres.warm.push(await postgresStart(alone));
    removeFolder(alone);
  }

  say('starts on a database that runs already');
  const folder = temporaryFolder();
  const database = await opened(folder);
  try {
    const migrated = await migrate(database.db);
    if (!migrated.ok) throw new Error(migrated.refusal.message);
    const flags = ['--database-url', database.url, '--data-folder', folder];
    for (let count = 0; count < startsOnRunningDatabase; count += 1) server.connected.push(await serverStart(...flags));
  } finally {
    await database.close();
    removeFolder(folder);
  }
  const node: number[] = [];
  for (let count = 0; count < nodeStarts; count += 1) node.push(await nodeStart());

  const alone = 'embedded PostgreSQL alone';
  const until = 'median time from spawning `deuteron server` to the first 200 of GET /ready';
  return {
    figures: [
      {
        name: 'server, new data folder (cold)',
        unit: 's',
        better: 'less',
        value: median(server.cold),
        samples: server.cold.length,
        how: `${until}, on an empty folder: initdb and migrations included`,
        baseline: {
          name: alone,
          value: median(postgres.cold),
          samples: postgres.cold.length,
          how: 'median time of openDatabase on an empty folder, in a process that runs already',
        },
      },
      {
        name: 'server, known data folder (warm)',
        unit: 's',
        better: 'less',
        value: median(server.warm),
        samples: server.warm.length,
        how: `${until}, on the folder of an earlier start`,
        baseline: {
          name: alone,
          value: median(postgres.warm),
          samples: postgres.warm.length,
          how: 'median time of openDatabase on the folder of an earlier start, in a process that runs already',
        },
      },
      {
        name: 'server, on a database that runs',
        unit: 's',
        better: 'less',
        value: median(server.connected),
        samples: server.connected.length,
        how: `${until}, with --database-url to a migrated database`,
        baseline: {
          name: 'node -e 0',
          value: median(node),
          samples: node.length,
          how: 'median time of a whole `node -e 0`',
        },
      },
    ],
    notes: [],
  };
}

async function serverStart(...flags: string[]): Promise<number> {
  const server = await startServer(...flags);
  await server.stop();
  return server.readySeconds;
}

async function postgresStart(folder: string): Promise<number> {
  const begun = performance.now();
  const database = await opened(folder);
  const seconds = (performance.now() - begun) / 1000;
  await database.close();
  return seconds;
}

async function nodeStart(): Promise<number> {
  const begun = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return (performance.now() - begun) / 1000;
}

async function opened(folder: string): Promise<Database> {
  const database = await openDatabase({ folder });
  if (!database.ok) throw new Error(database.refusal.message);
  return database.value;
}
