import { createHash } from 'node:crypto';
import { transact } from '../../database/index.ts';
import { accept, type Result, refuse } from '../../errors/index.ts';
import { countsFor, type Principal } from '../../organization/index.ts';
import { newToken, tokenHash } from '../tokens/api-token.ts';
import { type IdentityTools, type IssuedToken, insertToken } from '../tokens/issue-api-token.ts';
import { signInCodeInsert, signInCodeTake } from './sign-in-code-store.ts';

const codeSeconds = 60;

/**
 * What a command line that listens on the browser's machine is sent, in exchange for a token.
 * @param challenge SHA-256 of a secret of that command line, base64url: nobody else can use the code
 */
export async function issueSignInCode(
  { db, clock }: IdentityTools,
  principal: Principal,
  challenge: string,
): Promise<string> {
  const text = newToken('dtrc_');
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + codeSeconds * 1000);
  await signInCodeInsert(db, { hash: tokenHash(text), principalId: principal.id, challenge, expiresAt }, now);
  return text;
}

/** A token as long as a session in the browser. A code is good for one try. @refuses sign-in-code-wrong */
export async function redeemSignInCode(
  { db, clock }: IdentityTools,
  { code, verifier }: { readonly code: string; readonly verifier: string },
  hours: number,
): Promise<Result<IssuedToken>> {
  const now = clock.now();
  // outside of what may be rolled back: who guesses wrong has used it up
  const taken = await signInCodeTake(db, tokenHash(code), now);
  if (!taken || createHash('sha256').update(verifier).digest('base64url') !== taken.challenge) return codeWrong();
  const { id, name, kind, ...standing } = taken.principal;
  const issuedAt = new Date(taken.expiresAt.getTime() - codeSeconds * 1000);
  if (!countsFor(standing, issuedAt, now)) return codeWrong();
  return transact(
    db,
    async (tx): Promise<Result<IssuedToken>> =>
      accept(await issueSignInToken({ db: tx, clock }, { id, name, kind }, hours)),
  );
}

/** What a command line acts with after a sign-in. */
export async function issueSignInToken(
  { db, clock }: IdentityTools,
  principal: Principal,
  hours: number,
): Promise<IssuedToken> {
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + hours * 3_600_000);
  return insertToken(db, { principal, name: 'deuteron login', scope: 'full', origin: 'sign-in', now, expiresAt });
}

function codeWrong() {
  return refuse({
    kind: 'forbidden',
    code: 'sign-in-code-wrong',
    message:
      'The code of the sign-in was used, is too old, of somebody who has ended, or belongs to another command line.',
    remedy: 'Sign in again: deuteron login.',
  });
}
