import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import { isWithinReach, type PlacementReach } from '../organization/index.ts';
import { type DeployedPart, newPartColumns, type PartColumns, type PartState, partOf } from './deployed-part.ts';

export interface ServiceInstance extends DeployedPart {
  readonly name: string;
  readonly environmentName: string;
  readonly lastClientRequestToken: string | null;
}

type InstanceRow = PartColumns & {
  service_name: string;
  name: string;
  arn: string;
  environment_name: string;
  last_client_request_token: string | null;
  created_at: Date;
};

type InstanceTables = { service_instance: InstanceRow };

function instances(db: Db) {
  return db.withTables<InstanceTables>();
}

function instanceOf(row: InstanceRow): ServiceInstance {
  return {
    ...partOf(row),
    name: row.name,
    environmentName: row.environment_name,
    lastClientRequestToken: row.last_client_request_token,
  };
}

export interface NewInstance {
  readonly serviceName: string;
  readonly name: string;
  readonly arn: string;
  readonly environmentName: string;
  readonly templateName: string;
  readonly target: PartState;
  readonly clientToken?: string;
  readonly at: Date;
}

export async function instanceInsert(tx: Db, instance: NewInstance): Promise<void> {
  await instances(tx)
    .insertInto('service_instance')
    .values({
      ...newPartColumns(instance.templateName, instance.target, instance.at),
      service_name: instance.serviceName,
      name: instance.name,
      arn: instance.arn,
      environment_name: instance.environmentName,
      last_client_request_token: instance.clientToken ?? null,
      created_at: instance.at,
    })
    .execute();
}

export async function instanceFind(db: Db, serviceName: string, name: string): Promise<ServiceInstance | undefined> {
  const row = await instances(db)
    .selectFrom('service_instance')
    .selectAll()
    .where('service_name', '=', serviceName)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && instanceOf(row);
}

/** The instances of a service, by name. */
export async function instancesOf(db: Db, serviceName: string): Promise<ServiceInstance[]> {
  const rows = await instances(db)
    .selectFrom('service_instance')
    .selectAll()
    .where('service_name', '=', serviceName)
    .orderBy('name')
    .execute();
  return rows.map(instanceOf);
}

export async function instanceUpdate(
  tx: Db,
  serviceName: string,
  name: string,
  change: Partial<InstanceRow>,
): Promise<void> {
  await instances(tx)
    .updateTable('service_instance')
    .set(change)
    .where('service_name', '=', serviceName)
    .where('name', '=', name)
    .execute();
}

export async function instanceDelete(tx: Db, serviceName: string, name: string): Promise<void> {
  await instances(tx)
    .deleteFrom('service_instance')
    .where('service_name', '=', serviceName)
    .where('name', '=', name)
    .execute();
}

export const instanceSortColumns = {
  name: 'name',
  deploymentStatus: 'deployment_status',
  templateName: 'template_name',
  serviceName: 'service_name',
  environmentName: 'environment_name',
  lastDeploymentAttemptedAt: 'last_deployment_attempted_at',
  createdAt: 'created_at',
} as const;
export type InstanceSortBy = keyof typeof instanceSortColumns;

/** Conditions that must all hold; several values of one key are alternatives. */
export interface InstanceFilters {
  readonly name?: readonly string[];
  readonly serviceName?: readonly string[];
  readonly environmentName?: readonly string[];
  readonly templateName?: readonly string[];
  readonly deploymentStatus?: readonly string[];
  readonly lastDeploymentAttemptedAtBefore?: Date;
  readonly lastDeploymentAttemptedAtAfter?: Date;
  readonly createdAtBefore?: Date;
  readonly createdAtAfter?: Date;
}

const equalities = {
  name: 'name',
  serviceName: 'service_name',
  environmentName: 'environment_name',
  templateName: 'template_name',
  deploymentStatus: 'deployment_status',
} as const;

export interface InstancePosition {
  readonly sort: string | Date;
  readonly serviceName: string;
  readonly name: string;
}

/** In the asked order, then by service and name; one more than a page. */
export async function instanceList(
  db: Db,
  filters: InstanceFilters,
  sortBy: InstanceSortBy,
  descending: boolean,
  after: InstancePosition | undefined,
  size: number,
  reach?: PlacementReach,
): Promise<ServiceInstance[]> {
  const sort = instanceSortColumns[sortBy];
  let query = instances(db)
    .selectFrom('service_instance')
    .selectAll()
    .orderBy(sort, descending ? 'desc' : 'asc')
    .orderBy('service_name')
    .orderBy('name');
  if (reach) query = query.where(isWithinReach(sql.ref('service_instance.arn'), reach));
  for (const [key, column] of Object.entries(equalities)) {
    const values = filters[key as keyof typeof equalities];
    if (values?.length === 0) return []; // none of no values
    if (values) query = query.where(column, 'in', values as never);
  }
  if (filters.lastDeploymentAttemptedAtBefore)
    query = query.where('last_deployment_attempted_at', '<', filters.lastDeploymentAttemptedAtBefore);
  if (filters.lastDeploymentAttemptedAtAfter)
    query = query.where('last_deployment_attempted_at', '>', filters.lastDeploymentAttemptedAtAfter);
  if (filters.createdAtBefore) query = query.where('created_at', '<', filters.createdAtBefore);
  if (filters.createdAtAfter) query = query.where('created_at', '>', filters.createdAtAfter);
  if (after) {
    // the alternatives below say it too, but no index can begin at them: a page would cost as much as all before it
    query = query.where(sort, descending ? '<=' : '>=', after.sort as never);
    query = query.where((where) =>
      where.or([
        where(sort, descending ? '<' : '>', after.sort as never),
        where.and([where(sort, '=', after.sort as never), where('service_name', '>', after.serviceName)]),
        where.and([
          where(sort, '=', after.sort as never),
          where('service_name', '=', after.serviceName),
          where('name', '>', after.name),
        ]),
      ]),
    );
  }
  return (await query.limit(size + 1).execute()).map(instanceOf);
}
