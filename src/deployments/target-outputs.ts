import type { Db } from '../database/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { deploymentOutputs } from './deployment-store.ts';
import { type DeploymentMissing, deploymentMissing } from './find-deployment.ts';
import { targetFind } from './target-store.ts';

/**
 * What a target has brought: as it stands, or as of one of its deployments. {} when it never brought anything.
 * @refuses deployment-missing for a deployment of another target
 */
export async function targetOutputs(
  db: Db,
  targetArn: string,
  deploymentId: string | undefined,
): Promise<Result<Readonly<Record<string, string>>, DeploymentMissing>> {
  const target = await targetFind(db, targetArn);
  if (deploymentId === undefined) return accept(target?.outputs ?? {});
  const asOf = await deploymentOutputs(db, deploymentId);
  // of one that had the name before it is none either
  const isOf = asOf?.targetArn === targetArn && asOf.targetCreatedAt.getTime() === target?.createdAt.getTime();
  return isOf ? accept(asOf.outputs) : deploymentMissing(deploymentId, targetArn);
}
