import { sql } from 'kysely';
import { type Db, notify } from '../database/index.ts';
import { newId } from '../identifiers/index.ts';
import type { Delivery, DeliveryId, DeliveryState } from './delivery.ts';
import { type Event, type PlacedEvent, wantsEvent } from './event.ts';
import { eventChannel } from './event-signals.ts';
import type { Webhook, WebhookId } from './webhook.ts';
import { webhookList } from './webhook-store.ts';

type Tables = {
  webhook_delivery: {
    id: DeliveryId;
    webhook_id: WebhookId;
    event_id: string;
    state: DeliveryState;
    attempts: number;
    due_at: Date;
    last_attempt_at: Date | null;
    last_outcome: string | null;
    created_at: Date;
  };
};
type Row = Tables['webhook_delivery'];

/**
 * Writes down who is to be sent which of these events, in the transaction in which they are published: a webhook is told of
 * what was in its unit and below when it happened.
 */
export async function deliveriesInsert(tx: Db, events: readonly PlacedEvent[], now: Date): Promise<void> {
  const webhooks = await webhookList(tx);
  const rows = webhooks.flatMap((webhook) =>
    events
      .filter((event) => event.unitPath.includes(webhook.unit) && wantsEvent(webhook, event))
      .map((event) => newDelivery(webhook, event, now)),
  );
  if (rows.length === 0) return;
  for (let start = 0; start < rows.length; start += 1_000) {
    await tx
      .withTables<Tables>()
      .insertInto('webhook_delivery')
      .values(rows.slice(start, start + 1_000))
      .execute();
  }
  await notify(tx, eventChannel, 'delivery-due');
}

function newDelivery({ id: webhook_id }: Webhook, { id: event_id }: Event, now: Date) {
  const times = { due_at: now, created_at: now };
  return { id: newId<DeliveryId>(), webhook_id, event_id, state: 'waiting' as const, attempts: 0, ...times };
}

/** A delivery that this process alone may try now, with what is sent. */
export interface DeliveryAtWork {
  readonly id: DeliveryId;
  readonly webhookId: WebhookId;
  readonly url: string;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  readonly event: Event;
}

export interface ClaimRequest {
  readonly now: Date;
  /** Until then nobody else tries them; later it counts as lost. */
  readonly until: Date;
  readonly max: number;
  /** Of one webhook, so that a receiver that is slow does not hold up the others. */
  readonly perWebhookMax: number;
  /** Webhooks that have their share at work already. */
  readonly busy: readonly WebhookId[];
}

/** Takes what is due, oldest first. Of two processes that ask, one gets a delivery. */
export async function deliveriesClaim(db: Db, request: ClaimRequest): Promise<DeliveryAtWork[]> {
  const { now, until, max, perWebhookMax, busy } = request;
  const { rows } = await sql<ClaimedRow>`
    with due as (
      select next.id from webhook cross join lateral (
        select id from webhook_delivery
        where webhook_id = webhook.id and state = 'waiting' and due_at <= ${now}
        order by due_at limit ${perWebhookMax} for update skip locked
      ) next
      where webhook.id <> all(${[...busy]}::text[]) limit ${max}
    ), claimed as (
      update webhook_delivery set attempts = attempts + 1, due_at = ${until}, last_attempt_at = ${now}
      where id in (select id from due) and state = 'waiting' and due_at <= ${now}
      returning id, webhook_id, event_id, attempts
    )
    select claimed.id, claimed.webhook_id, claimed.attempts, webhook.url, event.id as event_id, event.position,
      event.source, event.type, event.resource, event.detail, event.at
    from claimed join webhook on webhook.id = claimed.webhook_id join event on event.id = claimed.event_id
    order by event.position`.execute(db);
  return rows.map(({ id, webhook_id, attempts, url, event_id, position, source, type, resource, detail, at }) => ({
    id,
    webhookId: webhook_id,
    url,
    attempt: attempts,
    event: { id: event_id, position: Number(position), source, type, resource, detail, at },
  }));
}

