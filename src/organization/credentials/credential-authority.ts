import type { Db } from '../../database/index.ts';
import { type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { Authorise } from '../authority/authorise.ts';
import { nobodyCalled, onPrincipal } from '../authority/organization-acts.ts';
import type { Principal } from '../principal.ts';
import { principalFacts } from '../principal-facts.ts';

/** Who asks for a key or a token, and whether what he shows of himself may bring forth another. */
export interface CredentialAsker {
  readonly principal: Principal;
  /** An access key that was issued to him, or a sign-in. What is shorter-lived or narrower must not outlive itself. */
  readonly mayIssue: boolean;
}

/** Whose keys and tokens it is about; without id: nobody is called so. */
type Holder = Pick<Principal, 'name'> & Partial<Pick<Principal, 'id'>>;

/** May he do this with keys and tokens of somebody? @refuses what governance refuses him */
export async function mayWithKeysOf(
  tx: Db,
  authorise: Authorise,
  verb: 'key:read' | 'key:issue' | 'key:revoke',
  by: Pick<Principal, 'id'>,
  { id, name }: Holder,
  now: Date,
): Promise<Result<void>> {
  const facts = id === undefined ? undefined : await principalFacts(tx, id, now);
  return authorise(tx, by.id, onPrincipal(verb, facts ?? nobodyCalled(name)));
}

/** @refuses credential-too-weak, what governance refuses him */
export async function mayIssueTo(
  { authorise }: { readonly authorise: Authorise },
  tx: Db,
  by: CredentialAsker,
  to: Holder,
  now: Date,
): Promise<Result<void>> {
  if (by.mayIssue) return mayWithKeysOf(tx, authorise, 'key:issue', by.principal, to, now);
  return credentialTooWeak();
}

function credentialTooWeak(): Result<never, Refusal<'credential-too-weak'>> {
  return refuse({
    kind: 'forbidden',
    code: 'credential-too-weak',
    message: 'Neither an API token nor what a job was given issues access keys or tokens: they would outlive it.',
    remedy: 'Use an access key of your own, or sign in.',
  });
}
