import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import type { QueueWatch } from './queue-watch.ts';

/** What the engine need not ask its tables, since it is known here. */
export interface EngineDatabase {
  /**
   * To be called when a workflow begins here, before its first step: finds out how many of its steps are recorded. Nobody
   * else can record one from now on: the engine's ownership token is ours, and is looked at with every record.
   */
  begin(workflowId: string): Promise<void>;
  end(workflowId: string): void;
}

/**
 * Makes the engine that was launched ask its database less often; what it writes, and how it guards what it writes, is
 * left as it is. It reaches into the engine, whose version is therefore pinned:
 * - It looks into a queue when something may be in it, instead of in short intervals.
 * - It asks for the record of a step only where there may be one, and not before each step whether its workflow was
 *   cancelled: a cancel takes the token away, so the step that is under way is the last.
 */
export function economizeEngine(db: Db, queues: QueueWatch): EngineDatabase {
  const system = DBOSExecutor.globalInstance?.systemDatabase;
  if (!system) throw new Error('the workflow engine was not launched');
  const look = system.findAndMarkStartableWorkflows.bind(system);
  const checkIfCanceled = system.checkIfCanceled.bind(system);
  const getResult = system.getOperationResultAndThrowIfCancelled.bind(system);
  /** Of the workflows that run here: how many steps were recorded when they began. */
  const recorded = new Map<string, number>();

  system.findAndMarkStartableWorkflows = async (queue, executorId, version, partition, _running, ...rest) => {
    await queues.untilDue(queue.name);
    const running = system.countRunningWorkflowsForQueue(queue.name); // it may have become less meanwhile
    const room = (queue.workerConcurrency ?? Number.POSITIVE_INFINITY) - running;
    const taken = room > 0 ? await look(queue, executorId, version, partition, running, ...rest) : [];
    if (taken.length >= room) queues.leftBehind(queue.name);
    return taken;
  };
  system.checkIfCanceled = async (workflowId) => {
    if (!recorded.has(workflowId)) await checkIfCanceled(workflowId);
  };
  system.getOperationResultAndThrowIfCancelled = async (workflowId, step) => {
    const first = recorded.get(workflowId);
    return first !== undefined && step >= first ? undefined : getResult(workflowId, step);
  };

  return {
    async begin(workflowId) {
      try {
        const found = await sql<{ steps: number }>`
          select coalesce(max(function_id) + 1, 0)::int as steps
          from dbos.operation_outputs where workflow_uuid = ${workflowId}`.execute(db);
        const steps = found.rows[0]?.steps;
        if (steps !== undefined) recorded.set(workflowId, steps);
      } catch {
        // then it asks before each step, as without us
      }
    },
    end: (workflowId) => void recorded.delete(workflowId),
  };
}
