import {
  type Leftover,
  newOperation,
  type Operation,
  type Stack,
  type StackResource,
  type StackStatus,
} from '../state/stack.ts';
import { type EngineWorld, keepResource, type Moment, type OperationMoment, setStackStatus } from './engine-world.ts';
import { beginDelete, giveUp, leaveAll, leaveCurrent } from './resource-deletion.ts';
import { beginForward, beginRestore, cancelTasks, giveBack, refuseRemovals, settleTask } from './resource-engine.ts';
import { taskDueMs } from './resource-task.ts';
import { checkImports, exportConflict, recordImports, setImports, setOutputs } from './stack-exports.ts';

/**
 * The operations of a stack, step by step. Everything happens in the cloud's own time: a step that was due while nobody
 * looked is taken as of the moment it was due, so a cloud that stood still for an hour has missed nothing.
 */

/** Attempts of a cleanup before it gives a resource up. Source: user guide, "Monitor the progress of a stack update". */
const cleanupAttemptsMax = 3;

const endless = Number.POSITIVE_INFINITY;

/**
 * Takes every step that is due.
 * @returns when the next one is due, in milliseconds of the cloud's clock; infinite: not by itself, or nothing runs
 */
export function advanceStack(stack: Stack, world: EngineWorld, now: Date): number {
  for (;;) {
    if (!stack.operation) return endless;
    const next = nextFamilyStep(stack, world);
    if (!next || next.dueMs > now.getTime()) return next?.dueMs ?? endless;
    const { key, moment } = next;
    if (key === undefined) failForward(moment, 'Stack creation time exceeded the specified timeout');
    else settleTask(moment, key, moment.operation.tasks.get(key)!);
    runPhases(moment);
  }
}

/** A stack and its nested stacks take their steps in one order of time. */
function nextFamilyStep(stack: Stack, world: EngineWorld): (Step & { readonly moment: OperationMoment }) | undefined {
  let best: (Step & { readonly moment: OperationMoment }) | undefined;
  for (const member of world.nested.family(stack)) {
    if (member.operation) world.nested.begin({ stack: member, operation: member.operation, world, at: new Date(0) });
  }
  for (const member of world.nested.family(stack)) {
    const { operation } = member;
    if (!operation) continue;
    const step = nextStep(member, operation, world);
    if (best && step.dueMs >= best.dueMs) continue;
    best = { ...step, moment: { stack: member, operation, world, at: new Date(step.dueMs) } };
  }
  return best;
}

interface Step {
  /** undefined: the time of the whole operation is over. */
  readonly key?: string;
  readonly dueMs: number;
}

/** Among steps that are due together, initiations come first, then the older task. */
function nextStep(stack: Stack, operation: Operation, world: EngineWorld): Step {
  let best: Step = { dueMs: deadlineMs(stack, operation, world) };
  let bestInitiates = false;
  for (const [key, task] of operation.tasks) {
    const dueMs = taskDueMs(task, world.scaledMs) ?? endless;
    const initiates = task.makes && task.stage === 'requested';
    if (dueMs < best.dueMs || (dueMs === best.dueMs && dueMs !== endless && initiates && !bestInitiates)) {
      best = { key, dueMs };
      bestInitiates = initiates;
    }
  }
  return best;
}

function deadlineMs(stack: Stack, { kind, phase, startedAt }: Operation, world: EngineWorld): number {
  if (!stack.timeoutMinutes || kind !== 'create' || phase !== 'forward') return endless;
  const seconds = stack.timeoutMinutes * 60;
  return startedAt.getTime() + (world.scaledMs(seconds) || seconds * 1000);
}

/** Begins an operation: the stack tells its first state, and what can be begun is begun. */
export function beginOperation(moment: Moment, operation: Operation, status: StackStatus, reason?: string): void {
  const { stack } = moment;
  stack.operation = operation;
  stack.stuck = undefined;
  setStackStatus(moment, status, reason);
  if (operation.phase === 'forward') checkImports({ ...moment, operation });
  runPhases(moment);
}

/** The client does not want the running update any more: it goes back at once. */
export function cancelUpdate(moment: OperationMoment, reason: string): void {
  cancelTasks(moment);
  beginWayBack(moment, reason);
  runPhases(moment);
}

/** Takes an update back that has succeeded, but of which nothing was cleaned up yet. */
export function undoUpdate(moment: OperationMoment, reason: string): void {
  beginWayBack(moment, reason);
  runPhases(moment);
}

