import { loadPolicies } from '../../governance/index.ts';
import { railsRevision } from '../../guard-rails/index.ts';
import { duration } from '../deployment-limits.ts';
import { targetLock } from '../target-store.ts';
import type { ApprovalRequest } from './approval.ts';
import {
  approvalRequestsApprovedByGone,
  approvalRequestsAreOpen,
  approvalRequestsLate,
  approvalRequestsOfOtherRails,
  approvalRequestsOfOtherRules,
  approvalsVoidOfGone,
} from './approval-store.ts';
import type { ApprovalTools } from './approval-tools.ts';
import { emergenciesEndDue } from './emergency-store.ts';
import { findWaiting } from './find-waiting.ts';
import { endWaiting } from './resume-deployment.ts';
import { type RailReviewTools, reviewGuardRails } from './review-guard-rails.ts';
import { reviewRequest } from './review-request.ts';

const batchMax = 100;

type ReviewTools = Pick<ApprovalTools, 'db' | 'clock' | 'targets' | 'whenBusy' | 'decide'> & RailReviewTools;

/**
 * One look at all that waits, for what time and new rules change: who was not answered in time fails, who waits under
 * rules that are no longer in force is decided about once more, whose guard rails are others now is held against them,
 * what was approved by who is gone by now is decided about without him, emergencies end. Any process may look, also several.
 */
export async function reviewWaiting(tools: ReviewTools): Promise<void> {
  const { db, clock } = tools;
  await emergenciesEndDue(db, clock.now());
  if (!(await approvalRequestsAreOpen(db))) return;
  for (const late of await approvalRequestsLate(db, clock.now(), batchMax)) await expire(tools, late);
  for (const request of await approvalRequestsApprovedByGone(db, clock.now(), batchMax))
    await review(tools, request, 'Who approved it has ended.');
  const { digest } = await loadPolicies(db);
  for (const request of await approvalRequestsOfOtherRules(db, digest, batchMax))
    await review(tools, request, 'The rules are others now.');
  const revision = await railsRevision(db, clock.now());
  const looking = await approvalRequestsOfOtherRails(db, revision, batchMax);
  for (const request of looking) await reviewGuardRails(tools, request, revision);
}

async function expire(
  { db, ...tools }: ReviewTools,
  { deploymentId, plan, askedAt, expiresAt, targetArn }: ApprovalRequest,
) {
  await db.transaction().execute(async (tx) => {
    await targetLock(tx, targetArn);
    const waiting = await findWaiting(tx, deploymentId, plan.id);
    if (!waiting.ok || waiting.value.request.expiresAt > tools.clock.now()) return;
    await endWaiting({ db, ...tools }, tx, waiting.value.deployment, 'expired', {
      kind: 'conflict',
      code: 'approval-late',
      message: `Nobody answered the plan ${plan.id} within ${duration(expiresAt.getTime() - askedAt.getTime())}.`,
      remedy: 'Ask those who may approve it, then deploy again.',
    });
  });
}

async function review({ db, ...tools }: ReviewTools, { deploymentId, plan, targetArn }: ApprovalRequest, why: string) {
  await db.transaction().execute(async (tx) => {
    await targetLock(tx, targetArn);
    const waiting = await findWaiting(tx, deploymentId, plan.id);
    if (!waiting.ok) return;
    await approvalsVoidOfGone(tx, deploymentId, tools.clock.now());
    await reviewRequest({ db, ...tools }, tx, waiting.value, why);
  });
}
