import type { Clock } from '../../clock/index.ts';
import type { Db } from '../../database/index.ts';
import { approvalsGiven } from '../approvals/approval-store.ts';
import type { Deployment } from '../deployment.ts';
import type { Plan } from '../plans/plan.ts';
import { deploymentDecisionInsert } from './deployment-decision-store.ts';
import type { Decide, Verdict } from './verdict.ts';

/** Decides about a plan with what was approved of exactly this one, and keeps which deployment it was about. */
export async function decideAboutPlan(
  { decide, clock }: { readonly decide: Decide; readonly clock: Clock },
  db: Db,
  deployment: Deployment,
  plan: Plan,
): Promise<Verdict> {
  const { id: deploymentId } = deployment;
  const given = await approvalsGiven(db, deploymentId, plan.id, clock.now());
  const verdict = await decide(db, plan, deployment, given);
  const { decision } = verdict;
  if (decision) {
    await deploymentDecisionInsert(db, { id: decision.id, deploymentId, planId: plan.id, at: clock.now() });
  }
  return verdict;
}
