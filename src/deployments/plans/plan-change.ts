import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { DeploymentAtWork } from '../deployment-store.ts';
import { deployedFind } from '../renderings/deployed-store.ts';
import {
  checkReport,
  inspectPlanned,
  keepPlanReport,
  railsOf,
  templateReport,
} from '../renderings/inspect-deployment.ts';
import { renderingGet } from '../renderings/rendering-store.ts';
import type { DeployTools } from '../running/deploy-tools.ts';
import { placementsOf } from '../running/placement-store.ts';
import { targetStateOf } from '../target.ts';
import { type Looked, makePlan, type Plan } from './plan.ts';
import { planDifference } from './plan-difference.ts';
import type { PlanId } from './plan-id.ts';
import { plannedChangeFind, planUpsert } from './plan-store.ts';

/**
 * Puts what was rendered and found out together into the value that is decided on and applied.
 * @refuses plan-stale: it is another plan than the one that whoever asked has seen; what guard rails block
 */
export async function planChange(deployment: DeploymentAtWork, tools: DeployTools): Promise<Result<object>> {
  return tools.db.transaction().execute((tx) => planIn(tx, deployment, tools));
}

/** What the plan is made of, the plan and what guard rails found of it, all at one go. */
async function planIn(db: Db, deployment: DeploymentAtWork, tools: DeployTools): Promise<Result<object>> {
  const { id, operation, target, expectedPlan } = deployment;
  const deployed = await deployedFind(db, target.arn);
  const subject = { operation, targetArn: target.arn, deployed, targetState: targetStateOf(deployment) };
  const looked = (await placementsOf(db, id)).map(
    ({ placement, analysis = notLooked, preview }): Looked => ({ placement, analysis, ...(preview && { preview }) }),
  );
  const rendering = await renderingGet(db, id);
  const { placements } = rendering;
  const now = tools.clock.now();
  const inspected = { target, inspection: 'change', state: subject.targetState, placements } as const;
  const rails = await railsOf(tools, db, inspected, now);
  const ofPlan = inspectPlanned(rails, rendering, looked);
  const guardRails = await keepPlanReport(db, id, await templateReport(db, id, ofPlan), ofPlan);
  const plan: Plan = { ...makePlan(subject, rendering, looked), guardRails };
  await planUpsert(db, id, plan, now);
  const expected = await checkExpected(db, expectedPlan, plan);
  return expected.ok ? checkReport(guardRails) : expected;
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
