import { Error as EngineErrors } from '@dbos-inc/dbos-sdk';
import { currentOwnerXid } from '@dbos-inc/dbos-sdk/internal/context';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { withDbRetry } from '@dbos-inc/dbos-sdk/internal/system_database';
import type { Db } from '../database/index.ts';
import { outcomeRecord, stepRecordInsert, stepsRecorded, workflowsClaim } from './engine-store.ts';
import type { QueueWatch } from './queue-watch.ts';

/** What the engine need not ask its tables, since it is known here. */
export interface EngineDatabase {
  /** That all queues of this process are made: from now on it is rarely looked whether others have changed them. */
  queuesAreMade(): void;
  /**
   * To be called when a workflow begins here, before its first step: finds out how many of its steps are recorded. Nobody
   * else can record one from now on: the engine's ownership token is ours, and is looked at with every record.
   */
  begin(workflowId: string): Promise<void>;
  end(workflowId: string): void;
}

/** How late this process may follow another one that changed how many workflows of a kind run at once. */
const queuesKnownMs = 10_000;

/**
 * Makes the engine that was launched ask its database less often, and in fewer statements; what it writes, and that its
 * ownership token guards what it writes, is left as it is. It reaches into the engine, whose version is therefore pinned:
 * - It looks into a queue when something may be in it, instead of in short intervals.
 * - It takes from a queue, records a step and records an end by one statement each. It may: our queues share no limit
 *   between processes, and our version is pinned.
 * - It asks for the record of a step only where there may be one, and not before each step whether its workflow was
 *   cancelled: a cancel takes the token away, so the step that is under way is the last.
 * - It does not look for delays, time limits and schedules: no workflow of ours has any.
 */
export function economizeEngine(db: Db, queues: QueueWatch): EngineDatabase {
  const system = DBOSExecutor.globalInstance?.systemDatabase;
  if (!system) throw new Error('the workflow engine was not launched');
  const checkIfCanceled = system.checkIfCanceled.bind(system);
  const getResult = system.getOperationResultAndThrowIfCancelled.bind(system);
  const recordResult = system.recordOperationResult.bind(system);
  const recordOutput = system.recordWorkflowOutput.bind(system);
  const listQueues = system.listQueues.bind(system);
  const application = system.appName;
  /** Of what was taken from a queue: how many steps were recorded then. */
  const claimed = new Map<string, number>();
  /** Of the workflows that run here: how many steps were recorded when they began. */
  const recorded = new Map<string, number>();
  let queuesMade = false;
  let queuesKnown: { readonly list: ReturnType<typeof listQueues>; readonly until: number } | undefined;

  system.findAndMarkStartableWorkflows = async (queue, executorId, version, partition, _running, _ours, owner) => {
    if (partition !== undefined || !owner) throw new Error(`the queue ${queue.name} is none of ours`);
    await queues.untilDue(queue.name);
    const running = system.countRunningWorkflowsForQueue(queue.name); // it may have become less meanwhile
    const max = (queue.workerConcurrency ?? Number.POSITIVE_INFINITY) - running;
    const claim = { queue: queue.name, executorId, version, application, owner, max };
    const taken = max > 0 ? await workflowsClaim(db, claim) : [];
    if (taken.length >= max) queues.leftBehind(queue.name);
    for (const { id, steps } of taken) claimed.set(id, steps);
    return taken.map(({ id }) => id);
  };
  system.recordOperationResult = async (workflowId, number, name, checkConflict, startedAtMs, completedAtMs, more) => {
    const owner = currentOwnerXid(workflowId);
    if (owner === undefined || more?.childWorkflowID) {
      return recordResult(workflowId, number, name, checkConflict, startedAtMs, completedAtMs, more);
    }
    const { output, error, serialization } = more ?? {};
    const times = { startedAtMs, completedAtMs };
    const step = { workflowId, number, name, ...times, output, error, serialization, application };
    const recordedAtMs = await withDbRetry(() => stepRecordInsert(db, owner, step));
    if (recordedAtMs === undefined) throw new EngineErrors.DBOSWorkflowConflictError(workflowId);
    if (checkConflict && recordedAtMs !== completedAtMs) {
      throw new EngineErrors.DBOSStepNondeterminismError(workflowId, number);
    }
  };
  system.recordWorkflowOutput = async (workflowId, status, ownerGiven) => {
    const owner = ownerGiven ?? currentOwnerXid(workflowId);
    if (owner === undefined) return recordOutput(workflowId, status, ownerGiven);
    return outcomeRecord(db, owner, workflowId, status.output ?? null);
  };
  system.checkIfCanceled = async (workflowId) => {
    if (!recorded.has(workflowId)) await checkIfCanceled(workflowId);
  };
  system.getOperationResultAndThrowIfCancelled = async (workflowId, step) => {
    const first = recorded.get(workflowId);
    return first !== undefined && step >= first ? undefined : getResult(workflowId, step);
  };
  system.listQueues = async (...given) => {
    if (!queuesKnown || Date.now() > queuesKnown.until) {
      const list = await listQueues(...given);
      if (!queuesMade) return list;
      queuesKnown = { list: Promise.resolve(list), until: Date.now() + queuesKnownMs };
    }
    return queuesKnown.list;
  };
  system.transitionDelayedWorkflows = async () => undefined;
  system.cancelTimedOutWorkflows = async () => [];
  system.listSchedules = async () => [];

  return {
    queuesAreMade() {
      queuesMade = true;
    },
    async begin(workflowId) {
      try {
        recorded.set(workflowId, claimed.get(workflowId) ?? (await stepsRecorded(db, workflowId)));
      } catch {
        // then it asks before each step, as without us
      } finally {
        claimed.delete(workflowId);
      }
    },
    end: (workflowId) => void recorded.delete(workflowId),
  };
}
