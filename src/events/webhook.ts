import { randomBytes } from 'node:crypto';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { Brand } from '../identifiers/index.ts';
import type { EventFilter } from './event.ts';
import { isForbiddenAddress } from './receiver-address.ts';

export type WebhookId = Brand<'WebhookId'>;

/** Where events are sent to, and which. Its secret is never shown again. */
export interface Webhook extends EventFilter {
  readonly id: WebhookId;
  readonly url: string;
  /** Name of a unit: it is told of what is in there and below. */
  readonly unit: string;
  readonly description?: string;
  /** A principal's name. */
  readonly createdBy: string;
  readonly createdAt: Date;
}

export const webhooksMax = 100;
const urlLengthMax = 2_000;

/** Seals secrets: what reads the database alone does not read them. */
export interface SecretSeal {
  seal(text: string, purpose: string): Buffer;
  open(sealed: Uint8Array, purpose: string): Result<string>;
}

export function secretPurpose(id: WebhookId): string {
  return `webhook ${id}, secret`;
}

/** Source: Standard Webhooks, "Signature scheme": 24 to 64 random bytes, in base64, behind `whsec_`. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

export type WebhookUrlRefusal = Refusal<'webhook-url'>;

/**
 * Whether events may be sent there. Names are looked up at each delivery, addresses are judged at once.
 * @param localAllowed whether loopback and link-local addresses are
 */
export function checkWebhookUrl(text: string, localAllowed: boolean): Result<string, WebhookUrlRefusal> {
  const fault = urlFault(text, localAllowed);
  if (!fault) return accept(new URL(text).href);
  return refuse({
    kind: 'invalid',
    code: 'webhook-url',
    message: `Events cannot be sent to ${text.slice(0, 200)}: ${fault}.`,
    remedy: 'Give the https:// or http:// address of a receiver; an administrator can allow local ones.',
  });
}

function urlFault(text: string, localAllowed: boolean): string | undefined {
  if (text.length > urlLengthMax) return `it is longer than ${urlLengthMax} characters`;
  const url = URL.parse(text);
  if (!url) return 'it is no URL';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return `${url.protocol} is not http: or https:`;
  if (url.username || url.password) return 'it contains credentials';
  if (localAllowed) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isLocal = host === 'localhost' || host.endsWith('.localhost') || isForbiddenAddress(host);
  return isLocal ? `${host} is an address of this machine or this network alone` : undefined;
}

export type WebhookMissing = Refusal<'webhook-missing'>;

export function webhookMissing(id: string): { readonly ok: false; readonly refusal: WebhookMissing } {
  return refuse({
    kind: 'missing',
    code: 'webhook-missing',
    message: `There is no webhook ${id.slice(0, 100)}.`,
    remedy: 'List the webhooks to find the one you mean.',
  });
}
