import { type RawBuilder, sql } from 'kysely';
import type { ChildTemplates } from '../../changes/index.ts';
import type { Db } from '../../database/index.ts';
import { childrenColumn } from '../../deployments/index.ts';
import { isPlaced, isWithinReach } from '../../organization/index.ts';
import type { TemplateRef } from '../../templates/index.ts';
import type { PreviewSelector } from './preview-selector.ts';

/** Something on a template, with all that judging it takes. `null`: there is no such thing yet. */
export interface FleetThingRow {
  readonly arn: string;
  readonly part: 'environment' | 'instance' | 'pipeline';
  readonly environment: string | null;
  readonly service: string | null;
  readonly instance: string | null;
  readonly major: number | null;
  readonly minor: number | null;
  readonly spec: string | null;
  readonly customerManaged: boolean;
  /** Of its last successful deployment. */
  readonly template: string | null;
  /** Of its nested stacks, by path below the folder of the part; null: they were not kept. */
  readonly children: ChildTemplates | null;
  readonly method: string | null;
  readonly stackName: string | null;
  readonly placements: readonly { readonly accountId: string; readonly region: string }[] | null;
  /** Of the environment: what gives it its account. */
  readonly roleArn: string | null;
  readonly environmentTemplate: string | null;
  readonly environmentMajor: number | null;
  readonly environmentOutputs: Readonly<Record<string, string>> | null;
  readonly repositoryId: string | null;
  readonly repositoryConnectionArn: string | null;
  readonly branchName: string | null;
  /** Its own, else those of its service, else those of its environment. */
  readonly tags: Readonly<Record<string, string>> | null;
}

const tagsOf = (arn: RawBuilder<unknown>) =>
  sql`coalesce((select jsonb_object_agg(key, value) from tag where resource_arn = ${arn}), '{}')`;

function all(conditions: readonly (RawBuilder<unknown> | undefined)[]): RawBuilder<unknown> {
  const kept = conditions.flatMap((each) => each ?? []);
  return kept.length === 0 ? sql`true` : sql.join(kept, sql` and `);
}

const among = (column: RawBuilder<unknown>, names: readonly string[]) =>
  names.length === 0 ? undefined : sql`${column} = any(${names as string[]})`;

/** What a selector asks for, in SQL over the columns of one part. */
function narrowed(
  { environments, services, deployed, tags, placed, reach }: PreviewSelector,
  columns: {
    readonly arns: readonly RawBuilder<unknown>[];
    environment?: RawBuilder<unknown>;
    service?: RawBuilder<unknown>;
  },
): RawBuilder<unknown> {
  const none = sql`false`;
  const { arns, environment, service } = columns;
  const versions = deployed.map(({ major, minor }) =>
    minor === undefined
      ? sql`thing.deployed_major = ${major}`
      : sql`(thing.deployed_major = ${major} and thing.deployed_minor = ${minor})`,
  );
  return all([
    reach && isWithinReach(sql`thing.arn`, reach),
    placed && isPlaced(sql`thing.arn`, placed),
    environment ? among(environment, environments) : environments.length > 0 ? none : undefined,
    service ? among(service, services) : services.length > 0 ? none : undefined,
    versions.length > 0 ? sql`(${sql.join(versions, sql` or `)})` : undefined,
    ...tags.map(
      ({ key, value }) =>
        sql`exists (select from tag where resource_arn in (${sql.join(arns)}) and key = ${key} and value = ${value})`,
    ),
  ]);
}

/** The FROM and WHERE of one part of the things on a template. */
function source(part: FleetThingRow['part'], name: string, selector: PreviewSelector): RawBuilder<unknown> {
  switch (part) {
    case 'environment':
      return sql`from environment thing where thing.template_name = ${name} and ${narrowed(selector, {
        arns: [sql`thing.arn`],
        environment: sql`thing.name`,
      })}`;
    case 'instance':
      return sql`from service_instance thing join service on service.name = thing.service_name
        join environment home on home.name = thing.environment_name
        where thing.template_name = ${name} and ${narrowed(selector, {
          arns: [sql`thing.arn`, sql`service.arn`, sql`home.arn`],
          environment: sql`thing.environment_name`,
          service: sql`thing.service_name`,
        })}`;
    case 'pipeline':
      return sql`from service_pipeline thing join service on service.name = thing.service_name
        where thing.template_name = ${name} and ${narrowed(selector, {
          arns: [sql`thing.arn`, sql`service.arn`],
          service: sql`thing.service_name`,
        })}`;
  }
}

