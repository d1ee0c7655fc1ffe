import { type Generated, sql } from 'kysely';
import type { Finding } from '../bundles/index.ts';
import type { VersionReport } from '../changes/index.ts';
import type { Db } from '../database/index.ts';
import type { TemplateKind, TemplateRef } from './template.ts';
import type {
  BundleSource,
  CompatibleEnvironment,
  TemplateVersion,
  TemplateVersionSummary,
  VersionRef,
} from './template-version.ts';
import type { ListedVersion, VersionAvailability, VersionNumber, VersionStatus } from './version-number.ts';

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
    availability: Generated<VersionAvailability>;
    availability_reason: string | null;
    is_recommended: Generated<boolean>;
    report: VersionReport | string | null;
    created_at: Date;
    last_modified_at: Date;
  };
  template_recommended: {
    kind: TemplateKind;
    template_name: string;
    major_version: number;
    minor_version: number;
  };
  template_major: { kind: TemplateKind; template_name: string; major_version: number; last_minor: number };
};

const summaryColumns = [
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
  'bundle_digest as bundleDigest',
  'availability',
  'availability_reason as availabilityReason',
  'is_recommended as isRecommended',
  'created_at as createdAt',
  'last_modified_at as lastModifiedAt',
] as const;
const columns = [...summaryColumns, 'schema_text as schemaText', 'findings', 'report'] as const;

function versions(db: Db) {
  return db.withTables<VersionTables>();
}

function selectVersions(db: Db) {
  return versions(db).selectFrom('template_version').select(columns).$castTo<TemplateVersion>();
}

/** The wire's numbers have up to twenty digits; a version with such a number was never made. */
function mayExist(...numbers: readonly number[]): boolean {
  return numbers.every((number) => number <= 2 ** 31 - 1);
}

/** A new version is open, and has no report yet. */
export async function versionInsert(
  tx: Db,
  version: Omit<TemplateVersion, 'availability' | 'availabilityReason' | 'isRecommended' | 'report'>,
): Promise<void> {
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
  if (!mayExist(major, minor)) return undefined;
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
  readonly availability?: VersionAvailability;
  readonly availabilityReason?: string | null;
  readonly isRecommended?: boolean;
  /** Null: to be made anew. */
  readonly report?: VersionReport | null;
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
      availability: change.availability,
      availability_reason: change.availabilityReason,
      is_recommended: change.isRecommended,
      report: json(change.report),
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

/** From now on no minor of the major is recommended by name, so that its highest is. */
export async function recommendationForget(
  tx: Db,
  { kind, templateName, major }: Pick<VersionRef, 'kind' | 'templateName' | 'major'>,
): Promise<void> {
  await versions(tx)
    .updateTable('template_version')
    .set({ is_recommended: false })
    .where('kind', '=', kind)
    .where('template_name', '=', templateName)
    .where('major_version', '=', major)
    .where('is_recommended', '=', true)
    .execute();
}

/** All numbers of a template with their statuses, lowest first. */
export async function versionsListed(db: Db, { kind, name }: TemplateRef): Promise<ListedVersion[]> {
  return versions(db)
    .selectFrom('template_version')
    .select([
      'major_version as major',
      'minor_version as minor',
      'status',
      'availability',
      'is_recommended as isRecommended',
    ])
    .where('kind', '=', kind)
    .where('template_name', '=', name)
    .orderBy('major_version')
    .orderBy('minor_version')
    .execute();
}

/** The recommended version of each major, by the template's name. */
export async function versionsRecommended(
  db: Db,
  kind: TemplateKind,
  names: readonly string[],
): Promise<Map<string, ListedVersion[]>> {
  if (names.length === 0) return new Map();
  const rows = await versions(db)
    .selectFrom('template_recommended')
    .select(['template_name as templateName', 'major_version as major', 'minor_version as minor'])
    .where('kind', '=', kind)
    .where('template_name', 'in', [...names])
    .execute();
  const found = Map.groupBy(rows, ({ templateName }) => templateName);
  return new Map(
    [...found].map(([name, each]) => [
      name,
      each.map(({ major, minor }) => ({ major, minor, status: 'PUBLISHED' as const })),
    ]),
  );
}

/** The minors of one major, highest first; one more than a page. */
export async function minorList(
  db: Db,
  { kind, name }: TemplateRef,
  major: number,
  after: VersionNumber | undefined,
  rowsMax: number,
): Promise<TemplateVersionSummary[]> {
  if (!mayExist(major)) return [];
  let query = versions(db)
    .selectFrom('template_version')
    .select(summaryColumns)
    .$castTo<TemplateVersionSummary>()
    .where('kind', '=', kind)
    .where('template_name', '=', name)
    .where('major_version', '=', major)
    .orderBy('minor_version', 'desc');
  if (after) query = query.where('minor_version', '<', after.minor);
  return query.limit(rowsMax).execute();
}

/** The highest version of each major, highest first; one more than a page. */
export async function majorList(
  db: Db,
  { kind, name }: TemplateRef,
  after: VersionNumber | undefined,
  rowsMax: number,
): Promise<TemplateVersionSummary[]> {
  let query = versions(db)
    .selectFrom('template_version')
    .distinctOn('major_version')
    .select(summaryColumns)
    .$castTo<TemplateVersionSummary>()
    .where('kind', '=', kind)
    .where('template_name', '=', name)
    .orderBy('major_version', 'desc')
    .orderBy('minor_version', 'desc');
  if (after) query = query.where('major_version', '<', after.major);
  return query.limit(rowsMax).execute();
}

export interface RegisteredSchema extends VersionNumber {
  readonly schemaText: string;
}

/** The schemas of a major's versions that are drafts or published, lowest first. */
export async function schemasRegistered(
  db: Db,
  { kind, name }: TemplateRef,
  major: number,
): Promise<RegisteredSchema[]> {
  return versions(db)
    .selectFrom('template_version')
    .select(['major_version as major', 'minor_version as minor', 'schema_text as schemaText'])
    .where('kind', '=', kind)
    .where('template_name', '=', name)
    .where('major_version', '=', major)
    .where('status', 'in', ['DRAFT', 'PUBLISHED'])
    .where('schema_text', 'is not', null)
    .orderBy('minor_version')
    .$narrowType<{ schemaText: string }>()
    .execute();
}

export async function versionsRegistering(db: Db): Promise<TemplateVersion[]> {
  return selectVersions(db).where('status', '=', 'REGISTRATION_IN_PROGRESS').orderBy('created_at').execute();
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
