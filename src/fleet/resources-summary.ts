import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import { isWithinReach, type PlacementReach } from '../organization/index.ts';

export interface Staleness {
  readonly total: number;
  readonly failed: number;
  readonly upToDate: number;
  readonly behindMinor: number;
  readonly behindMajor: number;
}

export interface ResourcesSummary {
  readonly environmentTemplates: Pick<Staleness, 'total'>;
  readonly serviceTemplates: Pick<Staleness, 'total'>;
  readonly environments: Staleness;
  readonly services: Staleness;
  readonly serviceInstances: Staleness;
  readonly pipelines: Staleness;
  readonly components: Pick<Staleness, 'total' | 'failed'>;
}

type Row = { what: string } & Record<keyof Staleness, string>;

/**
 * How many things there are, and how far each stands behind what its template recommends. Never deployed: only in
 * `total` and `failed`. Only what is within reach; of a service, by the parts of it that are. A service stands where the
 * worst of its parts stands. All at one moment.
 * Source: AWS Proton user guide, "Monitoring"; the exact split between minor and major is ours.
 */
export async function resourcesSummary(db: Db, reach?: PlacementReach): Promise<ResourcesSummary> {
  const within = (table: string) => (reach ? isWithinReach(sql.ref(`${table}.arn`), reach) : sql`true`);
  // behind: 0 up to date, 1 behind a minor, 2 behind a major, null when it was never deployed
  const { rows } = await sql<Row>`
    with published as (
      select kind, template_name, major_version as major, minor_version as minor from template_recommended
    ), newest as (
      select kind, template_name, max(major) as major from published group by kind, template_name
    ), part as (
      select 'environments' as what, null as service_name, template_kind, template_name, deployed_major, deployed_minor,
        status from environment where ${within('environment')}
      union all
      select 'serviceInstances', service_name, template_kind, template_name, deployed_major, deployed_minor,
        deployment_status from service_instance where ${within('service_instance')}
      union all
      select 'pipelines', service_name, template_kind, template_name, deployed_major, deployed_minor,
        deployment_status from service_pipeline where ${within('service_pipeline')}
    ), placed as (
      select what, service_name, status in ('FAILED', 'DELETE_FAILED') as failed, case
          when deployed_major is null then null
          when deployed_major < newest.major then 2
          when deployed_minor < published.minor then 1
          else 0 end as behind
      from part
      left join newest on newest.kind = template_kind and newest.template_name = part.template_name
      left join published on published.kind = template_kind and published.template_name = part.template_name
        and published.major = deployed_major
    ), counted as (
      select what, failed, behind from placed
      union all
      select 'services', status like '%FAILED%', worst.behind from service
      left join (select service_name, max(behind) as behind from placed group by service_name) worst
        on worst.service_name = service.name where ${within('service')}
      union all
      select kind || 'Templates', false, null from template where ${within('template')}
    )
    select what, count(*) as total,
      count(*) filter (where failed) as failed,
      count(*) filter (where behind = 0) as "upToDate",
      count(*) filter (where behind = 1) as "behindMinor",
      count(*) filter (where behind = 2) as "behindMajor"
    from counted group by what`.execute(db);

  const counts = (what: string): Staleness => {
    const row = rows.find((each) => each.what === what);
    const number = (key: keyof Staleness) => Number(row?.[key] ?? 0);
    return {
      total: number('total'),
      failed: number('failed'),
      upToDate: number('upToDate'),
      behindMinor: number('behindMinor'),
      behindMajor: number('behindMajor'),
    };
  };
  return {
    environmentTemplates: { total: counts('environmentTemplates').total },
    serviceTemplates: { total: counts('serviceTemplates').total },
    environments: counts('environments'),
    services: counts('services'),
    serviceInstances: counts('serviceInstances'),
    pipelines: counts('pipelines'),
    components: { total: 0, failed: 0 }, // there are none in this version
  };
}
