import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import { accept } from '../../errors/index.ts';
import { step, type Workflow, workflow } from '../workflow.ts';

/** A workflow that writes down what it does, for tests that trouble the process which runs it. */
export interface RecordedState {
  readonly id: string;
  readonly seen?: readonly string[];
}

export interface RecordedTools {
  readonly db: Db;
  /** How long each step takes, so that trouble can fall into it. */
  readonly stepMs: number;
}

export interface Recorded {
  readonly id: string;
  readonly step: string;
  /** The process that did it. */
  readonly pid: number;
  readonly at: Date;
}

export async function recordTableCreate(db: Db): Promise<void> {
  await sql`create table recorded (id text, step text, pid integer, at timestamptz default clock_timestamp())`.execute(
    db,
  );
}

export async function records(db: Db, id: string): Promise<Recorded[]> {
  const rows = await sql<Recorded>`select id, step, pid, at from recorded where id = ${id} order by at`.execute(db);
  return rows.rows;
}

export async function recorded(db: Db, id: string): Promise<string[]> {
  return (await records(db, id)).map(({ step: name }) => name);
}

async function recordInsert(db: Db, id: string, name: string): Promise<void> {
  await sql`insert into recorded (id, step, pid) values (${id}, ${name}, ${process.pid})`.execute(db);
}

/** Writes that it began, and after a while that it did its work: with its last write comes its effect. */
function recordingStep(name: string) {
  return step<RecordedState, RecordedTools>(name, {
    do: async (state, { db, stepMs }) => {
      await recordInsert(db, state.id, name);
      await delay(stepMs);
      await recordInsert(db, state.id, `${name} done`);
      return accept({ seen: [...(state.seen ?? []), name] });
    },
    noUndo: 'it is only written down',
  });
}

type RecordedWorkflow = Workflow<RecordedState, RecordedTools>;

export function recordingWorkflow(
  names: readonly string[],
  revisions: Partial<Pick<RecordedWorkflow, 'revision' | 'former'>> = {},
): RecordedWorkflow {
  return workflow<RecordedState, RecordedTools>('recorded', names.map(recordingStep), {
    ...revisions,
    settled: async (state, settlement, { db }) => {
      const end = settlement.ok ? `end ${state.seen?.join(' ')}` : `refused: ${settlement.refusal.code}`;
      await recordInsert(db, state.id, end);
    },
  });
}

export const recordedWorkflow = recordingWorkflow(['one', 'two', 'three', 'four', 'five']);

/** All that a run of it writes down when nothing goes wrong. */
export const wholeRecord = [
  ...recordedWorkflow.steps.flatMap(({ name }) => [name, `${name} done`]),
  'end one two three four five',
];
