import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fullDiff } from '@aws-cdk/cloudformation-diff';
import { parse } from 'yaml';
import { migrate, openDatabase } from '../src/database/index.ts';
import type { Figure, MeasureContext, Measured } from './figure.ts';
import { memberOf, pair, renderedFor, resourceCount } from './fleet-pair.ts';
import type { PreviewTold } from './preview-process.ts';
import { canReadMemory } from './process-memory.ts';
import { seedPreview } from './seed-preview.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

const threadCounts = [1, 2];
const baselinePairs = 300;
const run = promisify(execFile);

/** What a platform engineer waits for a fleet preview; beside it the CDK's own comparison, of the same pairs. */
export function measureFleetPreview(context: MeasureContext): Promise<Measured> {
  return measureFleets([1_000], context);
}

export function measureLargeFleetPreview(context: MeasureContext): Promise<Measured> {
  return measureFleets([10_000], context);
}

async function measureFleets(fleets: readonly number[], { say }: MeasureContext): Promise<Measured> {
  say(`cloudformation-diff, ${baselinePairs} pairs`);
  const baseline = measureBaseline();
  const figures: Figure[] = [];
  for (const count of fleets) {
    const folder = temporaryFolder();
    const database = await openDatabase({ folder });
    if (!database.ok) throw new Error(database.refusal.message);
    const { db, url } = database.value;
    try {
      say(`seeding ${count} instances`);
      const migrated = await migrate(db);
      if (!migrated.ok) throw new Error(migrated.refusal.message);
      await seedPreview(db, count);
      for (const threads of threadCounts) {
        say(`${count} instances, ${threads} threads`);
        figures.push(...figuresOf(await previewOf(url, threads, count), threads, baseline));
      }
    } finally {
      await database.value.close();
      removeFolder(folder);
    }
  }
  const { version } = createRequire(import.meta.url)('@aws-cdk/cloudformation-diff/package.json') as {
    version: string;
  };
  return {
    figures,
    notes: [
      `Every instance has names and inputs of its own, so that no two comparisons are alike; templates of ${resourceCount} resources.`,
      `cloudformation-diff ${version} alone compares; it carries no inputs over, renders nothing and gives no verdict.`,
    ],
    peers: { 'cloudformation-diff': version },
  };
}

async function previewOf(url: string, threads: number, count: number): Promise<PreviewTold> {
  const script = join(import.meta.dirname, 'preview-process.ts');
  const { stdout } = await run(process.execPath, [script, url, String(threads)], { maxBuffer: 2 ** 20 });
  const told = JSON.parse(stdout) as PreviewTold;
  const judged = (told.verdicts['in-place'] ?? 0) + (told.verdicts.interruption ?? 0);
  if (told.things !== count || judged !== count)
    throw new Error(`of ${count} instances these were judged: ${JSON.stringify(told.verdicts)}`);
  return told;
}

/** For one pair. */
interface PairCost {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Both texts read by the `yaml` package, then compared. */
function measureBaseline(): PairCost {
  const texts = Array.from({ length: baselinePairs }, (_, n) => {
    const member = memberOf(n);
    return [renderedFor(pair.before, member), renderedFor(pair.after, member)] as const;
  });
  const compare = ([before, after]: readonly [string, string]) => fullDiff(parse(before), parse(after));
  const [first] = texts;
  if (first === undefined || compare(first).resources.differenceCount === 0)
    throw new Error('the pair has no difference');
  const begun = performance.now();
  const usedBefore = process.cpuUsage();
  for (const each of texts) compare(each);
  const { user, system } = process.cpuUsage(usedBefore);
  const seconds = (performance.now() - begun) / 1000;
  return { seconds: seconds / baselinePairs, cpuSeconds: (user + system) / 1e6 / baselinePairs };
}

function figuresOf(
  { seconds, cpuSeconds, things, peakMb }: PreviewTold,
  threads: number,
  pairCost: PairCost,
): Figure[] {
  const name = `${things.toLocaleString('en-US')} instances, ${threads === 1 ? '1 thread' : `${threads} threads`}`;
  const how =
    'previewFleet in a process of its own, from the question to the last line: database, upgrade of inputs, rendering, comparison, name claims, summary; threads start within it';
  const baseline = {
    name: 'cloudformation-diff',
    samples: baselinePairs,
    how: `${baselinePairs} of the same pairs, rendered before, read by the yaml package and compared by fullDiff in a loop in one thread`,
  };
  const figures: Figure[] = [
    {
      name: `${name}, seconds`,
      unit: 's',
      better: 'less',
      value: seconds,
      samples: 1,
      how,
      baseline: { ...baseline, value: pairCost.seconds * things },
    },
    {
      name: `${name}, instances a second`,
      unit: '/s',
      better: 'more',
      value: things / seconds,
      samples: 1,
      how,
      baseline: { ...baseline, value: 1 / pairCost.seconds },
    },
    {
      name: `${name}, CPU time for each`,
      unit: 'ms',
      better: 'less',
      value: (cpuSeconds * 1000) / things,
      samples: 1,
      how: 'user and system time of that process with all its threads, their start included; says more than seconds where other work runs',
      baseline: { ...baseline, value: pairCost.cpuSeconds * 1000 },
    },
  ];
  if (!canReadMemory) return figures;
  const memory = { name: `${name}, peak memory`, unit: 'MB', better: 'less', value: peakMb, samples: 1 } as const;
  return [...figures, { ...memory, how: 'RSS of that process with its threads, looked at every 100 ms' }];
}
