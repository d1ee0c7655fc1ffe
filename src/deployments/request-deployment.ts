import type { Db } from '../database/index.ts';
import type { Refusal, Result } from '../errors/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import type { Deployment, DeploymentId, Operation } from './deployment.ts';
import type { DeploymentTools, WhenBusy } from './deployment-tools.ts';
import type { TargetRef, TargetState } from './target.ts';

export interface DeploymentRequest {
  /** Chosen by whoever may ask twice (a workflow's step): the same id is requested once. */
  readonly id?: DeploymentId;
  readonly target: TargetRef;
  readonly operation: Operation;
  /** What was last deployed with success; absent when nothing was. */
  readonly initialState?: TargetState;
  /** Absent for a deletion. */
  readonly targetState?: TargetState;
  readonly requestedBy?: PrincipalId;
  /** Absent: the installation's setting. */
  readonly whenBusy?: WhenBusy;
}

export type DeploymentRefusal = Refusal<'deployment-busy' | 'target-being-deleted'>;

/**
 * Asks for a change of a target, in the caller's transaction; the work begins by itself after the commit. The noun is
 * told through its `record`, in the same transaction. Deleting a target of which nothing was ever provisioned is over
 * when this returns.
 * @refuses deployment-busy while another deployment of the target runs, unless it may wait;
 *   target-being-deleted for a change behind a deletion
 */
export async function requestDeployment(
  _tools: DeploymentTools,
  _tx: Db,
  _request: DeploymentRequest,
): Promise<Result<Deployment, DeploymentRefusal>> {
  throw new Error('being written');
}
