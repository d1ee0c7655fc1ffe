/** A fleet as rows: what deployments would have left, without deploying. */
import { sql } from 'kysely';
import { type Bundle, makeBundle } from '../../../bundles/index.ts';
import type { Db } from '../../../database/index.ts';
import { contentHash } from '../../../identifiers/index.ts';
import type { ResourceKind } from '../../../organization/index.ts';
import { bundleInsert } from '../../../templates/bundle-store.ts';
import type { VersionRef } from '../../../templates/index.ts';
import { versionUpgradeKeep } from '../../../templates/version-upgrade-store.ts';

export const installation = { partition: 'aws', region: 'us-east-1', accountId: '111122223333' };
const now = new Date('2026-11-25T08:00:00Z');

const directories = {
  environment: 'infrastructure',
  instance: 'instance_infrastructure',
  pipeline: 'pipeline_infrastructure',
};
type Part = keyof typeof directories;
const manifest =
  'infrastructure:\n  templates:\n    - {file: t.yaml, rendering_engine: jinja, template_language: cloudformation}\n';

export interface BundleParts {
  readonly templates: Readonly<Partial<Record<Part, string>>>;
  /** A YAML flow map of properties. */
  readonly inputs?: string;
  readonly files?: Readonly<Record<string, string>>;
}

export function testBundle(
  kind: 'environment' | 'service',
  { templates, inputs = '{}', files = {} }: BundleParts,
): Bundle {
  const pipeline = templates.pipeline === undefined ? '' : '  pipeline_input_type: Pipeline\n';
  const schema = `schema:\n  format: {openapi: "3.0.0"}\n  ${kind}_input_type: Input\n${pipeline}  types:\n    Input: {type: object, properties: ${inputs}}\n    Pipeline: {type: object, properties: {}}\n`;
  const parts: Record<string, string> = {};
  for (const [part, template] of Object.entries(templates)) {
    parts[`${directories[part as Part]}/manifest.yaml`] = manifest;
    parts[`${directories[part as Part]}/t.yaml`] = template;
  }
  const all = { 'schema/schema.yaml': schema, ...parts, ...files };
  return makeBundle(new Map(Object.entries(all).map(([path, text]) => [path, Buffer.from(text)])));
}

const arnOf = (resource: string) => `arn:aws:proton:us-east-1:111122223333:${resource}`;

/** Registers a version, as a draft. @param runsIn `name:major` */
export async function seedVersion(
  db: Db,
  ref: VersionRef,
  bundle: Bundle,
  runsIn: readonly string[] = [],
): Promise<void> {
  const { kind, templateName, major, minor } = ref;
  const template = arnOf(`${kind}-template/${templateName}`);
  await sql`insert into template (kind, name, creation_id, arn, customer_managed, create_hash, created_at, last_modified_at)
    values (${kind}, ${templateName}, ${template}, ${template}, false, '', ${now}, ${now}) on conflict do nothing`.execute(
    db,
  );
  await bundleInsert(db, bundle, now);
  const schemaText = Buffer.from(bundle.files.get('schema/schema.yaml') ?? '').toString();
  const compatible = runsIn.map((each) => ({
    templateName: each.split(':')[0],
    majorVersion: Number(each.split(':')[1]),
  }));
  const arn = `${template}:${major}.${minor}`;
  await sql`insert into template_version (kind, template_name, major_version, minor_version, arn, registration_id, status, source,
    compatible_environment_templates, schema_text, bundle_digest, created_at, last_modified_at)
    values (${kind}, ${templateName}, ${major}, ${minor}, ${arn}, ${arn}, 'DRAFT', '{}', ${JSON.stringify(compatible)}, ${schemaText},
    ${bundle.digest}, ${now}, ${now})`.execute(db);
  const steps = [...bundle.files].filter(([path]) => path.startsWith('migrations/'));
  await versionUpgradeKeep(db, ref, {
    schemaText,
    steps: Object.fromEntries(steps.map(([path, content]) => [path, Buffer.from(content).toString()])),
  });
}

