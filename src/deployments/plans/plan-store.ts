import type { Generated, JSONColumnType } from 'kysely';
import type { Db } from '../../database/index.ts';
import type { DeploymentId } from '../deployment.ts';
import type { Plan } from './plan.ts';
import type { PlanId } from './plan-id.ts';

type Tables = {
  deployment_plan: { deployment_id: string; id: PlanId; plan: JSONColumnType<Plan>; made_at: Date };
  planned_change: {
    id: PlanId;
    target_arn: string;
    plan: JSONColumnType<Plan>;
    request: JSONColumnType<object>;
    made_at: Date;
    incarnation: Generated<string | null>;
  };
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

/** undefined while there is none, for a deployment that provisioned nothing, and for an unknown one. */
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

/** A plan that was made without deploying. */
export interface PlannedChange {
  readonly plan: Plan;
  /** What was asked for, as the door that keeps it wants it back. */
  readonly request: object;
  readonly madeAt: Date;
}

/** Keeps a plan to be applied, or compared with, later. The same plan made again is kept once. */
export async function plannedChangeUpsert(db: Db, { plan, request, madeAt }: PlannedChange): Promise<void> {
  const columns = { plan: JSON.stringify(plan), request: JSON.stringify(request), made_at: madeAt };
  await db
    .withTables<Tables>()
    .insertInto('planned_change')
    .values({ id: plan.id, target_arn: plan.targetArn, ...columns })
    // the same plan may be made for what has the name anew
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet((excluded) => ({ ...columns, incarnation: excluded.ref('excluded.incarnation') })),
    )
    .execute();
}

export async function plannedChangeFind(db: Db, id: string): Promise<PlannedChange | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('planned_change')
    .select(['plan', 'request', 'made_at'])
    .where('id', '=', id as PlanId)
    .executeTakeFirst();
  return row && { plan: row.plan, request: row.request, madeAt: row.made_at };
}

export async function plannedChangesForget(db: Db, before: Date): Promise<void> {
  await db.withTables<Tables>().deleteFrom('planned_change').where('made_at', '<', before).execute();
}
