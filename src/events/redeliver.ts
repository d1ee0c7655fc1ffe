import { type Db, transact } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { deliveriesRenew } from './delivery-store.ts';
import { type WebhookMissing, webhookMissing } from './webhook.ts';
import { webhookFind } from './webhook-store.ts';
import type { WebhookTools } from './webhook-tools.ts';

type Tools = Pick<WebhookTools, 'db' | 'clock'>;

/** Tries a failed delivery again, from its first attempt. @refuses delivery-not-failed */
export async function redeliver(
  { db, clock }: Tools,
  id: string,
): Promise<Result<void, Refusal<'delivery-not-failed'>>> {
  return transact<void, Refusal<'delivery-not-failed'>>(db, async (tx: Db) => {
    if ((await deliveriesRenew(tx, { id }, clock.now())) > 0) return accept(undefined);
    return deliveryNotFailed(id);
  });
}

export function deliveryNotFailed(id: string) {
  return refuse({
    kind: 'missing',
    code: 'delivery-not-failed' as const,
    message: `There is no failed delivery ${id.slice(0, 100)}.`,
    remedy: 'List the failed deliveries; one that waits is tried by itself.',
  });
}

/** Tries all failed deliveries of a webhook again. @returns how many @refuses webhook-missing */
export async function redeliverAll({ db, clock }: Tools, webhookId: string): Promise<Result<number, WebhookMissing>> {
  return transact<number, WebhookMissing>(db, async (tx) => {
    if (!(await webhookFind(tx, webhookId))) return webhookMissing(webhookId);
    return accept(await deliveriesRenew(tx, { webhookId }, clock.now()));
  });
}