/** Begins the way back of an operation that failed and was left as it was. */
export function rollBackStuck(moment: OperationMoment, reason: string): void {
  const { stack, operation } = moment;
  stack.operation = operation;
  stack.stuck = undefined;
  if (operation.kind === 'create') beginUndoCreate(moment, 'ROLLBACK_IN_PROGRESS', reason);
  else beginWayBack(moment, reason);
  runPhases(moment);
}

/** An update of the stack as it stands now; where the last one was left in the middle, it goes on from there. */
export function updateOperation(stack: Stack, startedAt: Date, token?: string): Operation {
  const { stuck, definition, imports, outputs } = stack;
  const former = stuck?.former ?? { definition, imports, outputs, resources: new Map() };
  const operation = newOperation({ kind: 'update', phase: 'forward', startedAt, former, token });
  for (const [key, leftover] of leftBehind(stack)) operation.leftovers.set(key, leftover);
  for (const logicalId of stuck?.deletedFirst ?? []) operation.deletedFirst.add(logicalId);
  return operation;
}

/** A deletion of everything that the stack has, and of what only its last operation knows. */
export function deleteOperation(
  stack: Stack,
  startedAt: Date,
  how: Partial<Pick<Operation, 'skip' | 'force' | 'token'>> = {},
): Operation {
  const operation = newOperation({ kind: 'delete', phase: 'delete', startedAt, ...how });
  for (const [key, leftover] of leftBehind(stack)) operation.leftovers.set(key, leftover);
  leaveAll(stack, operation, false);
  return operation;
}

/**
 * Physical resources that only an operation knows that failed and was left: what it has replaced, or made in place of
 * what it replaced. Whoever goes on from there has to delete them.
 */
export function leftBehind(stack: Stack): ReadonlyMap<string, Leftover> {
  const { stuck } = stack;
  const left = new Map([...(stuck?.leftovers ?? [])].filter(([key, { resource }]) => key !== resource.logicalId));
  if (stuck?.phase !== 'restore') return left;
  for (const [logicalId, former] of stuck.former?.resources ?? []) {
    const isCurrent = stack.resources.get(logicalId)?.generation === former?.generation;
    if (!former || isCurrent || stuck.deletedFirst.has(logicalId)) continue;
    const { deletionPolicy: policy, generation } = former;
    left.set(`${logicalId}#${generation}`, { resource: former, policy, justMade: false, attempts: 0 });
  }
  return left;
}

/** Goes from phase to phase as long as nothing has to be waited for. */
export function runPhases({ stack, world, at }: Moment): void {
  for (;;) {
    const { operation } = stack;
    if (!operation) return;
    if (!phaseStep({ stack, world, at, operation })) return;
  }
}

/** @returns whether something happened, so that another step may be possible */
function phaseStep(moment: OperationMoment): boolean {
  switch (moment.operation.phase) {
    case 'forward':
      return stepForward(moment);
    case 'restore':
      return stepRestore(moment);
    case 'cleanup':
    case 'restore-cleanup':
    case 'delete':
      return stepDelete(moment);
  }
}

function stepForward(moment: OperationMoment): boolean {
  const { stack, operation, world } = moment;
  if (operation.failed.size > 0 || operation.stackReason !== undefined) {
    failForward(moment);
    return true;
  }
  const goal = world.goal(stack);
  let begun = false;
  for (const logicalId of goal.order) {
    if (isTaken(operation, logicalId)) continue;
    const waitsFor = goal.dependencies.get(logicalId) ?? [];
    if (!waitsFor.every((id) => operation.done.has(id))) continue;
    beginForward(moment, logicalId);
    begun = true;
    if (operation.failed.size > 0) return true;
  }
  if (begun) return true;
  if (operation.tasks.size > 0) return false;
  finishForward(moment);
  return true;
}

function isTaken({ done, tasks, failed }: Operation, key: string): boolean {
  return done.has(key) || tasks.has(key) || failed.has(key);
}

