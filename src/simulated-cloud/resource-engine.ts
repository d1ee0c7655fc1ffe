import { dropResource, keepResource, type OperationMoment, setResource, tellResource } from './engine-world.ts';
import type { ResourceFault, ResourceOccasion } from './fault.ts';
import { drawFrom } from './physical-ids/draw.ts';
import type { NameClaim } from './physical-ids/identity.ts';
import {
  isThere,
  type JsonObject,
  type Leftover,
  type OperationPhase,
  type ResourceStatus,
  type RetentionPolicy,
  type StackResource,
  type Task,
  type TaskVerb,
} from './stack.ts';
import { plainObject } from './stack-goal.ts';

/**
 * Work on one resource: begun, initiated, ended well or badly. Whether it is its turn is the stack engine's question.
 */

const reasons = {
  initiated: 'Resource creation Initiated',
  replacing: 'Requested update requires the creation of a new physical resource; hence creating one.',
  creationCancelled: 'Resource creation cancelled',
  updateCancelled: 'Resource update cancelled',
} as const;

/** Share of a creation after which the service has answered that it began. */
const initiationShare = 0.1;

type Desired = Omit<StackResource, 'physicalId' | 'attributes' | 'status' | 'generation' | 'position' | 'claim'>;

/** Brings a resource of the goal to what the goal says of it: by a task, or at once when nothing is to be done. */
export function beginForward(moment: OperationMoment, logicalId: string): void {
  const { stack, operation, world } = moment;
  const current = stack.resources.get(logicalId);
  rememberFormer(moment, logicalId);
  const desired = desiredResource(moment, logicalId);
  if (typeof desired === 'string') {
    failAtOnce(moment, logicalId, desired);
    return;
  }
  if (!isThere(current) || current.status === 'CREATE_FAILED') {
    if (isThere(current)) leaveOther(moment, current, true);
    beginCreate(moment, desired);
    return;
  }
  const impact = world.impact(desired.type, current.properties, desired.properties);
  if (impact === 'replace') beginReplace(moment, current, desired, false);
  else if (impact === 'delete-then-replace') beginReplace(moment, current, desired, true);
  else if (impact === 'in-place' || isTouched(moment, current, desired)) beginUpdate(moment, current, desired);
  else {
    const { physicalId, attributes, status, statusReason, updatedAt, generation, position, claim } = current;
    const rest = { physicalId, attributes, status, statusReason, updatedAt, generation, position, claim };
    if (!sameData(current, { ...desired, ...rest })) keepResource(moment, { ...desired, ...rest });
    operation.done.add(logicalId);
  }
}

/** Metadata and tags of the stack reach the resource without a change of its properties; a failed one is tried again. */
function isTouched({ stack, operation, world }: OperationMoment, current: StackResource, desired: Desired): boolean {
  if (current.status === 'UPDATE_FAILED') return true;
  if (!sameData(current.metadata, desired.metadata)) return true;
  const former = operation.former?.definition.tags;
  return former !== undefined && !sameData(former, stack.definition.tags) && world.takesStackTags(current.type);
}

