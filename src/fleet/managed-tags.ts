import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import { environmentManagedTags } from '../environments/index.ts';
import { type Installation, protonArn } from '../identifiers/index.ts';
import { templateArn } from '../templates/index.ts';

/**
 * The tags that a thing has by itself, `aws:proton:*`; undefined when there is nothing with this ARN.
 * Source: AWS Proton user guide, "AWS managed tags".
 */
export async function managedTags(
  db: Db,
  installation: Installation,
  arn: string,
): Promise<Record<string, string> | undefined> {
  const environment = await environmentManagedTags(db, installation, arn);
  if (environment) return environment;
  const found = await sql<{
    kind: string;
    service_arn: string | null;
    template_name: string | null;
    environment_name: string | null;
  }>`
    select 'template' as kind, null as service_arn, null as template_name, null as environment_name from template where arn = ${arn}
    union all select 'version', null, null, null from template_version where arn = ${arn}
    union all select 'deployment', null, null, null from deployment where id = ${deploymentId(installation, arn)}
    union all select 'service', arn, template_name, null from service where arn = ${arn}
    union all select 'instance', s.arn, s.template_name, i.environment_name
      from service_instance i join service s on s.name = i.service_name where i.arn = ${arn}
    union all select 'pipeline', s.arn, s.template_name, null
      from service_pipeline p join service s on s.name = p.service_name where p.arn = ${arn}`.execute(db);
  const [row] = found.rows;
  if (!row) return undefined;
  if (row.service_arn === null || row.template_name === null) return {};
  return {
    'aws:proton:account': installation.accountId,
    'aws:proton:template': templateArn(installation, { kind: 'service', name: row.template_name }),
    'aws:proton:service': row.service_arn,
    ...(row.environment_name === null
      ? {}
      : {
          'aws:proton:environment': protonArn(installation, `environment/${row.environment_name}`),
          'aws:proton:service-instance': arn,
        }),
  };
}

/** null for every other ARN. */
function deploymentId(installation: Installation, arn: string): string | null {
  const prefix = protonArn(installation, 'deployment/');
  return arn.startsWith(prefix) ? arn.slice(prefix.length) : null;
}
