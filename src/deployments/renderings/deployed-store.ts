import { sql } from 'kysely';
import type { ProvisioningMethod } from '../../bundles/index.ts';
import type { Db } from '../../database/index.ts';
import type { DeploymentId } from '../deployment.ts';
import type { Deployed } from './deployed.ts';
import { childrenColumn, type RenderingColumns, type RenderingRow, renderingOf } from './rendering-store.ts';

type Tables = {
  deployment_target: { arn: string; provisioned_by: ProvisioningMethod | null; last_succeeded_id: DeploymentId | null };
  deployment: { id: DeploymentId; target_arn: string; undone: string | null; created_at: Date };
  deployment_rendering: RenderingColumns;
};

/** What of a target is in the cloud, in one statement. An unknown target has nothing there. */
export async function deployedFind(db: Db, targetArn: string): Promise<Deployed> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('deployment_target as target')
    .leftJoin('deployment as succeeded', 'succeeded.id', 'target.last_succeeded_id')
    .leftJoin('deployment_rendering as rendering', 'rendering.deployment_id', 'target.last_succeeded_id')
    .selectAll('rendering')
    .select(['target.provisioned_by', 'target.last_succeeded_id', childrenColumn.as('children')])
    .select(
      sql<string | null>`(select id from deployment half where half.target_arn = target.arn and half.undone = 'part'
        and half.created_at > coalesce(succeeded.created_at, '-infinity') order by half.created_at desc limit 1)`.as(
        'half_done',
      ),
    )
    .where('target.arn', '=', targetArn)
    .executeTakeFirst();
  if (!row?.provisioned_by) return { state: 'nothing', notes: [] };
  const notes = row.half_done
    ? [`The deployment ${row.half_done} left a part of its change: what is deployed may differ from what is known.`]
    : [];
  const { last_succeeded_id: deploymentId } = row;
  if (!deploymentId) {
    return { state: 'unknown', why: 'No deployment has succeeded: what the attempts left is not known.', notes };
  }
  if (row.template === null) {
    return { state: 'unknown', why: `Of the last deployment, ${deploymentId}, no rendering is kept.`, notes };
  }
  return { state: 'rendered', deploymentId, rendering: renderingOf(row as RenderingRow), notes };
}
