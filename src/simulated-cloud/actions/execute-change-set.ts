import { beginOperation, updateOperation } from '../engine/stack-engine.ts';
import { type ChangeDetail, type ChangeSet, executionStatusOf, type ResourceChange } from '../state/change-set.ts';
import { changeSetStackId } from '../state/cloud-store.ts';
import { newOperation, type Operation, type Stack } from '../state/stack.ts';
import { formFlag, formText } from '../wire/query-protocol.ts';
import { type Answer, answer, constraintError, serviceError, validationError } from '../wire/service-error.ts';
import type { XmlMembers } from '../wire/xml.ts';
import type { Action, Call, CloudTools } from './action.ts';
import { discardFamily, executeFamily, familyOf } from './change-set-family.ts';
import { parameterViews, tagViews } from './describe-stacks.ts';
import { findStack } from './find-stack.ts';
import { pageOfAll } from './page.ts';
import { isRepeated, rememberRequest, tokenedRequest } from './repeated-request.ts';
import { noSuchStack } from './requested-stack.ts';
import { readToken } from './stack-input.ts';
import { beginUpdate, updateProblem } from './update-stack.ts';

interface FoundChangeSet {
  readonly stack: Stack;
  readonly changeSet: ChangeSet;
  readonly siblings: Map<string, ChangeSet>;
}

/** By its name and its stack's, or by its id alone. */
async function findChangeSet(tools: CloudTools, { caller, input }: Call): Promise<Answer<FoundChangeSet>> {
  const name = formText(input, 'ChangeSetName');
  if (!name) return constraintError('changeSetName', null, 'not be null');
  const isId = name.startsWith('arn:');
  const stackName = formText(input, 'StackName');
  if (!stackName && !isId)
    return validationError('StackName must be specified if ChangeSetName is not specified as an ARN.');
  if (isId) await tools.state.commit();
  const nameOrId = isId ? await changeSetStackId(tools.state.db, name) : stackName;
  const stack = nameOrId === undefined ? undefined : await findStack(tools, caller, nameOrId);
  if (!stack) return isId ? noSuchChangeSet(name) : noSuchStack(stackName ?? '');
  const siblings = await tools.state.changeSets(stack);
  const changeSet = isId ? [...siblings.values()].find(({ id }) => id === name) : siblings.get(name);
  return changeSet ? answer({ stack, changeSet, siblings }) : noSuchChangeSet(name);
}

function noSuchChangeSet(name: string) {
  return serviceError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, 404);
}

export const describeChangeSet: Action = async (tools, call) => {
  const found = await findChangeSet(tools, call);
  if (!found.ok) return found;
  const { stack, changeSet } = found.value;
  const page = pageOfAll(changeSet.changes, formText(call.input, 'NextToken'));
  if (!page.ok) return page;
  const { definition } = changeSet;
  const withValues = formFlag(call.input, 'IncludePropertyValues') ?? false;
  return answer({
    ...changeSetSummary(changeSet, stack),
    Parameters: parameterViews(definition.parameters),
    NotificationARNs: definition.notificationArns,
    RollbackConfiguration: {},
    Capabilities: definition.capabilities,
    Tags: tagViews(definition.tags),
    Changes: page.value.items.map((change) => ({ Type: 'Resource', ResourceChange: changeView(change, withValues) })),
    NextToken: page.value.next,
    OnStackFailure: changeSet.onStackFailure,
  });
};

function changeSetSummary(changeSet: ChangeSet, stack: Stack): XmlMembers {
  return {
    ChangeSetName: changeSet.name,
    ChangeSetId: changeSet.id,
    StackId: changeSet.stackId,
    StackName: changeSet.stackName,
    Description: changeSet.description,
    CreationTime: changeSet.createdAt,
    ExecutionStatus: executionStatusOf(changeSet, stack),
    Status: changeSet.status,
    StatusReason: changeSet.statusReason,
    IncludeNestedStacks: changeSet.nested !== undefined,
    ParentChangeSetId: changeSet.parentId,
    RootChangeSetId: changeSet.rootId,
  };
}

/** Source: API reference, ResourceChange. */
function changeView(change: ResourceChange, withValues: boolean): XmlMembers {
  return {
    PolicyAction: change.policyAction,
    Action: change.action,
    LogicalResourceId: change.logicalId,
    PhysicalResourceId: change.physicalId,
    ResourceType: change.type,
    Replacement: change.replacement,
    Scope: change.scope,
    Details: change.details.map(detailView),
    ChangeSetId: change.changeSetId,
    BeforeContext: withValues && change.before !== undefined ? JSON.stringify(change.before) : undefined,
    AfterContext: withValues && change.after !== undefined ? JSON.stringify(change.after) : undefined,
  };
}

function detailView({
  attribute,
  name,
  requiresRecreation,
  evaluation,
  source,
  causingEntity,
}: ChangeDetail): XmlMembers {
  return {
    Target: { Attribute: attribute, Name: name, RequiresRecreation: requiresRecreation },
    Evaluation: evaluation,
    ChangeSource: source,
    CausingEntity: causingEntity,
  };
}

