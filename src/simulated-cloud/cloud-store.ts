import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../database/index.ts';
import type { RoleSession } from './caller.ts';
import type { ChangeSet } from './change-set.ts';
import type { CloudSettings } from './cloud-settings.ts';
import type { Fault } from './fault.ts';
import type { JournalEntry } from './journal.ts';
import { decodeRecord, encodeRecord, templatesIn } from './record-codec.ts';
import type { Stack, StackResource } from './stack.ts';
import type { StackEvent } from './stack-events.ts';
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

/** Everything that changed since the last commit. Entries of the index maps: null is a removal. */
export interface CloudChanges {
  readonly stacks: Map<string, Stack>;
  /** By stack id and logical id. */
  readonly resources: Map<string, { stack: Stack; logicalId: string }>;
  readonly events: StackEvent[];
  readonly changeSets: Map<string, ChangeSet | null>;
  readonly exports: Map<string, { row: ExportRow; removed: boolean }>;
  readonly imports: Map<string, { row: ImportRow; removed: boolean }>;
  readonly names: Map<string, { row: TakenName; removed: boolean }>;
  readonly faults: Map<string, { fault: Fault; position: number } | null>;
  readonly accessKeys: Map<string, string>;
  readonly roleSessions: RoleSession[];
  readonly requests: JournalEntry[];
  settings?: CloudSettings;
}

export function noChanges(): CloudChanges {
  return {
    stacks: new Map(),
    resources: new Map(),
    events: [],
    changeSets: new Map(),
    exports: new Map(),
    imports: new Map(),
    names: new Map(),
    faults: new Map(),
    accessKeys: new Map(),
    roleSessions: [],
    requests: [],
  };
}

export function isEmpty(changes: CloudChanges): boolean {
  return (
    changes.settings === undefined &&
    Object.values(changes).every((part) => part === undefined || (part.size ?? part.length ?? 0) === 0)
  );
}

/** A statement with its values taken at this moment, to be run later. */
type Statement = RawBuilder<unknown>;

/**
 * The changes as statements that may be run again: a commit whose answer was lost is simply repeated. At most one
 * statement for each table and kind, however many stacks have changed.
 */
export function changeStatements(changes: CloudChanges): Statement[] {
  return [
    ...stackStatements([...changes.stacks.values()]),
    ...resourceStatements([...changes.resources.values()]),
    ...eventStatements(changes.events),
    ...changeSetStatements(changes.changeSets),
    ...indexStatements(changes),
    ...settingStatements(changes),
    ...requestStatements(changes.requests),
  ];
}

function column(values: readonly unknown[], type: string) {
  return sql`unnest(${values}::${sql.raw(type)}[])`;
}

function columns(rows: readonly (readonly unknown[])[], types: readonly string[]) {
  return sql.join(
    types.map((type, index) =>
      column(
        rows.map((row) => row[index] ?? null),
        type,
      ),
    ),
  );
}

function iso(date: Date | undefined): string | null {
  return date?.toISOString() ?? null;
}

function stackStatements(stacks: readonly Stack[]): Statement[] {
  if (stacks.length === 0) return [];
  const templates = new Map<string, TemplateText>();
  const rows = stacks.map((stack) => {
    const { resources: _, ...record } = stack;
    const hashes = templatesOf(record, templates);
    return [
      ...[stack.id, stack.accountId, stack.region, stack.name, stack.ordinal, stack.status],
      ...[iso(stack.createdAt), iso(stack.deletedAt), stack.operation !== undefined, hashes, encodeRecord(record)],
    ];
  });
  const types = ['text', 'text', 'text', 'text', 'int', 'text', 'timestamptz', 'timestamptz', 'bool', 'text', 'json'];
  return [
    ...templateStatements(templates),
    sql`insert into stack
      (id, account_id, region, name, ordinal, status, created_at, deleted_at, busy, template_hashes, record)
      select id, account_id, region, name, ordinal, status, created_at, deleted_at, busy, template_hashes::text[], record
      from (select ${columns(rows, types)}) as given
        (id, account_id, region, name, ordinal, status, created_at, deleted_at, busy, template_hashes, record)
      on conflict (id) do update set status = excluded.status, deleted_at = excluded.deleted_at, busy = excluded.busy,
        template_hashes = excluded.template_hashes, record = excluded.record`,
  ];
}

/** As the text of a PostgreSQL array. A hash has no character that would need quoting. */
function templatesOf(record: unknown, all: Map<string, TemplateText>): string {
  const own = templatesIn(record);
  for (const [hash, template] of own) all.set(hash, template);
  return `{${[...own.keys()].join(',')}}`;
}

function templateStatements(templates: ReadonlyMap<string, TemplateText>): Statement[] {
  if (templates.size === 0) return [];
  const rows = [...templates.values()].map(({ hash, body }) => [hash, body]);
  return [sql`insert into template (hash, body) select ${columns(rows, ['text', 'text'])} on conflict do nothing`];
}

