import type { ProvisioningMethod } from '../../bundles/index.ts';
import { describeRefusal, type Refusal } from '../../errors/index.ts';
import type { ProvisionedResource } from '../../provisioners/index.ts';
import type { DeploymentStateName, Undone } from '../deployment.ts';
import type { Provisioned } from './provisioned.ts';
import { describeResources } from './resource-list.ts';

/** A resource that failed first, with the provider's own words. */
export interface Cause {
  readonly logicalId: string;
  readonly type: string;
  readonly reason: string;
}

/** Something that did not go well. */
export interface Failure {
  readonly refusal: Refusal;
  readonly causes: readonly Cause[];
  readonly undone: Undone;
  /** False when it is certain that the provider never began. */
  readonly touched: boolean;
}

/** How the provider's part ended in one account and region. */
export type PlacementEnding =
  | { readonly ended: 'well'; readonly changed: boolean; readonly provisioned: Provisioned }
  | {
      readonly ended: 'gone';
      /** What its template lets live on. */
      readonly retained?: readonly ProvisionedResource[];
    }
  | ({ readonly ended: 'badly' } & Failure)
  | { readonly ended: 'stopped'; readonly undone: Undone; readonly touched: boolean };

/** How a deployment ended, all its placements taken together; and by which method something may lie in the cloud now. */
export type DeploymentEnding =
  | {
      readonly move: 'succeed';
      /** For a person. */
      readonly message?: string;
      readonly outputs: Readonly<Record<string, string>>;
      readonly provisioned: readonly Provisioned[];
      readonly touchedBy?: ProvisioningMethod;
    }
  | ({ readonly move: 'fail'; readonly message: string; readonly touchedBy?: ProvisioningMethod } & Failure)
  | { readonly move: 'endCancelled'; readonly touchedBy?: ProvisioningMethod };

/** Why the steps of a deployment ended before their last. */
export interface EarlyEnd {
  readonly refusal: Refusal;
  /** Whether it was in the provider's part. */
  readonly atProvider: boolean;
}

/** What a step answers that finds its deployment cancelled. */
export const cancelledRefusal: Refusal<'deployment-cancelled'> = {
  kind: 'conflict',
  code: 'deployment-cancelled',
  message: 'The deployment was cancelled.',
  remedy: 'Deploy again when you are ready.',
};

/** A "no" before anything was touched, of a deployment that nobody has in hand. */
export function untouchedEnding(refusal: Refusal): DeploymentEnding {
  return { move: 'fail', refusal, causes: [], undone: 'all', touched: false, message: describeRefusal(refusal) };
}

/**
 * Taken together: all went well, or one did not and the rest behind it was not begun.
 * @param early undefined when all steps went through
 * @param endings of the placements that were begun
 * @param method of the deployment; undefined when it came to nothing before the method was known
 * @param messageOf writes a failure down for a person
 * @param skipped resources that were to be given up where a failed rollback had to be continued
 */
export function deploymentEnding(
  state: DeploymentStateName,
  early: EarlyEnd | undefined,
  endings: readonly PlacementEnding[],
  method: ProvisioningMethod | undefined,
  messageOf: (failure: Failure) => string,
  skipped: readonly string[] = [],
): DeploymentEnding {
  const by = (touched: boolean) => (touched ? method : undefined);
  const fail = (failure: Failure): DeploymentEnding => ({
    move: 'fail',
    ...failure,
    message: messageOf(failure),
    touchedBy: by(failure.touched),
  });
  const isCancelled = state === 'cancelling';
  if (early) {
    const { refusal, atProvider } = early;
    if (isCancelled && !atProvider) return { move: 'endCancelled' };
    return fail({ refusal, causes: [], undone: atProvider ? 'part' : 'all', touched: atProvider });
  }

  const done = endings.flatMap((ending) => (ending.ended === 'well' ? [ending.provisioned] : []));
  const bad = endings.find((ending) => ending.ended === 'badly' || ending.ended === 'stopped');
  if (!bad) {
    const message = successMessage(endings, skipped);
    const touchedBy = by(done.length > 0);
    return { move: 'succeed', message, outputs: done[0]?.outputs ?? {}, provisioned: done, touchedBy };
  }
  const isPartly = done.length > 0 || endings.some(({ ended }) => ended === 'gone');
  const undone = isPartly && bad.undone === 'all' ? 'part' : bad.undone;
  const touched = isPartly || bad.touched;
  if (isCancelled && undone === 'all') return { move: 'endCancelled', touchedBy: by(touched) };
  if (bad.ended === 'badly') return fail({ ...bad, undone, touched });
  return fail({ refusal: isCancelled ? cancelFailed : stoppedOutside, causes: [], undone, touched });
}

/** What whoever asked should know of a success; undefined: nothing. */
function successMessage(endings: readonly PlacementEnding[], skipped: readonly string[]): string | undefined {
  const retained = endings.flatMap((ending) => (ending.ended === 'gone' ? (ending.retained ?? []) : []));
  const said = [
    retained.length > 0
      ? `Left behind, as the template says of them (DeletionPolicy): ${describeResources(retained)}.`
      : undefined,
    skipped.length > 0
      ? `Given up where the failed rollback had to be continued: ${skipped.join(', ')}. What they are now is not known before the next change of them.`
      : undefined,
  ];
  return said.filter((each) => each !== undefined).join('\n') || undefined;
}

const cancelFailed: Refusal<'deployment-cancel-failed'> = {
  kind: 'conflict',
  code: 'deployment-cancel-failed',
  message: 'The deployment was cancelled, but what it had changed could not be taken back completely.',
  remedy: 'Read the events of the deployment, mend what they name, then deploy again or delete.',
};

const stoppedOutside: Refusal<'deployment-stopped-outside'> = {
  kind: 'conflict',
  code: 'deployment-stopped-outside',
  message: 'Somebody stopped the operation or deleted its stack at the provider, not through Deuteron.',
  remedy: 'Find out who works in that account; then deploy again.',
};
