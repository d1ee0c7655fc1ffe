import { changesTo } from '../engine/compare-goal.ts';
import { nestedStack } from '../engine/nested-stacks.ts';
import { changesNothing, type StackGoal, type Understood } from '../engine/stack-goal.ts';
import { drawFrom } from '../physical-ids/draw.ts';
import {
  type ChangeSet,
  changeSetReasons,
  isEmptyChangeSet,
  type NestedChangeSet,
  type ResourceChange,
} from '../state/change-set.ts';
import type { JsonObject } from '../state/json.ts';
import { can, type Stack } from '../state/stack.ts';
import { stackType } from '../state/stack-events.ts';
import type { CloudTools } from './action.ts';
import { newStackIdentity } from './create-stack.ts';
import { nestedInput } from './prepare-nested-stack.ts';
import { understandDefinition } from './stack-definition.ts';
import { updateProblem } from './update-stack.ts';

/** A change set that is asked for. */
export interface ChangeSetToWorkOut extends Pick<ChangeSet, 'name' | 'type' | 'parentId' | 'rootId'> {
  readonly stack: Stack;
  readonly understood: Understood;
  /** Whether its nested stacks get change sets, too. */
  readonly includesNested: boolean;
}

/** A change set with its stack, which is new where it is that of a nested stack to come. */
export interface WorkedOut {
  readonly stack: Stack;
  readonly changeSet: ChangeSet;
  readonly isNew: boolean;
}

/** Over a whole family: how many stacks it would make. */
interface Family {
  made: number;
}

/**
 * Works out what a change set says, and those of the nested stacks: nothing is put anywhere, so that a family of change
 * sets is there as a whole or not at all.
 * @returns its own first, then those below it, each behind its parent's
 */
export async function workOutChangeSet(
  tools: CloudTools,
  asked: ChangeSetToWorkOut,
): Promise<readonly [ChangeSet, readonly WorkedOut[]]> {
  return workOut(tools, asked, { made: 0 });
}

async function workOut(
  tools: CloudTools,
  asked: ChangeSetToWorkOut,
  family: Family,
): Promise<readonly [ChangeSet, readonly WorkedOut[]]> {
  const { state } = tools;
  const { stack, name, type, parentId, rootId, includesNested } = asked;
  const { definition, goal } = asked.understood;
  const account = await state.account(stack.accountId);
  const exported = (exportName: string) => account.export(stack.region, exportName)?.value;
  const createdAt = state.now();
  const id = changeSetArn(stack, name, drawFrom(state.seed, stack.id, name, createdAt.getTime()).uuid());
  const unchanged = new Set<string>();
  const changes = () => changesTo(stack, goal, definition.tags, exported, unchanged);
  const nested: NestedChangeSet[] = [];
  const below: WorkedOut[] = [];
  let failure: string | undefined;
  for (const logicalId of includesNested ? nestedIn(goal) : []) {
    const change = changes().find((each) => each.logicalId === logicalId);
    if (!change) continue;
    const worked = await workOutNested(tools, { ...asked, id }, change, family);
    if (typeof worked === 'string') {
      failure ??= worked;
      continue;
    }
    const [own] = worked;
    if (isEmptyChangeSet(own.changeSet)) unchanged.add(logicalId);
    else if (own.changeSet.status === 'FAILED') failure ??= changeSetReasons.nestedFailed(own.changeSet.id);
    nested.push({ logicalId, stackId: own.stack.id, id: own.changeSet.id });
    below.push(...worked);
  }
  const isEmpty = type === 'UPDATE' && changesNothing(stack, definition, goal, unchanged);
  const reason = failure ?? (isEmpty ? nothingReason(goal) : undefined);
  const changeSet: ChangeSet = {
    id,
    name,
    stackId: stack.id,
    stackName: stack.name,
    type,
    createdAt,
    definition,
    status: reason === undefined ? 'CREATE_COMPLETE' : 'FAILED',
    statusReason: reason ?? (parentId === undefined ? undefined : changeSetReasons.byRoot),
    executionStatus: reason === undefined && parentId === undefined ? 'AVAILABLE' : 'UNAVAILABLE',
    changes: isEmpty ? [] : changes().map((change) => withChangeSet(change, nested)),
    ...(includesNested && { nested }),
    parentId,
    rootId,
  };
  return [changeSet, below];
}

