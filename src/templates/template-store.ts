import { type Generated, sql } from 'kysely';
import type { Db } from '../database/index.ts';
import { isWithinReach, type PlacementReach } from '../organization/index.ts';
import type { Template, TemplateKind, TemplateRef, VersionEnforcement } from './template.ts';

type TemplateTables = {
  template: {
    kind: TemplateKind;
    name: string;
    creation_id: string;
    arn: string;
    display_name: string | null;
    description: string | null;
    encryption_key: string | null;
    customer_managed: boolean;
    version_enforcement: Generated<VersionEnforcement>;
    create_hash: string;
    modified: Generated<boolean>;
    created_at: Date;
    last_modified_at: Date;
  };
};

const columns = [
  'kind',
  'name',
  'creation_id as creationId',
  'arn',
  'display_name as displayName',
  'description',
  'encryption_key as encryptionKey',
  'customer_managed as customerManaged',
  'version_enforcement as versionEnforcement',
  'create_hash as createHash',
  'modified',
  'created_at as createdAt',
  'last_modified_at as lastModifiedAt',
] as const;

function templates(db: Db) {
  return db.withTables<TemplateTables>();
}

/** What a template has when it is new. */
export type NewTemplate = Omit<Template, 'modified' | 'versionEnforcement'>;

/** Whoever adds a template waits for the others: a name is given once, and there are never more than allowed. */
export async function templateNamesLock(tx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('template names', 0))`.execute(tx);
}

export async function templateInsert(tx: Db, template: NewTemplate): Promise<void> {
  await templates(tx)
    .insertInto('template')
    .values({
      kind: template.kind,
      name: template.name,
      creation_id: template.creationId,
      arn: template.arn,
      display_name: template.displayName,
      description: template.description,
      encryption_key: template.encryptionKey,
      customer_managed: template.customerManaged,
      create_hash: template.createHash,
      created_at: template.createdAt,
      last_modified_at: template.lastModifiedAt,
    })
    .execute();
}

export async function templateFind(db: Db, { kind, name }: TemplateRef): Promise<Template | undefined> {
  return templates(db)
    .selectFrom('template')
    .select(columns)
    .where('kind', '=', kind)
    .where('name', '=', name)
    .executeTakeFirst();
}

/** Keeps others from changing the template, or adding versions to it, until the transaction ends. */
export async function templateLock(tx: Db, { kind, name }: TemplateRef): Promise<Template | undefined> {
  return templates(tx)
    .selectFrom('template')
    .select(columns)
    .where('kind', '=', kind)
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst();
}

export interface TemplateChange {
  readonly versionEnforcement?: VersionEnforcement;
  readonly displayName?: string;
  readonly description?: string;
  readonly at: Date;
}

export async function templateUpdate(tx: Db, { kind, name }: TemplateRef, change: TemplateChange): Promise<void> {
  await templates(tx)
    .updateTable('template')
    .set({
      display_name: change.displayName,
      description: change.description,
      version_enforcement: change.versionEnforcement,
      modified: true,
      last_modified_at: change.at,
    })
    .where('kind', '=', kind)
    .where('name', '=', name)
    .execute();
}

export async function templateDelete(tx: Db, { kind, name }: TemplateRef): Promise<void> {
  await templates(tx).deleteFrom('template').where('kind', '=', kind).where('name', '=', name).execute();
}

export async function templateCount(db: Db): Promise<number> {
  const counted = await templates(db)
    .selectFrom('template')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirst();
  return Number(counted?.count ?? 0);
}

/** Newest first, then by name; one more than a page. */
export async function templateList(
  db: Db,
  kind: TemplateKind,
  after: { createdAt: Date; name: string } | undefined,
  rowsMax: number,
  reach?: PlacementReach,
): Promise<Template[]> {
  let query = templates(db)
    .selectFrom('template')
    .select(columns)
    .where('kind', '=', kind)
    .orderBy('created_at', 'desc')
    .orderBy('name');
  if (reach) query = query.where(isWithinReach(sql.ref('template.arn'), reach));
  if (after) {
    query = query.where('created_at', '<=', after.createdAt); // where an index can begin, unlike at the alternatives
    query = query.where((where) =>
      where.or([
        where('created_at', '<', after.createdAt),
        where.and([where('created_at', '=', after.createdAt), where('name', '>', after.name)]),
      ]),
    );
  }
  return query.limit(rowsMax).execute();
}
