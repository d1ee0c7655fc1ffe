import { stackEventsPage, stackOfPhysicalId } from '../state/cloud-store.ts';
import { asSeen, seenUntil } from '../state/lagging-read.ts';
import type { Stack, StackResource } from '../state/stack.ts';
import type { StackEvent } from '../state/stack-events.ts';
import { formText } from '../wire/query-protocol.ts';
import { answer, validationError } from '../wire/service-error.ts';
import type { XmlMembers } from '../wire/xml.ts';
import type { Action } from './action.ts';
import { noStackWithId } from './describe-stacks.ts';
import { findStack } from './find-stack.ts';
import { isIndex, nextToken, pageOfAll, pageSize, readPosition } from './page.ts';
import { noSuchStack } from './requested-stack.ts';
import { readStackName } from './stack-input.ts';

/** Newest first. */
export const describeStackEvents: Action = async (tools, call) => {
  const name = readStackName(call.input);
  if (!name.ok) return name;
  const before = readPosition(formText(call.input, 'NextToken'), isIndex);
  if (!before.ok) return before;
  const stack = await findStack(tools, call.caller, name.value);
  if (!stack || !asSeen(stack, tools.state)) return noSuchStack(name.value);
  await tools.state.commit(); // events are read from the database
  const events = await stackEventsPage(tools.state.db, stack.id, {
    before: before.value,
    size: pageSize + 1,
    until: seenUntil(tools.state),
  });
  const page = events.slice(0, pageSize);
  return answer({
    StackEvents: page.map((event) => eventView(stack, event)),
    NextToken: events.length > pageSize ? nextToken(page.at(-1)?.sequence) : undefined,
  });
};

/** Source: API reference, StackEvent. */
function eventView(stack: Stack, event: StackEvent): XmlMembers {
  return {
    StackId: stack.id,
    EventId: event.eventId,
    StackName: stack.name,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId ?? '',
    ResourceType: event.type,
    Timestamp: event.at,
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties,
    ClientRequestToken: event.token,
  };
}

/** The first hundred, as the service answers it. */
export const describeStackResources: Action = async (tools, call) => {
  const name = formText(call.input, 'StackName');
  const physicalId = formText(call.input, 'PhysicalResourceId');
  const logicalId = formText(call.input, 'LogicalResourceId');
  if (!name && !physicalId) {
    return validationError('Either StackName or PhysicalResourceId must be specified.');
  }
  if (!name) await tools.state.commit();
  const nameOrId = name ?? (await stackOfPhysicalId(tools.state.db, call.caller, physicalId ?? ''));
  if (!nameOrId) return validationError(`Stack for ${physicalId} does not exist`);
  const stack = await findStack(tools, call.caller, nameOrId);
  if (!stack) return noStackWithId(nameOrId);
  const resources = [...stack.resources.values()].filter((resource) => !logicalId || resource.logicalId === logicalId);
  return answer({
    StackResources: resources.slice(0, pageSize).map((resource) => ({
      StackName: stack.name,
      StackId: stack.id,
      ...resourceView(resource),
      Timestamp: resource.updatedAt,
    })),
  });
};

export const describeStackResource: Action = async (tools, call) => {
  const name = readStackName(call.input);
  if (!name.ok) return name;
  const logicalId = formText(call.input, 'LogicalResourceId') ?? '';
  const stack = await findStack(tools, call.caller, name.value);
  if (!stack) return validationError(`Stack '${name.value}' does not exist`);
  const resource = stack.resources.get(logicalId);
  if (!resource) return validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`);
  return answer({
    StackResourceDetail: {
      StackName: stack.name,
      StackId: stack.id,
      ...resourceView(resource),
      LastUpdatedTimestamp: resource.updatedAt,
      Metadata: JSON.stringify(resource.metadata ?? {}),
    },
  });
};

export const listStackResources: Action = async (tools, call) => {
  const name = readStackName(call.input);
  if (!name.ok) return name;
  const stack = await findStack(tools, call.caller, name.value);
  if (!stack) return noStackWithId(name.value);
  const page = pageOfAll([...stack.resources.values()], formText(call.input, 'NextToken'));
  if (!page.ok) return page;
  return answer({
    StackResourceSummaries: page.value.items.map((resource) => ({
      ...resourceView(resource),
      LastUpdatedTimestamp: resource.updatedAt,
    })),
    NextToken: page.value.next,
  });
};

function resourceView({ logicalId, physicalId, type, status, statusReason, driftFound }: StackResource): XmlMembers {
  return {
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    ResourceStatus: status,
    ResourceStatusReason: statusReason,
    DriftInformation: {
      StackResourceDriftStatus: driftFound?.status ?? 'NOT_CHECKED',
      LastCheckTimestamp: driftFound?.at,
    },
  };
}
