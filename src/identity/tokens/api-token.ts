import { createHash, randomInt } from 'node:crypto';
import type { Brand } from '../../identifiers/index.ts';
import type { Principal } from '../../organization/index.ts';

export type ApiTokenId = Brand<'ApiTokenId'>;

/** `read`: only what changes nothing. */
export const tokenScopes = ['read', 'full'] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** `issued` by who may, got by a `sign-in`, or by a job of CI in exchange for its own token. */
export type TokenOrigin = 'issued' | 'sign-in' | 'federation';

/** A token without its text, as it may be shown. */
export interface ApiToken {
  readonly id: ApiTokenId;
  readonly principal: Principal;
  /** For people. */
  readonly name: string;
  readonly scope: TokenScope;
  readonly origin: TokenOrigin;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt?: Date;
  readonly lastUsedAt?: Date;
}

export const tokenDaysMax = 365;
/** How many tokens of a principal may be usable at once; those of jobs do not count. */
export const tokensMax = 50;

/** What a scanner for secrets looks for. */
const tokenPrefix = 'dtrt_';
const tokenLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** 43 of 62 letters: 256 bits. */
const tokenLength = 43;

/** Nothing but chance: it says nothing, and no one can tell another from it. */
export function newToken(prefix = tokenPrefix): string {
  const letters = Array.from({ length: tokenLength }, () => tokenLetters[randomInt(tokenLetters.length)]);
  return `${prefix}${letters.join('')}`;
}

export function isToken(text: string): boolean {
  return /^dtrt_[A-Za-z0-9]{43}$/.test(text);
}

/** What is stored instead: of so much chance a plain hash cannot be guessed back. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}
