import { sql } from 'kysely';
import type { Db } from '../database/index.ts';

/** What records are about: a table, its key, and the ARN in it. An event of a version is about the template. */
const recordsOf = {
  deployment: sql`select id, target_arn as arn, incarnation from deployment`,
  plan: sql`select id, target_arn as arn, incarnation from planned_change`,
  exception: sql`select id, target_arn as arn, incarnation from guard_rail_exception`,
  handover: sql`select id, resource_arn as arn, incarnation from handover`,
  decision: sql`select id, resource_arn as arn, incarnation from decision`,
  event: sql`select id, regexp_replace(resource, '(-template/[^/:]+):[0-9]+[.][0-9]+$', '\\1') as arn, incarnation
    from event`,
} as const;
export type RecordKind = keyof typeof recordsOf;

/** Those of some records that are about something else than what has the name now. By id. */
export async function formerRecords(db: Db, of: RecordKind, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select record.id from (${recordsOf[of]} where id = any(${[...ids]}::text[])) record
    left join resource_placement own on own.arn = record.arn
    where own.incarnation is distinct from record.incarnation`.execute(db);
  return new Set(rows.map(({ id }) => id));
}
