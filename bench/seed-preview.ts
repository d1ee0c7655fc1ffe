import { sql } from 'kysely';
import type { Db } from '../src/database/index.ts';
import { installation, seedEnvironment, seedVersion, testBundle } from '../src/fleet/preview/testing/fleet-world.ts';
import { environmentOutputs, memberOf, pair, renderedFor } from './fleet-pair.ts';

export const previewedVersion = { kind: 'service', templateName: 'fleet', major: 1, minor: 1 } as const;
const chunk = 250;

/** So many instances at the old version of the pair, as their deployments would have left them. */
export async function seedPreview(db: Db, count: number): Promise<void> {
  const network = { kind: 'environment', templateName: 'network', major: 1, minor: 0 } as const;
  await seedVersion(db, network, testBundle('environment', { templates: { environment: 'Resources: {}\n' } }));
  const environment = { name: 'sandbox', templateName: 'network', version: [1, 0] as const };
  await seedEnvironment(db, { ...environment, outputs: environmentOutputs });
  await seedVersion(db, { ...previewedVersion, minor: 0 }, pair.before, ['network:1']);
  await seedVersion(db, previewedVersion, pair.after, ['network:1']);
  for (let from = 0; from < count; from += chunk) await seedMembers(db, from, Math.min(count, from + chunk));
  await sql`vacuum analyze`.execute(db); // what the database does by itself in a while
}

async function seedMembers(db: Db, from: number, to: number): Promise<void> {
  const { accountId, region } = installation;
  const members = Array.from({ length: to - from }, (_, index) => {
    const member = memberOf(from + index);
    const arn = `arn:aws:proton:${region}:${accountId}:service/${member.service}/service-instance/${member.name}`;
    const spec = `proton: ServiceSpec\ninstances:\n  - {name: ${member.name}, environment: sandbox, spec: ${JSON.stringify(member.inputs)}}\n`;
    return { ...member, arn, spec, template: renderedFor(pair.before, member) };
  });
  const rows = sql`jsonb_to_recordset(${JSON.stringify(members)}::jsonb) as member(service text, name text, arn text, spec text, template text)`;
  const placements = JSON.stringify([{ accountId, region }]);
  await db.transaction().execute(async (tx) => {
    await sql`insert into service (name, arn, template_name, major_version, spec, status, create_hash, created_at, last_modified_at)
      select distinct service, 'arn of ' || service, 'fleet', 1, '', 'ACTIVE', '', now(), now() from ${rows}
      on conflict do nothing`.execute(tx);
    await sql`insert into service_instance (service_name, name, arn, environment_name, template_name, target_major, target_minor,
      target_spec, deployed_major, deployed_minor, deployed_spec, deployment_status, last_deployment_attempted_at, created_at)
      select service, name, arn, 'sandbox', 'fleet', 1, 0, spec, 1, 0, spec, 'SUCCEEDED', now(), now() from ${rows}`.execute(
      tx,
    );
    await sql`insert into deployment (id, target_kind, target_arn, target_created_at, environment_name, operation, state,
      created_at, modified_at) select arn, 'service-instance', arn, now(), 'sandbox', 'create', 'succeeded', now(), now()
      from ${rows}`.execute(tx);
    await sql`insert into deployment_target (arn, kind, created_at, customer_managed, provisioned_by, last_attempted_id,
      last_succeeded_id) select arn, 'service-instance', now(), false, 'cloudformation', arn, arn from ${rows}`.execute(
      tx,
    );
    await sql`insert into deployment_rendering (deployment_id, method, stack_name, placements, bundle_digest, part, template,
      template_digest, inputs, secrets, inputs_digest, tags, source_lines)
      select arn, 'cloudformation', 'stack-' || service || '-' || name, ${placements}::jsonb, '', 'instance', template, '', '{}', '[]', '',
      '{}', '[]' from ${rows}`.execute(tx);
  });
}