function sameData(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** @returns the reason why it cannot be said, if so */
function desiredResource({ stack, world, at }: OperationMoment, logicalId: string): Desired | string {
  const goal = world.goal(stack);
  const evaluated = goal.resource(logicalId);
  if (!evaluated.ok) return evaluated.refusal.message;
  const { type, properties, metadata, deletionPolicy, updateReplacePolicy } = evaluated.value;
  return {
    logicalId,
    type,
    properties: plainObject(properties),
    metadata: metadata && plainObject(metadata),
    deletionPolicy,
    updateReplacePolicy,
    dependsOn: goal.dependencies.get(logicalId) ?? [],
    updatedAt: at,
  };
}

function rememberFormer({ stack, operation }: OperationMoment, logicalId: string): void {
  const former = operation.former?.resources;
  if (!former || former.has(logicalId)) return;
  const current = stack.resources.get(logicalId);
  former.set(logicalId, isThere(current) ? current : null);
}

function beginCreate(moment: OperationMoment, desired: Desired): void {
  const { stack, world } = moment;
  const former = stack.resources.get(desired.logicalId);
  const position = former?.position ?? ++stack.resourceCount;
  const made = makeResource(moment, desired, (former?.generation ?? 0) + 1, position);
  const status = 'CREATE_IN_PROGRESS';
  setResource(moment, { ...made, physicalId: undefined, attributes: {}, status, claim: undefined });
  const reason = world.propertiesFault(desired.type, desired.properties);
  beginTask(moment, { verb: 'create', makes: true, result: { ...made, status: 'CREATE_COMPLETE' } }, reason);
}

function beginReplace(moment: OperationMoment, current: StackResource, desired: Desired, deletesFirst: boolean): void {
  const { world } = moment;
  const made = makeResource(moment, desired, current.generation + 1, current.position);
  setResource(moment, {
    ...current,
    updatedAt: moment.at,
    status: 'UPDATE_IN_PROGRESS',
    statusReason: reasons.replacing,
  });
  const reason =
    world.propertiesFault(desired.type, desired.properties) ??
    (deletesFirst ? undefined : customNameReason(current.claim, made.claim));
  const result: StackResource = { ...made, status: 'UPDATE_COMPLETE' };
  beginTask(moment, { verb: 'update', makes: true, deletesFirst, result }, reason);
}

function customNameReason(before: NameClaim | undefined, after: NameClaim | undefined): string | undefined {
  if (!before?.custom || before.name !== after?.name) return undefined;
  return `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${before.name} and update the stack again.`;
}

function beginUpdate(moment: OperationMoment, current: StackResource, desired: Desired): void {
  const { world, at } = moment;
  const made = makeResource(moment, desired, current.generation, current.position);
  setResource(moment, { ...current, updatedAt: at, status: 'UPDATE_IN_PROGRESS', statusReason: undefined });
  const result: StackResource = {
    ...made,
    physicalId: current.physicalId,
    claim: current.claim,
    status: 'UPDATE_COMPLETE',
  };
  const reason = world.propertiesFault(desired.type, desired.properties);
  beginTask(moment, { verb: 'update', makes: false, result }, reason);
}

/** Takes a resource back to what it was before the update. */
export function beginRestore(moment: OperationMoment, former: StackResource): void {
  const { stack, operation, at } = moment;
  const { logicalId } = former;
  const current = stack.resources.get(logicalId);
  const result: StackResource = { ...former, status: 'UPDATE_COMPLETE', statusReason: undefined, updatedAt: at };
  if (operation.deletedFirst.has(logicalId) && isThere(current)) {
    beginReplace(moment, current, former, true);
    return;
  }
  if (current?.generation !== former.generation && isThere(current)) {
    leaveOther(moment, current, true);
    setResource(moment, result);
    operation.done.add(logicalId);
    return;
  }
  if (operation.skip.has(logicalId)) {
    setResource(moment, result);
    operation.done.add(logicalId);
    return;
  }
  setResource(moment, { ...(current ?? former), status: 'UPDATE_IN_PROGRESS', statusReason: undefined, updatedAt: at });
  beginTask(moment, { verb: 'update', makes: false, result });
}

/** Notes the stack's current resource for deletion. */
export function leaveCurrent({ operation }: OperationMoment, resource: StackResource, justMade: boolean): void {
  const { logicalId, deletionPolicy: policy } = resource;
  operation.leftovers.set(logicalId, { resource, policy, justMade, attempts: 0 });
}

/** Notes a physical resource for deletion whose logical id has another one now. */
function leaveOther({ operation }: OperationMoment, resource: StackResource, justMade: boolean): void {
  const policy = justMade ? resource.deletionPolicy : resource.updateReplacePolicy;
  operation.leftovers.set(`${resource.logicalId}#${resource.generation}`, { resource, policy, justMade, attempts: 0 });
}

/** Deletes a physical resource, or leaves it where its policy says so. */
export function beginDelete(moment: OperationMoment, key: string, leftover: Leftover): void {
  const { operation, at } = moment;
  const { resource } = leftover;
  if (!isThere(resource)) {
    endLeftover(moment, key, { ...resource, status: 'DELETE_COMPLETE', statusReason: undefined, updatedAt: at });
    return;
  }
  const skipped = operation.skip.has(resource.logicalId);
  if (skipped || isRetained(leftover.policy, leftover.justMade, moment.stack.retainExceptOnCreate)) {
    releaseName(moment, resource, 'left');
    endLeftover(moment, key, { ...resource, status: 'DELETE_SKIPPED', statusReason: undefined, updatedAt: at });
    return;
  }
  leftover.attempts++;
  const deleting: StackResource = { ...resource, status: 'DELETE_IN_PROGRESS', statusReason: undefined, updatedAt: at };
  showLeftover(moment, key, deleting);
  const result: StackResource = { ...resource, status: 'DELETE_COMPLETE', statusReason: undefined, updatedAt: at };
  beginTask(moment, { verb: 'delete', makes: false, result }, undefined, key);
}

/** Source: user guide, "DeletionPolicy attribute" and the API's RetainExceptOnCreate. */
export function isRetained(policy: RetentionPolicy, justMade: boolean, retainExceptOnCreate: boolean): boolean {
  if (policy === 'Retain') return !(justMade && retainExceptOnCreate);
  return policy === 'RetainExceptOnCreate' && !justMade;
}

/** A leftover that is still the stack's current resource shows its state there, another one only in the events. */
function showLeftover(moment: OperationMoment, key: string, resource: StackResource): void {
  if (key === resource.logicalId) setResource(moment, resource);
  else tellResource(moment, resource);
}

function endLeftover(moment: OperationMoment, key: string, resource: StackResource): void {
  showLeftover(moment, key, resource);
  // What an update has removed vanishes from the stack; the resources of a deleted stack can still be looked at.
  if (key === resource.logicalId && moment.operation.phase !== 'delete') dropResource(moment, key);
  moment.operation.done.add(key);
}

/** The name becomes free, or is held from now on by something that no stack knows. */
function releaseName(
  { stack, world }: OperationMoment,
  { claim, logicalId, generation }: StackResource,
  how: 'gone' | 'left',
): void {
  const successor = stack.resources.get(logicalId);
  if (!claim || (successor?.generation !== generation && successor?.claim?.name === claim.name)) return;
  const account = world.account(stack.accountId);
  const holdsData = account.taken(stack.region, claim)?.holdsData ?? false;
  if (how === 'gone') account.releaseName(stack.region, claim);
  else account.takeName(stack.region, claim, { holdsData });
}

function makeResource(
  { stack, world }: OperationMoment,
  desired: Desired,
  generation: number,
  position: number,
): Omit<StackResource, 'status'> {
  const { logicalId, type, properties } = desired;
  const { accountId, region, name: stackName, id: stackId, createdAt } = stack;
  const place = { accountId, region, stackName, stackId };
  const identity = world.identify({ ...place, logicalId, type, generation, properties, createdAt });
  const { physicalId, attributes, claim } = identity;
  return {
    ...desired,
    statusReason: undefined,
    physicalId,
    attributes: attributes as JsonObject,
    claim,
    generation,
    position,
  };
}

function beginTask(
  moment: OperationMoment,
  work: Pick<Task, 'verb' | 'makes' | 'result'> & Partial<Pick<Task, 'deletesFirst'>>,
  reason?: string,
  key = work.result.logicalId,
): void {
  const { operation, world, at } = moment;
  const fault = reason === undefined ? strike(moment, work.verb, work.result) : undefined;
  const message = reason ?? fault?.message;
  operation.tasks.set(key, {
    deletesFirst: false,
    ...work,
    stage: 'requested',
    startedAt: at,
    durationSeconds: world.durationSeconds(work.result.type, work.verb) + (fault?.delaySeconds ?? 0),
    failure: message === undefined ? undefined : { reason: message, afterInitiation: fault?.afterInitiation ?? false },
    hangsByFault: fault?.hang ? fault.id : undefined,
  });
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
  if (task.hangsByFault && task.stage === 'initiated') return undefined;
  if (task.hangsByFault && !task.makes) return undefined;
  const share = waitsForInitiation(task) ? initiationShare : 1;
  return task.startedAt.getTime() + scaledMs(task.durationSeconds * share);
}

function waitsForInitiation(task: Task): boolean {
  return task.makes && task.stage === 'requested' && (!task.failure || task.failure.afterInitiation);
}

/** Lets a task take its next step. */
export function settleTask(moment: OperationMoment, key: string, task: Task): void {
  if (task.verb === 'delete') settleDelete(moment, key, task);
  else if (waitsForInitiation(task)) initiate(moment, key, task);
  else if (task.failure) failTask(moment, key, task, task.failure.reason);
  else completeTask(moment, key, task);
}

function initiate(moment: OperationMoment, key: string, task: Task): void {
  const { stack, operation, world, at } = moment;
  const { result } = task;
  const conflict = nameConflict(moment, result);
  if (conflict) {
    failTask(moment, key, task, conflict);
    return;
  }
  const { logicalId } = result;
  if (result.claim)
    world.account(stack.accountId).takeName(stack.region, result.claim, { stackId: stack.id, logicalId });
  const status: ResourceStatus = task.verb === 'create' ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS';
  const former = stack.resources.get(logicalId);
  if (task.verb === 'update' && isThere(former)) {
    if (task.deletesFirst) deleteFirst(moment, former);
    else leaveOther(moment, former, false);
  }
  setResource(moment, { ...result, status, statusReason: reasons.initiated, updatedAt: at });
  operation.tasks.set(key, { ...task, stage: 'initiated' });
}

/** Makes room for a successor at once. */
function deleteFirst(moment: OperationMoment, former: StackResource): void {
  const { operation, at } = moment;
  const told: StackResource = { ...former, statusReason: undefined, updatedAt: at };
  operation.deletedFirst.add(former.logicalId);
  releaseName(moment, former, isRetained(former.updateReplacePolicy, false, false) ? 'left' : 'gone');
  if (isRetained(former.updateReplacePolicy, false, false)) {
    tellResource(moment, { ...told, status: 'DELETE_SKIPPED' });
    return;
  }
  tellResource(moment, { ...told, status: 'DELETE_IN_PROGRESS' });
  tellResource(moment, { ...told, status: 'DELETE_COMPLETE' });
}

/** Names that are taken are refused by the resource's own service, in the words of a resource handler. */
function nameConflict(
  { stack, world }: OperationMoment,
  { claim, type, logicalId }: StackResource,
): string | undefined {
  const taken = claim && world.account(stack.accountId).taken(stack.region, claim);
  if (!claim || !taken || (taken.stackId === stack.id && taken.logicalId === logicalId)) return undefined;
  if (taken.stackId) return `${claim.name} already exists in stack ${taken.stackId}`;
  return `Resource handler returned message: "Resource of type '${type}' with identifier '${claim.name}' already exists." (RequestToken: ${drawFrom(world.seed, stack.id, claim.name).uuid()}, HandlerErrorCode: AlreadyExists)`;
}

function completeTask(moment: OperationMoment, key: string, task: Task): void {
  setResource(moment, { ...task.result, updatedAt: moment.at });
  moment.operation.tasks.delete(key);
  moment.operation.done.add(key);
}

const failedStatuses = {
  create: 'CREATE_FAILED',
  update: 'UPDATE_FAILED',
  delete: 'DELETE_FAILED',
} as const satisfies Record<TaskVerb, ResourceStatus>;

function failTask(moment: OperationMoment, key: string, task: Task, reason: string): void {
  const { stack, operation, at } = moment;
  const status = failedStatuses[task.verb];
  const current = task.verb === 'delete' ? task.result : (stack.resources.get(task.result.logicalId) ?? task.result);
  const failed: StackResource = { ...current, status, statusReason: reason, updatedAt: at };
  if (task.verb === 'delete') showLeftover(moment, key, failed);
  else setResource(moment, failed);
  operation.tasks.delete(key);
  operation.failed.set(key, task.verb);
}

/** It cannot even be begun, e.g. because a value cannot be evaluated. */
function failAtOnce(moment: OperationMoment, logicalId: string, reason: string): void {
  const { stack, operation, world, at } = moment;
  const declared = world.goal(stack).template.resources.get(logicalId);
  const current: StackResource = stack.resources.get(logicalId) ?? {
    logicalId,
    type: declared?.type ?? '',
    status: 'CREATE_IN_PROGRESS',
    updatedAt: at,
    properties: {},
    attributes: {},
    deletionPolicy: 'Delete',
    updateReplacePolicy: 'Delete',
    dependsOn: [],
    generation: 0,
    position: ++stack.resourceCount,
  };
  const verb: TaskVerb = isThere(current) ? 'update' : 'create';
  setResource(moment, { ...current, status: failedStatuses[verb], statusReason: reason, updatedAt: at });
  operation.failed.set(logicalId, verb);
}

function settleDelete(moment: OperationMoment, key: string, task: Task): void {
  const { stack, operation, world } = moment;
  const { claim, type } = task.result;
  const holdsData = claim && world.account(stack.accountId).taken(stack.region, claim)?.holdsData;
  const reason = task.failure?.reason ?? (holdsData ? fullReason(type) : undefined);
  if (reason === undefined) {
    operation.tasks.delete(key);
    releaseName(moment, task.result, 'gone');
    endLeftover(moment, key, { ...task.result, updatedAt: moment.at });
  } else if (operation.force) {
    operation.tasks.delete(key);
    releaseName(moment, task.result, 'left');
    endLeftover(moment, key, { ...task.result, status: 'DELETE_SKIPPED', statusReason: reason, updatedAt: moment.at });
  } else {
    failTask(moment, key, task, reason);
  }
}

function fullReason(type: string): string {
  if (type !== 'AWS::S3::Bucket')
    return 'Resource handler returned message: "The resource holds data and cannot be deleted."';
  return 'Resource handler returned message: "The bucket you tried to delete is not empty (Service: S3, Status Code: 409)" (HandlerErrorCode: GeneralServiceException)';
}

/** Stops everything that is under way because something else has failed or the client wants it so. */
export function cancelTasks(moment: OperationMoment): void {
  for (const [key, task] of [...moment.operation.tasks]) {
    failTask(moment, key, task, task.verb === 'create' ? reasons.creationCancelled : reasons.updateCancelled);
  }
}
