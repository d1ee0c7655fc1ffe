import { transact } from '../../database/index.ts';
import { accept, type Refusal, type Result } from '../../errors/index.ts';
import { newId } from '../../identifiers/index.ts';
import type { Principal } from '../../organization/index.ts';
import { targetLock } from '../target-store.ts';
import { approvalInsert, approvalIsGiven } from './approval-store.ts';
import type { ApprovalTools } from './approval-tools.ts';
import { findWaiting } from './find-waiting.ts';
import { mayAnswer } from './may-answer.ts';
import { reviewRequest } from './review-request.ts';

export interface AnswerToPlan {
  readonly deploymentId: string;
  /** What was seen: no other plan is applied because of it. */
  readonly planId: string;
  readonly reason?: string;
}

/**
 * Somebody approves the plan that a deployment waits with. When nothing is missing any more the deployment goes on: it is
 * planned afresh, and applied if the plan is still this one. Approving twice is approving once.
 * @refuses deployment-missing, nothing-to-approve, approval-not-yours, approval-own-request
 */
export async function giveApproval(
  tools: ApprovalTools,
  by: Principal,
  { deploymentId, planId, reason }: AnswerToPlan,
): Promise<Result<void>> {
  const waiting = await findWaiting(tools.db, deploymentId, planId);
  if (!waiting.ok) return waiting;
  const may = await mayAnswer(tools, waiting.value, by, true);
  if (!may.ok) {
    const { deployment, request } = waiting.value;
    const isGiven = await approvalIsGiven(tools.db, deployment.id, request.plan.id, by.id);
    return isGiven ? accept(undefined) : may;
  }
  return transact<void, Refusal>(tools.db, async (tx) => {
    await targetLock(tx, waiting.value.request.targetArn);
    const still = await findWaiting(tx, deploymentId, planId);
    if (!still.ok) return still;
    const { deployment, request } = still.value;
    const isNew = await approvalInsert(tx, {
      id: newId(),
      deploymentId: deployment.id,
      targetArn: request.targetArn,
      planId: request.plan.id,
      principalId: by.id,
      principal: by.name,
      state: 'given',
      ...may.value,
      reason,
      givenAt: tools.clock.now(),
    });
    if (isNew) await reviewRequest(tools, tx, still.value);
    return accept(undefined);
  });
}