interface Deployed {
  readonly arn: string;
  readonly kind: 'environment' | 'service-instance' | 'service-pipeline';
  readonly environment: string;
  /** What was rendered. */
  readonly template: string;
  /** Templates of its nested stacks, by path. Absent: they were not kept. */
  readonly children?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  /** Physical ids by type. */
  readonly resources?: Readonly<Record<string, string>>;
}

async function seedDeployment(
  db: Db,
  { arn, kind, environment, template, children, outputs = {}, resources = {} }: Deployed,
): Promise<void> {
  const id = `deployment of ${arn}`;
  const placement = { accountId: installation.accountId, region: installation.region };
  const provisioned = [
    {
      placement,
      resources: Object.entries(resources).map(([type, physicalId]) => ({
        type,
        physicalId,
        logicalId: 'R',
        status: '',
      })),
    },
  ];
  await sql`insert into deployment (id, target_kind, target_arn, target_created_at, environment_name, operation, state, created_at,
    modified_at) values (${id}, ${kind}, ${arn}, ${now}, ${environment}, 'create', 'succeeded', ${now}, ${now})`.execute(
    db,
  );
  await sql`insert into deployment_target (arn, kind, created_at, customer_managed, provisioned_by, last_attempted_id,
    last_succeeded_id, outputs, resources) values (${arn}, ${kind}, ${now}, false, 'cloudformation', ${id}, ${id},
    ${JSON.stringify(outputs)}, ${JSON.stringify(provisioned)})`.execute(db);
  const digests: Record<string, string> = {};
  for (const [path, text] of Object.entries(children ?? {})) {
    digests[path] = contentHash(Buffer.from(text));
    await sql`insert into child_template values (${digests[path]}, ${text}) on conflict do nothing`.execute(db);
  }
  await sql`insert into deployment_rendering (deployment_id, method, stack_name, placements, bundle_digest, part, template,
    template_digest, inputs, secrets, inputs_digest, tags, source_lines, child_templates) values (${id}, 'cloudformation', ${`stack-${arn}`},
    ${JSON.stringify([placement])}, '', 'instance', ${template}, '', '{}', '[]', '', '{}', '[]',
    ${children ? JSON.stringify(digests) : null})`.execute(db);
}

export interface SeededEnvironment {
  readonly name: string;
  readonly templateName: string;
  readonly version: readonly [number, number];
  readonly template?: string;
  readonly spec?: string;
  readonly outputs?: Readonly<Record<string, string>>;
}

export async function seedEnvironment(db: Db, environment: SeededEnvironment): Promise<string> {
  const {
    name,
    templateName,
    version: [major, minor],
    template = 'Resources: {}\n',
    outputs,
  } = environment;
  const arn = arnOf(`environment/${name}`);
  const spec = environment.spec ?? 'proton: EnvironmentSpec\nspec: {}\n';
  await sql`insert into environment (name, arn, template_name, target_major, target_minor, target_spec, deployed_major,
    deployed_minor, deployed_spec, customer_managed, status, last_attempted_at, create_hash, created_at)
    values (${name}, ${arn}, ${templateName}, ${major}, ${minor}, ${spec}, ${major}, ${minor}, ${spec}, false, 'SUCCEEDED', ${now}, '',
    ${now})`.execute(db);
  await seedDeployment(db, { arn, kind: 'environment', environment: name, template, outputs });
  return arn;
}

export interface SeededInstance {
  readonly service: string;
  readonly name: string;
  readonly environment: string;
  readonly templateName: string;
  /** Absent: its first deployment has failed. */
  readonly version?: readonly [number, number];
  readonly template?: string;
  readonly children?: Readonly<Record<string, string>>;
  /** A YAML flow map. */
  readonly inputs?: string;
  readonly resources?: Readonly<Record<string, string>>;
}

