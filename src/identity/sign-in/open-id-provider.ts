import { createHash } from 'node:crypto';
import type { Configuration, TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client';
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

/** A sign-in on a machine without a browser, begun. */
export interface DeviceSignIn {
  /** To ask with whether it is done; who has it may become who signs in. */
  readonly handle: string;
  /** What somebody enters at the address, with any browser. */
  readonly userCode: string;
  readonly verificationUri: string;
  /** The same with the code in it, where the provider has such. */
  readonly verificationUriComplete?: string;
  readonly expiresAt: Date;
  /** Not to be asked more often. */
  readonly intervalSeconds: number;
}

/** Carried by the machine itself, sealed: any process can go on with it. */
interface DeviceUnderWay {
  readonly deviceCode: string;
  readonly expiresAt: number;
}

type Tokens = TokenEndpointResponse & TokenEndpointResponseHelpers;

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
const devicePurpose = 'a sign-in without a browser under way';
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
/** Source: RFC 8628, section 3.2: where the provider says nothing. */
const deviceIntervalSeconds = 5;

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
    return accept({ url: url.href, carried: this.#seal(underWay, purpose) });
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
    const underWay = this.#open<SignInUnderWay>(carried, purpose);
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
      return accept({ identity: await this.#identityOf(configured.value, tokens), goal: underWay.goal });
    } catch (error) {
      return this.#failed(error);
    }
  }

  /**
   * For a machine without a browser: what somebody enters on another one, and what this one asks with meanwhile.
   * Source: RFC 8628. @refuses sign-in-provider-away, device-sign-in-not-offered
   */
  async beginDevice(): Promise<Result<DeviceSignIn>> {
    const client = await import('openid-client');
    const configured = await this.#configuration();
    if (!configured.ok) return configured;
    const { issuer, scopes: scope } = this.settings;
    if (!configured.value.serverMetadata().device_authorization_endpoint) return deviceNotOffered(issuer);
    try {
      const begun = await client.initiateDeviceAuthorization(configured.value, { scope });
      const expiresAt = new Date(this.#tools.clock.now().getTime() + begun.expires_in * 1000);
      const underWay: DeviceUnderWay = { deviceCode: begun.device_code, expiresAt: expiresAt.getTime() };
      return accept({
        handle: this.#seal(underWay, devicePurpose),
        userCode: begun.user_code,
        verificationUri: begun.verification_uri,
        verificationUriComplete: begun.verification_uri_complete,
        expiresAt,
        intervalSeconds: begun.interval ?? deviceIntervalSeconds,
      });
    } catch (error) {
      const { error: word } = error as { readonly error?: string };
      // the provider has it, and not for this client
      if (word === 'unauthorized_client' || word === 'unsupported_grant_type') return deviceNotOffered(issuer);
      return this.#failed(error);
    }
  }

  /**
   * Asks once whether somebody has signed in. @param handle what `beginDevice` gave
   * @returns `waiting`: nobody yet; `slower`: nobody yet, and it was asked too soon
   * @refuses sign-in-not-begun, sign-in-failed, sign-in-provider-away
   */
  async finishDevice(handle: string): Promise<Result<ExternalIdentity | 'waiting' | 'slower'>> {
    const underWay = this.#open<DeviceUnderWay>(handle, devicePurpose);
    if (!underWay) return notBegun();
    const client = await import('openid-client');
    const configured = await this.#configuration();
    if (!configured.ok) return configured;
    try {
      const tokens = await client.genericGrantRequest(configured.value, deviceGrant, {
        device_code: underWay.deviceCode,
      });
      return accept(await this.#identityOf(configured.value, tokens));
    } catch (error) {
      const { error: word } = error as { readonly error?: string };
      if (word === 'authorization_pending') return accept('waiting');
      if (word === 'slow_down') return accept('slower');
      return this.#failed(error);
    }
  }

  /** What the provider says in its ID token, which is verified already, and beside it. */
  async #identityOf(configuration: Configuration, tokens: Tokens): Promise<ExternalIdentity> {
    const client = await import('openid-client');
    const claims = tokens.claims();
    if (!claims) throw new Error('there is no ID token');
    const { nameClaim, groupsClaim, teamsOfGroups } = this.settings;
    const isComplete = claims[groupsClaim] !== undefined || Object.keys(teamsOfGroups).length === 0;
    const asksMore =
      (!isComplete || claims[nameClaim] === undefined) && configuration.serverMetadata().userinfo_endpoint;
    const more = asksMore ? await client.fetchUserInfo(configuration, tokens.access_token, claims.sub) : {};
    const all: Record<string, unknown> = { ...more, ...claims };
    return {
      issuer: claims.iss,
      subject: claims.sub,
      name: typeof all[nameClaim] === 'string' ? all[nameClaim] : undefined,
      groups: groupsIn(all[groupsClaim]),
    };
  }

  #failed(error: unknown): Result<never, Refusal> {
    const { name, code, message } = error as Error & { code?: string };
    this.#tools.log.warn({ error: { name, code, message } }, 'a sign-in failed');
    return failed((error as { error?: string }).error);
  }

  #seal(underWay: SignInUnderWay | DeviceUnderWay, of: string): string {
    return this.#tools.sealingKey.seal(JSON.stringify(underWay), of).toString('base64url');
  }

  #open<UnderWay extends { readonly expiresAt: number }>(
    carried: string | undefined,
    of: string,
  ): UnderWay | undefined {
    if (carried === undefined) return undefined;
    const opened = this.#tools.sealingKey.open(Buffer.from(carried, 'base64url'), of);
    if (!opened.ok) return undefined;
    const underWay = JSON.parse(opened.value) as UnderWay;
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

function deviceNotOffered(issuer: string): Result<never, Refusal> {
  return refuse({
    kind: 'unavailable',
    code: 'device-sign-in-not-offered',
    message: `${issuer} lets nobody sign in for a machine without a browser (OAuth 2.0 Device Authorization Grant).`,
    remedy:
      'Use deuteron login on a machine with a browser, or a token: deuteron token issue. Who runs the provider can switch it on for this client.',
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
