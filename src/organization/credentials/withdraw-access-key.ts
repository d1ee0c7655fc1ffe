import { transact } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { accessKeyFind } from '../access-key-store.ts';
import type { OrganizationTools } from '../issue-access-key.ts';
import type { Principal } from '../principal.ts';
import { accessKeyUnknown, revokeAccessKey } from '../revoke-access-key.ts';
import { checkCredentialAuthority } from './credential-authority.ts';

/** Revokes a key of one's own or, as an administrator, of another. @refuses AccessKeyUnknown, also of what is not his */
export async function withdrawAccessKey(
  { db, clock }: Pick<OrganizationTools, 'db' | 'clock'>,
  by: Principal,
  id: string,
): Promise<Result<void>> {
  return transact(db, async (tx): Promise<Result<void>> => {
    const key = await accessKeyFind(tx, id);
    const allowed = await checkCredentialAuthority(tx, by, key?.principal, clock.now());
    return key && allowed.ok ? revokeAccessKey({ db: tx, clock }, id) : accessKeyUnknown(id);
  });
}
