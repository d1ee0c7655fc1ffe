import { sql } from 'kysely';
import type { Db } from '../database/index.ts';

/** A workflow that is not over. */
export interface Work {
  readonly id: string;
  /** Its kind: name and revision. */
  readonly kind: string;
  /** `waiting` in its queue, `running` on an executor, `set-aside` by the engine or by hand: nothing runs it again. */
  readonly state: 'waiting' | 'running' | 'set-aside';
  readonly executorId?: string;
  readonly since: Date;
}

/** What the engine has that is not over, oldest first; [] before an engine was ever started on this database. */
export async function workUnderWay(db: Db, max: number): Promise<Work[]> {
  const table = await sql<{ there: boolean }>`
    select to_regclass('dbos.workflow_status') is not null as there`.execute(db);
  if (!table.rows[0]?.there) return [];
  const found = await sql<Omit<Work, 'executorId'> & { executorId: string | null }>`
    select workflow_uuid as id, name as kind, to_timestamp(created_at / 1000.0) as since,
      case when status in ('ENQUEUED', 'DELAYED') then 'waiting' when status = 'PENDING' then 'running'
        else 'set-aside' end as state,
      case when status = 'PENDING' then executor_id end as "executorId"
    from dbos.workflow_status where status not in ('SUCCESS', 'ERROR')
    order by created_at limit ${max}`.execute(db);
  return found.rows.map(({ executorId, ...work }) => ({ ...work, executorId: executorId ?? undefined }));
}