function resourceStatements(changed: readonly { stack: Stack; logicalId: string }[]): Statement[] {
  const present: (readonly unknown[])[] = [];
  const absent: (readonly unknown[])[] = [];
  for (const { stack, logicalId } of changed) {
    const resource = stack.resources.get(logicalId);
    if (!resource) absent.push([stack.id, logicalId]);
    else {
      const { type, physicalId, status } = resource;
      present.push([stack.id, logicalId, type, physicalId, status, encodeRecord(resource)]);
    }
  }
  const statements: Statement[] = [];
  if (present.length > 0) {
    statements.push(sql`insert into resource (stack_id, logical_id, type, physical_id, status, record)
      select ${columns(present, ['text', 'text', 'text', 'text', 'text', 'json'])}
      on conflict (stack_id, logical_id) do update set type = excluded.type, physical_id = excluded.physical_id,
        status = excluded.status, record = excluded.record`);
  }
  if (absent.length > 0) {
    statements.push(sql`delete from resource using (select ${columns(absent, ['text', 'text'])}) as gone (stack_id, logical_id)
      where resource.stack_id = gone.stack_id and resource.logical_id = gone.logical_id`);
  }
  return statements;
}

function eventStatements(events: readonly StackEvent[]): Statement[] {
  if (events.length === 0) return [];
  const rows = events.map((event) => [
    ...[event.stackId, event.sequence, event.eventId, iso(event.at), event.logicalId, event.physicalId],
    ...[event.type, event.status, event.reason, event.token, event.properties],
  ]);
  const types = ['text', 'int', 'text', 'timestamptz', 'text', 'text', 'text', 'text', 'text', 'text', 'text'];
  return [
    sql`insert into event
      (stack_id, sequence, event_id, at, logical_id, physical_id, type, status, reason, token, properties)
      select ${columns(rows, types)} on conflict do nothing`,
  ];
}

function changeSetStatements(changeSets: CloudChanges['changeSets']): Statement[] {
  const statements: Statement[] = [];
  const templates = new Map<string, TemplateText>();
  const present = [...changeSets.values()]
    .filter((changeSet) => changeSet !== null)
    .map((changeSet) => {
      const hashes = templatesOf(changeSet, templates);
      const { id, stackId, name, createdAt } = changeSet;
      return [id, stackId, name, iso(createdAt), hashes, encodeRecord(changeSet)];
    });
  const absent = [...changeSets].filter(([, changeSet]) => changeSet === null).map(([id]) => id);
  if (present.length > 0) {
    const types = ['text', 'text', 'text', 'timestamptz', 'text', 'json'];
    statements.push(
      ...templateStatements(templates),
      sql`insert into change_set (id, stack_id, name, created_at, template_hashes, record)
        select id, stack_id, name, created_at, template_hashes::text[], record
        from (select ${columns(present, types)}) as given (id, stack_id, name, created_at, template_hashes, record)
        on conflict (id) do update set record = excluded.record`,
    );
  }
  if (absent.length > 0) statements.push(sql`delete from change_set where id = any(${absent}::text[])`);
  return statements;
}

function indexStatements(changes: CloudChanges): Statement[] {
  return [
    ...indexTable(changes.exports, {
      table: 'export',
      key: ['account_id', 'region', 'name'],
      rest: ['value', 'stack_id'],
      row: ({ accountId, region, name, value, stackId }) => [accountId, region, name, value, stackId],
    }),
    ...indexTable(changes.imports, {
      table: 'import',
      key: ['account_id', 'region', 'export_name', 'stack_id'],
      rest: [],
      row: ({ accountId, region, exportName, stackId }) => [accountId, region, exportName, stackId],
    }),
    ...indexTable(changes.names, {
      table: 'taken_name',
      key: ['scope', 'type', 'name'],
      rest: ['account_id', 'stack_id', 'logical_id', 'holds_data'],
      row: (name) => [
        ...[name.scope, name.type, name.name, name.accountId, name.stackId, name.logicalId],
        name.holdsData ? 'true' : 'false',
      ],
      casts: { holds_data: 'boolean' },
    }),
  ];
}

interface IndexTable<Row> {
  readonly table: string;
  readonly key: readonly string[];
  readonly rest: readonly string[];
  readonly row: (row: Row) => readonly unknown[];
  readonly casts?: Readonly<Record<string, string>>;
}

function indexTable<Row>(
  changes: ReadonlyMap<string, { row: Row; removed: boolean }>,
  { table, key, rest, row, casts = {} }: IndexTable<Row>,
): Statement[] {
  const names = [...key, ...rest];
  const rows = (removed: boolean) =>
    [...changes.values()].filter((change) => change.removed === removed).map((change) => row(change.row));
  const present = rows(false);
  const absent = rows(true);
  const list = sql.raw(names.join(', '));
  const given = sql`as given (${list})`;
  const text = names.map(() => 'text');
  const statements: Statement[] = [];
  if (absent.length > 0) {
    const same = sql.raw(key.map((name) => `old.${name} = given.${name}`).join(' and '));
    statements.push(
      sql`delete from ${sql.table(table)} as old using (select ${columns(absent, text)}) ${given} where ${same}`,
    );
  }
  if (present.length > 0) {
    const casted = sql.raw(names.map((name) => (casts[name] ? `${name}::${casts[name]}` : name)).join(', '));
    const update = sql.raw(
      rest.length > 0 ? `update set ${rest.map((name) => `${name} = excluded.${name}`).join(', ')}` : 'nothing',
    );
    statements.push(sql`insert into ${sql.table(table)} (${list})
      select ${casted} from (select ${columns(present, text)}) ${given}
      on conflict (${sql.raw(key.join(', '))}) do ${update}`);
  }
  return statements;
}

