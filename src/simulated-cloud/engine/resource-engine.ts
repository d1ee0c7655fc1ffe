import type { EvaluatedResource } from '../../cloudformation/index.ts';
import { drawFrom } from '../physical-ids/draw.ts';
import type { NameClaim } from '../physical-ids/identity.ts';
import type { JsonObject } from '../state/json.ts';
import {
  isThere,
  type Operation,
  type ResourceStatus,
  type ResourceToImport,
  type Stack,
  type StackResource,
  type Task,
  type TaskVerb,
} from '../state/stack.ts';
import { stackType } from '../state/stack-events.ts';
import { driftLeft } from './drift.ts';
import { dropResource, keepResource, type OperationMoment, setResource } from './engine-world.ts';
import { importedIdentity, notImportable } from './imported-resource.ts';
import { deleteFirst, leaveOther, settleDelete } from './resource-deletion.ts';
import { beginTask, waitsForInitiation } from './resource-task.ts';
import { plainObject } from './stack-goal.ts';
import { type PolicyAction, parseStackPolicy, policyDenial } from './stack-policy.ts';
import { updateRefusal } from './update-impact.ts';
import type { ResourceUpdate } from './value-rules.ts';

/**
 * Work on one resource: begun, initiated, ended well or badly. Whether it is its turn is the stack engine's question.
 */

export const reasons = {
  initiated: 'Resource creation Initiated',
  replacing: 'Requested update requires the creation of a new physical resource; hence creating one.',
  creationCancelled: 'Resource creation cancelled',
  updateCancelled: 'Resource update cancelled',
} as const;

type Desired = Omit<
  StackResource,
  'physicalId' | 'attributes' | 'status' | 'generation' | 'position' | 'claim' | 'drift' | 'driftFound'
>;

/** Brings a resource of the goal to what the goal says of it: by a task, or at once when nothing is to be done. */
export function beginForward(moment: OperationMoment, logicalId: string): void {
  const { stack, operation, world } = moment;
  const current = stack.resources.get(logicalId);
  rememberFormer(moment, logicalId);
  const evaluated = world.goal(stack).resource(logicalId);
  if (!evaluated.ok) {
    failAtOnce(moment, logicalId, evaluated.refusal.message);
    return;
  }
  const desired = desiredResource(moment, evaluated.value);
  const toImport = operation.imports?.get(logicalId);
  if (!isThere(current)) {
    if (toImport) beginImport(moment, toImport, desired);
    else beginCreate(moment, desired);
    return;
  }
  if (current.status === 'CREATE_FAILED') {
    leaveOther(operation, current, true);
    beginCreate(moment, desired, current);
    return;
  }
  const { updatePolicy } = evaluated.value;
  const update = { type: desired.type, before: current.properties, after: desired.properties, updatePolicy };
  const impact = world.impact(update);
  const denied =
    impact !== 'none' && updateDenial(operation, impact === 'in-place' ? 'Update:Modify' : 'Update:Replace', current);
  if (denied) {
    failAtOnce(moment, logicalId, denied);
    return;
  }
  if (impact === 'replace') beginReplace(moment, current, desired, false);
  else if (impact === 'delete-then-replace') beginReplace(moment, current, desired, true);
  else if (impact === 'in-place' || isTouched(moment, current, desired)) beginUpdate(moment, current, desired, update);
  else {
    const { physicalId, attributes, status, statusReason, updatedAt, generation, position, claim } = current;
    const { drift, driftFound } = current;
    const rest = {
      ...{ physicalId, attributes, status, statusReason, updatedAt, generation, position, claim },
      ...{ drift, driftFound },
    };
    if (!sameData(current, { ...desired, ...rest })) keepResource(moment, { ...desired, ...rest });
    operation.done.add(logicalId);
  }
}

function updateDenial(
  { phase, policyBody }: Operation,
  action: PolicyAction,
  resource: StackResource,
): string | undefined {
  const policy = phase === 'forward' && policyBody !== undefined ? parseStackPolicy(policyBody) : undefined;
  return policy && policyDenial(policy, action, resource);
}

