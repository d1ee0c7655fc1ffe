import type { Clock } from '../../clock/index.ts';
import { type Db, transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { newId } from '../../identifiers/index.ts';
import {
  type Authorise,
  type CredentialAsker,
  credentialEndWrong,
  type KnownPrincipal,
  mayIssueTo,
  type Principal,
  principalEnded,
  principalFindByName,
  principalLock,
  principalMissing,
  principalState,
} from '../../organization/index.ts';
import {
  type ApiToken,
  type ApiTokenId,
  newToken,
  type TokenOrigin,
  type TokenScope,
  tokenDaysMax,
  tokenHash,
  tokensMax,
} from './api-token.ts';
import { apiTokenInsert, apiTokenList } from './api-token-store.ts';

export interface IdentityTools {
  readonly db: Db;
  readonly clock: Clock;
}

/** The text leaves the server once, here. */
export interface IssuedToken {
  readonly token: ApiToken;
  readonly text: string;
}

const dayMs = 24 * 3_600_000;
const usualDays = 90;

/**
 * A token for the native API, for oneself or for another, as governance has it.
 * @param options.principal a name; absent: who asks
 * @param options.expiresAt absent: in 90 days
 * @refuses credential-too-weak, what governance refuses him, principal-missing, principal-ended, credential-end-wrong, token-limit
 */
export async function issueApiToken(
  { db, clock, authorise }: IdentityTools & { readonly authorise: Authorise },
  by: CredentialAsker,
  options: {
    readonly name: string;
    readonly scope: TokenScope;
    readonly principal?: string;
    readonly expiresAt?: Date;
  },
): Promise<Result<IssuedToken>> {
  return transact(db, async (tx): Promise<Result<IssuedToken>> => {
    const now = clock.now();
    const { name, scope, principal: of, expiresAt = new Date(now.getTime() + usualDays * dayMs) } = options;
    const found: KnownPrincipal | undefined = of === undefined ? by.principal : await principalFindByName(tx, of);
    const allowed = await mayIssueTo({ authorise }, tx, by, found ?? { name: of ?? '' }, now);
    if (!allowed.ok) return allowed;
    if (!found) return principalMissing(of ?? '');
    if (principalState(found, now) === 'ended') return principalEnded(found);
    const days = (expiresAt.getTime() - now.getTime()) / dayMs;
    if (!(days > 0 && days <= tokenDaysMax + 1)) return credentialEndWrong(expiresAt);
    await principalLock(tx, found.id);
    const usable = await apiTokenList(
      tx,
      { principalId: found.id, usableAt: now, origins: ['issued'] },
      undefined,
      tokensMax,
    );
    if (usable.length >= tokensMax) return tokenLimit(found);
    return accept(await insertToken(tx, { principal: found, name, scope, origin: 'issued', now, expiresAt }));
  });
}

/** Without asking whether it may be. */
export async function insertToken(
  db: Db,
  { now, ...options }: Omit<ApiToken, 'id' | 'createdAt'> & { readonly origin: TokenOrigin; readonly now: Date },
): Promise<IssuedToken> {
  const text = newToken();
  const token: ApiToken = { ...options, id: newId<ApiTokenId>(), createdAt: now };
  await apiTokenInsert(db, token, tokenHash(text));
  return { token, text };
}

function tokenLimit({ name }: Principal): Result<never, Refusal> {
  return refuse({
    kind: 'limit',
    code: 'token-limit',
    message: `'${name}' has ${tokensMax} tokens, as many as one may have.`,
    remedy: 'Revoke those that are not needed: deuteron token list says when each was used last.',
  });
}
