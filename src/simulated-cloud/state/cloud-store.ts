import type { Db } from '../../database/index.ts';
import type { ChangeSet } from './change-set.ts';
import { type CloudSettings, usualSettings } from './cloud-settings.ts';
import type { Fault } from './fault.ts';
import type { JournalEntry } from './journal.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import type { DriftDetection } from './resource-drift.ts';
import type { RoleSession } from './role-session.ts';
import type { Stack, StackResource } from './stack.ts';
import type { StackEvent } from './stack-events.ts';
import type { StoredValue } from './stored-values.ts';
import { TemplateText } from './template-text.ts';

/** The schema of the simulated cloud's tables. */
export const cloudSchema = 'simulated_cloud';

export interface ExportRow {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly value: string;
  readonly stackId: string;
}

export interface ImportRow {
  readonly accountId: string;
  readonly region: string;
  readonly exportName: string;
  readonly stackId: string;
}

export interface TakenName {
  /** `global`, an account, or `<account>/<region>`. */
  readonly scope: string;
  readonly type: string;
  readonly name: string;
  readonly accountId: string;
  /** Absent: somebody outside CloudFormation made it, or a stack left it behind. */
  readonly stackId?: string;
  readonly logicalId?: string;
  /** A bucket with objects: it cannot be deleted. */
  readonly holdsData: boolean;
}

type CloudTables = {
  cloud: { one: boolean; seed: string; owner: string; settings: unknown };
  template: { hash: string; body: string };
  stack: StackRow;
  resource: { stack_id: string; logical_id: string; physical_id: string | null; record: unknown };
  event: EventRow;
  change_set: { id: string; stack_id: string; created_at: Date; template_hashes: string[]; record: unknown };
  export: { account_id: string; region: string; name: string; value: string; stack_id: string };
  import: { account_id: string; region: string; export_name: string; stack_id: string };
  taken_name: NameRow;
  access_key: { access_key_id: string; account_id: string };
  role_session: {
    access_key_id: string;
    account_id: string;
    role_arn: string;
    session_name: string;
    expires_at: Date;
  };
  fault: { id: string; position: number; record: unknown };
  drift_detection: { id: string; record: unknown };
  object: { url: string; body: string };
  stored_value: { key: string; record: unknown };
  request: RequestRow;
};

interface StackRow {
  id: string;
  account_id: string;
  region: string;
  name: string;
  ordinal: number;
  status: string;
  created_at: Date;
  deleted_at: Date | null;
  busy: boolean;
  template_hashes: string[];
  record: unknown;
}

interface EventRow {
  stack_id: string;
  sequence: number;
  event_id: string;
  at: Date;
  logical_id: string;
  physical_id: string | null;
  type: string;
  status: string;
  reason: string | null;
  token: string | null;
  properties: string | null;
}

interface NameRow {
  scope: string;
  type: string;
  name: string;
  account_id: string;
  stack_id: string | null;
  logical_id: string | null;
  holds_data: boolean;
}

interface RequestRow {
  id: string;
  at: Date;
  position: string;
  action: string;
  account_id: string;
  region: string;
  stack_name: string | null;
  token: string | null;
  access_key_id: string;
  role_arn: string | null;
  error: string | null;
}

function tables(db: Db) {
  return db.withSchema(cloudSchema).withTables<CloudTables>();
}

export interface StoredCloud {
  readonly seed: string;
  readonly settings: CloudSettings;
  readonly faults: { fault: Fault; position: number }[];
  readonly accessKeys: Map<string, string>;
  readonly roleSessions: RoleSession[];
  readonly globalNames: TakenName[];
  readonly objects: Map<string, string>;
  readonly storedValues: Map<string, StoredValue>;
  readonly busyStackIds: string[];
  readonly requestCount: number;
}

/**
 * Takes the cloud over, or makes it at the first start. Whoever ran it before cannot commit any more.
 * @param seed of a new cloud; one that exists keeps its own
 */
export async function cloudTakeOver(
  db: Db,
  start: { owner: string; seed: string; settings: CloudSettings },
): Promise<StoredCloud> {
  const cloud = tables(db);
  const { seed, settings } = await cloud
    .insertInto('cloud')
    .values({ one: true, seed: start.seed, owner: start.owner, settings: encodeRecord(start.settings) })
    .onConflict((conflict) => conflict.column('one').doUpdateSet({ owner: start.owner }))
    .returning(['seed', 'settings'])
    .executeTakeFirstOrThrow();
  const faults = await cloud.selectFrom('fault').selectAll().orderBy('position').execute();
  const keys = await cloud.selectFrom('access_key').selectAll().execute();
  const sessions = await cloud.selectFrom('role_session').selectAll().execute();
  const names = await cloud.selectFrom('taken_name').selectAll().where('scope', '=', 'global').execute();
  const objects = await cloud.selectFrom('object').selectAll().execute();
  const values = await cloud.selectFrom('stored_value').selectAll().execute();
  const busy = await cloud.selectFrom('stack').select('id').where('busy', '=', true).execute();
  const newest = await cloud
    .selectFrom('request')
    .select((of) => of.fn.max('position').as('position'))
    .executeTakeFirst();
  return {
    seed,
    settings: { ...usualSettings, ...decodeRecord<Partial<CloudSettings>>(settings) },
    faults: faults.map(({ record, position }) => ({ fault: decodeRecord<Fault>(record), position })),
    accessKeys: new Map(keys.map((key) => [key.access_key_id, key.account_id])),
    roleSessions: sessions.map((row) => ({
      accessKeyId: row.access_key_id,
      accountId: row.account_id,
      roleArn: row.role_arn,
      sessionName: row.session_name,
      expiresAt: row.expires_at,
    })),
    globalNames: names.map(takenName),
    objects: new Map(objects.map(({ url, body }) => [url, body])),
    storedValues: new Map(values.map(({ key, record }) => [key, decodeRecord<StoredValue>(record)])),
    busyStackIds: busy.map(({ id }) => id),
    requestCount: Number(newest?.position ?? 0),
  };
}

