import { type Db, transact } from '../database/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { type WebhookMissing, webhookMissing } from './webhook.ts';
import { webhookDelete } from './webhook-store.ts';

/** Nothing more is sent; its deliveries are forgotten. @refuses webhook-missing */
export async function removeWebhook(db: Db, id: string): Promise<Result<void, WebhookMissing>> {
  return transact<void, WebhookMissing>(db, async (tx) =>
    (await webhookDelete(tx, id)) ? accept(undefined) : webhookMissing(id),
  );
}
