import type { CloudFormationClient, Stack } from '@aws-sdk/client-cloudformation';
import type { Refusal } from '../../errors/index.ts';
import type { Observation, ProvisionedResource, ProvisionerEvent } from '../provisioner.ts';
import { deletionRemedy } from './deletion-blockers.ts';
import { readEvents, readLastEvents } from './read-stack.ts';

export type Cause = (Observation & { readonly state: 'failed' })['causes'][number];

/**
 * The resources that failed by themselves, in the order in which they failed; not those stopped because of them. Where
 * none did (an import of an export that does not exist), the stack itself, with the reason of its rollback.
 */
export async function failureCauses(
  client: CloudFormationClient,
  stack: Stack,
  operationTokens: readonly string[],
): Promise<Cause[]> {
  const events = await readEvents(client, stack.StackId ?? '', operationTokens);
  return causesIn(events.length > 0 ? events : await readLastEvents(client, stack), stack);
}

function causesIn(events: readonly ProvisionerEvent[], stack: Stack): Cause[] {
  const failed = events
    .filter((event) => event.status.endsWith('_FAILED') && event.logicalId !== stack.StackName)
    .filter((event) => !/^Resource (creation|update) cancelled/i.test(event.reason ?? ''));
  const rolledBack = events.find(({ status, reason }) => /_FAILED$|ROLLBACK_IN_PROGRESS$/.test(status) && reason);
  return (failed.length > 0 ? failed : rolledBack ? [rolledBack] : []).map(({ logicalId, type, reason }) => ({
    logicalId,
    type,
    reason: reason ?? 'no reason given',
  }));
}

function describeCauses(causes: readonly Cause[], stack: Stack): string {
  if (causes.length === 0) return stack.StackStatusReason ?? 'CloudFormation gives no reason.';
  return causes.map(({ logicalId, type, reason }) => `${logicalId} (${type}): ${reason}`).join('; ');
}

/** What gives up resources that cannot be brought back. Source: API reference, ContinueUpdateRollback. */
const recoverBySkipping =
  'go back without them: deuteron deployment recover <id of this deployment> --skip <logical id>';

export function failedStack(
  stack: Stack,
  undone: 'all' | 'part' | 'nothing',
  causes: readonly Cause[],
): Refusal<'stack-rollback-failed' | 'stack-operation-failed'> {
  const isHalf = undone === 'part';
  return {
    kind: 'invalid',
    code: isHalf ? 'stack-rollback-failed' : 'stack-operation-failed',
    message: `The stack ${stack.StackName} is ${stack.StackStatus}: ${describeCauses(causes, stack)}`,
    remedy: isHalf
      ? `Its rollback is continued by the next deployment; if that fails too, mend the named resources first, or ${recoverBySkipping}.`
      : 'Correct the template or its inputs, or deploy another version; the stack accepts the next deployment.',
  };
}

export function unseenOperation(stack: Stack): Refusal<'stack-operation-unseen'> {
  return {
    kind: 'conflict',
    code: 'stack-operation-unseen',
    message: `CloudFormation accepted the change of the stack ${stack.StackName}, which is ${stack.StackStatus}, but never showed it among the stack's events.`,
    remedy: 'Look at the events of the stack in its account: somebody else may have replaced it. Then deploy again.',
  };
}

export function stuckStack(stack: Stack, causes: readonly Cause[]): Refusal<'stack-stuck'> {
  return {
    kind: 'conflict',
    code: 'stack-stuck',
    message: `The stack ${stack.StackName} is ${stack.StackStatus} and could not be brought out of it: ${describeCauses(causes, stack)}`,
    remedy:
      stack.StackStatus === 'UPDATE_ROLLBACK_FAILED'
        ? `Mend the named resources in the account (its owner can), then deploy again; or ${recoverBySkipping}.`
        : 'Mend the named resources in the account (its owner can), then deploy again.',
  };
}

/** Source: CloudFormation user guide, "Import operation status codes"; no call goes on from there but a deletion. */
export function failedImport(stack: Stack, causes: readonly Cause[]): Refusal<'stack-import-stuck'> {
  return {
    kind: 'conflict',
    code: 'stack-import-stuck',
    message: `Somebody's import into the stack ${stack.StackName} failed and could not be taken back; it is ${stack.StackStatus}: ${describeCauses(causes, stack)}`,
    remedy: `CloudFormation accepts no change of such a stack. Its owner can free what shall live on from it (DeletionPolicy Retain), delete it, and deploy again.`,
  };
}

/** @param data what a deletion of the dead stack would take along */
export function stackWithData(stack: Stack, data: readonly ProvisionedResource[]): Refusal<'stack-holds-data'> {
  const named = data.map(({ logicalId, type, physicalId }) => `${logicalId} (${type}) ${physicalId}`).join(', ');
  return {
    kind: 'conflict',
    code: 'stack-holds-data',
    message: `The stack ${stack.StackName} is ${stack.StackStatus}, which accepts no update; it would have to be deleted first, but it holds ${named}.`,
    remedy:
      'Save what is needed of the data, then delete here what the stack belongs to (or the stack in its account) and deploy again.',
  };
}

export function undeletedStack(stack: Stack, causes: readonly Cause[]): Refusal<'stack-delete-failed'> {
  return {
    kind: 'conflict',
    code: 'stack-delete-failed',
    message: `The stack ${stack.StackName} could not be deleted: ${describeCauses(causes, stack)}`,
    remedy: deletionRemedy(causes),
  };
}

/** Both wordings that are known. Source: aws/aws-cdk#3414; AWS re:Post, "export cannot be deleted as it is in use". */
const exportInUse = /export (\S+) (?:cannot be deleted )?as it is in use by (.+?)\.?$/i;

/** A deletion that the service did not begin. @param reason in its own words */
export function refusedDeletion(
  stack: Stack,
  reason: string | undefined,
): Refusal<'stack-export-in-use' | 'stack-delete-protected' | 'stack-delete-refused'> {
  const [, exportName, importers] = exportInUse.exec(reason ?? '') ?? [];
  if (exportName && importers) {
    return {
      kind: 'conflict',
      code: 'stack-export-in-use',
      message: `The stack ${stack.StackName} is not deleted: its export ${exportName} is in use by ${importers}.`,
      remedy: `Delete ${importers} first, or deploy there what does not import ${exportName}; then delete again.`,
    };
  }
  if (/TerminationProtection is enabled/i.test(reason ?? '')) {
    return {
      kind: 'conflict',
      code: 'stack-delete-protected',
      message: `The stack ${stack.StackName} is not deleted: somebody protected it from that (termination protection).`,
      remedy: `When it may go: aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stack.StackName}; then delete again.`,
    };
  }
  return {
    kind: 'conflict',
    code: 'stack-delete-refused',
    message: `CloudFormation did not delete the stack ${stack.StackName}, which is ${stack.StackStatus}: ${reason ?? 'it gives no reason'}`,
    remedy: 'Remove what the message names, then delete again.',
  };
}
