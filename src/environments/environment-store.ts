import { type JSONColumnType, type Selectable, sql } from 'kysely';
import { type Db, foreignKeyUser } from '../database/index.ts';
import type { DeploymentStatus } from '../deployments/index.ts';
import { isWithinReach, type PlacementReach } from '../organization/index.ts';
import type { Environment, ProvisioningRepository, ProvisioningRights, VersionWithSpec } from './environment.ts';

interface EnvironmentTable {
  name: string;
  arn: string;
  description: string | null;
  template_name: string;
  target_major: number;
  target_minor: number;
  target_spec: string;
  deployed_major: number | null;
  deployed_minor: number | null;
  deployed_spec: string | null;
  customer_managed: boolean;
  proton_service_role_arn: string | null;
  codebuild_role_arn: string | null;
  component_role_arn: string | null;
  provisioning_repository: JSONColumnType<ProvisioningRepository | null, string | null, string | null>;
  status: DeploymentStatus;
  status_message: string | null;
  last_attempted_at: Date;
  last_succeeded_at: Date | null;
  last_attempted_id: string | null;
  last_succeeded_id: string | null;
  create_hash: string;
  modified: boolean;
  created_at: Date;
}

type Tables = { environment: EnvironmentTable };
type TargetTable = { deployment_target: { arn: string; outputs: Record<string, string> } };

/** What a new environment has; the rest is written by its first deployment. */
export type NewEnvironment = Omit<Environment, 'deployed' | 'status' | 'modified' | 'lastAttemptedAt'>;

export async function environmentInsert(tx: Db, environment: NewEnvironment): Promise<void> {
  const { target, createdAt } = environment;
  await tx
    .withTables<Tables>()
    .insertInto('environment')
    .values({
      name: environment.name,
      arn: environment.arn,
      description: environment.description ?? null,
      template_name: environment.templateName,
      target_major: target.major,
      target_minor: target.minor,
      target_spec: target.spec,
      customer_managed: environment.customerManaged,
      ...rightsColumns(environment),
      status: 'IN_PROGRESS',
      last_attempted_at: createdAt,
      create_hash: environment.createHash,
      modified: false,
      created_at: createdAt,
    })
    .execute();
}

export async function environmentFind(db: Db, name: string): Promise<Environment | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('environment')
    .selectAll()
    .where('name', '=', name)
    .executeTakeFirst();
  return row && environmentOf(row);
}

/** With what its last success brought. */
export async function environmentFindWithOutputs(
  db: Db,
  name: string,
): Promise<{ environment: Environment; outputs: Readonly<Record<string, string>> } | undefined> {
  const row = await db
    .withTables<Tables & TargetTable>()
    .selectFrom('environment')
    .leftJoin('deployment_target as target', 'target.arn', 'environment.arn')
    .selectAll('environment')
    .select('target.outputs')
    .where('environment.name', '=', name)
    .executeTakeFirst();
  return row && { environment: environmentOf(row), outputs: row.outputs ?? {} };
}

export async function environmentFindByArn(db: Db, arn: string): Promise<Environment | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('environment')
    .selectAll()
    .where('arn', '=', arn)
    .executeTakeFirst();
  return row && environmentOf(row);
}

/** Of an environment that is known to be there. */
export async function environmentGet(db: Db, name: string): Promise<Environment> {
  const environment = await environmentFind(db, name);
  if (!environment) throw new Error(`the environment ${name} was there a moment ago`);
  return environment;
}

/**
 * Keeps the environment from being changed or deleted until the transaction ends. Lock its deployment target before.
 */
export async function environmentLock(tx: Db, name: string): Promise<Environment | undefined> {
  const row = await tx
    .withTables<Tables>()
    .selectFrom('environment')
    .selectAll()
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst();
  return row && environmentOf(row);
}

