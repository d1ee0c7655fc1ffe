import {
  type CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
  type Stack,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { resourceSchema } from '../../cloudformation/index.ts';
import type { ProvisionedResource, ProvisionerEvent } from '../provisioner.ts';
import type { StackEventSeen } from './operation-end.ts';
import { isNoSuchStack } from './provider-refusal.ts';

/** A stack as the service shows it; undefined when there is none (a deleted one is found by its id only). */
export async function readStack(client: CloudFormationClient, nameOrId: string): Promise<Stack | undefined> {
  try {
    const { Stacks: stacks } = await client.send(new DescribeStacksCommand({ StackName: nameOrId }));
    return stacks?.[0];
  } catch (error) {
    if (isNoSuchStack(error)) return undefined;
    throw error;
  }
}

/** The newest event, of the stack or of a resource: the operation that ran last. */
export async function readNewestEvent(client: CloudFormationClient, stackId: string): Promise<StackEvent | undefined> {
  const { StackEvents: events } = await client.send(new DescribeStackEventsCommand({ StackName: stackId }));
  return events?.[0];
}

export interface StackHistory {
  /** Of the stack itself, newest first, down to the newest of the operation; all that is new where it is not among them. */
  readonly events: readonly StackEventSeen[];
  readonly keepsTokens: boolean;
  readonly newestEventId?: string;
}

/** @param afterId the newest event before the operation, if known: what is older is none of its business */
export async function readHistory(
  client: CloudFormationClient,
  stack: Stack,
  operationTokens: readonly string[],
  afterId?: string,
): Promise<StackHistory> {
  const events: StackEventSeen[] = [];
  let keepsTokens = false;
  let newestEventId: string | undefined;
  for await (const page of paginateDescribeStackEvents({ client }, { StackName: stack.StackId })) {
    for (const event of page.StackEvents ?? []) {
      newestEventId ??= event.EventId;
      keepsTokens ||= event.ClientRequestToken !== undefined;
      const isOwn = isOfStack(event, stack);
      if (isOwn) events.push(stackEventSeen(event));
      const isOurs = isOwn && operationTokens.includes(event.ClientRequestToken ?? '');
      if (isOurs || event.EventId === afterId) return { events, keepsTokens, newestEventId };
    }
  }
  return { events, keepsTokens, newestEventId };
}

/** The token of the operation that ran or runs last, which may have none; and whether any event had one. */
export async function readRunningOperation(
  client: CloudFormationClient,
  stack: Stack,
): Promise<{ token?: string; keepsTokens: boolean }> {
  let keepsTokens = false;
  for await (const page of paginateDescribeStackEvents({ client }, { StackName: stack.StackId })) {
    keepsTokens ||= (page.StackEvents ?? []).some((event) => event.ClientRequestToken !== undefined);
    const newest = page.StackEvents?.find((event) => isOfStack(event, stack));
    if (newest) return { token: newest.ClientRequestToken, keepsTokens };
  }
  return { keepsTokens };
}

type NamedStack = Pick<Stack, 'StackId' | 'StackName'>;

function isOfStack({ ResourceType, LogicalResourceId, PhysicalResourceId }: StackEvent, stack: NamedStack): boolean {
  if (ResourceType !== 'AWS::CloudFormation::Stack') return false;
  return PhysicalResourceId === stack.StackId || LogicalResourceId === stack.StackName;
}

function stackEventSeen(event: StackEvent): StackEventSeen {
  const { EventId, ResourceStatus, ResourceStatusReason, ClientRequestToken } = event;
  return { id: EventId ?? '', status: ResourceStatus ?? '', reason: ResourceStatusReason, token: ClientRequestToken };
}

/**
 * The events of one operation, oldest first. Pages come newest first; reading stops behind the operation's first event,
 * so an old stack with thousands of events costs no more than the operation itself; and at an event that is known, so
 * one that is looked at again and again costs no more than what is new.
 */
export async function readEvents(
  client: CloudFormationClient,
  stackId: string,
  operationTokens: readonly string[],
  afterId?: string,
): Promise<ProvisionerEvent[]> {
  const found: ProvisionerEvent[] = [];
  pages: for await (const page of paginateDescribeStackEvents({ client }, { StackName: stackId })) {
    for (const event of page.StackEvents ?? []) {
      if (event.EventId === afterId) break pages;
      if (operationTokens.includes(event.ClientRequestToken ?? '')) found.push(provisionerEvent(event));
      else if (found.length > 0) break pages;
    }
  }
  return found.reverse();
}

/** Events of what ran last, oldest first, where no tokens tell whose they are. */
export async function readLastEvents(
  client: CloudFormationClient,
  stack: NamedStack,
  afterId?: string,
): Promise<ProvisionerEvent[]> {
  const found: ProvisionerEvent[] = [];
  for await (const page of paginateDescribeStackEvents({ client }, { StackName: stack.StackId })) {
    for (const event of page.StackEvents ?? []) {
      if (event.EventId === afterId) return found.reverse();
      found.push(provisionerEvent(event));
      if (isOfStack(event, stack) && beginnings.has(event.ResourceStatus ?? '')) return found.reverse();
    }
  }
  return found.reverse();
}

const beginnings = new Set(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'IMPORT_IN_PROGRESS']);

export async function readResources(client: CloudFormationClient, stackId: string): Promise<ProvisionedResource[]> {
  const resources: ProvisionedResource[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stackId })) {
    for (const summary of page.StackResourceSummaries ?? []) {
      resources.push({
        logicalId: summary.LogicalResourceId ?? '',
        physicalId: summary.PhysicalResourceId ?? '',
        type: summary.ResourceType ?? '',
        status: summary.ResourceStatus ?? '',
      });
    }
  }
  return resources;
}

/** A service that deletes none of these while something lies in it guards the data itself. */
const selfGuarded = new Set(['AWS::S3::Bucket', 'AWS::ECR::Repository']);

/** Resources that are there and whose deletion would lose data. */
export function dataIn(resources: readonly ProvisionedResource[]): ProvisionedResource[] {
  return resources.filter(
    ({ type, status, physicalId }) =>
      physicalId !== '' &&
      !['DELETE_COMPLETE', 'DELETE_SKIPPED'].includes(status) &&
      !selfGuarded.has(type) &&
      resourceSchema(type)?.stateful,
  );
}

function provisionerEvent(event: StackEvent): ProvisionerEvent {
  return {
    id: event.EventId ?? '',
    at: event.Timestamp ?? new Date(0),
    logicalId: event.LogicalResourceId ?? '',
    physicalId: event.PhysicalResourceId,
    type: event.ResourceType ?? '',
    status: event.ResourceStatus ?? '',
    reason: event.ResourceStatusReason,
  };
}
