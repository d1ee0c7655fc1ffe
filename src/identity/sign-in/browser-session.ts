import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Principal } from '../../organization/index.ts';
import { newToken, tokenHash } from '../tokens/api-token.ts';
import type { IdentityTools } from '../tokens/issue-api-token.ts';
import { type BrowserSession, sessionDelete, sessionFind, sessionInsert } from './session-store.ts';

/** @returns what the browser's cookie holds; only its hash is stored */
export async function startSession(
  { db, clock }: IdentityTools,
  principal: Principal,
  hours: number,
): Promise<{ readonly text: string; readonly expiresAt: Date }> {
  const text = newToken('dtrs_');
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + hours * 3_600_000);
  await sessionInsert(db, { hash: tokenHash(text), principalId: principal.id, createdAt: now, expiresAt });
  return { text, expiresAt };
}

/** undefined for one that does not exist, or is over. */
export async function findSession({ db, clock }: IdentityTools, text: string): Promise<BrowserSession | undefined> {
  return sessionFind(db, tokenHash(text), clock.now());
}

export async function endSession({ db }: Pick<IdentityTools, 'db'>, text: string): Promise<void> {
  await sessionDelete(db, tokenHash(text));
}

/**
 * What a page that may read its own session sends along with every change. A page elsewhere can make a browser send the
 * cookie, and cannot read this.
 */
export function csrfTokenOf(session: string): string {
  return createHmac('sha256', session).update('csrf').digest('base64url');
}

export function isCsrfToken(session: string, given: string | undefined): boolean {
  const [expected, bytes] = [Buffer.from(csrfTokenOf(session)), Buffer.from(given ?? '')];
  return expected.length === bytes.length && timingSafeEqual(expected, bytes);
}
