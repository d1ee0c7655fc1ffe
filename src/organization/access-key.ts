import { randomBytes, randomInt } from 'node:crypto';
import type { Brand } from '../identifiers/index.ts';
import { countsFor, type Principal, type Standing } from './principal.ts';

/** Twenty characters of A-Z and 0-9, the form that AWS clients expect. */
export type AccessKeyId = Brand<'AccessKeyId'>;

/** What a client signs with. The secret leaves the server once, when the key is issued. */
export interface AccessKey {
  readonly id: AccessKeyId;
  /** 40 characters. */
  readonly secret: string;
  /** Only of a temporary key; a client sends it along. */
  readonly sessionToken?: string;
  readonly expiresAt?: Date;
}

/** How a key came about: given to somebody by who may, or to a job of CI in exchange for the job's own token. */
export type CredentialOrigin = 'issued' | 'federation';

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

/** How many keys of a principal may be usable at once: one in use, one that takes over, and some machines. */
export const accessKeysMax = 10;

/**
 * @param expiresAt absent: the key lasts until it is revoked
 * @param isTemporary whether it comes with a session token, as AWS's temporary keys do
 */
export function newAccessKey(expiresAt?: Date, isTemporary = expiresAt !== undefined): AccessKey {
  const secret = randomBytes(30).toString('base64');
  if (!isTemporary) return { id: newAccessKeyId(lastingPrefix), secret, expiresAt };
  return { id: newAccessKeyId(expiringPrefix), secret, sessionToken: randomBytes(60).toString('base64'), expiresAt };
}

function newAccessKeyId(prefix: string): AccessKeyId {
  const letters = Array.from({ length: idLength - prefix.length }, () => idCharacters[randomInt(idCharacters.length)]);
  return `${prefix}${letters.join('')}` as AccessKeyId;
}

/** May the key sign a request at this moment? */
export function isUsable(
  key: {
    readonly createdAt: Date;
    readonly expiresAt?: Date | null;
    readonly revokedAt?: Date | null;
    readonly standing: Standing;
  },
  now: Date,
): boolean {
  return !key.revokedAt && (!key.expiresAt || key.expiresAt > now) && countsFor(key.standing, key.createdAt, now);
}
