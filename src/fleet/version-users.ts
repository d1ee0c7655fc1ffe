import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import type { VersionRef } from '../templates/index.ts';

/** The ARNs of everything that runs on a template version, or is being brought to it. */
export async function versionUsers(db: Db, { kind, templateName, major, minor }: VersionRef): Promise<string[]> {
  const tables = kind === 'environment' ? ['environment'] : ['service_instance', 'service_pipeline'];
  const found: string[] = [];
  for (const table of tables) {
    const rows = await sql<{ arn: string }>`
      select arn from ${sql.table(table)} where template_name = ${templateName} and (
        (target_major = ${major} and target_minor = ${minor}) or (deployed_major = ${major} and deployed_minor = ${minor})
      ) order by arn limit 20`.execute(db);
    found.push(...rows.rows.map(({ arn }) => arn));
  }
  return found;
}
