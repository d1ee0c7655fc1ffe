import { accept, type Refusal, type Result } from '../errors/index.ts';
import { findBearer, findSession, type IdentityTools, isCsrfToken } from '../identity/index.ts';
import type { Authenticate } from './authenticate.ts';
import type { Caller, DeuteronDoorTools } from './deuteron/index.ts';
import { csrfWrong, sessionIn } from './sign-in/index.ts';
import { headerValue, type RequestHead, sha256Hex } from './signature-v4/index.ts';

/**
 * Whose request it is: of the native API, which takes a signature, a token or the session of a browser. Where there is an
 * Authorization header, it alone counts.
 * @param publicUrl how browsers reach this server; absent: nobody signs in here
 * @refuses token-unknown, csrf-token-wrong, and whatever Authenticate refuses
 */
export function createAuthenticateNative(
  tools: IdentityTools,
  authenticate: Authenticate,
  publicUrl: string | undefined,
): DeuteronDoorTools['authenticate'] {
  return async (head, body) => {
    const authorization = headerValue(head, 'authorization')?.trim();
    const bearer = /^bearer(?: (.*))?$/i.exec(authorization ?? '');
    if (bearer) return callerByToken(tools, bearer[1] ?? '');
    const session = authorization === undefined && publicUrl !== undefined ? sessionIn(head, publicUrl) : undefined;
    const known = session === undefined ? undefined : await findSession(tools, session);
    if (session !== undefined && known !== undefined) {
      if (!mayBeAsked(head, session, publicUrl ?? '')) return { ok: false, refusal: csrfWrong() };
      return accept({ principal: known.principal, credential: { kind: 'session', scope: 'full', mayIssue: true } });
    }
    const signed = await authenticate(head, 'deuteron', sha256Hex(body));
    if (!signed.ok) return signed;
    const { principal, origin } = signed.value;
    return accept({ principal, credential: { kind: 'access-key', scope: 'full', mayIssue: origin === 'issued' } });
  };
}

async function callerByToken(tools: IdentityTools, text: string): Promise<Result<Caller, Refusal>> {
  const token = await findBearer(tools, text);
  if (!token.ok) return token;
  const { id: tokenId, principal, scope, origin } = token.value;
  return accept({ principal, credential: { kind: 'token', tokenId, scope, mayIssue: origin === 'sign-in' } });
}

/** A page elsewhere can make a browser ask; it must learn nothing, and change nothing. */
function mayBeAsked(head: RequestHead, session: string, publicUrl: string): boolean {
  const origin = headerValue(head, 'origin');
  if (origin !== undefined && origin !== new URL(publicUrl).origin) return false;
  if (head.method === 'GET' || head.method === 'HEAD') return true;
  return isCsrfToken(session, headerValue(head, 'x-deuteron-csrf'));
}
