import type { ResourceFault, ResourceOccasion } from '../state/fault.ts';
import type { NestedTask, OperationPhase, StackResource, Task, TaskVerb } from '../state/stack.ts';
import { stackType } from '../state/stack-events.ts';
import type { OperationMoment } from './engine-world.ts';

/** Work on one resource as a thing that takes time and may be struck by a fault. What it does is not asked here. */

/** Share of a creation after which the service has answered that it began. */
const initiationShare = 0.1;

/**
 * Notes that work on a resource has begun. What will become of it is decided now: by a fault, or by `reason`.
 * @param reason why it will fail whatever happens
 */
export function beginTask(
  moment: OperationMoment,
  work: Pick<Task, 'verb' | 'makes' | 'result'> & Partial<Pick<Task, 'replaces' | 'deletesFirst'>>,
  reason?: string,
  key = work.result.logicalId,
): void {
  const { operation, world, at } = moment;
  const fault = reason === undefined ? strike(moment, work.verb, work.result) : undefined;
  const message = reason ?? fault?.message;
  const nested = message === undefined ? nestedTask(moment, work) : undefined;
  operation.tasks.set(key, {
    deletesFirst: false,
    ...work,
    result: nested?.work === 'create' ? { ...work.result, physicalId: undefined } : work.result,
    stage: 'requested',
    startedAt: at,
    durationSeconds: world.durationSeconds(work.result.type, work.verb) + (fault?.delaySeconds ?? 0),
    failure: message === undefined ? undefined : { reason: message, afterInitiation: fault?.afterInitiation ?? false },
    nested,
    hangsByFault: fault?.hang ? fault.id : undefined,
  });
}

/** Work on a nested stack goes on as that stack does. */
function nestedTask(
  { operation }: OperationMoment,
  { verb, result }: Pick<Task, 'verb' | 'result'>,
): NestedTask | undefined {
  if (result.type !== stackType) return undefined;
  if (verb === 'create') return { work: 'create', name: result.physicalId };
  if (verb === 'delete') return { work: 'delete' };
  return { work: operation.phase === 'restore' ? 'restore' : 'update' };
}

const faultPhases: Readonly<Record<OperationPhase, ResourceOccasion['phase']>> = {
  forward: 'forward',
  cleanup: 'cleanup',
  restore: 'rollback',
  'restore-cleanup': 'rollback',
  delete: 'forward',
};

function strike(
  { stack, operation, world }: OperationMoment,
  verb: TaskVerb,
  resource: StackResource,
): ResourceFault | undefined {
  const undoes = operation.phase === 'delete' && operation.kind !== 'delete';
  return world.strike({
    accountId: stack.accountId,
    region: stack.region,
    stackName: stack.name,
    stackId: stack.id,
    logicalId: resource.logicalId,
    type: resource.type,
    operation: verb,
    phase: undoes ? 'rollback' : faultPhases[operation.phase],
    attempt: ++operation.attempts,
  });
}

/** When a task goes on by itself, in milliseconds of the cloud's clock; undefined: not by itself. */
export function taskDueMs(task: Task, scaledMs: (seconds: number) => number): number | undefined {
  if (task.nested && !task.failure) return undefined;
  if (task.hangsByFault && task.stage === 'initiated') return undefined;
  if (task.hangsByFault && !task.makes) return undefined;
  const share = waitsForInitiation(task) ? initiationShare : 1;
  return task.startedAt.getTime() + scaledMs(task.durationSeconds * share);
}

export function waitsForInitiation(task: Task): boolean {
  return task.makes && task.stage === 'requested' && (!task.failure || task.failure.afterInitiation);
}
