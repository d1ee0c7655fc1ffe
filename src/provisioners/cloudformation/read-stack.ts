import {
  type CloudFormationClient,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
  type Stack,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import type { ProvisionedResource, ProvisionerEvent } from '../provisioner.ts';
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

/** The client request token of the newest event: the operation that ran last. */
export async function readLastToken(client: CloudFormationClient, stackId: string): Promise<string | undefined> {
  for await (const page of paginateDescribeStackEvents({ client }, { StackName: stackId })) {
    const [newest] = page.StackEvents ?? [];
    return newest?.ClientRequestToken;
  }
  return undefined;
}

/**
 * All events of one operation, oldest first. Pages come newest first; reading stops behind the operation's first
 * event, so an old stack with thousands of events costs no more than the operation itself.
 */
export async function readEvents(
  client: CloudFormationClient,
  stackId: string,
  operationTokens: readonly string[],
): Promise<ProvisionerEvent[]> {
  const found: ProvisionerEvent[] = [];
  pages: for await (const page of paginateDescribeStackEvents({ client }, { StackName: stackId })) {
    for (const event of page.StackEvents ?? []) {
      if (operationTokens.includes(event.ClientRequestToken ?? '')) found.push(provisionerEvent(event));
      else if (found.length > 0) break pages;
    }
  }
  return found.reverse();
}

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
