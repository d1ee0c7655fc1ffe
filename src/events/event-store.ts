import { type Generated, sql } from 'kysely';
import type { Db } from '../database/index.ts';
import type { PlacedEvent } from './event.ts';
import { eventChannel } from './event-signals.ts';

type Tables = {
  event: {
    told: Generated<string>;
    id: Generated<string>;
    position: string | null;
    source: string;
    type: string;
    resource: string;
    detail: Readonly<Record<string, unknown>>;
    at: Generated<Date>;
    unit_path: string[];
  };
  event_log: { last_position: string; forgotten_position: string };
};

/** How far the events go. */
export interface EventLog {
  /** The position of the newest; 0 before the first. */
  readonly last: number;
  /** The position of the newest that was forgotten. */
  readonly forgotten: number;
}

/**
 * Gives positions to events that have none, in the order in which they were told, and says so when that is committed.
 * Positions become visible in their order, because the row of the log is locked until the transaction ends. Who waited for
 * that lock looks at each event once more: what others have published meanwhile is none of his.
 * @returns them, and whether there is a webhook that may want them
 */
export async function eventsPublish(
  tx: Db,
  max: number,
): Promise<{ readonly events: PlacedEvent[]; readonly haveReceivers: boolean }> {
  const { rows } = await sql<EventRow & { readonly hasReceivers: boolean }>`
    with log as materialized (
      select last_position from event_log for update
    ), waiting as materialized (
      select told from event where position is null and exists (select from log) order by told limit ${max} for update
    ), next as (
      select told, row_number() over (order by told) as ahead from waiting
    ), published as (
      update event set position = log.last_position + next.ahead from next, log where event.told = next.told
      returning event.id, event.position, event.source, event.type, event.resource, event.detail, event.at, event.unit_path
    ), moved as (
      update event_log set last_position = (select max(position) from published)
      where exists (select from published)
      returning pg_notify(${eventChannel}, 'published')
    )
    select published.*, exists (select from webhook) as "hasReceivers"
    from published left join moved on true order by position`.execute(tx);
  return {
    events: rows.map(({ hasReceivers: _, ...row }) => eventOf(row)),
    haveReceivers: rows.some(({ hasReceivers }) => hasReceivers),
  };
}

export async function eventLog(db: Db): Promise<EventLog> {
  return logOf(await db.withTables<Tables>().selectFrom('event_log').selectAll().executeTakeFirstOrThrow());
}

/** Published ones behind a position, in order. */
export async function eventsAfter(db: Db, position: number, max: number): Promise<PlacedEvent[]> {
  const rows = await db
    .withTables<Tables>()
    .selectFrom('event')
    .select(['id', 'position', 'source', 'type', 'resource', 'detail', 'at', 'unit_path'])
    .where('position', '>', String(position))
    .orderBy('position')
    .limit(max)
    .$narrowType<{ position: string }>()
    .execute();
  return rows.map(eventOf);
}

/** Forgets the oldest events. @returns how many of at most `max` were older than `before` */
export async function eventsForget(tx: Db, before: Date, max: number): Promise<number> {
  const { forgotten } = await eventLogLock(tx);
  const oldest = await eventsAfter(tx, forgotten, max);
  const youngerAt = oldest.findIndex(({ at }) => at >= before);
  const old = youngerAt < 0 ? oldest : oldest.slice(0, youngerAt);
  const newest = old.at(-1);
  if (!newest) return 0;
  await tx.withTables<Tables>().deleteFrom('event').where('position', '<=', String(newest.position)).execute();
  await eventLogUpdate(tx, { forgotten_position: String(newest.position) });
  return old.length;
}

async function eventLogLock(tx: Db): Promise<EventLog> {
  return logOf(await tx.withTables<Tables>().selectFrom('event_log').selectAll().forUpdate().executeTakeFirstOrThrow());
}

async function eventLogUpdate(tx: Db, change: Partial<Tables['event_log']>): Promise<void> {
  await tx.withTables<Tables>().updateTable('event_log').set(change).execute();
}

function logOf(row: Tables['event_log']): EventLog {
  return { last: Number(row.last_position), forgotten: Number(row.forgotten_position) };
}

interface EventRow {
  readonly id: string;
  readonly position: string;
  readonly source: string;
  readonly type: string;
  readonly resource: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly at: Date;
  readonly unit_path: readonly string[];
}

function eventOf({ position, unit_path: unitPath, ...event }: EventRow): PlacedEvent {
  return { ...event, position: Number(position), unitPath };
}
