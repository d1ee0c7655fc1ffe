import type { CloudFormationClient, Output, Stack } from '@aws-sdk/client-cloudformation';
import type { Observation, Placement, Subject } from '../provisioner.ts';
import { type BegunOperations, stackMark } from './begun-operations.ts';
import { applyEnd, deletionEnd, type StackSight } from './operation-end.ts';
import { isOwnStack } from './own-stack.ts';
import { readHistory, readResources, readStack } from './read-stack.ts';
import { failedStack, failureCauses, refusedDeletion, undeletedStack, unseenOperation } from './stack-failure.ts';
import { retainedBy } from './stack-fate.ts';
import { operationToken, stackPhase } from './stack-status.ts';

export type Observed = 'apply' | 'delete' | 'none';

/** One look at a stack: how the operation with this token stands, or without one how the stack is now. */
export async function observeStack(
  client: CloudFormationClient,
  subject: Subject,
  token: string,
  operation: Observed,
  begun: BegunOperations,
): Promise<Observation> {
  const { stackName } = subject;
  const named = await readStack(client, stackName);
  // one that somebody else made under the same name says that ours is gone
  const stack = named && isOwnStack(named, stackName) ? named : undefined;
  const seen = await observe(client, subject, stack, token, operation, begun);
  if (seen.state !== 'in-progress' && operation !== 'none') begun.forget(token);
  return seen;
}

async function observe(
  client: CloudFormationClient,
  subject: Subject,
  stack: Stack | undefined,
  token: string,
  operation: Observed,
  begun: BegunOperations,
): Promise<Observation> {
  const isAbsent = stackPhase(stack?.StackStatus) === 'absent';
  if (!stack || isAbsent) {
    if (operation !== 'none') begun.hasMoved(operationToken(operation, token), stackMark(stack, undefined));
    return operation === 'delete'
      ? deleted(client, subject.placement, stack?.StackId ?? begun.stackIdOf(token) ?? subject.stackId)
      : { state: 'cancelled', stackId: stack?.StackId, undone: 'all' };
  }
  const isBusy = stackPhase(stack.StackStatus) === 'busy';
  if (isBusy) {
    if (operation !== 'none') begun.sawBusy(operationToken(operation, token));
    return { state: 'in-progress', message: `${stack.StackStatus}` };
  }
  switch (operation) {
    case 'none':
      return stack.StackStatus === 'REVIEW_IN_PROGRESS'
        ? { state: 'cancelled', stackId: stack.StackId, undone: 'all' }
        : succeeded(client, stack, false);
    case 'apply':
      return observeApply(client, stack, token, begun);
    case 'delete':
      return observeDeletion(client, subject, stack, token, begun);
  }
}

async function observeApply(
  client: CloudFormationClient,
  stack: Stack,
  token: string,
  begun: BegunOperations,
): Promise<Observation> {
  const tokens = [operationToken('apply', token), operationToken('cancel', token)];
  const end = applyEnd(await sightOf(client, stack, tokens, begun), token);
  const stackId = stack.StackId;
  switch (end.ended) {
    case 'not-yet':
      return { state: 'in-progress', message: end.why };
    case 'gone':
      return { state: 'cancelled', stackId, undone: 'all' };
    case 'overtaken':
    case 'cancelled':
      return { state: 'cancelled', stackId, undone: end.undone };
    case 'unseen':
      return { state: 'failed', stackId, undone: 'part', causes: [], refusal: unseenOperation(stack) };
    case 'well':
      return succeeded(client, stack, true);
    case 'badly': {
      const causes = await failureCauses(client, stack, tokens);
      return { state: 'failed', stackId, undone: end.undone, causes, refusal: failedStack(stack, end.undone, causes) };
    }
  }
}

async function observeDeletion(
  client: CloudFormationClient,
  { placement }: Subject,
  stack: Stack,
  token: string,
  begun: BegunOperations,
): Promise<Observation> {
  const tokens = [operationToken('delete', token)];
  const end = deletionEnd(await sightOf(client, stack, tokens, begun), token);
  const stackId = stack.StackId;
  switch (end.ended) {
    case 'not-yet':
      return { state: 'in-progress', message: end.why };
    case 'gone':
      return deleted(client, placement, stackId);
    case 'refused':
      return { state: 'failed', stackId, undone: 'all', causes: [], refusal: refusedDeletion(stack, end.reason) };
    case 'failed': {
      const causes = await failureCauses(client, stack, tokens);
      return { state: 'failed', stackId, undone: 'part', causes, refusal: undeletedStack(stack, causes) };
    }
  }
}

/** An accepted deletion whose stack is then gone is proof by itself; what it retained is told where it can be had. */
async function deleted(
  client: CloudFormationClient,
  placement: Placement,
  stackId: string | undefined,
): Promise<Observation> {
  const retained = await retainedBy(client, placement, stackId);
  return retained ? { state: 'deleted', retained } : { state: 'deleted' };
}

async function sightOf(
  client: CloudFormationClient,
  stack: Stack,
  tokens: readonly string[],
  begun: BegunOperations,
): Promise<StackSight> {
  const [own = ''] = tokens;
  const { events, keepsTokens, newestEventId } = await readHistory(client, stack, tokens, begun.newestEventBefore(own));
  return {
    status: stack.StackStatus,
    statusReason: stack.StackStatusReason,
    events,
    keepsTokens,
    hasMoved: begun.hasMoved(own, stackMark(stack, newestEventId)),
    isWaitOver: begun.isWaitOver(own),
  };
}

async function succeeded(client: CloudFormationClient, stack: Stack, changed: boolean): Promise<Observation> {
  const stackId = stack.StackId ?? '';
  const outputs = outputsOf(stack.Outputs);
  return { state: 'succeeded', changed, stackId, outputs, resources: await readResources(client, stackId) };
}

function outputsOf(outputs: readonly Output[] | undefined): Record<string, string> {
  return Object.fromEntries((outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']));
}
