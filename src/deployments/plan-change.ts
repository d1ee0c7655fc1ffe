import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { DeployTools } from './deploy-tools.ts';
import { deployedFind } from './deployed-store.ts';
import type { DeploymentAtWork } from './deployment-store.ts';
import { placementsOf } from './placement-store.ts';
import { type Looked, makePlan, type Plan, type PlanId } from './plan.ts';
import { planDifference } from './plan-difference.ts';
import { plannedChangeFind, planUpsert } from './plan-store.ts';
import { renderingGet } from './rendering-store.ts';
import { targetStateOf } from './target.ts';

/**
 * Puts what was rendered and found out together into the value that is decided on and applied.
 * @refuses plan-stale: it is another plan than the one that whoever asked has seen
 */
export async function planChange(deployment: DeploymentAtWork, { db, clock }: DeployTools): Promise<Result<object>> {
  const { id, operation, target, expectedPlan } = deployment;
  const deployed = await deployedFind(db, target.arn);
  const subject = { operation, targetArn: target.arn, deployed, targetState: targetStateOf(deployment) };
  const looked = (await placementsOf(db, id)).map(
    ({ placement, analysis = notLooked, preview }): Looked => ({ placement, analysis, ...(preview && { preview }) }),
  );
  const plan = makePlan(subject, await renderingGet(db, id), looked);
  await planUpsert(db, id, plan, clock.now());
  return checkExpected(db, expectedPlan, plan);
}

/** Of work that a former version of Deuteron had begun. */
const notLooked = { known: false, why: 'It was not looked at.' } as const;

/** @refuses plan-stale, with what is different */
export async function checkExpected(
  db: Db,
  expected: PlanId | undefined,
  plan: Plan,
): Promise<Result<object, Refusal<'plan-stale'>>> {
  if (expected === undefined || expected === plan.id) return accept({});
  const seen = await plannedChangeFind(db, expected);
  const differences = seen ? planDifference(seen.plan, plan) : ['what it said is no longer kept'];
  return refuse({
    kind: 'conflict',
    code: 'plan-stale',
    message: `The plan ${expected} is stale: ${differences.join('; ')}.`,
    remedy: `Look at what would be done now (plan ${plan.id}); if it is wanted, apply that plan.`,
  });
}
