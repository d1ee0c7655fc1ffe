import type { JSONColumnType } from 'kysely';
import type { ProvisioningMethod } from '../bundles/index.ts';
import type { Db } from '../database/index.ts';
import type { DeploymentId } from './deployment.ts';
import type { Provisioned } from './running/provisioned.ts';
import type { TargetKind, TargetRef } from './target-ref.ts';

type Tables = {
  deployment_target: {
    arn: string;
    kind: TargetKind;
    created_at: Date;
    customer_managed: boolean;
    provisioned_by: ProvisioningMethod | null;
    last_attempted_id: DeploymentId | null;
    last_succeeded_id: DeploymentId | null;
    outputs: JSONColumnType<Record<string, string>>;
    resources: JSONColumnType<Provisioned[]>;
  };
  deployment: { id: DeploymentId; target_arn: string };
};

/** What is known of a thing that lives. */
export interface TargetRecord {
  readonly arn: string;
  readonly kind: TargetKind;
  /** Tells two lives of one name apart. */
  readonly createdAt: Date;
  /** Its owner provisions it; here only its outputs are kept. */
  readonly customerManaged: boolean;
  /** How it was provisioned; absent: it is certain that nothing of it lies in the cloud. */
  readonly provisionedBy?: ProvisioningMethod;
  readonly lastAttemptedId?: DeploymentId;
  readonly lastSucceededId?: DeploymentId;
  /** What its last success brought, or its owner told since. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly Provisioned[];
}

/**
 * Until the transaction ends, nobody else changes this target or moves its deployments. Lock targets before rows of
 * your own, and several of them in the order of their ARNs: so do all, and nobody waits in a circle.
 */
export async function targetLock(tx: Db, arn: string): Promise<TargetRecord | undefined> {
  const row = await tx
    .withTables<Tables>()
    .selectFrom('deployment_target')
    .selectAll()
    .where('arn', '=', arn)
    .forUpdate()
    .executeTakeFirst();
  return row && recordOf(row);
}

/** The same for the target of a deployment. */
export async function targetLockOf(tx: Db, id: DeploymentId): Promise<void> {
  await tx
    .withTables<Tables>()
    .selectFrom('deployment_target')
    .select('arn')
    .where('arn', '=', (of) => of.selectFrom('deployment').select('target_arn').where('id', '=', id))
    .forUpdate()
    .execute();
}

export async function targetInsert(tx: Db, target: TargetRef, customerManaged: boolean): Promise<void> {
  await tx
    .withTables<Tables>()
    .insertInto('deployment_target')
    .values({
      arn: target.arn,
      kind: target.kind,
      created_at: target.createdAt,
      customer_managed: customerManaged,
      outputs: '{}',
      resources: '[]',
    })
    .onConflict((conflict) => conflict.column('arn').doNothing())
    .execute();
}

export async function targetFind(db: Db, arn: string): Promise<TargetRecord | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('deployment_target')
    .selectAll()
    .where('arn', '=', arn)
    .executeTakeFirst();
  return row && recordOf(row);
}

export async function targetsOf(db: Db, arns: readonly string[]): Promise<ReadonlyMap<string, TargetRecord>> {
  if (arns.length === 0) return new Map();
  const rows = await db
    .withTables<Tables>()
    .selectFrom('deployment_target')
    .selectAll()
    .where('arn', 'in', arns)
    .execute();
  return new Map(rows.map((row) => [row.arn, recordOf(row)]));
}

export interface TargetChange {
  readonly provisionedBy?: ProvisioningMethod;
  readonly lastAttemptedId?: DeploymentId;
  readonly lastSucceededId?: DeploymentId;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly resources?: readonly Provisioned[];
}

export async function targetUpdate(tx: Db, arn: string, change: TargetChange): Promise<void> {
  await tx
    .withTables<Tables>()
    .updateTable('deployment_target')
    .set({
      provisioned_by: change.provisionedBy,
      last_attempted_id: change.lastAttemptedId,
      last_succeeded_id: change.lastSucceededId,
      outputs: change.outputs && JSON.stringify(change.outputs),
      resources: change.resources && JSON.stringify(change.resources),
    })
    .where('arn', '=', arn)
    .execute();
}

export async function targetDelete(tx: Db, arn: string): Promise<void> {
  await tx.withTables<Tables>().deleteFrom('deployment_target').where('arn', '=', arn).execute();
}

interface Row {
  readonly arn: string;
  readonly kind: TargetKind;
  readonly created_at: Date;
  readonly customer_managed: boolean;
  readonly provisioned_by: ProvisioningMethod | null;
  readonly last_attempted_id: DeploymentId | null;
  readonly last_succeeded_id: DeploymentId | null;
  readonly outputs: Record<string, string>;
  readonly resources: Provisioned[];
}

function recordOf(row: Row): TargetRecord {
  return {
    arn: row.arn,
    kind: row.kind,
    createdAt: row.created_at,
    customerManaged: row.customer_managed,
    provisionedBy: row.provisioned_by ?? undefined,
    lastAttemptedId: row.last_attempted_id ?? undefined,
    lastSucceededId: row.last_succeeded_id ?? undefined,
    outputs: row.outputs,
    resources: row.resources,
  };
}
