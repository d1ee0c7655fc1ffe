import type { Db } from '../../database/index.ts';
import {
  type KnownPrincipal,
  type PrincipalId,
  type PrincipalTable,
  principalColumns,
  principalOf,
} from '../../organization/index.ts';

type Tables = PrincipalTable & {
  sign_in_code: { hash: Buffer; principal_id: PrincipalId; challenge: string; expires_at: Date };
};

/** Those that are too old go meanwhile. */
export async function signInCodeInsert(
  db: Db,
  code: {
    readonly hash: Buffer;
    readonly principalId: PrincipalId;
    readonly challenge: string;
    readonly expiresAt: Date;
  },
  now: Date,
): Promise<void> {
  const tables = db.withTables<Tables>();
  await tables.deleteFrom('sign_in_code').where('expires_at', '<', now).execute();
  const { hash, principalId, challenge, expiresAt } = code;
  const row = { hash, principal_id: principalId, challenge, expires_at: expiresAt };
  await tables.insertInto('sign_in_code').values(row).execute();
}

/** It is gone then. */
export async function signInCodeTake(
  db: Db,
  hash: Buffer,
  now: Date,
): Promise<{ readonly principal: KnownPrincipal; readonly challenge: string; readonly expiresAt: Date } | undefined> {
  const tables = db.withTables<Tables>();
  const taken = await tables
    .deleteFrom('sign_in_code')
    .where('hash', '=', hash)
    .where('expires_at', '>', now)
    .returning(['principal_id', 'challenge', 'expires_at'])
    .executeTakeFirst();
  if (!taken) return undefined;
  const row = await tables
    .selectFrom('principal')
    .select(principalColumns)
    .where('id', '=', taken.principal_id)
    .executeTakeFirst();
  return row && { principal: principalOf(row), challenge: taken.challenge, expiresAt: taken.expires_at };
}
