import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import { accept } from '../../errors/index.ts';
import { step, workflow } from '../workflow.ts';

/** A workflow that writes down what it does, for tests that kill the process which runs it. */
export interface RecordedState {
  readonly id: string;
  readonly seen?: readonly string[];
}

export interface RecordedTools {
  readonly db: Db;
  /** How long each step takes, so that a kill can fall into it. */
  readonly stepMs: number;
}

export async function recordTableCreate(db: Db): Promise<void> {
  await sql`create table recorded (id text, step text, at timestamptz default clock_timestamp())`.execute(db);
}

export async function recorded(db: Db, id: string): Promise<string[]> {
  const rows = await sql<{ step: string }>`select step from recorded where id = ${id} order by at`.execute(db);
  return rows.rows.map((row) => row.step);
}

function recordingStep(name: string) {
  return step<RecordedState, RecordedTools>(name, {
    do: async (state, { db, stepMs }) => {
      await sql`insert into recorded (id, step) values (${state.id}, ${name})`.execute(db);
      await delay(stepMs);
      return accept({ seen: [...(state.seen ?? []), name] });
    },
    noUndo: 'it is only written down',
  });
}

export const recordedWorkflow = workflow<RecordedState, RecordedTools>(
  'recorded',
  ['one', 'two', 'three', 'four', 'five'].map(recordingStep),
  {
    settled: async (state, settlement, { db }) => {
      const end = settlement.ok ? `end ${state.seen?.join(' ')}` : `refused at ${settlement.step}`;
      await sql`insert into recorded (id, step) values (${state.id}, ${end})`.execute(db);
    },
  },
);