export async function seedInstance(db: Db, instance: SeededInstance): Promise<string> {
  const { service, name, environment, templateName, version, template, children, inputs = '{}', resources } = instance;
  const arn = arnOf(`service/${service}/service-instance/${name}`);
  await seedService(db, service, templateName);
  const spec = `proton: ServiceSpec\ninstances:\n  - {name: ${name}, environment: ${environment}, spec: ${inputs}}\n`;
  const [major, minor] = version ?? [null, null];
  await sql`insert into service_instance (service_name, name, arn, environment_name, template_name, target_major, target_minor,
    target_spec, deployed_major, deployed_minor, deployed_spec, deployment_status, last_deployment_attempted_at, created_at)
    values (${service}, ${name}, ${arn}, ${environment}, ${templateName}, ${major ?? 1}, ${minor ?? 0}, ${spec}, ${major}, ${minor},
    ${version ? spec : null}, ${version ? 'SUCCEEDED' : 'FAILED'}, ${now}, ${now})`.execute(db);
  if (template !== undefined)
    await seedDeployment(db, { arn, kind: 'service-instance', environment, template, children, resources });
  return arn;
}

export async function seedPipeline(
  db: Db,
  {
    service,
    templateName,
    version: [major, minor],
    template,
  }: {
    readonly service: string;
    readonly templateName: string;
    readonly version: readonly [number, number];
    readonly template: string;
  },
): Promise<string> {
  const arn = arnOf(`service/${service}/pipeline`);
  await seedService(db, service, templateName);
  const spec = 'proton: ServiceSpec\npipeline: {}\ninstances: []\n';
  await sql`insert into service_pipeline (service_name, arn, template_name, target_major, target_minor, target_spec, deployed_major,
    deployed_minor, deployed_spec, deployment_status, last_deployment_attempted_at, created_at)
    values (${service}, ${arn}, ${templateName}, ${major}, ${minor}, ${spec}, ${major}, ${minor}, ${spec}, 'SUCCEEDED', ${now},
    ${now})`.execute(db);
  await seedDeployment(db, { arn, kind: 'service-pipeline', environment: 'dev', template });
  return arn;
}

async function seedService(db: Db, name: string, templateName: string): Promise<void> {
  await sql`insert into service (name, arn, template_name, major_version, spec, status, create_hash, created_at, last_modified_at)
    values (${name}, ${arnOf(`service/${name}`)}, ${templateName}, 1, '', 'ACTIVE', '', ${now}, ${now}) on conflict do nothing`.execute(
    db,
  );
}

export async function seedTag(db: Db, resource: string, key: string, value: string): Promise<void> {
  await sql`insert into tag (resource_arn, key, value) values (${arnOf(resource)}, ${key}, ${value})`.execute(db);
}

/** Units with the one above, teams with their unit, and what is where: resources as in their ARNs, `service/a`. */
export async function seedPlacements(
  db: Db,
  estate: {
    readonly units: Readonly<Record<string, string>>;
    readonly teams: Readonly<Record<string, string>>;
    readonly placements: readonly {
      readonly arn: string;
      readonly kind: ResourceKind;
      readonly unit?: string;
      readonly ownerTeam?: string;
      readonly environmentClass?: string;
      readonly environment?: string;
    }[];
  },
): Promise<void> {
  for (const [name, parent] of Object.entries(estate.units)) {
    await sql`insert into unit (name, parent, created_at) values (${name}, ${parent}, ${now})`.execute(db);
  }
  for (const [name, unit] of Object.entries(estate.teams)) {
    await sql`insert into team (name, unit, kind, created_at) values (${name}, ${unit}, 'application', ${now})`.execute(
      db,
    );
  }
  for (const { arn, kind, unit = null, ownerTeam = null, environmentClass = null, environment } of estate.placements) {
    await sql`insert into resource_placement (arn, kind, unit, owner_team, environment_class, environment_arn, created_at)
      values (${arnOf(arn)}, ${kind}, ${unit}, ${ownerTeam}, ${environmentClass},
        ${environment === undefined ? null : arnOf(environment)}, ${now})`.execute(db);
  }
}
