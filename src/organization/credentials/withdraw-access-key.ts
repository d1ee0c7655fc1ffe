import { transact } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { accessKeyFind } from '../access-key-store.ts';
import type { AuthorityTools } from '../authority/authorise.ts';
import type { Principal } from '../principal.ts';
import { accessKeyUnknown, revokeAccessKey } from '../revoke-access-key.ts';
import { mayWithKeysOf } from './credential-authority.ts';

/** Revokes a key of one's own or, as governance has it, of another. @refuses AccessKeyUnknown, also of what is not his */
export async function withdrawAccessKey(
  { db, clock, authorise }: AuthorityTools,
  by: Principal,
  id: string,
): Promise<Result<void>> {
  return transact(db, async (tx): Promise<Result<void>> => {
    const key = await accessKeyFind(tx, id);
    if (!key) return accessKeyUnknown(id);
    const allowed = await mayWithKeysOf(tx, authorise, 'key:revoke', by, key.principal, clock.now());
    // whose key it is, or that there is one, is nothing for others
    return allowed.ok ? revokeAccessKey({ db: tx, clock }, id) : accessKeyUnknown(id);
  });
}
