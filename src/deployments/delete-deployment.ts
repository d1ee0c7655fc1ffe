import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { can, type Deployment, deploymentStatus } from './deployment.ts';
import { deploymentDelete, deploymentFind } from './deployment-store.ts';
import { targetLock } from './target-store.ts';

export type DeleteDeploymentRefusal = Refusal<'deployment-in-progress' | 'deployment-in-use'>;

/**
 * Deletes the record of a deployment, with what was rendered, planned and said for it. Nothing that was provisioned
 * changes. An unknown deployment counts as deleted: undefined.
 * @refuses deployment-in-progress, deployment-in-use for the last or the last successful one of a thing that lives
 */
export async function deleteDeployment(
  tx: Db,
  id: string,
): Promise<Result<Deployment | undefined, DeleteDeploymentRefusal>> {
  const deployment = await deploymentFind(tx, id);
  if (!deployment) return accept(undefined);
  if (!can('forget', deployment)) {
    return refuse({
      kind: 'invalid',
      code: 'deployment-in-progress',
      message: `The deployment ${id} is ${deploymentStatus(deployment)}; only the record of one that is over can be deleted.`,
      remedy: 'Wait until it is over.',
    });
  }
  const target = await targetLock(tx, deployment.target.arn);
  if (target?.lastAttemptedId === id || target?.lastSucceededId === id) {
    const which = target.lastSucceededId === id ? 'last successful' : 'last attempted';
    return refuse({
      kind: 'invalid',
      code: 'deployment-in-use',
      message: `The deployment ${id} is the ${which} one of ${target.arn}.`,
      remedy: 'Its record can be deleted after a newer deployment of it, or after it is deleted itself.',
    });
  }
  await deploymentDelete(tx, deployment.id);
  return accept(deployment);
}
