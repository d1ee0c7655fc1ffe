import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Placement, ProvisionedResource, Start } from '../provisioner.ts';
import { providerRefusal } from './provider-refusal.ts';
import { readResources, readStack } from './read-stack.ts';
import { stackPhase } from './stack-status.ts';

/** What became of a stack that is not found by its name. */
export type StackFate =
  /** Nothing is known to have been begun. */
  | 'never-made'
  /** The service shows it, by its id, as deleted. It does so for ninety days. */
  | 'deleted'
  /** The service shows it, by its id, as something else: what it says of names lags behind. */
  | 'there'
  /** The service knows no such id: its record was purged, or it lies in another account. That proves nothing. */
  | 'no-trace';

/** Source: API reference, DescribeStacks: a deleted stack is found by its id, which is its ARN. */
export async function stackFate(client: CloudFormationClient, stackId: string | undefined): Promise<StackFate> {
  if (stackId === undefined) return 'never-made';
  const stack = await readStack(client, stackId);
  if (!stack) return 'no-trace';
  return stackPhase(stack.StackStatus) === 'absent' ? 'deleted' : 'there';
}

/** What a removal answers of a stack that is not found by its name. */
export function absentStart(fate: StackFate, stackId = ''): Start {
  switch (fate) {
    case 'never-made':
    case 'deleted':
      return { begun: 'nothing-to-do' };
    case 'there':
      return { begun: 'not-yet', message: `CloudFormation shows the stack ${stackId} by its id and not by its name.` };
    case 'no-trace':
      return { begun: 'no-trace', message: `CloudFormation knows nothing of the stack ${stackId}` };
  }
}

/**
 * What a stack that is gone let live on; undefined: nothing, or the service does not say, which changes nothing about
 * its being gone.
 */
export async function retainedBy(
  client: CloudFormationClient,
  placement: Placement,
  stackId: string | undefined,
): Promise<readonly ProvisionedResource[] | undefined> {
  try {
    if (stackId === undefined || (await stackFate(client, stackId)) !== 'deleted') return undefined;
    const retained = (await readResources(client, stackId)).filter(({ status }) => status === 'DELETE_SKIPPED');
    return retained.length > 0 ? retained : undefined;
  } catch (error) {
    if (providerRefusal(error, 'ListStackResources', placement).kind === 'unavailable') throw error;
    return undefined;
  }
}
