import type { JSONColumnType } from 'kysely';
import type { Db } from '../database/index.ts';
import type { RailReport } from './report.ts';

type Tables = { deployment_guard_rails: { deployment_id: string; report: JSONColumnType<RailReport> } };

/** Looking again (after a crash, before anything was applied) replaces what was found. */
export async function reportUpsert(db: Db, deploymentId: string, report: RailReport): Promise<void> {
  const columns = { report: JSON.stringify(report) };
  await db
    .withTables<Tables>()
    .insertInto('deployment_guard_rails')
    .values({ deployment_id: deploymentId, ...columns })
    .onConflict((conflict) => conflict.column('deployment_id').doUpdateSet(columns))
    .execute();
}

/** undefined while nobody looked. */
export async function reportFind(db: Db, deploymentId: string): Promise<RailReport | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('deployment_guard_rails')
    .select('report')
    .where('deployment_id', '=', deploymentId)
    .executeTakeFirst();
  return row?.report;
}
