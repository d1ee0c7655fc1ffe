import { accept, type Result } from '../errors/index.ts';
import { type Installation, newId } from '../identifiers/index.ts';
import { sendSigned } from './attempt-delivery.ts';
import { eventEnvelope } from './event.ts';
import { type WebhookMissing, webhookMissing } from './webhook.ts';
import { webhookFind } from './webhook-store.ts';
import type { WebhookTools } from './webhook-tools.ts';

/** How a trial went. */
export interface WebhookTrial {
  readonly delivered: boolean;
  /** For a person, e.g. `answered 204`. */
  readonly outcome: string;
}

/** Sends an event of the type `Deuteron Webhook Test` at once, and only once. @refuses webhook-missing */
export async function testWebhook(
  tools: WebhookTools & { readonly installation: Installation },
  id: string,
): Promise<Result<WebhookTrial, WebhookMissing>> {
  const webhook = await webhookFind(tools.db, id);
  if (!webhook) return webhookMissing(id);
  const event = {
    id: newId(),
    position: 0,
    source: 'deuteron',
    type: 'Deuteron Webhook Test',
    resource: '',
    detail: { webhookId: webhook.id },
    at: tools.clock.now(),
  };
  // it is about no thing, so that nothing but the installation says where it comes from
  const { accountId: account, region } = tools.installation;
  const body = JSON.stringify({ ...eventEnvelope(event), account, region, resources: [] });
  const { end, outcome } = await sendSigned(
    tools,
    webhook,
    { id: event.id, body },
    { signal: new AbortController().signal },
  );
  return accept({ delivered: end === 'delivered', outcome });
}
