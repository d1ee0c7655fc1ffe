import { transact } from '../../database/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import { type AccessKey, accessKeyForget, issueAccessKey, membershipGrant } from '../../organization/index.ts';
import type { TokenScope } from '../tokens/api-token.ts';
import { apiTokenForget } from '../tokens/api-token-store.ts';
import { type IssuedToken, insertToken } from '../tokens/issue-api-token.ts';
import { federationUseInsert } from './used-token-store.ts';
import { type FederationTools, tokenWrong, type VerifiedJob } from './verify-job-token.ts';

/** What a job acts with, until it ends by itself. */
export interface JobCredentials {
  readonly accessKey: AccessKey;
  readonly token: IssuedToken;
  readonly expiresAt: Date;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/**
 * Gives a job that was verified an access key and a token of its rule's principal, and makes it a member of the rule's teams
 * for as long.
 * @param scope of the token; a key signs everything
 * @refuses job-token-wrong where the rule takes each token once
 */
export async function exchangeJobToken(
  tools: FederationTools,
  { rule, principal, issuer, tokenId, tokenExpiresAt, subject }: VerifiedJob,
  scope: TokenScope,
): Promise<Result<JobCredentials>> {
  return transact(tools.db, async (tx): Promise<Result<JobCredentials>> => {
    const now = tools.clock.now();
    if (rule.once) {
      if (tokenId === undefined) return tokenWrong('it has no jti, and its rule takes each token once');
      const use = { issuer, tokenId, expiresAt: tokenExpiresAt };
      if (!(await federationUseInsert(tx, use, now)))
        return tokenWrong('it was used before, and its rule takes each once');
    }
    const expiresAt = new Date(now.getTime() + rule.minutes * minuteMs);
    const dayAgo = new Date(now.getTime() - dayMs);
    await accessKeyForget(tx, principal.id, dayAgo);
    await apiTokenForget(tx, principal.id, dayAgo);
    // always in one order: two jobs at once must not wait for each other
    for (const team of rule.teams.toSorted()) {
      await membershipGrant(tx, { team, principalId: principal.id, endsAt: expiresAt, grantedBy: 'federation' }, now);
    }
    const accessKey = await issueAccessKey({ ...tools, db: tx }, principal.id, { expiresAt, origin: 'federation' });
    const name = `${rule.name}: ${subject}`.slice(0, 200);
    const token = await insertToken(tx, { principal, name, scope, origin: 'federation', now, expiresAt });
    return accept({ accessKey, token, expiresAt });
  });
}