function takenName(row: NameRow): TakenName {
  return {
    scope: row.scope,
    type: row.type,
    name: row.name,
    accountId: row.account_id,
    stackId: row.stack_id ?? undefined,
    logicalId: row.logical_id ?? undefined,
    holdsData: row.holds_data,
  };
}

/** A stack with its resources. */
export async function stackFind(db: Db, id: string): Promise<Stack | undefined> {
  const row = await tables(db).selectFrom('stack').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  const rows = await tables(db).selectFrom('resource').select('record').where('stack_id', '=', id).execute();
  const templates = await templatesFind(db, row.template_hashes);
  const resources = rows
    .map(({ record }) => decodeRecord<StackResource>(record))
    .sort((left, right) => left.position - right.position)
    .map((resource) => [resource.logicalId, resource] as const);
  return { ...decodeRecord<Omit<Stack, 'resources'>>(row.record, templates), resources: new Map(resources) };
}

async function templatesFind(db: Db, hashes: readonly string[]): Promise<Map<string, TemplateText>> {
  if (hashes.length === 0) return new Map();
  const rows = await tables(db).selectFrom('template').select('body').where('hash', 'in', hashes).execute();
  return new Map(rows.map(({ body }) => new TemplateText(body)).map((template) => [template.hash, template]));
}

/** What is known of an account without looking at each of its stacks. */
export interface StoredAccount {
  /** The newest stack of each region and name, deleted or not. */
  readonly stacks: { id: string; region: string; name: string; ordinal: number; live: boolean }[];
  readonly exports: ExportRow[];
  readonly imports: ImportRow[];
  readonly names: TakenName[];
}

export async function accountFind(db: Db, accountId: string): Promise<StoredAccount> {
  const cloud = tables(db);
  const stacks = await cloud
    .selectFrom('stack')
    .distinctOn(['region', 'name'])
    .select(['id', 'region', 'name', 'ordinal', 'deleted_at'])
    .where('account_id', '=', accountId)
    .orderBy('region')
    .orderBy('name')
    .orderBy('ordinal', 'desc')
    .execute();
  const exports = await cloud.selectFrom('export').selectAll().where('account_id', '=', accountId).execute();
  const imports = await cloud.selectFrom('import').selectAll().where('account_id', '=', accountId).execute();
  const names = await cloud
    .selectFrom('taken_name')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('scope', '!=', 'global')
    .execute();
  return {
    stacks: stacks.map(({ deleted_at, ...stack }) => ({ ...stack, live: deleted_at === null })),
    exports: exports.map((row) => ({ ...row, accountId: row.account_id, stackId: row.stack_id })),
    imports: imports.map((row) => ({
      accountId: row.account_id,
      region: row.region,
      exportName: row.export_name,
      stackId: row.stack_id,
    })),
    names: names.map(takenName),
  };
}

/** Newest first, behind `before`. */
export async function stackEventsPage(
  db: Db,
  stackId: string,
  page: { before?: number; size: number; until?: Date },
): Promise<StackEvent[]> {
  let events = tables(db)
    .selectFrom('event')
    .selectAll()
    .where('stack_id', '=', stackId)
    .where('sequence', '<', page.before ?? 2_147_483_647);
  if (page.until) events = events.where('at', '<=', page.until);
  const rows = await events.orderBy('sequence', 'desc').limit(page.size).execute();
  return rows.map((row) => ({
    stackId: row.stack_id,
    sequence: row.sequence,
    eventId: row.event_id,
    at: row.at,
    logicalId: row.logical_id,
    physicalId: row.physical_id ?? undefined,
    type: row.type,
    status: row.status,
    reason: row.reason ?? undefined,
    token: row.token ?? undefined,
    properties: row.properties ?? undefined,
  }));
}

