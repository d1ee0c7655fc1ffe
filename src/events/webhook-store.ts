import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import type { Webhook, WebhookId } from './webhook.ts';

type Tables = {
  unit: { name: string };
  webhook: {
    id: WebhookId;
    url: string;
    unit: string;
    types: string[];
    resources: string[];
    description: string | null;
    sealed_secret: Uint8Array;
    sealed_former_secret: Uint8Array | null;
    former_secret_until: Date | null;
    created_by: string;
    created_at: Date;
  };
};

/** Whoever adds a webhook waits for the others, so that there are never more than allowed. */
export async function webhookCountLocked(tx: Db): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended('webhooks', 0))`.execute(tx);
  const { count } = await tx
    .withTables<Tables>()
    .selectFrom('webhook')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** @returns false when its unit is not there */
export async function webhookInsert(tx: Db, webhook: Webhook, sealedSecret: Uint8Array): Promise<boolean> {
  const unit = tx.withTables<Tables>().selectFrom('unit').select('name').where('name', '=', webhook.unit);
  if (!(await unit.forKeyShare().executeTakeFirst())) return false;
  await tx
    .withTables<Tables>()
    .insertInto('webhook')
    .values({
      id: webhook.id,
      url: webhook.url,
      unit: webhook.unit,
      types: [...webhook.types],
      resources: [...webhook.resources],
      description: webhook.description ?? null,
      sealed_secret: sealedSecret,
      created_by: webhook.createdBy,
      created_at: webhook.createdAt,
    })
    .execute();
  return true;
}

/** All, oldest first. */
export async function webhookList(db: Db): Promise<Webhook[]> {
  const rows = await db
    .withTables<Tables>()
    .selectFrom('webhook')
    .select(columns)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(webhookOf);
}

export async function webhookFind(db: Db, id: string): Promise<Webhook | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('webhook')
    .select(columns)
    .where('id', '=', id as WebhookId)
    .executeTakeFirst();
  return row && webhookOf(row);
}

/** How many there are in each unit. */
export async function webhookCounts(db: Db): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .withTables<Tables>()
    .selectFrom('webhook')
    .select(({ fn }) => ['unit', fn.countAll<string>().as('count')])
    .groupBy('unit')
    .execute();
  return new Map(rows.map(({ unit, count }) => [unit, Number(count)]));
}

/** The sealed secrets that sign at this moment, the newest first. */
export async function webhookSealedSecrets(db: Db, id: WebhookId, now: Date): Promise<Uint8Array[]> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('webhook')
    .select(['sealed_secret', 'sealed_former_secret', 'former_secret_until'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return [];
  const former = row.former_secret_until && row.former_secret_until > now ? row.sealed_former_secret : null;
  return former ? [row.sealed_secret, former] : [row.sealed_secret];
}

/** @returns false when there is no such webhook */
export async function webhookSecretReplace(
  db: Db,
  id: string,
  sealedSecret: Uint8Array,
  formerUntil: Date,
): Promise<boolean> {
  const replaced = await db
    .withTables<Tables>()
    .updateTable('webhook')
    .set(({ ref }) => ({
      sealed_secret: sealedSecret,
      sealed_former_secret: ref('sealed_secret'),
      former_secret_until: formerUntil,
    }))
    .where('id', '=', id as WebhookId)
    .returning('id')
    .executeTakeFirst();
  return replaced !== undefined;
}

/** With its deliveries. @returns false when there is no such webhook */
export async function webhookDelete(db: Db, id: string): Promise<boolean> {
  const deleted = await db
    .withTables<Tables>()
    .deleteFrom('webhook')
    .where('id', '=', id as WebhookId)
    .returning('id')
    .executeTakeFirst();
  return deleted !== undefined;
}

const columns = ['id', 'url', 'unit', 'types', 'resources', 'description', 'created_by', 'created_at'] as const;

function webhookOf(row: Pick<Tables['webhook'], (typeof columns)[number]>): Webhook {
  return {
    id: row.id,
    url: row.url,
    unit: row.unit,
    types: row.types,
    resources: row.resources,
    description: row.description ?? undefined,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}
