import { isStorable, transact } from '../../database/index.ts';
import { accept, type Result, refuse } from '../../errors/index.ts';
import {
  type AuthorityTools,
  mayWithKeysOf,
  onOrganization,
  type Principal,
  principalFindByName,
  principalMissing,
} from '../../organization/index.ts';
import { type ExternalKey, externalIdentityUpsert } from './external-identity-store.ts';

/**
 * Says whom the provider knows a principal as, before he signs in for the first time, or after he did under another name:
 * from the next sign-in on he is this one. It takes the right to change the organization, and to give him a key.
 * @refuses what governance refuses him, principal-missing, identity-wrong
 */
export async function linkIdentity(
  { db, clock, authorise }: AuthorityTools,
  by: Principal,
  { principal: name, issuer, subject }: ExternalKey & { readonly principal: string },
): Promise<Result<Principal>> {
  return transact(db, async (tx): Promise<Result<Principal>> => {
    const now = clock.now();
    const allowed = await authorise(tx, by.id, [onOrganization('organization:write')]);
    if (!allowed.ok) return allowed;
    const principal = await principalFindByName(tx, name);
    const mayBe = await mayWithKeysOf(tx, authorise, 'key:issue', by, principal ?? { name }, now);
    if (!mayBe.ok) return mayBe;
    if (!principal) return principalMissing(name);
    if (principal.kind !== 'person') return identityWrong(`'${name}' is a machine, and machines do not sign in`);
    if (subject === '' || issuer === '' || !isStorable([issuer, subject])) return identityWrong('it is empty');
    await externalIdentityUpsert(tx, { issuer, subject }, principal.id, now);
    return accept(principal);
  });
}

function identityWrong(why: string) {
  return refuse({
    kind: 'invalid',
    code: 'identity-wrong',
    message: `The identity cannot be linked: ${why}.`,
    remedy: "Give the issuer and the subject (claim sub) of a person, as the provider's tokens have them.",
  });
}