export function partsOf({ kind }: TemplateRef, { parts }: PreviewSelector): readonly FleetThingRow['part'][] {
  if (kind === 'environment') return parts.length === 0 ? ['environment'] : [];
  return (['instance', 'pipeline'] as const).filter((part) => parts.length === 0 || parts.includes(part));
}

export async function fleetThingCount(db: Db, template: TemplateRef, selector: PreviewSelector): Promise<number> {
  let count = 0;
  for (const part of partsOf(template, selector)) {
    const { rows } = await sql<{ count: string }>`select count(*) ${source(part, template.name, selector)}`.execute(db);
    count += Number(rows[0]?.count ?? 0);
  }
  return count;
}

const columns = {
  environment: sql`thing.name as environment, null as service, null as instance, thing.customer_managed as "customerManaged",
    thing.proton_service_role_arn as "roleArn", null as "environmentTemplate", null::int as "environmentMajor",
    null::jsonb as "environmentOutputs", null as "repositoryId", null as "repositoryConnectionArn", null as "branchName",
    ${tagsOf(sql`thing.arn`)} as tags`,
  instance: sql`thing.environment_name as environment, thing.service_name as service, thing.name as instance,
    false as "customerManaged", home.proton_service_role_arn as "roleArn", home.template_name as "environmentTemplate",
    home.deployed_major as "environmentMajor",
    (select outputs from deployment_target where arn = home.arn) as "environmentOutputs",
    service.repository_id as "repositoryId", service.repository_connection_arn as "repositoryConnectionArn",
    service.branch_name as "branchName",
    ${tagsOf(sql`home.arn`)} || ${tagsOf(sql`service.arn`)} || ${tagsOf(sql`thing.arn`)} as tags`,
  pipeline: sql`null as environment, thing.service_name as service, null as instance, false as "customerManaged",
    null as "roleArn", null as "environmentTemplate", null::int as "environmentMajor", null::jsonb as "environmentOutputs",
    service.repository_id as "repositoryId", service.repository_connection_arn as "repositoryConnectionArn",
    service.branch_name as "branchName", ${tagsOf(sql`service.arn`)} || ${tagsOf(sql`thing.arn`)} as tags`,
};

