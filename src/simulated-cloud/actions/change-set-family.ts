import { setStackStatus } from '../engine/engine-world.ts';
import { beginOperation, deleteOperation } from '../engine/stack-engine.ts';
import type { ChangeSet } from '../state/change-set.ts';
import type { Stack } from '../state/stack.ts';
import type { CloudTools } from './action.ts';
import { putStack } from './create-stack.ts';
import type { WorkedOut } from './work-out-change-set.ts';

/** The change set of a nested stack, as it was put. */
export interface FamilyMember {
  readonly parent: Stack;
  readonly logicalId: string;
  readonly stack: Stack;
  readonly changeSet: ChangeSet;
}

/** All change sets below one. */
export async function familyOf(tools: CloudTools, parent: Stack, changeSet: ChangeSet): Promise<FamilyMember[]> {
  const members: FamilyMember[] = [];
  for (const { logicalId, stackId, id } of changeSet.nested ?? []) {
    const stack = await tools.state.stack(stackId);
    const own = stack && [...(await tools.state.changeSets(stack)).values()].find((each) => each.id === id);
    if (!own) continue;
    members.push({ parent, logicalId, stack, changeSet: own }, ...(await familyOf(tools, stack, own)));
  }
  return members;
}

/** A stack of which there is nothing but a change set. */
export function putReviewStack(tools: CloudTools, stack: Stack): void {
  putStack(tools, tools.state.loadedAccount(stack.accountId), stack);
  setStackStatus({ stack, world: tools.world, at: stack.createdAt }, 'REVIEW_IN_PROGRESS', 'User Initiated');
}

export async function putFamily(tools: CloudTools, members: readonly WorkedOut[]): Promise<void> {
  const { state } = tools;
  for (const { stack, changeSet, isNew } of members) {
    if (isNew) putReviewStack(tools, stack);
    (await state.changeSets(stack)).set(changeSet.name, changeSet);
    state.noteStack(stack);
    state.noteChangeSet(changeSet);
  }
}

/** They go with the one at the top, and so do stacks that were made for them. Source: API reference, DeleteChangeSet. */
export async function discardFamily(tools: CloudTools, members: readonly FamilyMember[]): Promise<void> {
  const { state, world, engine } = tools;
  for (const { stack, changeSet } of members) {
    (await state.changeSets(stack)).delete(changeSet.name);
    state.noteChangeSetGone(changeSet);
    if (stack.status !== 'REVIEW_IN_PROGRESS') continue;
    const at = state.now();
    beginOperation({ stack, world, at }, deleteOperation(stack, at), 'DELETE_IN_PROGRESS', 'User Initiated');
    engine.drive(stack);
  }
}

/** What was worked out is done by the parents' operations. */
export function executeFamily({ state }: CloudTools, members: readonly FamilyMember[]): void {
  for (const { parent, logicalId, stack, changeSet } of members) {
    if (changeSet.status === 'FAILED') continue;
    changeSet.executionStatus = 'EXECUTE_COMPLETE';
    state.noteChangeSet(changeSet);
    if (stack.status !== 'REVIEW_IN_PROGRESS') continue;
    parent.reviewed = { ...parent.reviewed, [logicalId]: stack.id };
    state.noteStack(parent);
  }
}
