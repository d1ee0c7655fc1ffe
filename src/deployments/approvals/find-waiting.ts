import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { Deployment } from '../deployment.ts';
import { deploymentFind } from '../deployment-store.ts';
import { type DeploymentMissing, deploymentMissing } from '../find-deployment.ts';
import type { ApprovalRequest } from './approval.ts';
import { approvalRequestFind } from './approval-store.ts';

export interface Waiting {
  readonly deployment: Deployment;
  readonly request: ApprovalRequest;
}

export type NothingToApprove = Refusal<'nothing-to-approve'>;

/**
 * A deployment that waits for people to answer this very plan.
 * @refuses deployment-missing; nothing-to-approve when it does not wait, or has another plan by now
 */
export async function findWaiting(
  db: Db,
  id: string,
  planId: string,
): Promise<Result<Waiting, DeploymentMissing | NothingToApprove>> {
  const deployment = await deploymentFind(db, id);
  if (!deployment) return deploymentMissing(id);
  const request = await approvalRequestFind(db, id);
  if (deployment.standing.state === 'waiting' && request?.plan.id === planId) return accept({ deployment, request });
  return refuse({
    kind: 'conflict',
    code: 'nothing-to-approve',
    message: `The deployment ${id} does not wait for an approval of the plan ${planId}.`,
    remedy: 'Look at the deployment again: it may be over, or have a newer plan.',
  });
}
