import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import { isWithinReach, type PlacementReach } from '../organization/index.ts';
import type { ServiceStatus } from './service.ts';
import type { ServiceWork } from './service-work.ts';

/** A service as it is stored. Its spec is the text the user sent, CURRENT_VAL replaced. */
export interface Service {
  readonly name: string;
  readonly arn: string;
  readonly description: string | null;
  readonly templateName: string;
  /** The major that CreateService named; instances added later start from it. */
  readonly majorVersion: number;
  readonly branchName: string | null;
  readonly repositoryConnectionArn: string | null;
  readonly repositoryId: string | null;
  readonly spec: string;
  readonly status: ServiceStatus;
  readonly statusMessage: string | null;
  /** What is being done to the service now. */
  readonly work: ServiceWork | null;
  readonly createHash: string;
  /** Whether it was changed since it was created. */
  readonly modified: boolean;
  readonly createdAt: Date;
  readonly lastModifiedAt: Date;
}

type ServiceTables = {
  service: {
    name: string;
    arn: string;
    description: string | null;
    template_name: string;
    major_version: number;
    branch_name: string | null;
    repository_connection_arn: string | null;
    repository_id: string | null;
    spec: string;
    status: ServiceStatus;
    status_message: string | null;
    work: ServiceWork | string | null;
    create_hash: string;
    modified: boolean;
    created_at: Date;
    last_modified_at: Date;
  };
};

const columns = [
  'name',
  'arn',
  'description',
  'template_name as templateName',
  'major_version as majorVersion',
  'branch_name as branchName',
  'repository_connection_arn as repositoryConnectionArn',
  'repository_id as repositoryId',
  'spec',
  'status',
  'status_message as statusMessage',
  'work',
  'create_hash as createHash',
  'modified',
  'created_at as createdAt',
  'last_modified_at as lastModifiedAt',
] as const;

function services(db: Db) {
  return db.withTables<ServiceTables>();
}

export async function serviceInsert(tx: Db, service: Service): Promise<void> {
  await services(tx)
    .insertInto('service')
    .values({
      name: service.name,
      arn: service.arn,
      description: service.description,
      template_name: service.templateName,
      major_version: service.majorVersion,
      branch_name: service.branchName,
      repository_connection_arn: service.repositoryConnectionArn,
      repository_id: service.repositoryId,
      spec: service.spec,
      status: service.status,
      status_message: service.statusMessage,
      work: service.work && JSON.stringify(service.work),
      create_hash: service.createHash,
      modified: service.modified,
      created_at: service.createdAt,
      last_modified_at: service.lastModifiedAt,
    })
    .execute();
}

export async function serviceFind(db: Db, name: string): Promise<Service | undefined> {
  return services(db)
    .selectFrom('service')
    .select(columns)
    .$castTo<Service>()
    .where('name', '=', name)
    .executeTakeFirst();
}

/** Until the transaction ends nobody else creates a service of this name. */
export async function serviceNameLock(tx: Db, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`service ${name}`}, 0))`.execute(tx);
}

/** More transactions than sessions of all processes can have under way. */
const createdAtOnceMax = 200;

/**
 * Whether another service may be created in this transaction. While there is room for many, those who create at the same time
 * do not wait for each other; near the limit it is one at a time, after all who found room before.
 */
export async function serviceHasRoom(tx: Db, most: number): Promise<boolean> {
  const isRoomy = (await serviceCount(tx)) + createdAtOnceMax <= most;
  const lock = sql.raw(isRoomy ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock');
  await sql`select ${lock}(hashtextextended('number of services', 0))`.execute(tx);
  return isRoomy || (await serviceCount(tx)) < most;
}

async function serviceCount(db: Db): Promise<number> {
  const { count } = await services(db)
    .selectFrom('service')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Keeps others from changing the service until the transaction ends. */
export async function serviceLock(tx: Db, name: string): Promise<Service | undefined> {
  return services(tx)
    .selectFrom('service')
    .select(columns)
    .$castTo<Service>()
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst();
}

export interface ServiceChange {
  readonly description?: string;
  readonly spec?: string;
  readonly status?: ServiceStatus;
  readonly statusMessage?: string | null;
  readonly work?: ServiceWork | null;
  /** A user changed it. */
  readonly modified?: true;
  readonly at: Date;
}

export async function serviceUpdate(tx: Db, name: string, change: ServiceChange): Promise<void> {
  await services(tx)
    .updateTable('service')
    .set({
      description: change.description,
      spec: change.spec,
      status: change.status,
      status_message: change.statusMessage,
      work: change.work && JSON.stringify(change.work),
      modified: change.modified,
      last_modified_at: change.at,
    })
    .where('name', '=', name)
    .execute();
}

export async function serviceDelete(tx: Db, name: string): Promise<void> {
  await services(tx).deleteFrom('service').where('name', '=', name).execute();
}

export interface ServicePosition {
  readonly createdAt: Date;
  readonly name: string;
}

/** Newest first, then by name; one row more than a page, so that the caller sees whether there is another. */
export async function serviceList(
  db: Db,
  after: ServicePosition | undefined,
  size: number,
  reach?: PlacementReach,
): Promise<Service[]> {
  let query = services(db)
    .selectFrom('service')
    .select(columns)
    .$castTo<Service>()
    .orderBy('created_at', 'desc')
    .orderBy('name');
  if (reach) query = query.where(isWithinReach(sql.ref('service.arn'), reach));
  if (after) {
    query = query.where('created_at', '<=', after.createdAt); // where an index can begin, unlike at the alternatives
    query = query.where((where) =>
      where.or([
        where('created_at', '<', after.createdAt),
        where.and([where('created_at', '=', after.createdAt), where('name', '>', after.name)]),
      ]),
    );
  }
  return query.limit(size + 1).execute();
}

/** Services whose work was left until deployments are over, by name, behind one. */
export async function serviceListLeft(
  db: Db,
  behind: string,
  max: number,
): Promise<{ readonly name: string; readonly work: ServiceWork }[]> {
  return await services(db)
    .selectFrom('service')
    .select(['name', 'work'])
    .$castTo<{ name: string; work: ServiceWork }>()
    .where(sql<boolean>`work -> 'waitsFor' is not null`)
    .where('name', '>', behind)
    .orderBy('name')
    .limit(max)
    .execute();
}

/** Services whose work may have been begun and not started: their process died in between. */
export async function serviceListWorking(db: Db): Promise<Service[]> {
  return services(db).selectFrom('service').select(columns).$castTo<Service>().where('work', 'is not', null).execute();
}
