import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { isIssuer } from '../../organization/index.ts';

/** Where people sign in: one provider of OpenID Connect, whichever. */
export interface SignInSettings {
  /** As the provider calls itself; https, or on this machine. */
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client, which PKCE alone protects. */
  readonly clientSecret?: string;
  /** How browsers reach this server, e.g. `https://deuteron.example.com`; the provider sends them to its /auth/callback. */
  readonly publicUrl: string;
  /** Asked for, separated by spaces. */
  readonly scopes: string;
  /** The claim that a new principal is called by. */
  readonly nameClaim: string;
  readonly groupsClaim: string;
  /** Whose group makes a member of which teams; every other group says nothing. */
  readonly teamsOfGroups: Readonly<Record<string, readonly string[]>>;
  readonly sessionHours: number;
}

export const usualSignIn = {
  scopes: 'openid profile',
  nameClaim: 'preferred_username',
  groupsClaim: 'groups',
  teamsOfGroups: {},
  sessionHours: 12,
} as const satisfies Partial<SignInSettings>;

/** @refuses sign-in-misconfigured */
export function checkSignInSettings(settings: SignInSettings): Result<SignInSettings, Refusal> {
  const { issuer, publicUrl, scopes, clientId } = settings;
  const wrong =
    (!isIssuer(issuer) && `the issuer '${issuer}' has no https address`) ||
    (!isIssuer(publicUrl) && `the public URL '${publicUrl}' has no https address`) ||
    (new URL(publicUrl).pathname !== '/' && `the public URL '${publicUrl}' has a path`) ||
    (clientId === '' && 'there is no client id') ||
    (!scopes.split(' ').includes('openid') && `the scopes '${scopes}' lack openid`);
  if (!wrong) return accept(settings);
  return refuse({
    kind: 'invalid',
    code: 'sign-in-misconfigured',
    message: `Nobody could sign in: ${wrong}.`,
    remedy:
      'Correct the flags --oidc-... and --public-url; plain http only for this machine. docs/identity.md has examples.',
  });
}
