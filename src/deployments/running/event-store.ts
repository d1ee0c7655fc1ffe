import type { Generated } from 'kysely';
import type { Db } from '../../database/index.ts';
import type { ProvisionerEvent } from '../../provisioners/index.ts';
import type { DeploymentId } from '../deployment.ts';

type Tables = {
  deployment_event: {
    deployment_id: string;
    position: number;
    event_id: string;
    at: Date;
    logical_id: string;
    physical_id: string | null;
    type: string;
    status: string;
    reason: string | null;
    sequence: Generated<string>;
  };
};

/** An event of the provider, and of which placement. */
export interface DeploymentEvent extends ProvisionerEvent {
  /** 0 for the first placement. */
  readonly placement: number;
}

/** Given oldest first; those that are there already stay as they are. */
export async function eventsInsert(
  db: Db,
  id: DeploymentId,
  placement: number,
  events: readonly ProvisionerEvent[],
): Promise<void> {
  const rows = events.map((event) => ({
    deployment_id: id,
    position: placement,
    event_id: event.id,
    at: event.at,
    logical_id: event.logicalId,
    physical_id: event.physicalId ?? null,
    type: event.type,
    status: event.status,
    reason: event.reason ?? null,
  }));
  for (let start = 0; start < rows.length; start += 1000) {
    await db
      .withTables<Tables>()
      .insertInto('deployment_event')
      .values(rows.slice(start, start + 1000))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Oldest first. Reasons are the provider's own words, unmasked: people see `eventsShown`. */
export async function eventsOf(db: Db, id: string): Promise<DeploymentEvent[]> {
  const rows = await db
    .withTables<Tables>()
    .selectFrom('deployment_event')
    .selectAll()
    .where('deployment_id', '=', id)
    .orderBy('position')
    .orderBy('sequence')
    .execute();
  return rows.map((row) => ({
    placement: row.position,
    id: row.event_id,
    at: row.at,
    logicalId: row.logical_id,
    physicalId: row.physical_id ?? undefined,
    type: row.type,
    status: row.status,
    reason: row.reason ?? undefined,
  }));
}
