import { sql } from 'kysely';
import type { Db } from '../database/index.ts';

/** What the engine does to its tables, each in one statement where the engine itself takes a transaction of several. */

/** A step that is over, as the engine keeps it. */
export interface StepRecord {
  readonly workflowId: string;
  /** From 0, in the order of the workflow. */
  readonly number: number;
  readonly name: string;
  readonly startedAtMs: number;
  readonly completedAtMs: number;
  readonly output?: string | null;
  readonly error?: string | null;
  readonly serialization?: string | null;
  readonly application?: string;
}

const nowMs = sql`(extract(epoch from now()) * 1000)::bigint`;

/**
 * Records a step for whoever owns its workflow; the workflow's row is locked until that is committed, so that it is not
 * handed to others in between.
 * @returns when the step was over that is on record now: one that was there before stays. undefined: another one owns it
 */
export async function stepRecordInsert(db: Db, owner: string, step: StepRecord): Promise<number | undefined> {
  const { output = null, error = null, serialization = null, application = null } = step;
  const { rows } = await sql<{ at: string }>`
    with mine as (
      select owner_xid from dbos.workflow_status where workflow_uuid = ${step.workflowId} for no key update
    )
    insert into dbos.operation_outputs (workflow_uuid, function_id, output, error, function_name, started_at_epoch_ms,
      completed_at_epoch_ms, serialization, application_name, retention_timestamp)
    select ${step.workflowId}, ${step.number}::int, ${output}, ${error}, ${step.name}, ${step.startedAtMs}::bigint,
      ${step.completedAtMs}::bigint, ${serialization}, ${application}, ${nowMs}
    from mine where owner_xid = ${owner}
    on conflict (workflow_uuid, function_id) do update
      set completed_at_epoch_ms = operation_outputs.completed_at_epoch_ms
    returning completed_at_epoch_ms as at`.execute(db);
  const recorded = rows[0];
  return recorded && Number(recorded.at);
}

/** Records that a workflow is over. @returns false when it was not its owner's to say so any more */
export async function outcomeRecord(db: Db, owner: string, id: string, output: string | null): Promise<boolean> {
  const { rows } = await sql`
    with over as (
      update dbos.workflow_status
      set status = 'SUCCESS', updated_at = ${nowMs}, completed_at = ${nowMs}, deduplication_id = null, owner_xid = null
      where workflow_uuid = ${id} and status = 'PENDING' and owner_xid = ${owner} returning workflow_uuid
    )
    insert into dbos.workflow_output (workflow_uuid, output) select workflow_uuid, ${output} from over
    on conflict (workflow_uuid) do update set output = excluded.output, error = null
    returning workflow_uuid`.execute(db);
  return rows.length > 0;
}

export interface WorkflowClaim {
  readonly queue: string;
  readonly executorId: string;
  readonly version: string;
  readonly application?: string;
  /** The token that every record will have to show. */
  readonly owner: string;
  /** Infinite: all there are. */
  readonly max: number;
}

/**
 * Takes what waits in a queue, in its order; of two that ask at once nobody waits for the other.
 * @returns ids, and how many steps of each are on record: nobody but the claimant can record one from now on
 */
export async function workflowsClaim(db: Db, claim: WorkflowClaim): Promise<{ id: string; steps: number }[]> {
  const { application = null } = claim;
  const { rows } = await sql<{ id: string; steps: number }>`
    with next as (
      select workflow_uuid, priority, created_at from dbos.workflow_status
      where status = 'ENQUEUED' and queue_name = ${claim.queue}
        and (application_version = ${claim.version} or application_version is null)
        and (application_name = ${application} or application_name is null)
      order by priority, created_at
      limit ${Number.isFinite(claim.max) ? claim.max : null}::bigint
      for update skip locked
    ), taken as (
      update dbos.workflow_status as flow
      set status = 'PENDING', owner_xid = ${claim.owner}, executor_id = ${claim.executorId},
        application_version = ${claim.version}, application_name = coalesce(flow.application_name, ${application}),
        started_at_epoch_ms = ${nowMs}, updated_at = ${nowMs}, rate_limited = false,
        recovery_attempts = recovery_attempts + 1
      from next where flow.workflow_uuid = next.workflow_uuid
      returning flow.workflow_uuid
    )
    select workflow_uuid as id, (
      select coalesce(max(function_id) + 1, 0) from dbos.operation_outputs step
      where step.workflow_uuid = next.workflow_uuid
    )::int as steps
    from next join taken using (workflow_uuid) order by priority, created_at`.execute(db);
  return rows;
}

/** How many steps of a workflow are on record. */
export async function stepsRecorded(db: Db, workflowId: string): Promise<number> {
  const { rows } = await sql<{ steps: number }>`
    select coalesce(max(function_id) + 1, 0)::int as steps
    from dbos.operation_outputs where workflow_uuid = ${workflowId}`.execute(db);
  return rows[0]?.steps ?? 0;
}

/** The queues in which something waits. */
export async function queuesWithWork(db: Db): Promise<string[]> {
  const { rows } = await sql<{ queue: string }>`
    select distinct queue_name as queue from dbos.workflow_status
    where status = 'ENQUEUED' and queue_name is not null`.execute(db);
  return rows.map(({ queue }) => queue);
}
