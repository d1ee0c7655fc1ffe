import type { Db } from '../../database/index.ts';
import type { Principal, PrincipalId } from '../../organization/index.ts';
import type { BrowserSession } from './browser-session.ts';

type Tables = {
  browser_session: { hash: Buffer; principal_id: PrincipalId; created_at: Date; expires_at: Date };
  principal: { id: PrincipalId; name: string; kind: Principal['kind'] };
};

/** Those that are over go meanwhile. */
export async function sessionInsert(
  db: Db,
  session: {
    readonly hash: Buffer;
    readonly principalId: PrincipalId;
    readonly createdAt: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  const tables = db.withTables<Tables>();
  await tables.deleteFrom('browser_session').where('expires_at', '<', session.createdAt).execute();
  await tables
    .insertInto('browser_session')
    .values({
      hash: session.hash,
      principal_id: session.principalId,
      created_at: session.createdAt,
      expires_at: session.expiresAt,
    })
    .execute();
}

export async function sessionFind(db: Db, hash: Buffer, now: Date): Promise<BrowserSession | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('browser_session')
    .innerJoin('principal', 'principal.id', 'browser_session.principal_id')
    .select(['principal.id', 'principal.name', 'principal.kind', 'browser_session.expires_at as expiresAt'])
    .where('hash', '=', hash)
    .where('browser_session.expires_at', '>', now)
    .executeTakeFirst();
  if (!row) return undefined;
  const { expiresAt, ...principal } = row;
  return { principal, expiresAt };
}

export async function sessionDelete(db: Db, hash: Buffer): Promise<void> {
  await db.withTables<Tables>().deleteFrom('browser_session').where('hash', '=', hash).execute();
}