interface ClaimedRow {
  readonly id: DeliveryId;
  readonly webhook_id: WebhookId;
  readonly attempts: number;
  readonly url: string;
  readonly event_id: string;
  readonly position: string;
  readonly source: string;
  readonly type: string;
  readonly resource: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

export interface AttemptEnd {
  readonly state: DeliveryState;
  /** When it is tried again, of one that waits. */
  readonly dueAt?: Date;
  readonly outcome?: string;
  /** An attempt that was broken off does not count. */
  readonly attempts?: number;
}

/** Writes down how an attempt ended, unless it took so long that another was begun. */
export async function deliveryAttempted(
  db: Db,
  { id, attempt }: Pick<DeliveryAtWork, 'id' | 'attempt'>,
  end: AttemptEnd,
): Promise<void> {
  await db
    .withTables<Tables>()
    .updateTable('webhook_delivery')
    .set({ state: end.state, due_at: end.dueAt, last_outcome: end.outcome, attempts: end.attempts })
    .where('id', '=', id)
    .where('attempts', '=', attempt)
    .where('state', '=', 'waiting')
    .execute();
}

/** Newest first, behind a position. */
export async function deliveriesBehind(
  db: Db,
  { state, webhookIds }: { readonly state: DeliveryState; readonly webhookIds: readonly string[] },
  position: { createdAt: Date; id: string } | undefined,
  max: number,
): Promise<Delivery[]> {
  let query = db
    .withTables<Tables>()
    .selectFrom('webhook_delivery')
    .selectAll()
    .where('state', '=', state)
    .where('webhook_id', '=', sql<WebhookId>`any(${[...webhookIds]}::text[])`);
  if (position) query = query.where(sql<boolean>`(created_at, id) < (${position.createdAt}, ${position.id})`);
  const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(max).execute();
  return rows.map(deliveryOf);
}

/** Which webhook a delivery is of. */
export async function deliveryWebhook(db: Db, id: string): Promise<WebhookId | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('webhook_delivery')
    .select('webhook_id')
    .where('id', '=', id as DeliveryId)
    .executeTakeFirst();
  return row?.webhook_id;
}

/** Begins anew with what has failed: one delivery, or all of one webhook. @returns how many */
export async function deliveriesRenew(
  tx: Db,
  which: { readonly id: string } | { readonly webhookId: string },
  now: Date,
): Promise<number> {
  const update = tx
    .withTables<Tables>()
    .updateTable('webhook_delivery')
    .set({ state: 'waiting', attempts: 0, due_at: now })
    .where('state', '=', 'failed');
  const renewed = await ('id' in which
    ? update.where('id', '=', which.id as DeliveryId)
    : update.where('webhook_id', '=', which.webhookId as WebhookId)
  ).executeTakeFirst();
  const count = Number(renewed.numUpdatedRows);
  if (count > 0) await notify(tx, eventChannel, 'delivery-due');
  return count;
}

/** Forgets what was delivered. @returns how many, at most `max` */
export async function deliveriesForget(db: Db, before: Date, max: number): Promise<number> {
  const { numDeletedRows } = await db
    .withTables<Tables>()
    .deleteFrom('webhook_delivery')
    .where('id', 'in', (from) =>
      from
        .selectFrom('webhook_delivery')
        .select('id')
        .where('state', '=', 'delivered')
        .where('created_at', '<', before)
        .limit(max),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

function deliveryOf(row: Row): Delivery {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    eventId: row.event_id,
    state: row.state,
    attempts: row.attempts,
    dueAt: row.state === 'waiting' ? row.due_at : undefined,
    lastAttemptAt: row.last_attempt_at ?? undefined,
    lastOutcome: row.last_outcome ?? undefined,
    createdAt: row.created_at,
  };
}