/** A page of the things of one part, by ARN. */
export async function fleetThingPage(
  db: Db,
  part: FleetThingRow['part'],
  { name }: TemplateRef,
  selector: PreviewSelector,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<FleetThingRow[]> {
  const { rows } = await sql<FleetThingRow>`
    select page.*, rendering.template, ${childrenColumn} as children, rendering.method, rendering.stack_name as "stackName", rendering.placements
    from (
      select thing.arn, ${part} as part, thing.deployed_major as major, thing.deployed_minor as minor,
        thing.deployed_spec as spec, ${columns[part]}
      ${source(part, name, selector)} and thing.arn > ${after}
      order by thing.arn limit ${limit}
    ) page
    left join deployment_target target on target.arn = page.arn
    left join deployment_rendering rendering on rendering.deployment_id = target.last_succeeded_id
    order by page.arn`.execute(db);
  return rows;
}

/** An instance, for the pipeline of its service. */
export interface PipelineInstanceRow {
  readonly service: string;
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  readonly spec: string;
  readonly outputs: Readonly<Record<string, string>> | null;
  readonly environment: string;
  readonly roleArn: string | null;
  readonly environmentOutputs: Readonly<Record<string, string>> | null;
}

/** All instances of these services, with what they were last deployed with. */
export async function pipelineInstances(db: Db, services: readonly string[]): Promise<PipelineInstanceRow[]> {
  const { rows } = await sql<PipelineInstanceRow>`
    select thing.service_name as service, thing.name, coalesce(thing.deployed_major, thing.target_major) as major,
      coalesce(thing.deployed_minor, thing.target_minor) as minor, coalesce(thing.deployed_spec, thing.target_spec) as spec,
      (select outputs from deployment_target where arn = thing.arn) as outputs, home.name as environment,
      home.proton_service_role_arn as "roleArn", (select outputs from deployment_target where arn = home.arn) as "environmentOutputs"
    from service_instance thing join environment home on home.name = thing.environment_name
    where thing.service_name = any(${services as string[]}) order by thing.service_name, thing.name`.execute(db);
  return rows;
}

/** Bundles that are deployed where outputs of these things can be read, each with one reader by name and how many more. */
export interface ReaderRow {
  /** Name of the environment, or of the service. */
  readonly of: string;
  readonly part: 'instance' | 'pipeline';
  readonly bundleDigest: string;
  readonly reader: string;
  readonly count: number;
}

export async function environmentReaders(db: Db, environments: readonly string[]): Promise<ReaderRow[]> {
  const { rows } = await sql<ReaderRow>`
    select thing.environment_name as of, 'instance' as part, version.bundle_digest as "bundleDigest",
      min(thing.service_name || '/' || thing.name) as reader, count(*)::int as count
    from service_instance thing join template_version version on version.kind = 'service'
      and version.template_name = thing.template_name and version.major_version = thing.deployed_major
      and version.minor_version = thing.deployed_minor
    where thing.environment_name = any(${environments as string[]}) and version.bundle_digest is not null
    group by thing.environment_name, version.bundle_digest
    union all
    select thing.environment_name, 'pipeline', version.bundle_digest, min('the pipeline of ' || pipeline.service_name),
      count(distinct pipeline.service_name)::int
    from service_instance thing join service_pipeline pipeline on pipeline.service_name = thing.service_name
      join template_version version on version.kind = 'service'
      and version.template_name = pipeline.template_name and version.major_version = pipeline.deployed_major
      and version.minor_version = pipeline.deployed_minor
    where thing.environment_name = any(${environments as string[]}) and version.bundle_digest is not null
    group by thing.environment_name, version.bundle_digest
    order by 1, 2, 3`.execute(db);
  return rows;
}

/** Instances in an environment at one version, with one of them by name. */
export interface ResidentRow {
  /** Name of the environment. */
  readonly of: string;
  readonly version: string;
  readonly resident: string;
  readonly count: number;
  /** Of the environment's template: where that version can live. */
  readonly majors: readonly number[];
}

export async function environmentResidents(db: Db, environments: readonly string[]): Promise<ResidentRow[]> {
  const { rows } = await sql<ResidentRow>`
    select thing.environment_name as of, thing.template_name || ' ' || thing.deployed_major || '.' || thing.deployed_minor as version,
      min(thing.service_name || '/' || thing.name) as resident, count(*)::int as count,
      coalesce((select jsonb_agg(listed->'majorVersion') from jsonb_array_elements(version.compatible_environment_templates) listed
        where listed->>'templateName' = home.template_name), '[]') as majors
    from service_instance thing join environment home on home.name = thing.environment_name
      join template_version version on version.kind = 'service' and version.template_name = thing.template_name
      and version.major_version = thing.deployed_major and version.minor_version = thing.deployed_minor
    where thing.environment_name = any(${environments as string[]})
    group by thing.environment_name, thing.template_name, thing.deployed_major, thing.deployed_minor, home.template_name,
      version.compatible_environment_templates
    order by 1, 3, 2`.execute(db);
  return rows;
}

export async function pipelineReaders(db: Db, services: readonly string[]): Promise<ReaderRow[]> {
  const { rows } = await sql<ReaderRow>`
    select pipeline.service_name as of, 'pipeline' as part, version.bundle_digest as "bundleDigest",
      'the pipeline of ' || pipeline.service_name as reader, 1 as count
    from service_pipeline pipeline join template_version version on version.kind = 'service'
      and version.template_name = pipeline.template_name and version.major_version = pipeline.deployed_major
      and version.minor_version = pipeline.deployed_minor
    where pipeline.service_name = any(${services as string[]}) and version.bundle_digest is not null`.execute(db);
  return rows;
}

/** A page of deployed templates that import something. */
export async function importerPage(db: Db, after: string, limit: number) {
  const { rows } = await sql<{
    arn: string;
    template: string;
    placements: readonly { readonly accountId: string; readonly region: string }[];
    stackName: string;
  }>`
    select target.arn, rendering.template, rendering.placements, rendering.stack_name as "stackName"
    from deployment_target target join deployment_rendering rendering on rendering.deployment_id = target.last_succeeded_id
    where rendering.template like '%ImportValue%' and target.arn > ${after} order by target.arn limit ${limit}`.execute(
    db,
  );
  return rows;
}

/** Names of deployed resources of one type: the last part of what the provider calls each. */
export async function namesTaken(db: Db, type: string) {
  const { rows } = await sql<{ arn: string; accountId: string; region: string; name: string }>`
    select target.arn, provisioned->'placement'->>'accountId' as "accountId", provisioned->'placement'->>'region' as region,
      regexp_replace(resource->>'physicalId', '^.*[/:]', '') as name
    from deployment_target target, jsonb_array_elements(target.resources) provisioned,
      jsonb_array_elements(provisioned->'resources') resource
    where resource->>'type' = ${type} limit 200000`.execute(db);
  return rows;
}
