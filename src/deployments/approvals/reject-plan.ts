import { transact } from '../../database/index.ts';
import { accept, type Refusal, type Result } from '../../errors/index.ts';
import { newId } from '../../identifiers/index.ts';
import type { Principal } from '../../organization/index.ts';
import { targetLock } from '../target-store.ts';
import { approvalInsert } from './approval-store.ts';
import type { ApprovalTools } from './approval-tools.ts';
import { findWaiting } from './find-waiting.ts';
import type { AnswerToPlan } from './give-approval.ts';
import { mayAnswer } from './may-answer.ts';
import { endWaiting } from './resume-deployment.ts';

/**
 * Somebody who is asked says no: the deployment fails with his reason, and nothing was touched.
 * @refuses deployment-missing, nothing-to-approve, approval-not-yours
 */
export async function rejectPlan(
  tools: ApprovalTools,
  by: Principal,
  { deploymentId, planId, reason }: AnswerToPlan & { readonly reason: string },
): Promise<Result<void>> {
  const waiting = await findWaiting(tools.db, deploymentId, planId);
  if (!waiting.ok) return waiting;
  const may = await mayAnswer(tools, waiting.value, by, false);
  if (!may.ok) return may;
  return transact<void, Refusal>(tools.db, async (tx) => {
    await targetLock(tx, waiting.value.request.targetArn);
    const still = await findWaiting(tx, deploymentId, planId);
    if (!still.ok) return still;
    const { deployment, request } = still.value;
    await approvalInsert(tx, {
      id: newId(),
      deploymentId: deployment.id,
      targetArn: request.targetArn,
      planId: request.plan.id,
      principalId: by.id,
      principal: by.name,
      state: 'rejected',
      ...may.value,
      reason,
      givenAt: tools.clock.now(),
    });
    await endWaiting(tools, tx, deployment, 'rejected', {
      kind: 'forbidden',
      code: 'plan-rejected',
      message: `The plan ${planId} was rejected by ${by.name}: ${reason}`,
      remedy: 'Change what was objected to, then deploy again.',
    });
    return accept(undefined);
  });
}
