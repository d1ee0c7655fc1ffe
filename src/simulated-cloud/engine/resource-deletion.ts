import {
  isGone,
  isThere,
  type Leftover,
  type Operation,
  type RetentionPolicy,
  type Stack,
  type StackResource,
  type Task,
} from '../state/stack.ts';
import { dropResource, type OperationMoment, setResource, tellResource } from './engine-world.ts';
import { beginTask } from './resource-task.ts';

/** Physical resources that go: noted as leftovers first, then deleted, or left where their policy says so. */

/** Notes the stack's current resource for deletion. */
export function leaveCurrent({ leftovers }: Operation, resource: StackResource, justMade: boolean): void {
  const { logicalId, deletionPolicy: policy } = resource;
  leftovers.set(logicalId, { resource, policy, justMade, attempts: 0 });
}

/** Notes for deletion whatever the stack still has. */
export function leaveAll(stack: Stack, operation: Operation, justMade: boolean): void {
  for (const resource of stack.resources.values()) {
    if (!isGone(resource)) leaveCurrent(operation, resource, justMade);
  }
}

/** Notes a physical resource for deletion whose logical id has another one now. */
export function leaveOther({ leftovers }: Operation, resource: StackResource, justMade: boolean): void {
  const policy = justMade ? resource.deletionPolicy : resource.updateReplacePolicy;
  leftovers.set(otherKey(resource), { resource, policy, justMade, attempts: 0 });
}

function otherKey({ logicalId, generation }: StackResource): string {
  return `${logicalId}#${generation}`;
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
function isRetained(policy: RetentionPolicy, justMade: boolean, retainExceptOnCreate: boolean): boolean {
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

/** Lets a deletion come to its end. */
export function settleDelete(moment: OperationMoment, key: string, task: Task): void {
  const { stack, operation, world } = moment;
  const { claim, type } = task.result;
  const holdsData = claim && world.account(stack.accountId).taken(stack.region, claim)?.holdsData;
  const reason = task.failure?.reason ?? (holdsData ? fullReason(type) : undefined);
  if (reason === undefined) {
    operation.tasks.delete(key);
    releaseName(moment, task.result, 'gone');
    world.dropValue(stack, task.result);
    endLeftover(moment, key, { ...task.result, updatedAt: moment.at });
  } else if (operation.force) {
    operation.tasks.delete(key);
    releaseName(moment, task.result, 'left');
    endLeftover(moment, key, { ...task.result, status: 'DELETE_SKIPPED', statusReason: reason, updatedAt: moment.at });
  } else {
    failDelete(moment, key, task, reason);
  }
}

function failDelete(moment: OperationMoment, key: string, task: Task, reason: string): void {
  const { operation, at } = moment;
  showLeftover(moment, key, { ...task.result, status: 'DELETE_FAILED', statusReason: reason, updatedAt: at });
  operation.tasks.delete(key);
  operation.failed.set(key, task.verb);
}

/** A cleanup does not try for ever: the stack forgets what it could not delete. */
export function giveUp(moment: OperationMoment, key: string): void {
  const leftover = moment.operation.leftovers.get(key);
  if (!leftover) return;
  releaseName(moment, leftover.resource, 'left');
  if (key === leftover.resource.logicalId) dropResource(moment, key);
}

function fullReason(type: string): string {
  if (type !== 'AWS::S3::Bucket')
    return 'Resource handler returned message: "The resource holds data and cannot be deleted."';
  return 'Resource handler returned message: "The bucket you tried to delete is not empty (Service: S3, Status Code: 409)" (HandlerErrorCode: GeneralServiceException)';
}

/** Makes room for a successor at once. */
export function deleteFirst(moment: OperationMoment, former: StackResource): void {
  const { operation, at } = moment;
  const told: StackResource = { ...former, statusReason: undefined, updatedAt: at };
  operation.deletedFirst.add(former.logicalId);
  operation.leftovers.delete(otherKey(former));
  releaseName(moment, former, isRetained(former.updateReplacePolicy, false, false) ? 'left' : 'gone');
  if (isRetained(former.updateReplacePolicy, false, false)) {
    tellResource(moment, { ...told, status: 'DELETE_SKIPPED' });
    return;
  }
  tellResource(moment, { ...told, status: 'DELETE_IN_PROGRESS' });
  tellResource(moment, { ...told, status: 'DELETE_COMPLETE' });
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
  const taken = account.taken(stack.region, claim);
  if (taken?.stackId !== stack.id) return; // it was deleted outside, and the name may be another's by now
  const { holdsData } = taken;
  if (how === 'gone') account.releaseName(stack.region, claim);
  else account.takeName(stack.region, claim, { holdsData });
}
