import { createHmac } from 'node:crypto';

/** What a webhook's receiver verifies. Source: Standard Webhooks specification, "Webhook headers" and "Signature scheme". */
export interface SignedMessage {
  readonly id: string;
  /** The moment of this attempt. */
  readonly at: Date;
  readonly body: string;
}

/** @param secrets of the form `whsec_<base64>`; several while a former one is still good: each signs */
export function webhookHeaders({ id, at, body }: SignedMessage, secrets: readonly string[]): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1000).toString();
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