/** Fails where the stack policy protects a resource that the update has removed. @returns whether it did */
export function refuseRemovals(moment: OperationMoment, removed: Iterable<StackResource>): boolean {
  const { operation, at } = moment;
  for (const resource of removed) {
    const { logicalId } = resource;
    const statusReason = isThere(resource) ? updateDenial(operation, 'Update:Delete', resource) : undefined;
    if (statusReason === undefined) continue;
    rememberFormer(moment, logicalId);
    setResource(moment, { ...resource, status: 'DELETE_FAILED', statusReason, updatedAt: at });
    operation.failed.set(logicalId, 'delete');
  }
  return operation.failed.size > 0;
}

/** Metadata and tags of the stack reach the resource without a change of its properties; a failed one is tried again. */
function isTouched({ stack, operation, world }: OperationMoment, current: StackResource, desired: Desired): boolean {
  // The template of a nested stack may have changed behind its address.
  if (current.status === 'UPDATE_FAILED' || current.type === stackType) return true;
  if (!sameData(current.metadata, desired.metadata)) return true;
  const former = operation.former?.definition.tags;
  return former !== undefined && !sameData(former, stack.definition.tags) && world.takesStackTags(current.type);
}

function sameData(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function desiredResource({ stack, world, at }: OperationMoment, resource: EvaluatedResource): Desired {
  const { logicalId, type, properties, metadata, deletionPolicy, updateReplacePolicy } = resource;
  return {
    logicalId,
    type,
    properties: plainObject(properties),
    metadata: metadata && plainObject(metadata),
    deletionPolicy,
    updateReplacePolicy,
    dependsOn: world.goal(stack).dependencies.get(logicalId) ?? [],
    updatedAt: at,
  };
}

function rememberFormer({ stack, operation }: OperationMoment, logicalId: string): void {
  const former = operation.former?.resources;
  if (!former || former.has(logicalId)) return;
  const current = stack.resources.get(logicalId);
  former.set(logicalId, isThere(current) ? current : null);
}

/** @param replaces a physical resource that an earlier attempt has left */
function beginCreate(moment: OperationMoment, desired: Desired, replaces?: StackResource): void {
  const { stack } = moment;
  const former = stack.resources.get(desired.logicalId);
  const position = former?.position ?? ++stack.resourceCount;
  const made = makeResource(moment, desired, nextGeneration(stack, desired.logicalId), position);
  const status = 'CREATE_IN_PROGRESS';
  setResource(moment, { ...made, physicalId: undefined, attributes: {}, status, claim: undefined });
  const reason = propertiesProblem(moment, desired);
  const result: StackResource = { ...made, status: 'CREATE_COMPLETE' };
  beginTask(moment, { verb: 'create', makes: true, replaces, deletesFirst: replaces !== undefined, result }, reason);
}

/** Takes over a resource that somebody else has made. Nothing happens to the resource itself. */
function beginImport(moment: OperationMoment, toImport: ResourceToImport, desired: Desired): void {
  const { stack, world, at } = moment;
  const resolved = world.withStoredValues(stack, desired.properties);
  const properties = 'value' in resolved ? resolved.value : desired.properties;
  const identity = importedIdentity(world.seed, stack, toImport, properties);
  const generation = nextGeneration(stack, desired.logicalId);
  const made: StackResource = {
    ...{ ...desired, attributes: identity.attributes as JsonObject, generation, position: ++stack.resourceCount },
    ...{ physicalId: identity.physicalId, status: 'IMPORT_IN_PROGRESS', updatedAt: at },
  };
  setResource(moment, made);
  const reason =
    propertiesProblem(moment, desired) ??
    notImportable(world.account(stack.accountId), stack, toImport, identity.claim);
  const result: StackResource = { ...made, claim: identity.claim, status: 'IMPORT_COMPLETE' };
  beginTask(moment, { verb: 'import', makes: false, result }, reason);
}

/** The import that took it over has failed: it is nobody's again. */
export function giveBack(moment: OperationMoment, { logicalId, claim }: StackResource): void {
  const { stack, world } = moment;
  if (claim) world.account(stack.accountId).takeName(stack.region, claim, {});
  dropResource(moment, logicalId);
}

function beginReplace(moment: OperationMoment, current: StackResource, desired: Desired, deletesFirst: boolean): void {
  const { stack } = moment;
  const made = makeResource(moment, desired, nextGeneration(stack, desired.logicalId), current.position);
  setResource(moment, {
    ...current,
    updatedAt: moment.at,
    status: 'UPDATE_IN_PROGRESS',
    statusReason: reasons.replacing,
  });
  const reason =
    propertiesProblem(moment, desired) ?? (deletesFirst ? undefined : customNameReason(current.claim, made.claim));
  const result: StackResource = { ...made, status: 'UPDATE_COMPLETE' };
  const replaces = isThere(current) ? current : undefined;
  beginTask(moment, { verb: 'update', makes: true, replaces, deletesFirst, result }, reason);
}

function customNameReason(before: NameClaim | undefined, after: NameClaim | undefined): string | undefined {
  if (!before?.custom || before.name !== after?.name) return undefined;
  return `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${before.name} and update the stack again.`;
}

function beginUpdate(moment: OperationMoment, current: StackResource, desired: Desired, update: ResourceUpdate): void {
  const { at } = moment;
  const made = makeResource(moment, desired, current.generation, current.position);
  setResource(moment, { ...current, updatedAt: at, status: 'UPDATE_IN_PROGRESS', statusReason: undefined });
  const result: StackResource = {
    ...made,
    attributes: attributesAfterUpdate(current, made.attributes),
    physicalId: current.physicalId,
    claim: current.claim,
    drift: driftLeft(current, desired.properties),
    status: 'UPDATE_COMPLETE',
  };
  const reason =
    propertiesProblem(moment, desired) ??
    (current.drift?.deleted ? notFound(moment, current) : undefined) ??
    refusalOf(moment, current, update);
  beginTask(moment, { verb: 'update', makes: false, result }, reason);
}

function refusalOf({ stack, world }: OperationMoment, { logicalId }: StackResource, update: ResourceUpdate) {
  const refused = updateRefusal(update);
  if (refused === undefined) return undefined;
  const token = drawFrom(world.seed, stack.id, logicalId, refused).uuid();
  return `Resource handler returned message: "${refused}" (RequestToken: ${token}, HandlerErrorCode: InvalidRequest)`;
}

/** Attributes stay, but for those that count updates. */
function attributesAfterUpdate({ type, attributes: before }: StackResource, after: JsonObject): JsonObject {
  if (type !== 'AWS::EC2::LaunchTemplate') return after;
  return { ...after, LatestVersionNumber: String(Number(before.LatestVersionNumber ?? 0) + 1) };
}

/** Somebody has deleted it outside CloudFormation. */
function notFound({ stack, world }: OperationMoment, { type, physicalId = '' }: StackResource): string {
  return `Resource handler returned message: "Resource of type '${type}' with identifier '${physicalId}' was not found." (RequestToken: ${drawFrom(world.seed, stack.id, physicalId).uuid()}, HandlerErrorCode: NotFound)`;
}

/** Takes a resource back to what it was before the update. */
export function beginRestore(moment: OperationMoment, former: StackResource): void {
  const { stack, operation, at } = moment;
  const { logicalId } = former;
  const current = stack.resources.get(logicalId);
  const result: StackResource = { ...former, status: 'UPDATE_COMPLETE', statusReason: undefined, updatedAt: at };
  if (operation.deletedFirst.has(logicalId)) {
    beginReplace(moment, current ?? former, former, true);
    return;
  }
  if (current?.generation !== former.generation && isThere(current)) {
    leaveOther(operation, current, true);
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
  // A version that is no longer there makes the way back fail. Source: user guide, "Get a secure string value".
  const resolved = moment.world.withStoredValues(stack, former.properties);
  const gone = former.drift?.deleted ? notFound(moment, former) : undefined;
  beginTask(moment, { verb: 'update', makes: false, result }, 'reason' in resolved ? resolved.reason : gone);
}

/** What the schema says against the properties, with what their dynamic references stand for now. */
function propertiesProblem({ stack, world }: OperationMoment, { type, properties }: Desired): string | undefined {
  const resolved = world.withStoredValues(stack, properties);
  return 'reason' in resolved ? resolved.reason : world.propertiesFault(type, resolved.value);
}

function nextGeneration({ generations }: Stack, logicalId: string): number {
  const next = (generations.get(logicalId) ?? 0) + 1;
  generations.set(logicalId, next);
  return next;
}

function makeResource(
  { stack, world }: OperationMoment,
  desired: Desired,
  generation: number,
  position: number,
): Omit<StackResource, 'status'> {
  const { logicalId, type } = desired;
  const resolved = world.withStoredValues(stack, desired.properties);
  const properties = 'value' in resolved ? resolved.value : desired.properties;
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

/** Lets a task take its next step. */
export function settleTask(moment: OperationMoment, key: string, task: Task): void {
  if (task.verb === 'delete') settleDelete(moment, key, task);
  else if (waitsForInitiation(task)) initiate(moment, key, task);
  else if (task.failure) failTask(moment, key, task, task.failure.reason);
  else completeTask(moment, key, task);
}

function initiate(moment: OperationMoment, key: string, task: Task): void {
  const { stack, operation, world, at } = moment;
  const { result, replaces } = task;
  const conflict = nameConflict(moment, task);
  if (conflict) {
    failTask(moment, key, task, conflict);
    return;
  }
  const { logicalId } = result;
  if (replaces && task.deletesFirst) deleteFirst(moment, replaces);
  if (result.claim)
    world.account(stack.accountId).takeName(stack.region, result.claim, { stackId: stack.id, logicalId });
  const status: ResourceStatus = task.verb === 'create' ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS';
  if (replaces && !task.deletesFirst) leaveOther(operation, replaces, false);
  setResource(moment, { ...result, status, statusReason: reasons.initiated, updatedAt: at });
  operation.tasks.set(key, { ...task, stage: 'initiated' });
}

/** Names that are taken are refused by the resource's own service, in the words of a resource handler. */
function nameConflict({ stack, world }: OperationMoment, { result, replaces, deletesFirst }: Task): string | undefined {
  const { claim, type } = result;
  const taken = claim && world.account(stack.accountId).taken(stack.region, claim);
  const becomesFree = deletesFirst && replaces?.claim?.name === claim?.name;
  if (!claim || !taken || becomesFree) return undefined;
  if (taken.stackId) return `${claim.name} already exists in stack ${taken.stackId}`;
  return `Resource handler returned message: "Resource of type '${type}' with identifier '${claim.name}' already exists." (RequestToken: ${drawFrom(world.seed, stack.id, claim.name).uuid()}, HandlerErrorCode: AlreadyExists)`;
}

export function completeTask(moment: OperationMoment, key: string, task: Task): void {
  setResource(moment, { ...task.result, updatedAt: moment.at });
  const { stack, world } = moment;
  const { logicalId, claim } = task.result;
  if (task.verb === 'import' && claim) {
    world.account(stack.accountId).takeName(stack.region, claim, { stackId: stack.id, logicalId });
  }
  world.storeValue(stack, task.result);
  moment.operation.tasks.delete(key);
  moment.operation.done.add(key);
}

const failedStatuses = {
  create: 'CREATE_FAILED',
  update: 'UPDATE_FAILED',
  delete: 'DELETE_FAILED',
  import: 'IMPORT_FAILED',
} as const satisfies Record<TaskVerb, ResourceStatus>;

export function failTask(moment: OperationMoment, key: string, task: Task, reason: string): void {
  const { stack, operation, at } = moment;
  const current = stack.resources.get(task.result.logicalId) ?? task.result;
  setResource(moment, { ...current, status: failedStatuses[task.verb], statusReason: reason, updatedAt: at });
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

/** Stops everything that is under way because something else has failed or the client wants it so. */
export function cancelTasks(moment: OperationMoment): void {
  for (const [key, task] of [...moment.operation.tasks]) {
    if (task.nested) moment.world.nested.cancel(moment, task);
    failTask(moment, key, task, task.verb === 'create' ? reasons.creationCancelled : reasons.updateCancelled);
  }
}