/** In the order in which they are made, so that what one reads of another is known where that does not change. */
function nestedIn({ order, evaluated }: StackGoal): readonly string[] {
  return order.filter((logicalId) => evaluated.resources.get(logicalId)?.type === stackType);
}

function withChangeSet(change: ResourceChange, nested: readonly NestedChangeSet[]): ResourceChange {
  const own = nested.find(({ logicalId }) => logicalId === change.logicalId);
  return own ? { ...change, changeSetId: own.id } : change;
}

/** A text says why there can be no change set. */
async function workOutNested(
  tools: CloudTools,
  parent: ChangeSetToWorkOut & { readonly id: string },
  change: ResourceChange,
  family: Family,
): Promise<readonly [WorkedOut, ...WorkedOut[]] | string> {
  const { stack: parentStack, id: parentId, rootId = parentId } = parent;
  const suffix = drawFrom(parentId, change.logicalId).alphanumeric(12).toUpperCase();
  const name = `${`${parent.name}-${change.logicalId}`.slice(0, 115)}-${suffix}`;
  const common = { name, parentId, rootId, includesNested: true } as const;
  const { definition } = parent.understood;
  const { Properties: properties } = change.after as { readonly Properties: JsonObject };
  if (change.action === 'Add') {
    const account = await tools.state.account(parentStack.accountId);
    const live = account.liveStacks(parentStack.region) + family.made;
    if (live >= tools.state.settings.quotas.stacks) return 'Limit for stack has been exceeded';
    family.made += 1;
    const stackName = `${`${parentStack.name}-${change.logicalId}`.slice(0, 115)}-${suffix}`;
    const identity = newStackIdentity(tools, parentStack, account, stackName);
    const understood = await understandDefinition(tools, identity, nestedInput({ definition }, stackName, properties));
    if (!understood.ok) return understood.error.message;
    const stack = nestedStack(identity, understood.value, parentStack, tools.state.now());
    const asked = { ...common, stack, type: 'CREATE', understood: understood.value } as const;
    const [changeSet, below] = await workOut(tools, asked, family);
    return [{ stack, changeSet, isNew: true }, ...below];
  }
  const stack = await tools.state.stack(change.physicalId ?? '');
  if (!stack || stack.status === 'DELETE_COMPLETE') return `Stack [${change.physicalId}] does not exist`;
  tools.engine.catchUp(stack);
  if (!can(stack, 'changeSet')) return updateProblem(stack)?.error.message ?? `Stack:${stack.id} can not be updated.`;
  const understood = await understandDefinition(tools, stack, nestedInput({ definition }, stack.name, properties));
  const known = understood.ok ? understood.value : undefined;
  const asked = { ...common, stack, type: 'UPDATE' } as const;
  if (known) {
    const [changeSet, below] = await workOut(tools, { ...asked, understood: known }, family);
    return [{ stack, changeSet, isNew: false }, ...below];
  }
  const createdAt = tools.state.now();
  const changeSet: ChangeSet = {
    id: changeSetArn(stack, name, drawFrom(tools.state.seed, stack.id, name, createdAt.getTime()).uuid()),
    name,
    type: 'UPDATE',
    parentId,
    rootId,
    stackId: stack.id,
    stackName: stack.name,
    createdAt,
    definition: stack.definition,
    status: 'FAILED',
    statusReason: understood.ok ? undefined : understood.error.message,
    executionStatus: 'UNAVAILABLE',
    changes: [],
    nested: [],
  };
  return [{ stack, changeSet, isNew: false }];
}

/** Two wordings of the service: the second for templates that declare a transform. */
function nothingReason({ template }: StackGoal): string {
  return template.transforms.length === 0 ? changeSetReasons.nothing : changeSetReasons.nothingProcessed;
}

function changeSetArn({ id }: Stack, name: string, uuid: string): string {
  const [arn = ''] = id.split(':stack/');
  return `${arn}:changeSet/${name}/${uuid}`;
}