/** The goal is reached; what is left is the outputs, and after an update the cleanup. */
function finishForward(moment: OperationMoment): void {
  const { stack, operation, world } = moment;
  const goal = world.goal(stack);
  const removed = [...stack.resources.values()].filter(({ logicalId }) => !goal.evaluated.resources.has(logicalId));
  if (refuseRemovals(moment, removed)) {
    failForward(moment);
    return;
  }
  const outputs = goal.outputs();
  if (!outputs.ok) {
    failForward(moment, outputs.refusal.message);
    return;
  }
  const conflict = exportConflict(moment, outputs.value);
  if (conflict !== undefined) {
    failForward(moment, conflict);
    return;
  }
  setOutputs(moment, outputs.value);
  recordImports(moment);
  if (operation.kind !== 'update') {
    endOperation(moment, operation.kind === 'import' ? 'IMPORT_COMPLETE' : 'CREATE_COMPLETE');
    return;
  }
  for (const resource of removed) leaveCurrent(operation, resource, false);
  enterPhase(moment, 'cleanup', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
}

/** The operation cannot reach its goal: what runs is stopped, and the way back begins. */
export function failForward(moment: OperationMoment, reason = moment.operation.stackReason): void {
  const { stack, operation } = moment;
  cancelTasks(moment);
  if (operation.kind === 'create') failCreate(moment, reason);
  else if (stack.disableRollback && operation.kind === 'update') {
    stack.stuck = operation;
    endOperation(moment, 'UPDATE_FAILED', reason ?? failureSummary(operation));
  } else beginWayBack(moment, reason ?? failureSummary(operation));
}

function failCreate(moment: OperationMoment, reason: string | undefined): void {
  const { stack, operation } = moment;
  const summary = reason === undefined ? failureSummary(operation) : `${reason.replace(/\.?$/, '.')} `;
  switch (operation.onFailure) {
    case 'DO_NOTHING':
      stack.stuck = operation;
      endOperation(moment, 'CREATE_FAILED', summary);
      return;
    case 'ROLLBACK':
      beginUndoCreate(moment, 'ROLLBACK_IN_PROGRESS', `${summary}Rollback requested by user.`);
      return;
    case 'DELETE':
      beginUndoCreate(moment, 'DELETE_IN_PROGRESS', `${summary}Delete requested by user.`);
  }
}

function beginUndoCreate(moment: OperationMoment, status: StackStatus, reason: string): void {
  leaveAll(moment.stack, moment.operation, true);
  enterPhase(moment, 'delete', status, reason);
}

function beginWayBack(moment: OperationMoment, reason: string): void {
  const { leftovers, former } = moment.operation;
  for (const [key, { resource }] of leftovers) {
    const isRemoved = key === resource.logicalId;
    const isNeededAgain = former?.resources.get(resource.logicalId)?.generation === resource.generation;
    if (isNeededAgain || isRemoved) leftovers.delete(key);
  }
  const status = moment.operation.kind === 'import' ? 'IMPORT_ROLLBACK_IN_PROGRESS' : 'UPDATE_ROLLBACK_IN_PROGRESS';
  enterPhase(moment, 'restore', status, reason);
}

/** `The following resource(s) failed to create: [A, B]. `, for each verb that failed. */
function failureSummary({ failed }: Operation): string {
  return (['create', 'update', 'delete', 'import'] as const)
    .map((verb) => ({
      verb,
      ids: [...failed].filter(([, failedVerb]) => failedVerb === verb).map(([key]) => logicalIdIn(key)),
    }))
    .filter(({ ids }) => ids.length > 0)
    .map(({ verb, ids }) => `The following resource(s) failed to ${verb}: [${ids.join(', ')}]. `)
    .join('');
}

function logicalIdIn(key: string): string {
  return key.split('#')[0] ?? key;
}

function stepRestore(moment: OperationMoment): boolean {
  const { stack, operation } = moment;
  if (operation.failed.size > 0) {
    cancelTasks(moment);
    stack.stuck = operation;
    const status = operation.kind === 'import' ? 'IMPORT_ROLLBACK_FAILED' : 'UPDATE_ROLLBACK_FAILED';
    endOperation(moment, status, failureSummary(operation));
    return true;
  }
  const former = operation.former!;
  let begun = false;
  for (const [logicalId, resource] of former.resources) {
    if (isTaken(operation, logicalId)) continue;
    const waitsFor = resource?.dependsOn ?? [];
    if (!waitsFor.every((id) => !former.resources.has(id) || operation.done.has(id))) continue;
    begun = true;
    restoreOne(moment, logicalId, resource);
  }
  if (begun) return true;
  if (operation.tasks.size > 0) return false;
  stack.definition = former.definition;
  setImports(moment, former.imports);
  setOutputs(moment, former.outputs);
  if (operation.kind === 'import') endOperation(moment, 'IMPORT_ROLLBACK_COMPLETE');
  else enterPhase(moment, 'restore-cleanup', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  return true;
}

function restoreOne(moment: OperationMoment, logicalId: string, former: StackResource | null): void {
  const { stack, operation } = moment;
  const current = stack.resources.get(logicalId);
  if (former && current && isAsItWas(current, former)) {
    if (current !== former) keepResource(moment, former);
    operation.done.add(logicalId);
  } else if (former) beginRestore(moment, former);
  else {
    if (current && operation.kind === 'import') giveBack(moment, current);
    else if (current) leaveCurrent(operation, current, true);
    operation.done.add(logicalId);
  }
}

/** The update found nothing to do to it, or never came to it. */
function isAsItWas(current: StackResource, former: StackResource): boolean {
  return current.status === former.status && current.updatedAt.getTime() === former.updatedAt.getTime();
}

/** Deletes leftovers, each after those that were made from it. */
function stepDelete(moment: OperationMoment): boolean {
  const { operation, world } = moment;
  if (isCleanup(operation)) {
    if (operation.held) return false;
    world.nested.release(moment);
  }
  let begun = false;
  for (const [key, leftover] of operation.leftovers) {
    if (isTaken(operation, key) || isStillUsed(operation, key)) continue;
    beginDelete(moment, key, leftover);
    begun = true;
  }
  if (begun) return true;
  if (operation.tasks.size > 0) return false;
  if (isCleanup(operation) && retryDeletions(moment)) return true;
  if (isCleanup(operation) && world.nested.stillCleaning(moment)) return false;
  finishDelete(moment);
  return true;
}

function isCleanup({ phase }: Operation): boolean {
  return phase === 'cleanup' || phase === 'restore-cleanup';
}

/** Whether something that is still to be deleted was made from it. */
function isStillUsed(operation: Operation, key: string): boolean {
  const { logicalId } = operation.leftovers.get(key)!.resource;
  return (usersOf(operation).get(logicalId) ?? []).some((user) => user !== key && !operation.done.has(user));
}

const knownUsers = new WeakMap<Operation, { count: number; users: ReadonlyMap<string, readonly string[]> }>();

/** Keys of the leftovers that were made from a logical id. While leftovers are deleted, no further ones come. */
function usersOf(operation: Operation): ReadonlyMap<string, readonly string[]> {
  const known = knownUsers.get(operation);
  if (known?.count === operation.leftovers.size) return known.users;
  const users = new Map<string, string[]>();
  for (const [key, { resource }] of operation.leftovers) {
    for (const on of resource.dependsOn) users.set(on, [...(users.get(on) ?? []), key]);
  }
  knownUsers.set(operation, { count: operation.leftovers.size, users });
  return users;
}

/** What a cleanup could not delete is tried again, and given up in the end, so that the rest can go on. */
function retryDeletions(moment: OperationMoment): boolean {
  const { failed, leftovers, done } = moment.operation;
  const keys = [...failed.keys()];
  for (const key of keys) {
    failed.delete(key);
    if ((leftovers.get(key)?.attempts ?? 0) < cleanupAttemptsMax) continue;
    giveUp(moment, key);
    done.add(key);
    moment.operation.gaveUp = true;
  }
  return keys.length > 0;
}

function finishDelete(moment: OperationMoment): void {
  const { stack, operation, world } = moment;
  const { kind, phase, failed } = operation;
  if (phase === 'cleanup') {
    const reason = 'Update successful. One or more resources could not be deleted.';
    endOperation(moment, 'UPDATE_COMPLETE', operation.gaveUp ? reason : undefined);
    return;
  }
  if (phase === 'restore-cleanup') {
    endOperation(moment, 'UPDATE_ROLLBACK_COMPLETE');
    return;
  }
  const deletes = kind === 'delete' || operation.onFailure === 'DELETE';
  if (failed.size > 0) {
    endOperation(moment, deletes ? 'DELETE_FAILED' : 'ROLLBACK_FAILED', failureSummary(operation));
    return;
  }
  setOutputs(moment, []);
  setImports(moment, []);
  if (!deletes) {
    endOperation(moment, 'ROLLBACK_COMPLETE');
    return;
  }
  const named = world.account(stack.accountId).stackNamed(stack.region, stack.name);
  if (named?.id === stack.id) named.live = false;
  stack.deletedAt = moment.at;
  endOperation(moment, 'DELETE_COMPLETE');
}

function enterPhase(moment: OperationMoment, phase: Operation['phase'], status: StackStatus, reason?: string): void {
  const { operation } = moment;
  operation.phase = phase;
  operation.tasks.clear();
  operation.done.clear();
  operation.failed.clear();
  operation.stackReason = undefined;
  setStackStatus(moment, status, reason);
  if (moment.stack.parentId) moment.world.nested.told(moment);
}

function endOperation(moment: OperationMoment, status: StackStatus, reason?: string): void {
  setStackStatus(moment, status, reason);
  moment.stack.operation = undefined;
  moment.world.noteStack(moment.stack);
  if (moment.stack.parentId) moment.world.nested.told(moment);
}
