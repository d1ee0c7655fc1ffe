import { setTimeout as delay } from 'node:timers/promises';
import { prepareEstate } from '../demo/example-estate.ts';
import { openDatabase } from '../src/database/index.ts';
import { silentLog } from '../src/log/index.ts';
import { startSimulatedCloud } from '../src/simulated-cloud/index.ts';
import { startAndAwait } from './await-work.ts';
import type { Figure, MeasureContext, Measured } from './figure.ts';
import { accountId, startCountedServer } from './server-process.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';
import { workersIn } from './worker-services.ts';

const warmUps = 5;
const sequentialCount = 20;
const parallelCount = 50;
const idleSeconds = 20;

/** What a deployment costs the database, and what a server asks that has nothing to do. The cloud is not counted. */
export async function measureStatements({ verbose, say }: MeasureContext): Promise<Measured> {
  const folder = temporaryFolder();
  const database = await openDatabase({ folder });
  if (!database.ok) throw new Error(database.refusal.message);
  const { url: databaseUrl, db } = database.value;
  const cloud = await startSimulatedCloud({
    databaseUrl,
    port: 0,
    clockScale: 0,
    defaultAccountId: accountId,
    log: silentLog,
  });
  if (!cloud.ok) throw new Error(cloud.refusal.message);
  const elsewhere = ['--cloud', 'aws', '--cloud-endpoint', cloud.value.url];
  const server = await startCountedServer('--database-url', databaseUrl, '--data-folder', folder, ...elsewhere);
  const platform = server.platform();
  try {
    await prepareEstate(platform, accountId);
    const workers = workersIn(platform, db);
    for (let index = 0; index < warmUps; index += 1) await startAndAwait(workers, [`warm-up-${index}`]);
    const during = async (work: () => Promise<unknown>) => {
      const [before, since] = [await server.statements(), performance.now()];
      await work();
      const after = await server.statements();
      const of = (what: 'statements' | 'transactions') => after[what] - before[what];
      return {
        seconds: (performance.now() - since) / 1000,
        statements: of('statements'),
        transactions: of('transactions'),
        texts: Object.entries(after.texts).map(([text, count]) => [text, count - (before.texts[text] ?? 0)] as const),
      };
    };
    say(`${idleSeconds} seconds of nothing`);
    const idle = await during(() => delay(idleSeconds * 1000));
    say(`${sequentialCount} deployments, one at a time`);
    const single = await during(async () => {
      for (let index = 0; index < sequentialCount; index += 1) await startAndAwait(workers, [`single-${index}`]);
    });
    say(`${parallelCount} deployments at once`);
    const names = Array.from({ length: parallelCount }, (_, index) => `parallel-${index}`);
    const parallel = await during(() => startAndAwait(workers, names));

    const kinds = ['statements', 'transactions'] as const;
    const figures = kinds.flatMap((kind): Figure[] => {
      const perSecond = idle[kind] / idle.seconds;
      const each = (name: string, seen: typeof single, deployments: number): Figure => ({
        name: `${name}, ${kind} for each deployment`,
        unit: '',
        better: 'less',
        value: seen[kind] / deployments,
        samples: deployments,
        how: `what the server sent from the first CreateService until the last has succeeded, by their number; whoever waits looks into the database and asks the server nothing`,
        baseline: {
          name: 'the same server, idle for as long',
          value: (perSecond * seen.seconds) / deployments,
          samples: 1,
          how: `counted over ${idleSeconds} seconds`,
        },
      });
      return [
        {
          name: `idle, ${kind} a second`,
          unit: '/s',
          better: 'less',
          value: perSecond,
          samples: 1,
          how: `counted over ${idleSeconds} seconds`,
        },
        each('one at a time', single, sequentialCount),
        each(`${parallelCount} at once`, parallel, parallelCount),
      ];
    });
    return {
      figures,
      notes: [
        'Counted where the server hands statements to its database driver (bench/count-statements.ts); those of the simulated cloud, which runs in another process here, are not among them.',
        ...(verbose
          ? [
              ...textsOf('idle, a second', idle.texts, idle.seconds),
              ...textsOf('one at a time', single.texts, sequentialCount),
            ]
          : []),
      ],
    };
  } finally {
    platform.close();
    await server.stop();
    await cloud.value.close();
    await database.value.close();
    removeFolder(folder);
  }
}

const toldLength = 200;

/** Which texts were sent how often, the most frequent first. */
function textsOf(when: string, texts: readonly (readonly [string, number])[], parts: number): string[] {
  const seen = texts.filter(([, count]) => count > 0).sort(([, one], [, other]) => other - one);
  return seen.map(([text, count]) => `${when}: ${(count / parts).toFixed(2)} × ${text.slice(0, toldLength)}`);
}
