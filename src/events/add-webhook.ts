import { transact } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { nearestName, newId } from '../identifiers/index.ts';
import type { EventFilter } from './event.ts';
import { eventTypes } from './event-types.ts';
import {
  checkWebhookUrl,
  newWebhookSecret,
  secretPurpose,
  type Webhook,
  type WebhookId,
  type WebhookUrlRefusal,
  webhooksMax,
} from './webhook.ts';
import { webhookCountLocked, webhookInsert } from './webhook-store.ts';
import type { WebhookTools } from './webhook-tools.ts';

export interface AddWebhookRequest extends EventFilter {
  readonly url: string;
  /** Name of a unit. */
  readonly unit: string;
  readonly description?: string;
  /** A principal's name. */
  readonly by: string;
}

/** A webhook, with the only copy of its secret in clear: show it once, store it nowhere. */
export interface AddedWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
}

/** Sends the events that are published from now on. @refuses webhook-url, webhook-type-unknown, webhook-limit, unit-missing */
export async function addWebhook(
  { db, clock, seal, localAllowed }: WebhookTools,
  { by, ...request }: AddWebhookRequest,
): Promise<
  Result<AddedWebhook, WebhookUrlRefusal | Refusal<'webhook-limit' | 'webhook-type-unknown' | 'unit-missing'>>
> {
  const url = checkWebhookUrl(request.url, localAllowed);
  if (!url.ok) return url;
  const unknown = request.types.find((type) => !(eventTypes as readonly string[]).includes(type));
  if (unknown !== undefined) return typeUnknown(unknown);
  const id = newId<WebhookId>();
  const secret = newWebhookSecret();
  const webhook: Webhook = { ...request, id, url: url.value, createdBy: by, createdAt: clock.now() };
  return transact<AddedWebhook, Refusal<'webhook-limit' | 'unit-missing'>>(db, async (tx) => {
    if ((await webhookCountLocked(tx)) >= webhooksMax) return tooMany();
    const added = await webhookInsert(tx, webhook, seal.seal(secret, secretPurpose(id)));
    return added ? accept({ webhook, secret }) : unitGone(webhook.unit);
  });
}

function typeUnknown(type: string) {
  const nearest = nearestName(type, eventTypes);
  return refuse({
    kind: 'invalid',
    code: 'webhook-type-unknown',
    message: `No event is of the type '${type.slice(0, 100)}': nothing would ever be sent.`,
    remedy: nearest ? `Did you mean '${nearest}'?` : `There are ${eventTypes.join(', ')}.`,
  });
}

function unitGone(name: string) {
  return refuse({
    kind: 'invalid',
    code: 'unit-missing',
    message: `There is no unit '${name}'.`,
    remedy: 'Correct the name: deuteron org show lists all units.',
  });
}

function tooMany() {
  return refuse({
    kind: 'limit',
    code: 'webhook-limit',
    message: `There are ${webhooksMax} webhooks, as many as there may be.`,
    remedy: 'Remove those that are not needed.',
  });
}
