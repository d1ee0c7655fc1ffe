import type { Deployment } from '../deployment.ts';
import type { DeploymentLimits } from '../deployment-limits.ts';

/** What a worker does next about the provider's part of a deployment. */
export type OperationTask =
  /** Ask the provider to begin, or whether it has begun. */
  | 'begin'
  /** See how it stands. */
  | 'look'
  /** Ask it to stop, then see how it stands. */
  | 'stop'
  /** It was cancelled, and whether the provider had begun is not written down: find out. */
  | 'find-out'
  /** The time is over: cancel the deployment. */
  | 'run-out'
  /** Stopping takes too long as well: fail. */
  | 'give-up'
  /** Another worker has taken it up, or it is over: do nothing more. */
  | 'stand-by';

export interface OperationSituation {
  readonly deployment: Pick<Deployment, 'operation' | 'standing'>;
  /** Whether this worker is the last that took the deployment up. */
  readonly isMine: boolean;
  /** Whether the provider said that it works on it. */
  readonly hasBegun: boolean;
  /** When the provider's part of the deployment began. */
  readonly since: Date;
}

export function operationTask(
  { deployment, isMine, hasBegun, since }: OperationSituation,
  now: Date,
  limits: DeploymentLimits,
): OperationTask {
  const { standing, operation } = deployment;
  if (!isMine) return 'stand-by';
  switch (standing.state) {
    case 'applying':
    case 'deleting':
      if (isLate(since, limits.deploymentMs, now)) return operation === 'delete' ? 'give-up' : 'run-out';
      return hasBegun ? 'look' : 'begin';
    case 'cancelling':
      if (isLate(new Date(standing.cancellation.at), limits.cancelMs, now)) return 'give-up';
      return hasBegun ? 'stop' : 'find-out';
    case 'succeeded':
    case 'failed':
    case 'cancelled':
    case 'superseded':
      return 'stand-by';
    case 'queued':
    case 'requested':
    case 'planning':
    case 'waiting':
      throw new Error(`a deployment that is ${standing.state} has no operation at a provider`);
  }
}

function isLate(since: Date, limitMs: number, now: Date): boolean {
  return now.getTime() - since.getTime() >= limitMs;
}
