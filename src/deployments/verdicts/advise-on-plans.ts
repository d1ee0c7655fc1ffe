import type { Db } from '../../database/index.ts';
import { decisionFind } from '../../governance/index.ts';
import { type Deployment, isOver } from '../deployment.ts';
import type { Plan } from '../plans/plan.ts';
import type { PlanRequestTools, RequestToPlan } from '../plans/plan-request.ts';
import { takenBack } from '../plans/taken-back.ts';
import type { PlanAdvice } from './plan-advice.ts';
import type { Verdict } from './verdict.ts';

export interface AdviceWanted {
  /** As whoever is advised would ask. */
  readonly request: RequestToPlan;
  readonly asks: string;
  /** Whether he would apply the plan by its id. What can only be read is asked for otherwise. */
  readonly isApplied: boolean;
}

/**
 * Asks for the deployments of these plans and has them decided about, in a transaction that is taken back: nothing is
 * asked for, and no decision is kept. @returns one for each plan, in their order
 */
export async function adviseOnPlans(
  tools: Pick<PlanRequestTools, 'db' | 'decide'>,
  plans: readonly Plan[],
  { request, asks, isApplied }: AdviceWanted,
): Promise<readonly PlanAdvice[]> {
  return takenBack(tools.db, async (tx) => {
    const asked = new Map<string, Deployment>();
    const told = (deployment: Deployment) => void asked.set(deployment.target.arn, deployment);
    const [only] = plans;
    const done = await request(tx, { told, ...(isApplied && only && { expectedPlan: only.id }) });
    const about = async (plan: Plan): Promise<Omit<PlanAdvice, 'asks'>> => {
      const deployment = asked.get(plan.targetArn);
      if (!done.ok) return { verdict: 'refused', message: done.refusal.message, rules: [] };
      if (!deployment) return { verdict: 'refused', message: 'Nothing would be deployed by it now.', rules: [] };
      // what nothing was provisioned of is gone with the request, and nobody decides about it
      if (isOver(deployment.standing.state)) return { verdict: 'allow', rules: [] };
      return adviceOf(tx, await tools.decide(tx, plan, deployment, []));
    };
    const advice: PlanAdvice[] = [];
    for (const plan of plans) advice.push({ asks, ...(await about(plan)) });
    return advice;
  });
}

async function adviceOf(tx: Db, verdict: Verdict): Promise<Omit<PlanAdvice, 'asks'>> {
  const decided = verdict.decision && (await decisionFind(tx, verdict.decision.id));
  const rules = decided?.verdict.rules ?? [];
  switch (verdict.verdict) {
    case 'allow':
      return { verdict: 'allow', rules };
    case 'deny':
      return { verdict: 'deny', message: verdict.refusal.message, rules };
    case 'needs-approvals': {
      const reasons = verdict.approvals.flatMap((wanted) => wanted.reasons.map(({ message }) => message));
      const message = [...new Set(reasons)].join(' ');
      return { verdict: 'needs-approvals', waitsFor: verdict.waitsFor, message, rules };
    }
  }
}
