import type { Clock } from '../clock/index.ts';
import type { Db } from '../database/index.ts';
import { type AccessKey, type CredentialOrigin, newAccessKey } from './access-key.ts';
import { accessKeyInsert } from './access-key-store.ts';
import type { PrincipalId } from './principal.ts';
import type { SealingKey } from './sealing-key.ts';

export interface OrganizationTools {
  readonly db: Db;
  readonly clock: Clock;
  readonly sealingKey: SealingKey;
}

/** A new key of a principal. What it returns is the only copy of the secret in clear: show it once, store it nowhere. */
export async function issueAccessKey(
  { db, clock, sealingKey }: OrganizationTools,
  principalId: PrincipalId,
  options: { readonly expiresAt?: Date; readonly isTemporary?: boolean; readonly origin?: CredentialOrigin } = {},
): Promise<AccessKey> {
  const key = newAccessKey(options.expiresAt, options.isTemporary);
  await accessKeyInsert(db, {
    id: key.id,
    principalId,
    sealedSecret: sealingKey.seal(key.secret, secretPurpose(key.id)),
    sealedSessionToken: key.sessionToken ? sealingKey.seal(key.sessionToken, sessionTokenPurpose(key.id)) : null,
    createdAt: clock.now(),
    expiresAt: key.expiresAt ?? null,
    origin: options.origin ?? 'issued',
  });
  return key;
}

export function secretPurpose(id: string): string {
  return `access key ${id}, secret`;
}

export function sessionTokenPurpose(id: string): string {
  return `access key ${id}, session token`;
}
