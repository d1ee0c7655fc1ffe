/**
 * Identity: how somebody proves who he is, beside signing with an access key.
 *
 * Lives here: `tokens/` (for the native API), `sign-in/` (people, with a provider of OpenID Connect, and their sessions),
 * `federation/` (jobs of CI). Never here: passwords (there are none), who exists and what he is (see organization), a door.
 * Start at tokens/find-bearer.ts.
 */

export { exchangeJobToken, type JobCredentials } from './federation/exchange-job-token.ts';
export { KeySets } from './federation/key-sets.ts';
export { type FederationTools, type VerifiedJob, verifyJobToken } from './federation/verify-job-token.ts';
export { admitIdentity } from './sign-in/admit-identity.ts';
export { csrfTokenOf, endSession, findSession, isCsrfToken, startSession } from './sign-in/browser-session.ts';
export { issueSignInCode, issueSignInToken, redeemSignInCode } from './sign-in/command-line-code.ts';
export { endSessionById, endSessionsOf } from './sign-in/end-sessions.ts';
export { linkIdentity } from './sign-in/link-identity.ts';
export { listSessions } from './sign-in/list-sessions.ts';
export { OpenIdProvider, type SignInGoal } from './sign-in/open-id-provider.ts';
export { type BrowserSession, type Session, sessionKinds } from './sign-in/session-store.ts';
export { checkSignInSettings, type SignInSettings, usualSignIn } from './sign-in/sign-in-settings.ts';
export { findTeamsOfGroups } from './sign-in/teams-of-groups.ts';
export { type ApiToken, type TokenScope, tokenScopes } from './tokens/api-token.ts';
export { findBearer } from './tokens/find-bearer.ts';
export { type IdentityTools, type IssuedToken, issueApiToken } from './tokens/issue-api-token.ts';
export { listApiTokens } from './tokens/list-api-tokens.ts';
export { revokeApiToken } from './tokens/revoke-api-token.ts';
