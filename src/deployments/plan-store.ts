import type { JSONColumnType } from 'kysely';
import type { Db } from '../database/index.ts';
import type { DeploymentId } from './deployment.ts';
import type { Plan, PlanId } from './plan.ts';

type Tables = {
  deployment_plan: { deployment_id: string; id: PlanId; plan: JSONColumnType<Plan>; made_at: Date };
};

/** Planning again (after a crash, before anything was applied) replaces the plan. */
export async function planUpsert(db: Db, deploymentId: DeploymentId, plan: Plan, now: Date): Promise<void> {
  const columns = { id: plan.id, plan: JSON.stringify(plan), made_at: now };
  await db
    .withTables<Tables>()
    .insertInto('deployment_plan')
    .values({ deployment_id: deploymentId, ...columns })
    .onConflict((conflict) => conflict.column('deployment_id').doUpdateSet(columns))
    .execute();
}

/** undefined while there is none, for a deletion, and for an unknown deployment. */
export async function planFind(db: Db, deploymentId: string): Promise<Plan | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('deployment_plan')
    .select('plan')
    .where('deployment_id', '=', deploymentId)
    .executeTakeFirst();
  return row?.plan;
}

/** Of a deployment that has one, since its step came after the planning. */
export async function planGet(db: Db, deploymentId: DeploymentId): Promise<Plan> {
  const plan = await planFind(db, deploymentId);
  if (!plan) throw new Error(`the deployment ${deploymentId} has no plan`);
  return plan;
}
