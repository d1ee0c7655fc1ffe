import { noEchoMask } from '../../cloudformation/index.ts';
import { stackIdsPage } from '../state/cloud-store.ts';
import { asSeen, forgottenBefore } from '../state/lagging-read.ts';
import type { Stack, StackParameter, Tag } from '../state/stack.ts';
import { formText, formTexts } from '../wire/query-protocol.ts';
import { answer, validationError } from '../wire/service-error.ts';
import type { XmlMembers } from '../wire/xml.ts';
import type { Action } from './action.ts';
import { findStack } from './find-stack.ts';
import { nextToken, pageOfAll, pageSize, readPosition } from './page.ts';

export const describeStacks: Action = async (tools, call) => {
  const name = formText(call.input, 'StackName');
  if (name) {
    const found = await findStack(tools, call.caller, name);
    const stack = found && asSeen(found, tools.state);
    return stack ? answer({ Stacks: [stackView(stack)] }) : noStackWithId(name);
  }
  const page = await listPage(tools, call, { live: true });
  if (!page.ok) return page;
  return answer({ Stacks: page.value.stacks.map(stackView), NextToken: page.value.next });
};

export function noStackWithId(nameOrId: string) {
  return validationError(`Stack with id ${nameOrId} does not exist`);
}

export const listStacks: Action = async (tools, call) => {
  const statuses = formTexts(call.input, 'StackStatusFilter');
  const page = await listPage(tools, call, { statuses });
  if (!page.ok) return page;
  return answer({ StackSummaries: page.value.stacks.map(stackSummary), NextToken: page.value.next });
};

type ListPosition = { readonly createdAt: string; readonly id: string };

function isListPosition(value: unknown): value is ListPosition {
  const { createdAt, id } = (value ?? {}) as Partial<ListPosition>;
  return typeof id === 'string' && typeof createdAt === 'string' && !Number.isNaN(Date.parse(createdAt));
}

async function listPage(
  { state }: Parameters<Action>[0],
  { caller, input }: Parameters<Action>[1],
  filter: { statuses?: readonly string[]; live?: boolean },
) {
  const start = readPosition(formText(input, 'NextToken'), isListPosition);
  if (!start.ok) return start;
  const after = start.value && { createdAt: new Date(start.value.createdAt), id: start.value.id };
  await state.commit(); // the list is read from the database
  const deletedSince = forgottenBefore(state);
  const ids = await stackIdsPage(state.db, caller, { ...filter, deletedSince, after, size: pageSize + 1 });
  const stacks = await Promise.all(ids.slice(0, pageSize).map(({ id }) => state.stack(id)));
  const last = ids[pageSize - 1];
  return answer({
    stacks: stacks.flatMap((stack) => (stack && asSeen(stack, state)) ?? []),
    next: ids.length > pageSize && last ? nextToken({ createdAt: last.createdAt, id: last.id }) : undefined,
  });
}

function driftInformation({ drift }: Stack): XmlMembers {
  return { StackDriftStatus: drift?.status ?? 'NOT_CHECKED', LastCheckTimestamp: drift?.at };
}

/** Source: API reference, Stack. */
function stackView(stack: Stack): XmlMembers {
  const { definition } = stack;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: definition.description,
    Parameters: parameterViews(definition.parameters),
    CreationTime: stack.createdAt,
    DeletionTime: stack.deletedAt,
    LastUpdatedTime: stack.updatedAt,
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: stack.disableRollback,
    NotificationARNs: definition.notificationArns,
    TimeoutInMinutes: stack.timeoutMinutes,
    Capabilities: definition.capabilities,
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
    RoleARN: definition.roleArn,
    Tags: tagViews(definition.tags),
    EnableTerminationProtection: stack.terminationProtection,
    ParentId: stack.parentId,
    RootId: stack.rootId,
    DriftInformation: driftInformation(stack),
    RetainExceptOnCreate: stack.retainExceptOnCreate || undefined,
  };
}

export function parameterViews(parameters: readonly StackParameter[]): XmlMembers[] {
  return parameters.map(({ key, value, resolvedValue, noEcho }) => ({
    ParameterKey: key,
    ParameterValue: noEcho ? noEchoMask : value,
    ResolvedValue: noEcho ? undefined : resolvedValue,
  }));
}

export function tagViews(tags: readonly Tag[]): XmlMembers[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

/** Source: API reference, StackSummary. */
function stackSummary(stack: Stack): XmlMembers {
  return {
    StackId: stack.id,
    StackName: stack.name,
    TemplateDescription: stack.definition.description,
    CreationTime: stack.createdAt,
    LastUpdatedTime: stack.updatedAt,
    DeletionTime: stack.deletedAt,
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    ParentId: stack.parentId,
    RootId: stack.rootId,
    DriftInformation: driftInformation(stack),
  };
}

export const listExports: Action = async ({ state }, { caller, input }) => {
  const account = await state.account(caller.accountId);
  const all = account.exportsOf(caller.region).toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const page = pageOfAll(all, formText(input, 'NextToken'));
  if (!page.ok) return page;
  return answer({
    Exports: page.value.items.map(({ name, value, stackId }) => ({
      ExportingStackId: stackId,
      Name: name,
      Value: value,
    })),
    NextToken: page.value.next,
  });
};

export const listImports: Action = async ({ state }, { caller, input }) => {
  const name = formText(input, 'ExportName') ?? '';
  const account = await state.account(caller.accountId);
  const importers = account.importers(caller.region, name);
  if (importers.length === 0) return validationError(`Export '${name}' is not imported by any stack.`);
  const names = importers.map((id) => id.split('/')[1] ?? id).toSorted();
  const page = pageOfAll(names, formText(input, 'NextToken'));
  return page.ok ? answer({ Imports: page.value.items, NextToken: page.value.next }) : page;
};
