import type { Db } from '../../database/index.ts';
import { tellNoun } from '../deployment-course.ts';
import { deploymentSay } from '../deployment-store.ts';
import { decideAboutPlan } from '../verdicts/decide-about-plan.ts';
import { waitingMessage } from './approval.ts';
import { approvalRequestUpsert } from './approval-store.ts';
import type { ApprovalTools } from './approval-tools.ts';
import type { Waiting } from './find-waiting.ts';
import { endWaiting, resumeDeployment } from './resume-deployment.ts';

/**
 * Decides once more about a plan that waits, with the approvals and the rules of now: it goes on, is denied, or waits for
 * what is missing. The caller holds the lock of its target.
 */
export async function reviewRequest(
  tools: Pick<ApprovalTools, 'db' | 'clock' | 'targets' | 'whenBusy' | 'decide'>,
  tx: Db,
  { deployment, request }: Waiting,
  why?: string,
): Promise<void> {
  const { id } = deployment;
  const verdict = await decideAboutPlan(tools, tx, deployment, request.plan);
  switch (verdict.verdict) {
    case 'allow':
      return resumeDeployment(tools, tx, deployment, 'given', why);
    case 'deny':
      return endWaiting(tools, tx, deployment, 'denied', verdict.refusal);
    case 'needs-approvals': {
      const { approvals: wanted, waitsFor, decision } = verdict;
      const { id: decisionId, policies } = decision ?? {};
      await approvalRequestUpsert(tx, { ...request, wanted, waitsFor, decisionId, policies });
      const message = waitingMessage(id, waitsFor);
      await deploymentSay(tx, id, message);
      return tellNoun(tools, tx, { ...deployment, message });
    }
  }
}
