import { transact } from '../../database/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import { type AccessKey, isUsable } from '../access-key.ts';
import { accessKeyEnd, accessKeyFind } from '../access-key-store.ts';
import type { Authorise } from '../authority/authorise.ts';
import { issueAccessKey, type OrganizationTools } from '../issue-access-key.ts';
import type { Principal } from '../principal.ts';
import { accessKeyUnknown } from '../revoke-access-key.ts';
import { type CredentialAsker, mayIssueTo } from './credential-authority.ts';
import { checkAccessKeyCount, credentialEndWrong } from './provide-access-key.ts';

const usualOverlapMs = 24 * 3_600_000;

export interface RotatedKey {
  readonly key: AccessKey;
  readonly principal: Principal;
  /** Until then the old key signs beside the new one. */
  readonly oldUntil: Date;
}

/**
 * A new key of the same principal, and an end of the old one. The new one lasts as long as the old one did.
 * @param oldUntil absent: a day from now
 * @refuses credential-too-weak, AccessKeyUnknown (also of what is not his), credential-end-wrong, access-key-limit
 */
export async function rotateAccessKey(
  tools: OrganizationTools & { readonly authorise: Authorise },
  by: CredentialAsker,
  { id, oldUntil }: { readonly id: string; readonly oldUntil?: Date },
): Promise<Result<RotatedKey>> {
  return transact(tools.db, async (tx): Promise<Result<RotatedKey>> => {
    const now = tools.clock.now();
    const old = await accessKeyFind(tx, id);
    const allowed = await mayIssueTo(tools, tx, by, old?.principal ?? by.principal, now);
    if (!allowed.ok && allowed.refusal.code === 'credential-too-weak') return allowed;
    // whose key it is, or that there is one, is nothing for others
    if (!old || !allowed.ok || old.origin !== 'issued' || !isUsable(old, now)) return accessKeyUnknown(id);
    const end = oldUntil ?? new Date(now.getTime() + usualOverlapMs);
    if (end < now) return credentialEndWrong(end);
    const fits = await checkAccessKeyCount(tools, tx, old.principal);
    if (!fits.ok) return fits;
    const lifetime = old.expiresAt && old.expiresAt.getTime() - old.createdAt.getTime();
    const expiresAt = lifetime ? new Date(now.getTime() + lifetime) : undefined;
    const key = await issueAccessKey({ ...tools, db: tx }, old.principal.id, { expiresAt, isTemporary: false });
    await accessKeyEnd(tx, old.id, end);
    const oldEnds = old.expiresAt && old.expiresAt < end ? old.expiresAt : end;
    return accept({ key, principal: old.principal, oldUntil: oldEnds });
  });
}