/** Until the transaction ends nobody else creates an environment of this name. */
export async function environmentNameLock(tx: Db, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`environment ${name}`}, 0))`.execute(tx);
}

export async function environmentCount(db: Db): Promise<number> {
  const { count } = await db
    .withTables<Tables>()
    .selectFrom('environment')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** What people change about an environment without deploying. What is absent stays. */
export interface EnvironmentChange extends ProvisioningRights {
  readonly description?: string;
}

export async function environmentUpdate(tx: Db, name: string, change: EnvironmentChange): Promise<void> {
  const given = Object.fromEntries(Object.entries(rightsColumns(change)).filter(([, value]) => value !== null));
  await tx
    .withTables<Tables>()
    .updateTable('environment')
    .set({ description: change.description, modified: true, ...given })
    .where('name', '=', name)
    .execute();
}

/** What a deployment writes. */
export interface EnvironmentProgress {
  readonly status: DeploymentStatus;
  /** null: nothing to say. */
  readonly statusMessage?: string | null;
  readonly target?: VersionWithSpec;
  readonly deployed?: VersionWithSpec;
  readonly attempted?: { readonly id: string; readonly at: Date };
  readonly succeeded?: { readonly id: string; readonly at: Date };
}

export async function environmentProgress(tx: Db, arn: string, progress: EnvironmentProgress): Promise<void> {
  const { target, deployed, attempted, succeeded } = progress;
  await tx
    .withTables<Tables>()
    .updateTable('environment')
    .set({
      status: progress.status,
      status_message: progress.statusMessage,
      target_major: target?.major,
      target_minor: target?.minor,
      target_spec: target?.spec,
      deployed_major: deployed?.major,
      deployed_minor: deployed?.minor,
      deployed_spec: deployed?.spec,
      last_attempted_id: attempted?.id,
      last_attempted_at: attempted?.at,
      last_succeeded_id: succeeded?.id,
      last_succeeded_at: succeeded?.at,
    })
    .where('arn', '=', arn)
    .execute();
}

/** After a failure: what is wanted is what runs; before the first success it stays what was tried. */
export async function environmentTargetRevert(tx: Db, arn: string): Promise<void> {
  await tx
    .withTables<Tables>()
    .updateTable('environment')
    .set(({ ref }) => ({
      target_major: ref('deployed_major').$notNull(),
      target_minor: ref('deployed_minor').$notNull(),
      target_spec: ref('deployed_spec').$notNull(),
    }))
    .where('arn', '=', arn)
    .where('deployed_major', 'is not', null)
    .execute();
}

export async function environmentDelete(tx: Db, arn: string): Promise<void> {
  await tx.withTables<Tables>().deleteFrom('environment').where('arn', '=', arn).execute();
}

/** Asks the foreign keys what still refers to the environment, by trying; the table that does, or undefined. */
export async function environmentUser(tx: Db, arn: string): Promise<string | undefined> {
  await sql`savepoint environment_user`.execute(tx);
  try {
    await environmentDelete(tx, arn);
    return undefined;
  } catch (error) {
    const user = foreignKeyUser(error);
    if (user === undefined) throw error;
    return user;
  } finally {
    await sql`rollback to savepoint environment_user`.execute(tx);
  }
}

/** Environments built from a template at a major version. */
export interface TemplateFilter {
  readonly templateName: string;
  readonly majorVersion: number;
}

/** Newest first, then by name, behind a position; of any of these templates when some are given. */
export async function environmentsBehind(
  db: Db,
  templates: readonly TemplateFilter[],
  position: { createdAt: Date; name: string } | undefined,
  max: number,
  reach?: PlacementReach,
): Promise<Environment[]> {
  let query = db.withTables<Tables>().selectFrom('environment').selectAll();
  if (reach) query = query.where(isWithinReach(sql.ref('environment.arn'), reach));
  if (templates.length > 0) {
    query = query.where(({ or, and, eb, fn }) =>
      or(
        templates.map(({ templateName, majorVersion }) =>
          and([
            eb('template_name', '=', templateName),
            eb(fn.coalesce('deployed_major', 'target_major'), '=', majorVersion),
          ]),
        ),
      ),
    );
  }
  if (position) {
    const { createdAt, name } = position;
    query = query.where(({ or, and, eb }) =>
      or([eb('created_at', '<', createdAt), and([eb('created_at', '=', createdAt), eb('name', '>', name)])]),
    );
  }
  const rows = await query.orderBy('created_at', 'desc').orderBy('name').limit(max).execute();
  return rows.map(environmentOf);
}

function rightsColumns(rights: ProvisioningRights) {
  const { provisioningRepository: repository } = rights;
  return {
    proton_service_role_arn: rights.protonServiceRoleArn ?? null,
    codebuild_role_arn: rights.codebuildRoleArn ?? null,
    component_role_arn: rights.componentRoleArn ?? null,
    provisioning_repository: repository ? JSON.stringify(repository) : null,
  };
}

function environmentOf(row: Selectable<EnvironmentTable>): Environment {
  const { deployed_major: major, deployed_minor: minor, deployed_spec: spec } = row;
  return {
    name: row.name,
    arn: row.arn,
    description: row.description ?? undefined,
    templateName: row.template_name,
    target: { major: row.target_major, minor: row.target_minor, spec: row.target_spec },
    deployed: major === null || minor === null || spec === null ? undefined : { major, minor, spec },
    customerManaged: row.customer_managed,
    protonServiceRoleArn: row.proton_service_role_arn ?? undefined,
    codebuildRoleArn: row.codebuild_role_arn ?? undefined,
    componentRoleArn: row.component_role_arn ?? undefined,
    provisioningRepository: row.provisioning_repository ?? undefined,
    status: row.status,
    statusMessage: row.status_message ?? undefined,
    lastAttemptedAt: row.last_attempted_at,
    lastSucceededAt: row.last_succeeded_at ?? undefined,
    lastAttemptedId: row.last_attempted_id ?? undefined,
    lastSucceededId: row.last_succeeded_id ?? undefined,
    createHash: row.create_hash,
    modified: row.modified,
    createdAt: row.created_at,
  };
}
