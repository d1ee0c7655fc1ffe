import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import type { ChangeSet } from './change-set.ts';
import type { CloudSettings } from './cloud-settings.ts';
import { cloudSchema, type ExportRow, type ImportRow, type TakenName } from './cloud-store.ts';
import type { Fault } from './fault.ts';
import type { JournalEntry } from './journal.ts';
import { encodeRecord, templatesIn } from './record-codec.ts';
import type { DriftDetection } from './resource-drift.ts';
import type { RoleSession } from './role-session.ts';
import type { Stack } from './stack.ts';
import type { StackEvent } from './stack-events.ts';
import type { StoredValue } from './stored-values.ts';
import type { TemplateText } from './template-text.ts';

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
  /** By address. */
  readonly objects: Map<string, string | null>;
  readonly storedValues: Map<string, StoredValue | null>;
  readonly roleSessions: RoleSession[];
  readonly driftDetections: DriftDetection[];
  readonly requests: JournalEntry[];
  settings?: CloudSettings;
  /** Stacks that were deleted before are forgotten. */
  purgeBefore?: Date;
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
    objects: new Map(),
    storedValues: new Map(),
    roleSessions: [],
    driftDetections: [],
    requests: [],
  };
}

export function isEmpty(changes: CloudChanges): boolean {
  return (
    changes.settings === undefined &&
    changes.purgeBefore === undefined &&
    Object.values(changes).every((part) => part === undefined || sizeOf(part) === 0)
  );
}

function sizeOf(part: object): number {
  if ('size' in part) return Number(part.size);
  return Array.isArray(part) ? part.length : 0;
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
    ...purgeStatements(changes.purgeBefore),
    ...driftStatements(changes.driftDetections),
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

function settingStatements({
  faults,
  accessKeys,
  roleSessions,
  settings,
  objects,
  storedValues,
}: CloudChanges): Statement[] {
  const statements: Statement[] = [];
  for (const [url, body] of objects) {
    if (body === null) statements.push(sql`delete from object where url = ${url}`);
    else {
      statements.push(
        sql`insert into object (url, body) values (${url}, ${body}) on conflict (url) do update set body = excluded.body`,
      );
    }
  }
  for (const [key, value] of storedValues) {
    if (value === null) statements.push(sql`delete from stored_value where key = ${key}`);
    else {
      statements.push(sql`insert into stored_value (key, record) values (${key}, ${encodeRecord(value)}::json)
        on conflict (key) do update set record = excluded.record`);
    }
  }
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

/**
 * The newest stack of a name stays as a row of its own: the next one counts on from there. Runs behind the statements that
 * write stacks and change sets, so no text of a template that they need is taken for one that nobody needs.
 */
function purgeStatements(before: Date | undefined): Statement[] {
  if (!before) return [];
  const gone = sql`(select id from stack where deleted_at < ${iso(before)}::timestamptz)`;
  return [
    sql`delete from event where stack_id in ${gone}`,
    sql`delete from resource where stack_id in ${gone}`,
    sql`delete from change_set where stack_id in ${gone}`,
    sql`delete from drift_detection where record->>'stackId' in ${gone}`,
    sql`delete from stack as old using stack as newer
      where old.deleted_at < ${iso(before)}::timestamptz and newer.account_id = old.account_id
        and newer.region = old.region and newer.name = old.name and newer.ordinal > old.ordinal`,
    sql`delete from template where hash not in
      (select unnest(template_hashes) from stack union select unnest(template_hashes) from change_set)`,
  ];
}

function driftStatements(detections: readonly DriftDetection[]): Statement[] {
  if (detections.length === 0) return [];
  const rows = detections.map((detection) => [detection.id, encodeRecord(detection)]);
  return [
    sql`insert into drift_detection (id, record) select ${columns(rows, ['text', 'json'])} on conflict do nothing`,
  ];
}

function requestStatements(requests: readonly JournalEntry[]): Statement[] {
  if (requests.length === 0) return [];
  const rows = requests.map((entry) => [
    ...[
      entry.id,
      iso(entry.at),
      entry.position,
      entry.action,
      entry.accountId,
      entry.region,
      entry.stackName,
      entry.token,
    ],
    ...[entry.accessKeyId, entry.roleArn, entry.error],
  ]);
  const types = ['uuid', 'timestamptz', 'bigint', 'text', 'text', 'text', 'text', 'text', 'text', 'text', 'text'];
  return [
    sql`insert into request
      (id, at, position, action, account_id, region, stack_name, token, access_key_id, role_arn, error)
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
