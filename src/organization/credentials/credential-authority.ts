import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { Principal } from '../principal.ts';
import { principalFacts } from '../principal-facts.ts';

/** Who asks for a key or a token, and whether what he shows of himself may bring forth another. */
export interface CredentialAsker {
  readonly principal: Principal;
  /** An access key that was issued to him, or a sign-in. What is shorter-lived or narrower must not outlive itself. */
  readonly mayIssue: boolean;
}

export type CredentialRefusal = Refusal<'credential-not-allowed' | 'credential-too-weak'>;

/**
 * May he issue, rotate, list or revoke keys and tokens of this principal? His own: yes; those of others: administrators.
 * The one place where it is decided: governance's verbs for keys belong here.
 * @refuses credential-not-allowed
 */
export async function checkCredentialAuthority(
  db: Db,
  by: Principal,
  of: Pick<Principal, 'id' | 'name'> | undefined,
  now: Date,
): Promise<Result<void, Refusal<'credential-not-allowed'>>> {
  if (of?.id === by.id) return accept(undefined);
  const facts = await principalFacts(db, by.id, now);
  if (facts?.isAdministrator) return accept(undefined);
  return refuse({
    kind: 'forbidden',
    code: 'credential-not-allowed',
    message: 'Only administrators deal with the access keys and tokens of others.',
    remedy: "Ask a member of the team 'administrators': deuteron org show lists them.",
  });
}

/** @refuses credential-too-weak, credential-not-allowed */
export async function checkMayIssue(
  db: Db,
  by: CredentialAsker,
  to: Pick<Principal, 'id' | 'name'>,
  now: Date,
): Promise<Result<void, CredentialRefusal>> {
  if (by.mayIssue) return checkCredentialAuthority(db, by.principal, to, now);
  return refuse({
    kind: 'forbidden',
    code: 'credential-too-weak',
    message: 'Neither an API token nor what a job was given issues access keys or tokens: they would outlive it.',
    remedy: 'Use an access key of your own, or sign in.',
  });
}
