import { transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { Principal } from '../../organization/index.ts';
import type { DeploymentStateName } from '../deployment.ts';
import { deploymentFind } from '../deployment-store.ts';
import { deploymentMissing } from '../find-deployment.ts';
import { targetLock } from '../target-store.ts';
import { approvalRequestFind, approvalWithdraw } from './approval-store.ts';
import type { ApprovalTools } from './approval-tools.ts';
import { reviewRequest } from './review-request.ts';

const beforeApplying: readonly DeploymentStateName[] = ['waiting', 'requested', 'planning'];

/**
 * Takes back one's own approval, until the plan is applied. A deployment that is on its way to that already finds it
 * missing and waits again. @refuses deployment-missing, nothing-to-withdraw
 */
export async function withdrawApproval(
  tools: ApprovalTools,
  by: Principal,
  deploymentId: string,
): Promise<Result<void>> {
  return transact<void, Refusal>(tools.db, async (tx) => {
    const known = await deploymentFind(tx, deploymentId);
    if (!known) return deploymentMissing(deploymentId);
    await targetLock(tx, known.target.arn);
    const deployment = await deploymentFind(tx, deploymentId);
    const request = await approvalRequestFind(tx, deploymentId);
    if (!deployment || !request || !beforeApplying.includes(deployment.standing.state))
      return nothingToWithdraw(known.id);
    if (!(await approvalWithdraw(tx, deployment.id, request.plan.id, by.id))) return nothingToWithdraw(known.id);
    if (deployment.standing.state === 'waiting') await reviewRequest(tools, tx, { deployment, request });
    return accept(undefined);
  });
}

function nothingToWithdraw(id: string): Result<never, Refusal<'nothing-to-withdraw'>> {
  return refuse({
    kind: 'conflict',
    code: 'nothing-to-withdraw',
    message: `There is no approval of yours that the deployment ${id} could still wait for.`,
    remedy: 'Once a plan is applied its approvals stand; cancel the deployment to stop it.',
  });
}