function settingStatements({ faults, accessKeys, roleSessions, settings }: CloudChanges): Statement[] {
  const statements: Statement[] = [];
  if (settings) statements.push(sql`update cloud set settings = ${encodeRecord(settings)}::json`);
  for (const [id, entry] of faults) {
    if (!entry) statements.push(sql`delete from fault where id = ${id}`);
    else {
      statements.push(sql`insert into fault (id, position, record)
        values (${id}, ${entry.position}, ${encodeRecord(entry.fault)}::json)
        on conflict (id) do update set record = excluded.record`);
    }
  }
  for (const [key, accountId] of accessKeys) {
    statements.push(sql`insert into access_key (access_key_id, account_id) values (${key}, ${accountId})
      on conflict (access_key_id) do update set account_id = excluded.account_id`);
  }
  if (roleSessions.length > 0) {
    const rows = roleSessions.map((session) => [
      ...[session.accessKeyId, session.accountId, session.roleArn, session.sessionName],
      iso(session.expiresAt),
    ]);
    statements.push(sql`insert into role_session (access_key_id, account_id, role_arn, session_name, expires_at)
      select ${columns(rows, ['text', 'text', 'text', 'text', 'timestamptz'])} on conflict do nothing`);
  }
  return statements;
}

function requestStatements(requests: readonly JournalEntry[]): Statement[] {
  if (requests.length === 0) return [];
  const rows = requests.map((entry) => [
    ...[entry.id, iso(entry.at), entry.position, entry.action, entry.accountId, entry.region, entry.stack, entry.token],
    ...[entry.accessKeyId, entry.roleArn, entry.error],
  ]);
  const types = ['uuid', 'timestamptz', 'bigint', 'text', 'text', 'text', 'text', 'text', 'text', 'text', 'text'];
  return [
    sql`insert into request
      (id, at, position, action, account_id, region, stack, token, access_key_id, role_arn, error)
      select ${columns(rows, types)} on conflict do nothing`,
  ];
}

/**
 * Runs the statements in one transaction.
 * @returns false when another process has taken the cloud over since: nothing was written
 */
export async function changesCommit(db: Db, owner: string, statements: readonly Statement[]): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await sql`set local search_path to ${sql.id(cloudSchema)}`.execute(tx);
    const held = await sql`select 1 from cloud where owner = ${owner} for share`.execute(tx);
    if (held.rows.length === 0) return false;
    for (const statement of statements) await statement.execute(tx);
    return true;
  });
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
  stack: string | null;
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
  const busy = await cloud.selectFrom('stack').select('id').where('busy', '=', true).execute();
  const newest = await cloud
    .selectFrom('request')
    .select((of) => of.fn.max('position').as('position'))
    .executeTakeFirst();
  return {
    seed,
    settings: decodeRecord(settings),
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
  page: { before?: number; size: number },
): Promise<StackEvent[]> {
  const rows = await tables(db)
    .selectFrom('event')
    .selectAll()
    .where('stack_id', '=', stackId)
    .where('sequence', '<', page.before ?? 2_147_483_647)
    .orderBy('sequence', 'desc')
    .limit(page.size)
    .execute();
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
  page: { statuses?: readonly string[]; live?: boolean; after?: { createdAt: Date; id: string }; size: number },
): Promise<{ id: string; createdAt: Date }[]> {
  let query = tables(db)
    .selectFrom('stack')
    .select(['id', 'created_at'])
    .where('account_id', '=', place.accountId)
    .where('region', '=', place.region);
  if (page.live) query = query.where('deleted_at', 'is', null);
  if (page.statuses?.length) query = query.where('status', 'in', page.statuses);
  const { after } = page;
  if (after) {
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

export interface JournalQuery {
  readonly accountId?: string;
  readonly region?: string;
  readonly action?: string;
  readonly token?: string;
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
  if (query.after !== undefined) rows = rows.where('position', '>', String(query.after));
  return (await rows.orderBy('position').limit(query.limit).execute()).map((row) => ({
    id: row.id,
    position: Number(row.position),
    at: row.at,
    action: row.action,
    accountId: row.account_id,
    region: row.region,
    stack: row.stack ?? undefined,
    token: row.token ?? undefined,
    accessKeyId: row.access_key_id,
    roleArn: row.role_arn ?? undefined,
    error: row.error ?? undefined,
  }));
}
