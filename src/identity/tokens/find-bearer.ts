import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { type ApiToken, isToken, tokenHash } from './api-token.ts';
import { apiTokenFindByHash, apiTokenTouch } from './api-token-store.ts';
import type { IdentityTools } from './issue-api-token.ts';

/** Whose token it is. @refuses token-unknown for one that does not exist, has expired or was revoked, or whose holder has ended; it is not repeated */
export async function findBearer(
  { db, clock }: IdentityTools,
  text: string,
): Promise<Result<ApiToken, Refusal<'token-unknown'>>> {
  const now = clock.now();
  const token = isToken(text) ? await apiTokenFindByHash(db, tokenHash(text), now) : undefined;
  if (!token || token.revokedAt || token.expiresAt <= now) {
    return refuse({
      kind: 'forbidden',
      code: 'token-unknown',
      message: 'The token of the request is not known here, or it has expired, was revoked, or its holder has ended.',
      remedy: 'Sign in again (deuteron login), or issue a new one (deuteron token issue).',
    });
  }
  await apiTokenTouch(db, token, now);
  return accept(token);
}
