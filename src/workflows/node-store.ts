import { hostname } from 'node:os';
import { sql } from 'kysely';
import type pg from 'pg';
import type { Db } from '../database/index.ts';

/** A process that runs workflows, as others see it. */
export interface WorkflowNode {
  readonly executorId: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: Date;
  /** Since its last sign of life, or since the database is back: while that was away, nobody could give one. */
  readonly silentMs: number;
  /** Its last beat to the microsecond, to be compared. */
  readonly beat: string;
  /** Whether one of its sessions is open. */
  readonly isConnected: boolean;
  readonly hasStopped: boolean;
  readonly isBuried: boolean;
  /** Kinds of workflow that it runs. */
  readonly runs: readonly string[];
}

type NodeTables = {
  workflow_node: {
    executor_id: string;
    host: string;
    pid: number;
    started_at: Date;
    heartbeat_at: Date;
    stopped_at: Date | null;
    buried_at: Date | null;
    runs: string[];
  };
};

/** Sessions are named after their process, so that others can see whether it lives, and end them. */
export function sessionName(executorId: string, purpose: 'node' | 'work'): string {
  return `deuteron ${purpose} ${executorId}`;
}

export async function nodesOf(db: Db): Promise<WorkflowNode[]> {
  const found = await sql<Omit<WorkflowNode, 'silentMs'> & { silentMs: string }>`
    select executor_id as "executorId", host, pid, started_at as "startedAt", heartbeat_at::text as beat, runs,
      extract(epoch from now() - greatest(heartbeat_at, pg_postmaster_start_time())) * 1000 as "silentMs",
      stopped_at is not null as "hasStopped", buried_at is not null as "isBuried",
      exists (
        select from pg_stat_activity
        where datname = current_database() and application_name = 'deuteron node ' || executor_id
      ) as "isConnected"
    from workflow_node order by started_at`.execute(db);
  return found.rows.map((row) => ({ ...row, silentMs: Number(row.silentMs) }));
}

/** Declares a process dead, unless it has given a sign of life since it was looked at. @returns whether it is dead now */
export async function nodeBury(db: Db, { executorId, beat }: WorkflowNode): Promise<boolean> {
  const buried = await db
    .withTables<NodeTables>()
    .updateTable('workflow_node')
    .set({ buried_at: sql`coalesce(buried_at, now())` })
    .where('executor_id', '=', executorId)
    .where(sql<boolean>`(buried_at is not null or heartbeat_at::text = ${beat})`)
    .returning('executor_id')
    .executeTakeFirst();
  return buried !== undefined;
}

export async function nodeForget(db: Db, executorId: string): Promise<void> {
  await db.withTables<NodeTables>().deleteFrom('workflow_node').where('executor_id', '=', executorId).execute();
}

/** Ends whatever the process still has open: a transaction that it was frozen in will not be committed. */
export async function nodeSessionsEnd(db: Db, executorId: string): Promise<void> {
  const names = (['node', 'work'] as const).map((purpose) => sessionName(executorId, purpose));
  await sql`select pg_terminate_backend(pid, 2000) from pg_stat_activity
    where datname = current_database() and application_name = any(${names})`.execute(db);
}

/** What a process says of itself, through a session of its own. */
export const ownNode = {
  async insert(session: pg.Client, executorId: string, runs: readonly string[]): Promise<void> {
    await session.query(
      `insert into workflow_node (executor_id, host, pid, started_at, heartbeat_at, runs)
       values ($1, $2, $3, now(), now(), $4)`,
      [executorId, hostname(), process.pid, runs],
    );
  },

  /** @returns false when others have declared it dead */
  async beat(session: pg.Client, executorId: string): Promise<boolean> {
    const beaten = await session.query(
      'update workflow_node set heartbeat_at = now() where executor_id = $1 and buried_at is null',
      [executorId],
    );
    return beaten.rowCount === 1;
  },

  /** Says that it ends by itself, and wakes the others. */
  async stop(session: pg.Client, executorId: string): Promise<void> {
    await session.query('update workflow_node set stopped_at = now() where executor_id = $1', [executorId]);
    await session.query(`notify ${nodeChannel}`);
  },
};

export const nodeChannel = 'deuteron_nodes';
