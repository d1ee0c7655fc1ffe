import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import type { StoredSpec, TemplateRef } from '../templates/index.ts';

interface Row {
  readonly arn: string;
  readonly major: number;
  readonly minor: number;
  readonly spec: string;
  readonly service: string;
  readonly instance: string;
  readonly environment: string;
}

const version = sql`coalesce(deployed_major, target_major) as major, coalesce(deployed_minor, target_minor) as minor,
  coalesce(deployed_spec, target_spec) as spec`;

/** What is deployed at any version of a template, or is to be for the first time; by ARN. */
export async function storedSpecs(db: Db, { kind, name }: TemplateRef): Promise<StoredSpec[]> {
  if (kind === 'environment') {
    const { rows } = await sql<Row>`select arn, ${version}, name as environment
      from environment where template_name = ${name} order by arn`.execute(db);
    return rows.map(({ environment, ...row }) => ({
      ...specOf(row),
      part: { kind: 'environment' },
      sight: { env: { name: environment, outputs: {} } },
    }));
  }
  const instances = await sql<Row>`select arn, ${version}, service_name as service, name as instance,
    environment_name as environment from service_instance where template_name = ${name} order by arn`.execute(db);
  const pipelines = await sql<Row>`select arn, ${version}, service_name as service
    from service_pipeline where template_name = ${name} order by arn`.execute(db);
  return [
    ...instances.rows.map(({ service, instance, environment, ...row }) => ({
      ...specOf(row),
      part: { kind: 'instance', instance } as const,
      sight: { instance: { name: instance, environment, service }, env: { name: environment, outputs: {} } },
    })),
    ...pipelines.rows.map(({ service, ...row }) => ({
      ...specOf(row),
      part: { kind: 'pipeline' } as const,
      sight: { instance: { name: '', environment: '', service } },
    })),
  ];
}

function specOf({ arn, major, minor, spec }: Pick<Row, 'arn' | 'major' | 'minor' | 'spec'>) {
  return { arn, from: { major, minor }, spec };
}
