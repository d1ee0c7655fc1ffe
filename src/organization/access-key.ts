import { randomBytes, randomInt } from 'node:crypto';
import type { Brand } from '../identifiers/index.ts';
import type { Principal } from './principal.ts';

/** Twenty characters of A-Z and 0-9, the form that AWS clients expect. */
export type AccessKeyId = Brand<'AccessKeyId'>;

/** What a client signs with. The secret leaves the server once, when the key is issued. */
export interface AccessKey {
  readonly id: AccessKeyId;
  /** 40 characters. */
  readonly secret: string;
  /** Only of a key that expires; a client sends it along. */
  readonly sessionToken?: string;
  readonly expiresAt?: Date;
}

/** An access key without its secrets, as it may be shown. */
export interface AccessKeySummary {
  readonly id: AccessKeyId;
  readonly principal: Principal;
  readonly createdAt: Date;
  readonly expiresAt?: Date;
  readonly revokedAt?: Date;
  readonly lastUsedAt?: Date;
}

/** The first letters tell a person whose key it is, and that it is none of AWS's. */
const lastingPrefix = 'DTRN';
const expiringPrefix = 'DTRX';
const idLength = 20;
const idCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @param expiresAt absent: the key lasts until it is revoked */
export function newAccessKey(expiresAt?: Date): AccessKey {
  const secret = randomBytes(30).toString('base64');
  if (!expiresAt) return { id: newAccessKeyId(lastingPrefix), secret };
  return { id: newAccessKeyId(expiringPrefix), secret, sessionToken: randomBytes(60).toString('base64'), expiresAt };
}

function newAccessKeyId(prefix: string): AccessKeyId {
  const letters = Array.from({ length: idLength - prefix.length }, () => idCharacters[randomInt(idCharacters.length)]);
  return `${prefix}${letters.join('')}` as AccessKeyId;
}

/** May the key sign a request at this moment? */
export function isUsable(
  key: { readonly expiresAt?: Date | null; readonly revokedAt?: Date | null },
  now: Date,
): boolean {
  return !key.revokedAt && (!key.expiresAt || key.expiresAt > now);
}
