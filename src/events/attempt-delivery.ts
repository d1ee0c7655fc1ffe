import { pauseAfter } from './delivery.ts';
import { type DeliveryAtWork, deliveryAttempted } from './delivery-store.ts';
import { eventEnvelope } from './event.ts';
import { type Attempt, type SendOptions, sendMessage } from './send-message.ts';
import { secretPurpose, type WebhookId } from './webhook.ts';
import { webhookHeaders } from './webhook-signature.ts';
import { webhookSealedSecrets } from './webhook-store.ts';
import type { WebhookTools } from './webhook-tools.ts';

/** Sends an event to a webhook and writes down how that went. */
export async function attemptDelivery(
  tools: WebhookTools,
  delivery: DeliveryAtWork,
  options: Pick<SendOptions, 'signal' | 'timeoutMs'>,
): Promise<Attempt> {
  const { webhookId, url, event, attempt } = delivery;
  const body = JSON.stringify(eventEnvelope(event));
  const sent = await sendSigned(tools, { id: webhookId, url }, { id: event.id, body }, options);
  const now = tools.clock.now();
  switch (sent.end) {
    case 'delivered':
      await deliveryAttempted(tools.db, delivery, { state: 'delivered', outcome: sent.outcome });
      break;
    case 'gone':
      await deliveryAttempted(tools.db, delivery, { state: 'failed', outcome: sent.outcome });
      break;
    case 'interrupted':
      await deliveryAttempted(tools.db, delivery, { state: 'waiting', dueAt: now, attempts: attempt - 1 });
      break;
    case 'not-delivered': {
      const pause = pauseAfter(attempt, Math.random());
      await deliveryAttempted(
        tools.db,
        delivery,
        pause === undefined
          ? { state: 'failed', outcome: sent.outcome }
          : { state: 'waiting', outcome: sent.outcome, dueAt: new Date(now.getTime() + pause) },
      );
    }
  }
  return sent;
}

/** One signed message to a webhook's address. */
export async function sendSigned(
  { db, clock, seal, localAllowed }: WebhookTools,
  webhook: { readonly id: WebhookId; readonly url: string },
  message: { readonly id: string; readonly body: string },
  options: Pick<SendOptions, 'signal' | 'timeoutMs'>,
): Promise<Attempt> {
  const at = clock.now();
  const secrets: string[] = [];
  for (const sealed of await webhookSealedSecrets(db, webhook.id, at)) {
    const secret = seal.open(sealed, secretPurpose(webhook.id));
    if (!secret.ok) return { end: 'not-delivered', outcome: secret.refusal.message };
    secrets.push(secret.value);
  }
  const headers = webhookHeaders({ ...message, at }, secrets);
  return sendMessage({ url: webhook.url, headers, body: message.body }, { ...options, localAllowed });
}
