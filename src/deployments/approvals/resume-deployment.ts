import type { Db } from '../../database/index.ts';
import type { Refusal } from '../../errors/index.ts';
import type { Deployment } from '../deployment.ts';
import { endDeployment, tellNoun } from '../deployment-course.ts';
import { deploymentMove } from '../deployment-store.ts';
import type { DeploymentTools } from '../deployment-tools.ts';
import { untouchedEnding } from '../running/ending.ts';
import type { ApprovalRequestState } from './approval.ts';
import { approvalRequestEnd } from './approval-store.ts';

/** Nobody need be waited for: workers plan it and decide about it afresh. The caller holds the lock of its target. */
export async function resumeDeployment(
  tools: DeploymentTools,
  tx: Db,
  deployment: Deployment,
  state: Extract<ApprovalRequestState, 'given' | 'lifted'>,
  note?: string,
): Promise<void> {
  await approvalRequestEnd(tx, deployment.id, state, note);
  await deploymentMove(tx, deployment.id, 'resume', tools.clock.now(), { message: null });
  await tellNoun(tools, tx, { ...deployment, standing: { state: 'requested' }, message: undefined });
}

/** It is over before anything was touched. The caller holds the lock of its target. */
export async function endWaiting(
  tools: DeploymentTools,
  tx: Db,
  { id }: Deployment,
  state: Extract<ApprovalRequestState, 'rejected' | 'expired' | 'denied'>,
  refusal: Refusal,
): Promise<void> {
  await approvalRequestEnd(tx, id, state, refusal.message);
  await endDeployment(tools, tx, id, () => untouchedEnding(refusal));
}
