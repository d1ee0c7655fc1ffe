import { hostname } from 'node:os';
import { sql } from 'kysely';
import { type Db, isRunning } from '../database/index.ts';
import type { Log } from '../log/index.ts';
import { type Death, deathOf } from './node-death.ts';
import type { NodeSession } from './node-session.ts';
import { nodeBury, nodeForget, nodeSessionsEnd, nodesOf, type WorkflowNode } from './node-store.ts';

export interface BurialTools {
  /** Its sessions end with this process too: who dies while burying is buried first. */
  readonly db: Db;
  readonly self: Pick<NodeSession, 'executorId' | 'steadyMs'>;
  readonly log: Log;
  /** Gives the work of an executor back to the queues. @returns how much there was */
  readonly takeOver: (executorId: string) => Promise<number>;
}

/**
 * Looks for dead processes and gives their work to the living. First it is written down that they are dead, then their
 * sessions are ended, then their work is taken; a burial that breaks off is gone on with by whoever looks next.
 */
export async function buryDead(tools: BurialTools): Promise<void> {
  const judge = { host: hostname(), isRunning, steadyMs: tools.self.steadyMs() };
  for (const node of await nodesOf(tools.db)) {
    const death = node.executorId === tools.self.executorId ? undefined : deathOf(node, judge);
    if (death) await bury(node, death, tools);
  }
}

async function bury(node: WorkflowNode, death: Death, { db, log, takeOver }: BurialTools): Promise<void> {
  const { executorId } = node;
  if (!(await nodeBury(db, node))) return;
  await nodeSessionsEnd(db, executorId).catch((err) => log.warn({ err, executorId }, 'sessions could not be ended'));
  await db.transaction().execute(async (tx) => {
    const lock = sql`pg_try_advisory_xact_lock(hashtextextended(${`deuteron burial ${executorId}`}, 0))`;
    const mine = await sql<{ taken: boolean }>`select ${lock} as taken`.execute(tx);
    if (!mine.rows[0]?.taken) return; // another process is at it
    const workflows = await takeOver(executorId);
    await nodeForget(tx, executorId);
    if (workflows > 0 || death !== 'stopped') {
      log.info(
        { executorId, host: node.host, pid: node.pid, death, workflows },
        'a process is gone; its work is taken over',
      );
    }
  });
}
