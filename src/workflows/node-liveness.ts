import { hostname } from 'node:os';
import { sql } from 'kysely';
import pg from 'pg';
import type { Db } from '../database/index.ts';

/**
 * Which processes are alive. Each holds an advisory lock in a session of its own, so that its death is visible at once,
 * and beats in a table, so that a session that was merely cut does not look like a death.
 */
type NodeTables = {
  workflow_node: {
    executor_id: string;
    host: string;
    pid: number;
    started_at: Date;
    heartbeat_at: Date;
    stopped_at: Date | null;
  };
};

export interface NodeLiveness {
  /** Executors whose work nobody does any more. */
  dead(): Promise<string[]>;
  /** Runs `takeOver` unless another process is already doing so, and then forgets the executor. */
  bury(executorId: string, takeOver: () => Promise<void>): Promise<void>;
  /** Says that this process ends by itself; its work may be taken over at once. */
  stop(): Promise<void>;
}

const beatMs = 2_000;
/** A process that has not beaten for so long, and holds no lock, is dead. */
const silenceMsMax = 10_000;

export async function joinNodes(
  db: Db,
  url: string,
  executorId: string,
  lost: (error: Error) => void,
): Promise<NodeLiveness> {
  const nodes = db.withTables<NodeTables>();
  let session: pg.Client | undefined;

  async function hold(): Promise<void> {
    const next = new pg.Client({ connectionString: url, application_name: `deuteron node ${executorId}` });
    next.on('error', (error) => {
      if (session === next) session = undefined;
      lost(error);
    });
    await next.connect();
    await next.query('select pg_advisory_lock(hashtextextended($1, 0))', [lockName(executorId)]);
    session = next;
  }

  async function beat(): Promise<void> {
    if (!session) await hold();
    await nodes
      .updateTable('workflow_node')
      .set({ heartbeat_at: sql`now()` })
      .where('executor_id', '=', executorId)
      .execute();
  }

  await hold();
  await nodes
    .insertInto('workflow_node')
    .values({
      executor_id: executorId,
      host: hostname(),
      pid: process.pid,
      started_at: sql`now()`,
      heartbeat_at: sql`now()`,
      stopped_at: null,
    })
    .execute();
  const timer = setInterval(() => beat().catch(lost), beatMs);

  return {
    async dead() {
      const silent = sql<boolean>`heartbeat_at < now() - make_interval(secs => ${silenceMsMax / 1000})`;
      const others = await nodes
        .selectFrom('workflow_node')
        .select(['executor_id', 'host', 'pid', 'stopped_at', silent.as('silent')])
        .where('executor_id', '<>', executorId)
        .execute();
      return others
        .filter((node) => node.stopped_at || node.silent || (node.host === hostname() && !isRunning(node.pid)))
        .map((node) => node.executor_id);
    },

    async bury(deadId, takeOver) {
      await db.connection().execute(async (one) => {
        const lock = sql`hashtextextended(${lockName(deadId)}, 0)`;
        const free = await sql<{ taken: boolean }>`select pg_try_advisory_lock(${lock}) as taken`.execute(one);
        if (!free.rows[0]?.taken) return;
        try {
          await takeOver();
          await nodes.deleteFrom('workflow_node').where('executor_id', '=', deadId).execute();
        } finally {
          await sql`select pg_advisory_unlock(${lock})`.execute(one);
        }
      });
    },

    async stop() {
      clearInterval(timer);
      await nodes
        .updateTable('workflow_node')
        .set({ stopped_at: sql`now()` })
        .where('executor_id', '=', executorId)
        .execute();
      const held = session;
      session = undefined;
      await held?.end();
    },
  };
}

function lockName(executorId: string): string {
  return `deuteron node ${executorId}`;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
