import http from 'node:http';
import https from 'node:https';
import { guardedLookup } from './receiver-address.ts';
import { checkWebhookUrl } from './webhook.ts';

export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How an attempt to deliver ended. */
export interface Attempt {
  readonly end: 'delivered' | 'not-delivered' | 'gone' | 'interrupted';
  /** For a person: the status that was answered, or what went wrong. Never what the receiver wrote. */
  readonly outcome: string;
}

export interface SendOptions {
  /** Whether loopback and link-local addresses may be sent to. */
  readonly localAllowed: boolean;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

const timeoutMsUsual = 10_000;

/**
 * One POST. Delivered is what is answered with a status of 2xx in time; redirects are not followed, and the body of the
 * answer is not read. 410 says that the receiver is gone for good.
 */
export function sendMessage({ url, headers, body }: Message, options: SendOptions): Promise<Attempt> {
  const { localAllowed, signal, timeoutMs = timeoutMsUsual } = options;
  const may = checkWebhookUrl(url, localAllowed);
  if (!may.ok) return Promise.resolve({ end: 'not-delivered', outcome: may.refusal.message });
  const timeout = AbortSignal.timeout(timeoutMs);
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise((resolve) => {
    const sent = request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Deuteron-Webhooks',
        ...headers,
      },
      agent: false,
      signal: AbortSignal.any([signal, timeout]),
      ...(localAllowed ? {} : { lookup: guardedLookup }),
    });
    sent.on('response', ({ statusCode = 0 }) => {
      resolve(answered(statusCode));
      sent.destroy();
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (signal.aborted) resolve({ end: 'interrupted', outcome: 'the server stopped' });
      else if (timeout.aborted) resolve({ end: 'not-delivered', outcome: `no answer within ${timeoutMs / 1000} s` });
      else resolve({ end: 'not-delivered', outcome: error.message || String(error.code) });
    });
    sent.end(body);
  });
}

function answered(status: number): Attempt {
  const outcome = `answered ${status}`;
  if (status >= 200 && status < 300) return { end: 'delivered', outcome };
  if (status === 410) return { end: 'gone', outcome };
  if (status >= 300 && status < 400) return { end: 'not-delivered', outcome: `${outcome}; redirects are not followed` };
  return { end: 'not-delivered', outcome };
}