export const listChangeSets: Action = async (tools, call) => {
  const name = formText(call.input, 'StackName') ?? '';
  const stack = await findStack(tools, call.caller, name);
  if (!stack) return noSuchStack(name);
  const all = [...(await tools.state.changeSets(stack)).values()];
  const page = pageOfAll(all, formText(call.input, 'NextToken'));
  if (!page.ok) return page;
  return answer({
    Summaries: page.value.items.map((changeSet) => changeSetSummary(changeSet, stack)),
    NextToken: page.value.next,
  });
};

/**
 * One that is not there counts as deleted; a stack that is not there does not (source: Sceptre/sceptre#449). A family is
 * deleted from its root (source: user guide, "Change sets for nested stacks").
 */
export const deleteChangeSet: Action = async (tools, call) => {
  const found = await findChangeSet(tools, call);
  if (!found.ok) return found.error.code === 'ChangeSetNotFound' ? answer({}) : found;
  const { stack, changeSet, siblings } = found.value;
  if (changeSet.rootId !== undefined) {
    const message = `ChangeSet [${changeSet.id}] is that of a nested stack: delete its root change set [${changeSet.rootId}]`;
    return serviceError('InvalidChangeSetStatus', message);
  }
  const family = await familyOf(tools, stack, changeSet);
  siblings.delete(changeSet.name);
  tools.state.noteChangeSetGone(changeSet);
  await discardFamily(tools, family);
  return answer({});
};

/** Afterwards the other change sets of the stack are gone: they were made for the stack as it was. */
export const executeChangeSet: Action = async (tools, call) => {
  const token = readToken(call.input);
  if (!token.ok) return token;
  const found = await findChangeSet(tools, call);
  if (!found.ok) return found;
  const { stack, changeSet, siblings } = found.value;
  const family = await familyOf(tools, stack, changeSet);
  const others = [...siblings.values()].filter((sibling) => sibling !== changeSet);
  const theirs = await Promise.all(others.map((sibling) => familyOf(tools, stack, sibling)));
  const request = tokenedRequest(call, 'ExecuteChangeSet', token.value);
  const repeated = isRepeated(stack, request);
  if (!repeated.ok) return repeated;
  if (repeated.value) return answer({});
  const refused = executionProblem(changeSet, stack);
  if (refused) return refused;
  rememberRequest(stack, request);
  stack.changeSetId = changeSet.id;
  stack.disableRollback = formFlag(call.input, 'DisableRollback') ?? changeSet.onStackFailure === 'DO_NOTHING';
  stack.retainExceptOnCreate = formFlag(call.input, 'RetainExceptOnCreate') ?? false;
  for (const sibling of others) {
    siblings.delete(sibling.name);
    tools.state.noteChangeSetGone(sibling);
  }
  changeSet.executionStatus = 'EXECUTE_COMPLETE';
  tools.state.noteChangeSet(changeSet);
  executeFamily(tools, family);
  if (changeSet.type === 'UPDATE') beginUpdate(tools, stack, changeSet.definition, token.value);
  else if (changeSet.type === 'IMPORT') beginImport(tools, stack, changeSet, token.value);
  else beginCreation(tools, stack, changeSet, token.value);
  await discardFamily(tools, theirs.flat());
  return answer({});
};

function executionProblem(changeSet: ChangeSet, stack: Stack) {
  const status = changeSet.status === 'FAILED' ? changeSet.status : executionStatusOf(changeSet, stack);
  if (status !== 'AVAILABLE') {
    const what = changeSet.status === 'FAILED' ? 'status' : 'execution status';
    return serviceError(
      'InvalidChangeSetStatus',
      `ChangeSet [${changeSet.id}] cannot be executed in its current ${what} of [${status}]`,
    );
  }
  if (stack.status === 'REVIEW_IN_PROGRESS' && changeSet.type !== 'UPDATE') return undefined;
  if (changeSet.type !== 'CREATE') return updateProblem(stack);
  return validationError(
    `Stack [${stack.name}] already exists and cannot be created again with the changeSet [${changeSet.name}].`,
  );
}

function beginImport({ state, world, engine }: CloudTools, stack: Stack, changeSet: ChangeSet, token?: string): void {
  const at = state.now();
  const imports = new Map(changeSet.resourcesToImport?.map((resource) => [resource.logicalId, resource]));
  const operation: Operation = { ...updateOperation(stack, at, token), kind: 'import', imports };
  stack.definition = changeSet.definition;
  stack.updatedAt = at;
  beginOperation({ stack, world, at }, operation, 'IMPORT_IN_PROGRESS', 'User Initiated');
  engine.drive(stack);
}

function beginCreation({ state, world, engine }: CloudTools, stack: Stack, changeSet: ChangeSet, token?: string): void {
  const at = state.now();
  stack.definition = changeSet.definition;
  stack.updatedAt = at;
  const onFailure = changeSet.onStackFailure ?? (stack.disableRollback ? 'DO_NOTHING' : 'ROLLBACK');
  const operation = newOperation({ kind: 'create', phase: 'forward', startedAt: at, onFailure, token });
  beginOperation({ stack, world, at }, operation, 'CREATE_IN_PROGRESS', 'User Initiated');
  engine.drive(stack);
}