/** Stacks of an account and region, newest first. */
export async function stackIdsPage(
  db: Db,
  place: { accountId: string; region: string },
  page: {
    statuses?: readonly string[];
    live?: boolean;
    /** Stacks that were deleted before are forgotten. */
    deletedSince: Date;
    after?: { createdAt: Date; id: string };
    size: number;
  },
): Promise<{ id: string; createdAt: Date }[]> {
  let query = tables(db)
    .selectFrom('stack')
    .select(['id', 'created_at'])
    .where('account_id', '=', place.accountId)
    .where('region', '=', place.region);
  if (page.live) query = query.where('deleted_at', 'is', null);
  else query = query.where((of) => of.or([of('deleted_at', 'is', null), of('deleted_at', '>=', page.deletedSince)]));
  if (page.statuses?.length) query = query.where('status', 'in', page.statuses);
  const { after } = page;
  if (after) {
    query = query.where('created_at', '<=', after.createdAt); // where an index can begin, unlike at the alternatives
    query = query.where((of) =>
      of.or([
        of('created_at', '<', after.createdAt),
        of.and([of('created_at', '=', after.createdAt), of('id', '>', after.id)]),
      ]),
    );
  }
  const rows = await query.orderBy('created_at', 'desc').orderBy('id').limit(page.size).execute();
  return rows.map(({ id, created_at }) => ({ id, createdAt: created_at }));
}

export interface StackOverview {
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly status: string;
  readonly createdAt: Date;
}

/** Of all accounts and regions, newest first. */
export async function stacksOverview(
  db: Db,
  query: { accountId?: string; region?: string; deleted: boolean; limit: number },
): Promise<StackOverview[]> {
  let stacks = tables(db).selectFrom('stack').select(['id', 'account_id', 'region', 'name', 'status', 'created_at']);
  if (query.accountId) stacks = stacks.where('account_id', '=', query.accountId);
  if (query.region) stacks = stacks.where('region', '=', query.region);
  if (!query.deleted) stacks = stacks.where('deleted_at', 'is', null);
  const rows = await stacks.orderBy('created_at', 'desc').orderBy('id').limit(query.limit).execute();
  return rows.map(({ account_id: accountId, created_at: createdAt, ...rest }) => ({ ...rest, accountId, createdAt }));
}

/** The stack that has made a physical resource, newest first. */
export async function stackOfPhysicalId(
  db: Db,
  place: { accountId: string; region: string },
  physicalId: string,
): Promise<string | undefined> {
  const row = await tables(db)
    .selectFrom('resource')
    .innerJoin('stack', 'stack.id', 'resource.stack_id')
    .select('stack.id')
    .where('resource.physical_id', '=', physicalId)
    .where('stack.account_id', '=', place.accountId)
    .where('stack.region', '=', place.region)
    .orderBy('stack.created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

export async function changeSetsOf(db: Db, stackId: string): Promise<ChangeSet[]> {
  const rows = await tables(db)
    .selectFrom('change_set')
    .select(['template_hashes', 'record'])
    .where('stack_id', '=', stackId)
    .orderBy('created_at', 'desc')
    .execute();
  const hashes = [...new Set(rows.flatMap((row) => row.template_hashes))];
  const templates = await templatesFind(db, hashes);
  return rows.map(({ record }) => decodeRecord<ChangeSet>(record, templates));
}

export async function changeSetStackId(db: Db, id: string): Promise<string | undefined> {
  const row = await tables(db).selectFrom('change_set').select('stack_id').where('id', '=', id).executeTakeFirst();
  return row?.stack_id;
}

export async function driftDetectionFind(db: Db, id: string): Promise<DriftDetection | undefined> {
  const row = await tables(db).selectFrom('drift_detection').select('record').where('id', '=', id).executeTakeFirst();
  return row && decodeRecord<DriftDetection>(row.record);
}

export interface JournalQuery {
  readonly accountId?: string;
  readonly region?: string;
  readonly action?: string;
  readonly token?: string;
  /** Name of a stack; calls that named it by its id count too. */
  readonly stackName?: string;
  /** Entries behind this position. */
  readonly after?: number;
  readonly limit: number;
}

/** Oldest first. */
export async function requestsFind(db: Db, query: JournalQuery): Promise<JournalEntry[]> {
  let rows = tables(db).selectFrom('request').selectAll();
  if (query.accountId) rows = rows.where('account_id', '=', query.accountId);
  if (query.region) rows = rows.where('region', '=', query.region);
  if (query.action) rows = rows.where('action', '=', query.action);
  if (query.token) rows = rows.where('token', '=', query.token);
  if (query.stackName) rows = rows.where('stack_name', '=', query.stackName);
  if (query.after !== undefined) rows = rows.where('position', '>', String(query.after));
  return (await rows.orderBy('position').limit(query.limit).execute()).map((row) => ({
    id: row.id,
    position: Number(row.position),
    at: row.at,
    action: row.action,
    accountId: row.account_id,
    region: row.region,
    stackName: row.stack_name ?? undefined,
    token: row.token ?? undefined,
    accessKeyId: row.access_key_id,
    roleArn: row.role_arn ?? undefined,
    error: row.error ?? undefined,
  }));
}
