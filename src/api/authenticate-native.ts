import { accept } from '../errors/index.ts';
import { findBearer, type IdentityTools } from '../identity/index.ts';
import type { Authenticate } from './authenticate.ts';
import type { DeuteronDoorTools } from './deuteron/index.ts';
import { headerValue, sha256Hex } from './signature-v4/index.ts';

/**
 * Whose request it is: of the native API, which takes a signature or a token.
 * @refuses token-unknown, and whatever Authenticate refuses
 */
export function createAuthenticateNative(
  tools: IdentityTools,
  authenticate: Authenticate,
): DeuteronDoorTools['authenticate'] {
  return async (head, body) => {
    const bearer = /^bearer(?: (.*))?$/i.exec(headerValue(head, 'authorization')?.trim() ?? '');
    if (bearer) {
      const token = await findBearer(tools, bearer[1] ?? '');
      if (!token.ok) return token;
      const { principal, scope, origin } = token.value;
      return accept({ principal, credential: { kind: 'token', scope, mayIssue: origin === 'sign-in' } });
    }
    const signed = await authenticate(head, 'deuteron', sha256Hex(body));
    if (!signed.ok) return signed;
    const { principal, origin } = signed.value;
    return accept({ principal, credential: { kind: 'access-key', scope: 'full', mayIssue: origin === 'issued' } });
  };
}
