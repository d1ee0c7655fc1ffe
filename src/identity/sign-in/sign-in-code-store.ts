import type { Db } from '../../database/index.ts';
import type { Principal, PrincipalId } from '../../organization/index.ts';

type Tables = {
  sign_in_code: { hash: Buffer; principal_id: PrincipalId; challenge: string; expires_at: Date };
  principal: { id: PrincipalId; name: string; kind: Principal['kind'] };
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
): Promise<{ readonly principal: Principal; readonly challenge: string } | undefined> {
  const tables = db.withTables<Tables>();
  const taken = await tables
    .deleteFrom('sign_in_code')
    .where('hash', '=', hash)
    .where('expires_at', '>', now)
    .returning(['principal_id', 'challenge'])
    .executeTakeFirst();
  if (!taken) return undefined;
  const principal = await tables
    .selectFrom('principal')
    .select(['id', 'name', 'kind'])
    .where('id', '=', taken.principal_id)
    .executeTakeFirst();
  return principal && { principal, challenge: taken.challenge };
}
