import type { Db } from '../database/index.ts';
import { type Refusal, type Result, refuse } from '../errors/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import { can, type Deployment, deploymentStatus } from './deployment.ts';
import { deploymentFind } from './deployment-store.ts';
import type { DeploymentTools } from './deployment-tools.ts';
import { type DeploymentMissing, deploymentMissing } from './find-deployment.ts';
import { type DeploymentRefusal, requestDeployment } from './request-deployment.ts';
import { targetLock } from './target-store.ts';

export type RecoverRefusal = Refusal<'nothing-to-recover'> | DeploymentMissing | DeploymentRefusal;

export interface Recovery {
  readonly by: PrincipalId;
  /** Logical ids of what cannot be brought back and is given up; none: all is tried again. */
  readonly skip: readonly string[];
}

/**
 * Takes back an update that could not be taken back: a deployment of what stood before it, which continues the failed
 * rollback first, without the resources that are skipped. Nothing is deleted for it.
 * @refuses deployment-missing; nothing-to-recover for what is no failed update that left something behind, or not the
 *   last deployment of its target; deployment-busy
 */
export async function recoverDeployment(
  tools: DeploymentTools,
  tx: Db,
  id: string,
  { by, skip }: Recovery,
): Promise<Result<Deployment, RecoverRefusal>> {
  const failed = await deploymentFind(tx, id);
  if (!failed) return deploymentMissing(id);
  const record = await targetLock(tx, failed.target.arn);
  if (!can('recover', failed) || record?.lastAttemptedId !== failed.id || !failed.initialState) {
    return nothingToRecover(failed);
  }
  const { target, initialState } = failed;
  const rollbackSkips = skip.length > 0 ? [...new Set(skip)] : undefined;
  const asked = { target, operation: 'update', initialState, targetState: initialState, requestedBy: by } as const;
  return requestDeployment(tools, tx, { ...asked, rollbackSkips, whenBusy: 'refuse' });
}

function nothingToRecover(deployment: Deployment): Result<never, RecoverRefusal> {
  return refuse({
    kind: 'conflict',
    code: 'nothing-to-recover',
    message: `The deployment ${deployment.id} of ${deployment.target.arn} is ${deploymentStatus(deployment)}; only the last update of a thing can be recovered from, after it has failed and could not be taken back completely.`,
    remedy: 'Deploy again, with this version or another; what failed and was taken back needs nothing else.',
  });
}
