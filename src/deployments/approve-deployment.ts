import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { DeploymentId } from './deployment.ts';
import { type Approval, deploymentApprovalSet } from './deployment-store.ts';

export type ApprovalRefusal = Refusal<'nothing-to-approve'>;

/**
 * Answers a deployment that waits for an approval. The answer names the plan: no other plan is applied because of it.
 * @refuses nothing-to-approve when it does not wait, or has another plan by now
 */
export async function approveDeployment(
  tx: Db,
  id: DeploymentId,
  approval: Approval,
): Promise<Result<void, ApprovalRefusal>> {
  if (await deploymentApprovalSet(tx, id, approval)) return accept(undefined);
  return refuse({
    kind: 'conflict',
    code: 'nothing-to-approve',
    message: `The deployment ${id} does not wait for an approval of the plan ${approval.plan}.`,
    remedy: 'Look at the deployment again: it may be over, or have a newer plan.',
  });
}
