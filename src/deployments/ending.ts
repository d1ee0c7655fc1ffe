import type { ProvisioningMethod } from '../bundles/index.ts';
import type { Refusal } from '../errors/index.ts';
import type { DeploymentStateName, Undone } from './deployment.ts';
import type { Provisioned } from './provisioned.ts';

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
  | { readonly ended: 'gone' }
  | ({ readonly ended: 'badly' } & Failure)
  | { readonly ended: 'stopped'; readonly undone: Undone; readonly touched: boolean };

/** How a deployment ended, all its placements taken together; and by which method something may lie in the cloud now. */
export type DeploymentEnding =
  | {
      readonly move: 'succeed';
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

/**
 * Taken together: all went well, or one did not and the rest behind it was not begun.
 * @param early undefined when all steps went through
 * @param endings of the placements that were begun
 * @param method of the deployment; undefined when it came to nothing before the method was known
 * @param messageOf writes a failure down for a person
 */
export function deploymentEnding(
  state: DeploymentStateName,
  early: EarlyEnd | undefined,
  endings: readonly PlacementEnding[],
  method: ProvisioningMethod | undefined,
  messageOf: (failure: Failure) => string,
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
  if (!bad)
    return { move: 'succeed', outputs: done[0]?.outputs ?? {}, provisioned: done, touchedBy: by(done.length > 0) };
  const isPartly = done.length > 0 || endings.some(({ ended }) => ended === 'gone');
  const undone = isPartly && bad.undone === 'all' ? 'part' : bad.undone;
  const touched = isPartly || bad.touched;
  if (isCancelled && undone === 'all') return { move: 'endCancelled', touchedBy: by(touched) };
  if (bad.ended === 'badly') return fail({ ...bad, undone, touched });
  return fail({ refusal: isCancelled ? cancelFailed : stoppedOutside, causes: [], undone, touched });
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
