import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { newId } from '../identifiers/index.ts';
import type { OrganizationTools } from './issue-access-key.ts';
import { isPrincipalName, type Principal, type PrincipalId, type PrincipalKind } from './principal.ts';
import { principalInsert } from './principal-store.ts';

/** @refuses PrincipalNameInvalid, PrincipalNameTaken */
export async function createPrincipal(
  { db, clock }: Pick<OrganizationTools, 'clock'> & { readonly db: Db },
  { name, kind }: { readonly name: string; readonly kind: PrincipalKind },
): Promise<Result<Principal, Refusal<'PrincipalNameInvalid' | 'PrincipalNameTaken'>>> {
  const named = checkPrincipalName(name);
  if (!named.ok) return named;
  const principal: Principal = { id: newId<PrincipalId>(), name, kind };
  if (await principalInsert(db, principal, clock.now())) return accept(principal);
  return principalNameTaken(name);
}

export function checkPrincipalName(name: string): Result<void, Refusal<'PrincipalNameInvalid'>> {
  if (isPrincipalName(name)) return accept(undefined);
  return refuse({
    kind: 'invalid',
    code: 'PrincipalNameInvalid',
    message: `'${name}' is no name for a principal.`,
    remedy: 'Use 1 to 100 letters, digits and the characters _ . @ / -, beginning with a letter or digit.',
  });
}

export function principalNameTaken(name: string) {
  return refuse({
    kind: 'conflict',
    code: 'PrincipalNameTaken' as const,
    message: `There is a principal '${name}' already.`,
    remedy: 'Choose another name, or issue an access key to the one that exists.',
  });
}
