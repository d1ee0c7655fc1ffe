import { transact } from '../../database/index.ts';
import { accept, type Result, refuse } from '../../errors/index.ts';
import { type AuthorityTools, mayWithKeysOf, type Principal } from '../../organization/index.ts';
import { apiTokenFind, apiTokenRevoke } from './api-token-store.ts';

/** From the next request on it opens nothing. @refuses token-missing, also of what is not his */
export async function revokeApiToken(
  { db, clock, authorise }: AuthorityTools,
  by: Principal,
  id: string,
): Promise<Result<void>> {
  return transact(db, async (tx): Promise<Result<void>> => {
    const token = await apiTokenFind(tx, id);
    if (!token) return tokenMissing(id);
    const allowed = await mayWithKeysOf(tx, authorise, 'key:revoke', by, token.principal, clock.now());
    if (!allowed.ok) return tokenMissing(id);
    await apiTokenRevoke(tx, token.id, clock.now());
    return accept(undefined);
  });
}

function tokenMissing(id: string) {
  return refuse({
    kind: 'missing',
    code: 'token-missing',
    message: `There is no token with the id ${id} here that is yours.`,
    remedy: 'deuteron token list shows your tokens; those of others are for administrators.',
  });
}
