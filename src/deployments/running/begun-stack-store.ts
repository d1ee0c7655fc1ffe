import type { JSONColumnType } from 'kysely';
import type { Db } from '../../database/index.ts';
import type { Placement } from '../../provisioners/index.ts';
import type { DeploymentId } from '../deployment.ts';

type Tables = {
  deployment: { id: DeploymentId; target_arn: string };
  begun_stack: {
    target_arn: string;
    account_id: string;
    region: string;
    placement: JSONColumnType<Placement>;
    stack_id: string;
  };
};

/** Something that a provider was seen to begin for a thing. It stays on record until the thing is gone. */
export interface BegunStack {
  readonly placement: Placement;
  /** The provider's own identifier. */
  readonly stackId: string;
}

/** For the target of a deployment. Of each account and region the last one is kept. */
export async function begunStackUpsert(
  db: Db,
  id: DeploymentId,
  { placement, stackId: stack_id }: BegunStack,
): Promise<void> {
  const { accountId, region } = placement;
  const columns = { placement: JSON.stringify(placement), stack_id };
  await db
    .withTables<Tables>()
    .insertInto('begun_stack')
    .columns(['target_arn', 'account_id', 'region', 'placement', 'stack_id'])
    .expression((from) =>
      from
        .selectFrom('deployment')
        .select((value) => [
          'target_arn',
          value.val(accountId).as('account_id'),
          value.val(region).as('region'),
          value.cast<Placement>(value.val(columns.placement), 'jsonb').as('placement'),
          value.val(stack_id).as('stack_id'),
        ])
        .where('id', '=', id),
    )
    .onConflict((conflict) => conflict.columns(['target_arn', 'account_id', 'region']).doUpdateSet(columns))
    .execute();
}

export async function begunStacksOf(db: Db, targetArn: string): Promise<BegunStack[]> {
  const rows = await db
    .withTables<Tables>()
    .selectFrom('begun_stack')
    .select(['placement', 'stack_id'])
    .where('target_arn', '=', targetArn)
    .orderBy('account_id')
    .orderBy('region')
    .execute();
  return rows.map(({ placement, stack_id: stackId }) => ({ placement, stackId }));
}
