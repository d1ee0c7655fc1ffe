import { createHash } from 'node:crypto';
import type { Configuration } from 'openid-client';
import type { Clock } from '../../clock/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { Log } from '../../log/index.ts';
import { isLoopback, type SealingKey } from '../../organization/index.ts';
import type { SignInSettings } from './sign-in-settings.ts';

/** Where a sign-in ends: on a page, or with a command line that listens on this port of the browser's machine. */
export type SignInGoal =
  | { readonly kind: 'page'; readonly path: string }
  | { readonly kind: 'command-line'; readonly port: number; readonly state: string; readonly challenge: string };

/** What the provider says of somebody. */
export interface ExternalIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** What he is called there. */
  readonly name?: string;
  readonly groups: readonly string[];
}

/** What must still be known when the browser comes back; it carries it itself, sealed. */
interface SignInUnderWay {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly goal: SignInGoal;
  readonly expiresAt: number;
}

const underWayMs = 10 * 60_000;
const answerSeconds = 5;
const knownMs = 3_600_000;
const groupsMax = 1_000;
const purpose = 'a sign-in under way';

/**
 * Authorization code flow with PKCE, state and nonce; the ID token is verified by the provider's keys. What the provider
 * answers is used once and not kept. Source: OpenID Connect Core 1.0, section 3.1.
 */
export class OpenIdProvider {
  readonly settings: SignInSettings;
  readonly #tools: { readonly clock: Clock; readonly sealingKey: SealingKey; readonly log: Log };
  #known: { readonly at: number; readonly configuration: Promise<Configuration> } | undefined;

  constructor(settings: SignInSettings, tools: { clock: Clock; sealingKey: SealingKey; log: Log }) {
    this.settings = settings;
    this.#tools = tools;
  }

  /** Where the browser is sent, and what it brings back from there. @refuses sign-in-provider-away */
  async begin(goal: SignInGoal): Promise<Result<{ readonly url: string; readonly carried: string }>> {
    const client = await import('openid-client');
    const configured = await this.#configuration();
    if (!configured.ok) return configured;
    const underWay: SignInUnderWay = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      goal,
      expiresAt: this.#tools.clock.now().getTime() + underWayMs,
    };
    const url = client.buildAuthorizationUrl(configured.value, {
      redirect_uri: this.#redirectUri(),
      scope: this.settings.scopes,
      state: underWay.state,
      nonce: underWay.nonce,
      code_challenge: createHash('sha256').update(underWay.verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const carried = this.#tools.sealingKey.seal(JSON.stringify(underWay), purpose).toString('base64url');
    return accept({ url: url.href, carried });
  }

  /**
   * @param query of the address that the provider sent the browser to
   * @param carried what `begin` gave the browser; absent: it was another browser
   * @refuses sign-in-not-begun, sign-in-failed, sign-in-provider-away
   */
  async finish(
    query: string,
    carried: string | undefined,
  ): Promise<Result<{ readonly identity: ExternalIdentity; readonly goal: SignInGoal }>> {
    const underWay = this.#open(carried);
    if (!underWay) return notBegun();
    const client = await import('openid-client');
    const configured = await this.#configuration();
    if (!configured.ok) return configured;
    try {
      const tokens = await client.authorizationCodeGrant(configured.value, new URL(`${this.#redirectUri()}${query}`), {
        expectedState: underWay.state,
        expectedNonce: underWay.nonce,
        pkceCodeVerifier: underWay.verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new Error('there is no ID token');
      const { nameClaim, groupsClaim, teamsOfGroups } = this.settings;
      const isComplete = claims[groupsClaim] !== undefined || Object.keys(teamsOfGroups).length === 0;
      const asksMore =
        (!isComplete || claims[nameClaim] === undefined) && configured.value.serverMetadata().userinfo_endpoint;
      const more = asksMore ? await client.fetchUserInfo(configured.value, tokens.access_token, claims.sub) : {};
      const all: Record<string, unknown> = { ...more, ...claims };
      const identity = {
        issuer: claims.iss,
        subject: claims.sub,
        name: typeof all[nameClaim] === 'string' ? all[nameClaim] : undefined,
        groups: groupsIn(all[groupsClaim]),
      };
      return accept({ identity, goal: underWay.goal });
    } catch (error) {
      const { name, code, message } = error as Error & { code?: string };
      this.#tools.log.warn({ error: { name, code, message } }, 'a sign-in failed');
      return failed((error as { error?: string }).error);
    }
  }

  #open(carried: string | undefined): SignInUnderWay | undefined {
    if (carried === undefined) return undefined;
    const opened = this.#tools.sealingKey.open(Buffer.from(carried, 'base64url'), purpose);
    if (!opened.ok) return undefined;
    const underWay = JSON.parse(opened.value) as SignInUnderWay;
    return underWay.expiresAt > this.#tools.clock.now().getTime() ? underWay : undefined;
  }

  #redirectUri(): string {
    return new URL('/auth/callback', this.settings.publicUrl).href;
  }

  async #configuration(): Promise<Result<Configuration>> {
    const now = this.#tools.clock.now().getTime();
    if (!this.#known || now - this.#known.at > knownMs) this.#known = { at: now, configuration: this.#discover() };
    const { configuration } = this.#known;
    try {
      return accept(await configuration);
    } catch (error) {
      if (this.#known?.configuration === configuration) this.#known = undefined;
      return refuse({
        kind: 'unavailable',
        code: 'sign-in-provider-away',
        message: `${this.settings.issuer} does not answer as a provider of OpenID Connect: ${(error as Error).message}.`,
        remedy: 'Try again; if it stays so, look whether this server reaches the provider. Access keys work meanwhile.',
      });
    }
  }

  async #discover(): Promise<Configuration> {
    const client = await import('openid-client');
    const { issuer, clientId, clientSecret } = this.settings;
    const authentication = clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret);
    // also an ID token that came over TLS is verified: what is signed is what counts
    const execute = [client.enableNonRepudiationChecks];
    if (isLoopback(issuer)) execute.push(client.allowInsecureRequests);
    return client.discovery(new URL(issuer), clientId, {}, authentication, { timeout: answerSeconds, execute });
  }
}

function groupsIn(claim: unknown): string[] {
  const groups: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return groups.filter((group) => typeof group === 'string').slice(0, groupsMax);
}

function notBegun(): Result<never, Refusal> {
  return refuse({
    kind: 'invalid',
    code: 'sign-in-not-begun',
    message: 'This browser began no sign-in here in the last ten minutes.',
    remedy: 'Begin again, and allow cookies for this address.',
  });
}

/** @param error the provider's word, e.g. `access_denied` */
function failed(error: string | undefined): Result<never, Refusal> {
  const word = typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? ` (${error})` : '';
  return refuse({
    kind: 'forbidden',
    code: 'sign-in-failed',
    message: `The provider's answer lets nobody in${word}.`,
    remedy: "Begin again; the server's log has more.",
  });
}
