import { transact } from '../database/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { newWebhookSecret, secretPurpose, type WebhookId, type WebhookMissing, webhookMissing } from './webhook.ts';
import { webhookSecretReplace } from './webhook-store.ts';
import type { WebhookTools } from './webhook-tools.ts';

export interface RotatedSecret {
  /** The only copy in clear. */
  readonly secret: string;
  /** Until then the former secret signs along. */
  readonly formerUntil: Date;
}

const overlapMs = 24 * 60 * 60_000;

/** Replaces a webhook's secret; both sign for a day, so that receivers can change theirs. @refuses webhook-missing */
export async function rotateWebhookSecret(
  { db, clock, seal }: WebhookTools,
  id: string,
): Promise<Result<RotatedSecret, WebhookMissing>> {
  const secret = newWebhookSecret();
  const formerUntil = new Date(clock.now().getTime() + overlapMs);
  const sealed = seal.seal(secret, secretPurpose(id as WebhookId));
  return transact<RotatedSecret, WebhookMissing>(db, async (tx) =>
    (await webhookSecretReplace(tx, id, sealed, formerUntil)) ? accept({ secret, formerUntil }) : webhookMissing(id),
  );
}
