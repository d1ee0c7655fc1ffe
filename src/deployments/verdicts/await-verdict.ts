import type { Db } from '../../database/index.ts';
import { accept, type Result, refuse } from '../../errors/index.ts';
import { type ApprovalRequest, waitingMessage } from '../approvals/approval.ts';
import { approvalRequestFind, approvalRequestUpsert, approvalsVoid } from '../approvals/approval-store.ts';
import { emergencyUseFind } from '../approvals/emergency-store.ts';
import { tellNoun } from '../deployment-course.ts';
import { type DeploymentAtWork, deploymentAtWork, deploymentLeave, deploymentMove } from '../deployment-store.ts';
import type { Plan } from '../plans/plan.ts';
import { planDifference } from '../plans/plan-difference.ts';
import { planGet } from '../plans/plan-store.ts';
import type { DeployState, DeployTools } from '../running/deploy-tools.ts';
import { cancelledRefusal } from '../running/ending.ts';
import { targetLock } from '../target-store.ts';
import { decideAboutPlan } from './decide-about-plan.ts';
import type { Verdict } from './verdict.ts';

/**
 * Goes on when the plan is allowed, by what was approved of exactly this plan too. Where people are wanted the work ends
 * here, so that waiting costs nothing: when enough of them have approved, the deployment is planned and decided about
 * afresh, as another piece of work. @refuses a plan that is denied
 */
export async function awaitVerdict(
  deployment: DeploymentAtWork,
  tools: DeployTools,
): Promise<Result<Partial<DeployState>>> {
  const { db } = tools;
  const { id } = deployment;
  // all that is decided on, and the decision with the deployment it is about, at one go
  const { plan, stale, verdict } = await db.transaction().execute(async (tx) => {
    const plan = await planGet(tx, id);
    const asked = await approvalRequestFind(tx, id);
    const stale = asked && asked.plan.id !== plan.id ? await voidAnswers(tools, tx, asked, plan) : undefined;
    return { plan, stale, verdict: await decideAboutPlan(tools, tx, deployment, plan) };
  });
  switch (verdict.verdict) {
    case 'allow':
      return accept({});
    case 'deny':
      return { ok: false, refusal: verdict.refusal };
    case 'needs-approvals':
      if (await emergencyUseFind(db, id, plan.id)) return accept({});
      return leave(deployment, plan, verdict, stale, tools);
  }
}

/** What was approved is not what would be applied. @returns what is different */
async function voidAnswers(
  { clock }: Pick<DeployTools, 'clock'>,
  tx: Db,
  asked: ApprovalRequest,
  plan: Plan,
): Promise<string> {
  const note = `The plan is another one now: ${planDifference(asked.plan, plan).join('; ')}.`;
  await approvalsVoid(tx, asked.deploymentId, plan.id, note);
  await approvalRequestUpsert(tx, { ...asked, state: 'void', note, expiresAt: clock.now() });
  return note;
}

async function leave(
  deployment: DeploymentAtWork,
  plan: Plan,
  { approvals: wanted, waitsFor, decision }: Extract<Verdict, { verdict: 'needs-approvals' }>,
  note: string | undefined,
  tools: DeployTools,
): Promise<Result<Partial<DeployState>>> {
  const { id, target } = deployment;
  return tools.db.transaction().execute(async (tx) => {
    await targetLock(tx, target.arn);
    const now = await deploymentAtWork(tx, id);
    if (now.standing.state === 'cancelling') return refuse(cancelledRefusal);
    if (now.round !== deployment.round) return accept({ left: true });
    const askedAt = tools.clock.now();
    await approvalRequestUpsert(tx, {
      deploymentId: id,
      targetArn: target.arn,
      plan,
      wanted,
      waitsFor,
      decisionId: decision?.id,
      policies: decision?.policies,
      state: 'wanted',
      note,
      askedAt,
      expiresAt: new Date(askedAt.getTime() + tools.limits.approvalMs),
    });
    const message = waitingMessage(id, waitsFor);
    await deploymentMove(tx, id, 'askApproval', askedAt, { plan: plan.id, message });
    await deploymentLeave(tx, id);
    await tellNoun(tools, tx, { ...now, standing: { state: 'waiting', plan: plan.id }, message });
    return accept({ left: true });
  });
}
