import type { Db } from '../../database/index.ts';
import type { DeploymentId } from '../deployment.ts';
import type { PlanId } from '../plans/plan-id.ts';

type Tables = {
  deployment_decision: { decision_id: string; deployment_id: DeploymentId; plan_id: PlanId; decided_at: Date };
};

/** Which decision was made about which plan of a deployment. */
export async function deploymentDecisionInsert(
  tx: Db,
  decision: { readonly id: string; readonly deploymentId: DeploymentId; readonly planId: PlanId; readonly at: Date },
): Promise<void> {
  const { id, deploymentId, planId, at } = decision;
  await tx
    .withTables<Tables>()
    .insertInto('deployment_decision')
    .values({ decision_id: id, deployment_id: deploymentId, plan_id: planId, decided_at: at })
    .execute();
}

/** The last one; undefined: nothing was decided yet. */
export async function deploymentDecisionLast(db: Db, deploymentId: string): Promise<string | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('deployment_decision')
    .select('decision_id')
    .where('deployment_id', '=', deploymentId as DeploymentId)
    .orderBy('decided_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.decision_id;
}
