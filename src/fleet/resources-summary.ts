import { sql } from 'kysely';
import type { Db } from '../database/index.ts';

export interface Staleness {
  readonly total: number;
  readonly failed: number;
  readonly upToDate: number;
  readonly behindMinor: number;
  readonly behindMajor: number;
}

export interface ResourcesSummary {
  readonly environmentTemplates: { readonly total: number };
  readonly serviceTemplates: { readonly total: number };
  readonly environments: Staleness;
  readonly services: Staleness;
  readonly serviceInstances: Staleness;
  readonly pipelines: Staleness;
  readonly components: Pick<Staleness, 'total' | 'failed'>;
}

type Row = Record<keyof Staleness, string>;

/**
 * How many things there are, and how far each stands behind what its template recommends. Never deployed: only in
 * `total` and `failed`. A service stands where the worst of its parts stands.
 * Source: AWS Proton user guide, "Monitoring"; the exact split between minor and major is ours.
 */
export async function resourcesSummary(db: Db): Promise<ResourcesSummary> {
  const templates = await sql<{
    kind: string;
    total: string;
  }>`select kind, count(*) as total from template group by kind`.execute(db);
  const count = (kind: string) => ({ total: Number(templates.rows.find((row) => row.kind === kind)?.total ?? 0) });
  const environments = sql`select e.name as service_name, e.template_name, 'environment' as kind, e.deployed_major, e.deployed_minor,
    e.status as status from environment e`;
  const instances = sql`select service_name, template_name, 'service' as kind, deployed_major, deployed_minor, deployment_status as status
    from service_instance`;
  const pipelines = sql`select service_name, template_name, 'service' as kind, deployed_major, deployed_minor, deployment_status as status
    from service_pipeline`;
  return {
    environmentTemplates: count('environment'),
    serviceTemplates: count('service'),
    environments: await staleness(db, environments),
    serviceInstances: await staleness(db, instances),
    pipelines: await staleness(db, pipelines),
    services: await serviceStaleness(db, sql`${instances} union all ${pipelines}`),
    components: { total: 0, failed: 0 }, // there are none in this version
  };
}

type Query = ReturnType<typeof sql>;

/** Each thing with 0 up to date, 1 behind a minor, 2 behind a major; null when it was never deployed. */
function behind(things: Query): Query {
  return sql`
    select t.*, case
      when t.deployed_major is null then null
      when t.deployed_major < top.major then 2
      when t.deployed_minor < own.minor then 1
      else 0 end as behind
    from (${things}) t
    left join lateral (
      select max(major_version) as major from template_version v
      where v.kind = t.kind and v.template_name = t.template_name and v.status = 'PUBLISHED'
    ) top on true
    left join lateral (
      select max(minor_version) as minor from template_version v
      where v.kind = t.kind and v.template_name = t.template_name and v.status = 'PUBLISHED' and v.major_version = t.deployed_major
    ) own on true`;
}

const counts = sql`count(*) as total,
  count(*) filter (where failed) as failed,
  count(*) filter (where behind = 0) as "upToDate",
  count(*) filter (where behind = 1) as "behindMinor",
  count(*) filter (where behind = 2) as "behindMajor"`;

async function staleness(db: Db, things: Query): Promise<Staleness> {
  const rows = await sql<Row>`select ${counts} from (
    select behind, status in ('FAILED', 'DELETE_FAILED') as failed from (${behind(things)}) b) c`.execute(db);
  return numbers(rows.rows[0]);
}

async function serviceStaleness(db: Db, parts: Query): Promise<Staleness> {
  const rows = await sql<Row>`select ${counts} from (
    select s.status like '%FAILED%' as failed, (select max(behind) from (${behind(parts)}) b where b.service_name = s.name) as behind
    from service s) c`.execute(db);
  return numbers(rows.rows[0]);
}

function numbers(row: Row | undefined): Staleness {
  const number = (key: keyof Staleness) => Number(row?.[key] ?? 0);
  return {
    total: number('total'),
    failed: number('failed'),
    upToDate: number('upToDate'),
    behindMinor: number('behindMinor'),
    behindMajor: number('behindMajor'),
  };
}
