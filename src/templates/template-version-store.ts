import { sql } from 'kysely';
import type { Finding } from '../bundles/index.ts';
import type { Db } from '../database/index.ts';
import type { TemplateKind, TemplateRef } from './template.ts';
import type { BundleSource, CompatibleEnvironment, TemplateVersion, VersionRef } from './template-version.ts';
import type { ListedVersion, VersionStatus } from './version-number.ts';

type VersionTables = {
  template_version: {
    kind: TemplateKind;
    template_name: string;
    major_version: number;
    minor_version: number;
    arn: string;
    registration_id: string;
    status: VersionStatus;
    status_message: string;
    description: string | null;
    source: BundleSource | string;
    compatible_environment_templates: CompatibleEnvironment[] | string;
    supported_component_sources: string[] | string;
    schema_text: string | null;
    bundle_digest: string | null;
    findings: Finding[] | string;
    created_at: Date;
    last_modified_at: Date;
  };
  template_major: { kind: TemplateKind; template_name: string; major_version: number; last_minor: number };
};

const columns = [
  'kind',
  'template_name as templateName',
  'major_version as major',
  'minor_version as minor',
  'arn',
  'registration_id as registrationId',
  'status',
  'status_message as statusMessage',
  'description',
  'source',
  'compatible_environment_templates as compatibleEnvironments',
  'supported_component_sources as supportedComponentSources',
  'schema_text as schemaText',
  'bundle_digest as bundleDigest',
  'findings',
  'created_at as createdAt',
  'last_modified_at as lastModifiedAt',
] as const;

function versions(db: Db) {
  return db.withTables<VersionTables>();
}

function selectVersions(db: Db) {
  return versions(db).selectFrom('template_version').select(columns).$castTo<TemplateVersion>();
}

export async function versionInsert(tx: Db, version: TemplateVersion): Promise<void> {
  await versions(tx)
    .insertInto('template_version')
    .values({
      kind: version.kind,
      template_name: version.templateName,
      major_version: version.major,
      minor_version: version.minor,
      arn: version.arn,
      registration_id: version.registrationId,
      status: version.status,
      status_message: version.statusMessage,
      description: version.description,
      source: JSON.stringify(version.source),
      compatible_environment_templates: JSON.stringify(version.compatibleEnvironments),
      supported_component_sources: JSON.stringify(version.supportedComponentSources),
      schema_text: version.schemaText,
      bundle_digest: version.bundleDigest,
      findings: JSON.stringify(version.findings),
      created_at: version.createdAt,
      last_modified_at: version.lastModifiedAt,
    })
    .execute();
}

export async function templateVersionFind(
  db: Db,
  { kind, templateName, major, minor }: VersionRef,
): Promise<TemplateVersion | undefined> {
  return selectVersions(db)
    .where('kind', '=', kind)
    .where('template_name', '=', templateName)
    .where('major_version', '=', major)
    .where('minor_version', '=', minor)
    .executeTakeFirst();
}

export async function versionFindByArn(db: Db, arn: string): Promise<TemplateVersion | undefined> {
  return selectVersions(db).where('arn', '=', arn).executeTakeFirst();
}

export interface VersionChange {
  readonly status?: VersionStatus;
  readonly statusMessage?: string;
  readonly description?: string;
  readonly compatibleEnvironments?: readonly CompatibleEnvironment[];
  readonly supportedComponentSources?: readonly string[];
  readonly schemaText?: string;
  readonly bundleDigest?: string;
  readonly findings?: readonly Finding[];
  readonly at: Date;
}

export async function versionUpdate(
  tx: Db,
  { kind, templateName, major, minor }: VersionRef,
  change: VersionChange,
): Promise<void> {
  const json = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));
  await versions(tx)
    .updateTable('template_version')
    .set({
      status: change.status,
      status_message: change.statusMessage,
      description: change.description,
      compatible_environment_templates: json(change.compatibleEnvironments),
      supported_component_sources: json(change.supportedComponentSources),
      schema_text: change.schemaText,
      bundle_digest: change.bundleDigest,
      findings: json(change.findings),
      last_modified_at: change.at,
    })
    .where('kind', '=', kind)
    .where('template_name', '=', templateName)
    .where('major_version', '=', major)
    .where('minor_version', '=', minor)
    .execute();
}

export async function versionDelete(tx: Db, { kind, templateName, major, minor }: VersionRef): Promise<void> {
  await versions(tx)
    .deleteFrom('template_version')
    .where('kind', '=', kind)
    .where('template_name', '=', templateName)
    .where('major_version', '=', major)
    .where('minor_version', '=', minor)
    .execute();
}

/** All numbers of a template with their statuses, lowest first. */
export async function versionsListed(db: Db, { kind, name }: TemplateRef): Promise<ListedVersion[]> {
  return versions(db)
    .selectFrom('template_version')
    .select(['major_version as major', 'minor_version as minor', 'status'])
    .where('kind', '=', kind)
    .where('template_name', '=', name)
    .orderBy('major_version')
    .orderBy('minor_version')
    .execute();
}

/** Every version of a template, highest first; of one major when it is given. */
export async function versionList(db: Db, { kind, name }: TemplateRef, major?: number): Promise<TemplateVersion[]> {
  let query = selectVersions(db)
    .where('kind', '=', kind)
    .where('template_name', '=', name)
    .orderBy('major_version', 'desc')
    .orderBy('minor_version', 'desc');
  if (major !== undefined) query = query.where('major_version', '=', major);
  return query.execute();
}

export async function versionsRegistering(db: Db): Promise<TemplateVersion[]> {
  return selectVersions(db).where('status', '=', 'REGISTRATION_IN_PROGRESS').execute();
}

/** The last minor ever given in each major. */
export async function majorCounters(tx: Db, { kind, name }: TemplateRef): Promise<Map<number, number>> {
  const rows = await versions(tx)
    .selectFrom('template_major')
    .select(['major_version', 'last_minor'])
    .where('kind', '=', kind)
    .where('template_name', '=', name)
    .execute();
  return new Map(rows.map((row) => [row.major_version, row.last_minor]));
}

export async function majorCount(
  tx: Db,
  { kind, name }: TemplateRef,
  { major, minor }: { major: number; minor: number },
): Promise<void> {
  await versions(tx)
    .insertInto('template_major')
    .values({ kind, template_name: name, major_version: major, last_minor: minor })
    .onConflict((conflict) =>
      conflict
        .columns(['kind', 'template_name', 'major_version'])
        .doUpdateSet({ last_minor: sql`excluded.last_minor` }),
    )
    .execute();
}
