import { setTimeout as delay } from 'node:timers/promises';
import { type Db, migrate, openDatabase } from '../src/database/index.ts';
import {
  type Recorded,
  recordedWorkflow,
  records,
  recordTableCreate,
} from '../src/workflows/testing/recorded-workflow.ts';
import {
  endRecordedProcesses,
  type RecordedProcess,
  startRecordedProcess,
} from '../src/workflows/testing/start-recorded-process.ts';
import type { Figure, MeasureContext, Measured } from './figure.ts';
import { median } from './statistics.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

const stepMs = 300;
const kills = 7;
const freezes = 2;
const lookMs = 5;
/** The bench gives up then: the promise is 15 seconds. */
const patienceMs = 60_000;
process.on('exit', endRecordedProcesses);

/** How long after the death of a process another one begins what it was in. */
export async function measureTakeover({ say }: MeasureContext): Promise<Measured> {
  const folder = temporaryFolder();
  const opened = await openDatabase({ folder });
  if (!opened.ok) throw new Error(opened.refusal.message);
  const { db, url } = opened.value;
  try {
    const migrated = await migrate(db);
    if (!migrated.ok) throw new Error(migrated.refusal.message);
    await recordTableCreate(db);
    const gaps: number[] = [];
    const lost = { SIGKILL: [] as number[], SIGSTOP: [] as number[] };
    const rounds = [...Array(kills).fill('SIGKILL'), ...Array(freezes).fill('SIGSTOP')] as (keyof typeof lost)[];
    let worker = await started(url);
    for (const [index, signal] of rounds.entries()) {
      say(`${signal === 'SIGKILL' ? 'kill' : 'freeze'} ${index + 1} of ${rounds.length}`);
      const id = `round-${index}`;
      const victim = await started(url, id);
      await until(db, id, ({ step }) => step === 'one');
      const heir = worker.pid === (await records(db, id))[0]?.pid ? victim : worker;
      const holder = heir === worker ? victim : worker;
      await until(db, id, ({ step }) => step === 'two');
      await delay(stepMs * Math.random()); // somewhere in the step
      const diedAt = Date.now();
      holder.signal(signal);
      const next = await until(db, id, ({ pid, at }) => pid === heir.pid && at.getTime() > diedAt);
      lost[signal].push(next.at.getTime() - diedAt);
      await until(db, id, ({ step }) => step.startsWith('end'));
      holder.signal('SIGKILL');
      await holder.ended;
      gaps.push(...gapsOf(await records(db, id)));
      worker = heir;
    }
    const baseline = {
      name: 'the next step where nobody dies',
      value: median(gaps),
      samples: gaps.length,
      how: 'median time from the end of a step to the begin of the next in one process',
    };
    const figure = (name: string, times: readonly number[], how: string): Figure => ({
      name,
      unit: 'ms',
      better: 'less',
      value: median(times),
      samples: times.length,
      how: `median time from ${how}, somewhere in a step of ${stepMs} ms, until another process on the same machine begins that step again`,
      baseline,
    });
    return {
      figures: [
        figure('a killed process, until its step begins again', lost.SIGKILL, 'kill -9'),
        figure('a frozen process, until its step begins again', lost.SIGSTOP, 'SIGSTOP'),
      ],
      notes: ['Two processes on one machine. On another machine a killed one has five seconds to come back.'],
    };
  } finally {
    endRecordedProcesses();
    await opened.value.close();
    removeFolder(folder);
  }
}

async function started(url: string, ...ids: readonly string[]): Promise<RecordedProcess> {
  const child = startRecordedProcess(url, stepMs, ...ids);
  await child.ready;
  return child;
}

async function until(db: Db, id: string, fits: (record: Recorded) => boolean): Promise<Recorded> {
  for (const since = performance.now(); performance.now() - since < patienceMs; await delay(lookMs)) {
    const found = (await records(db, id)).find(fits);
    if (found) return found;
  }
  throw new Error(`nothing of that kind was recorded within ${patienceMs / 1000} seconds`);
}

/** From the end of each step to the begin of the one behind it, where one process did both. */
function gapsOf(recorded: readonly Recorded[]): number[] {
  const names = recordedWorkflow.steps.map(({ name }) => name);
  return names.slice(1).flatMap((name, index) => {
    const end = recorded.findLast(({ step }) => step === `${names[index]} done`);
    const begin = recorded.find(({ step }) => step === name);
    return end && begin && end.pid === begin.pid && begin.at > end.at ? [begin.at.getTime() - end.at.getTime()] : [];
  });
}
