import { sql } from 'kysely';
import { instanceName } from '../demo/example-estate.ts';
import type { Platform } from '../demo/platform.ts';
import type { Db } from '../src/database/index.ts';
import { startAndAwait } from './await-work.ts';
import { workersIn } from './worker-services.ts';

export const serviceCount = 1_000;
export const instancesPerService = 10;
export const instanceCount = serviceCount * instancesPerService;
/** Of each instance: the one that created it, and updates. */
const deploymentsPerInstance = 3;
/** Every twentieth instance has failed at last. */
const failedEvery = 20;

const modelService = 'model';

/**
 * A fleet of 10,000 instances in 1,000 services, with three deployments each: rows copied in the database from one
 * instance that is deployed through the API, under names, times and outcomes of their own. The model stays beside them.
 * The estate must be prepared.
 */
export async function seedFleet(platform: Platform, db: Db): Promise<void> {
  await startAndAwait(workersIn(platform, db), [modelService]);

  await db.transaction().execute(async (tx) => {
    await sql`
      insert into service
      select (jsonb_populate_record(model, jsonb_build_object(
        'name', copy.name, 'arn', replace(model.arn, ${modelService}, copy.name), 'created_at', copy.created_at,
        'last_modified_at', copy.created_at))).*
      from service model, lateral (
        select 'service-' || lpad(n::text, 4, '0') as name,
          date_trunc('milliseconds', model.created_at) - n * interval '10 minutes' as created_at
        from generate_series(0, ${serviceCount - 1}::int) n
      ) copy
      where model.name = ${modelService}`.execute(tx);
    await sql`
      create temporary table copied on commit drop as
      select n, service.name as service_name, 'instance-' || lpad(i::text, 2, '0') as name, i,
        n % ${failedEvery} = 0 as failed,
        replace(model.arn, ${`${modelService}/service-instance/${instanceName}`},
          service.name || '/service-instance/instance-' || lpad(i::text, 2, '0')) as arn,
        service.created_at + i * interval '1 second' as created_at
      from service cross join generate_series(0, ${instancesPerService - 1}::int) i
      cross join lateral (select (right(service.name, 4)::int * ${instancesPerService}::int + i) as n) numbered
      join service_instance model on model.service_name = ${modelService}
      where service.name like 'service-%'`.execute(tx);
    await sql`
      create temporary table copied_deployment on commit drop as
      select copied.*, k, md5('deployment ' || n || ' ' || k)::uuid::text as id,
        failed and k = ${deploymentsPerInstance - 1} as is_failure, created_at + k * interval '1 minute' as asked_at
      from copied cross join generate_series(0, ${deploymentsPerInstance - 1}::int) k`.execute(tx);
    await sql`
      insert into deployment
      select (jsonb_populate_record(model, jsonb_build_object(
        'id', copy.id, 'target_arn', copy.arn, 'target_created_at', copy.created_at, 'service_name', copy.service_name,
        'service_instance_name', copy.name, 'operation', case k when 0 then 'create' else 'update' end,
        'created_at', copy.asked_at, 'begun_at', copy.asked_at + interval '1 second',
        'modified_at', copy.asked_at + interval '40 seconds', 'completed_at', copy.asked_at + interval '40 seconds')
        || case when is_failure then jsonb_build_object('state', 'failed', 'undone', 'all', 'refusal', jsonb_build_object(
          'kind', 'conflict', 'code', 'stack-failed', 'message', 'The stack ended as UPDATE_ROLLBACK_COMPLETE.',
          'remedy', 'See its events.')) else '{}' end)).*
      from deployment model, copied_deployment copy
      where model.service_name = ${modelService}`.execute(tx);
    await sql`
      insert into deployment_target
      select (jsonb_populate_record(model, jsonb_build_object(
        'arn', copied.arn, 'created_at', copied.created_at, 'last_attempted_id', last.id,
        'last_succeeded_id', case when copied.failed then before.id else last.id end))).*
      from copied
      join copied_deployment last on last.n = copied.n and last.k = ${deploymentsPerInstance - 1}
      join copied_deployment before on before.n = copied.n and before.k = ${deploymentsPerInstance - 2}
      join service_instance on service_instance.service_name = ${modelService}
      join deployment_target model on model.arn = service_instance.arn`.execute(tx);
    await sql`
      insert into service_instance
      select (jsonb_populate_record(model, jsonb_build_object(
        'service_name', copied.service_name, 'name', copied.name, 'arn', copied.arn, 'created_at', copied.created_at,
        'deployment_status', case when copied.failed then 'FAILED' else 'SUCCEEDED' end,
        'last_attempted_deployment_id', target.last_attempted_id,
        'last_succeeded_deployment_id', target.last_succeeded_id,
        'last_deployment_attempted_at', attempted.created_at,
        'last_deployment_succeeded_at', succeeded.completed_at))).*
      from copied
      join deployment_target target on target.arn = copied.arn
      join deployment attempted on attempted.id = target.last_attempted_id
      join deployment succeeded on succeeded.id = target.last_succeeded_id
      join service_instance model on model.service_name = ${modelService}`.execute(tx);
  });
  await sql`vacuum analyze`.execute(db); // what the database does by itself in a while
}
