import type { JSONWebKeySet } from 'jose';
import type { Clock } from '../../clock/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { isIssuer, isLoopback } from '../../organization/index.ts';

const answerMs = 5_000;
const answerBytesMax = 256 * 1024;
const keysMax = 100;
const keptMs = 10 * 60_000;
/** A token with a key that is not known has the keys fetched anew, at most so often: strangers send such tokens. */
const anewMs = 30_000;

interface Kept {
  readonly fetchedAt: Date;
  readonly keys: Promise<Result<JSONWebKeySet, Refusal<'issuer-away'>>>;
}

/** The public keys that issuers sign with. Fetched when they are needed, and kept for ten minutes. */
export class KeySets {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  /**
   * @param issuer one that a rule names: where it is asked is not for who sends a token to say
   * @param isMissing whether the keys that are kept lack one
   * @refuses issuer-away
   */
  async of(issuer: string, isMissing = false): Promise<Result<JSONWebKeySet, Refusal<'issuer-away'>>> {
    const now = this.#clock.now();
    const kept = this.#kept.get(issuer);
    const age = kept ? now.getTime() - kept.fetchedAt.getTime() : Number.POSITIVE_INFINITY;
    if (kept && age < (isMissing ? anewMs : keptMs)) return kept.keys;
    const fetched = { fetchedAt: now, keys: fetchKeys(issuer) };
    this.#kept.set(issuer, fetched);
    const keys = await fetched.keys;
    if (keys.ok || this.#kept.get(issuer) !== fetched) return keys;
    // what failed is tried again soon; what was known meanwhile goes on
    const known = await kept?.keys;
    this.#kept.set(issuer, { fetchedAt: new Date(now.getTime() - keptMs + anewMs), keys: Promise.resolve(keys) });
    if (!known?.ok || age > 24 * 3_600_000) return keys;
    this.#kept.set(issuer, { fetchedAt: new Date(now.getTime() - keptMs + anewMs), keys: Promise.resolve(known) });
    return known;
  }
}

/** Source: OpenID Connect Discovery 1.0, section 4. */
async function fetchKeys(issuer: string): Promise<Result<JSONWebKeySet, Refusal<'issuer-away'>>> {
  try {
    const description = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    if (description.issuer !== issuer) throw new Error('it calls itself by another name');
    const { jwks_uri: address } = description;
    if (typeof address !== 'string' || !mayAsk(address, issuer)) throw new Error('its keys are at no https address');
    const { keys } = await fetchJson(address);
    if (!Array.isArray(keys) || keys.length > keysMax) throw new Error(`it has no list of up to ${keysMax} keys`);
    return accept({ keys });
  } catch (error) {
    return refuse({
      kind: 'unavailable',
      code: 'issuer-away',
      message: `The keys of ${issuer} cannot be had: ${(error as Error).message}.`,
      remedy: 'Try again; if it stays so, look whether this server reaches the issuer.',
    });
  }
}

/** Only an issuer on this machine may have its keys here without https. */
function mayAsk(address: string, issuer: string): boolean {
  return URL.canParse(address) && (new URL(address).protocol === 'https:' || (isIssuer(address) && isLoopback(issuer)));
}

/** @throws for what is no answer, too late, too large, a redirection, or no JSON object */
async function fetchJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(answerMs),
  });
  if (!response.ok || !response.body) throw new Error(`${url} answers ${response.status}`);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body) {
    size += part.length;
    if (size > answerBytesMax) throw new Error(`${url} answers more than ${answerBytesMax} bytes`);
    parts.push(part);
  }
  const answer: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
  if (typeof answer !== 'object' || answer === null) throw new Error(`${url} answers no JSON object`);
  return answer as Record<string, unknown>;
}
