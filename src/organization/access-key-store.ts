import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import type { AccessKeyId, AccessKeySummary } from './access-key.ts';
import type { Principal, PrincipalId } from './principal.ts';
import type { PrincipalTable } from './principal-store.ts';

type AccessKeyTable = PrincipalTable & {
  access_key: {
    id: AccessKeyId;
    principal_id: PrincipalId;
    sealed_secret: Buffer;
    sealed_session_token: Buffer | null;
    created_at: Date;
    expires_at: Date | null;
    revoked_at: Date | null;
    last_used_at: Date | null;
  };
};

export interface SealedAccessKey {
  readonly id: AccessKeyId;
  readonly sealedSecret: Buffer;
  readonly sealedSessionToken: Buffer | null;
  readonly expiresAt: Date | null;
}

export async function accessKeyInsert(
  db: Db,
  key: SealedAccessKey & { readonly principalId: PrincipalId; readonly createdAt: Date },
): Promise<void> {
  await db
    .withTables<AccessKeyTable>()
    .insertInto('access_key')
    .values({
      id: key.id,
      principal_id: key.principalId,
      sealed_secret: key.sealedSecret,
      sealed_session_token: key.sealedSessionToken,
      created_at: key.createdAt,
      expires_at: key.expiresAt,
      revoked_at: null,
      last_used_at: null,
    })
    .execute();
}

export type AccessKeyRow = SealedAccessKey & {
  readonly principal: Principal;
  readonly revokedAt: Date | null;
};

export async function accessKeyFind(db: Db, id: string): Promise<AccessKeyRow | undefined> {
  const row = await db
    .withTables<AccessKeyTable>()
    .selectFrom('access_key')
    .innerJoin('principal', 'principal.id', 'access_key.principal_id')
    .select([
      'access_key.id',
      'access_key.sealed_secret as sealedSecret',
      'access_key.sealed_session_token as sealedSessionToken',
      'access_key.expires_at as expiresAt',
      'access_key.revoked_at as revokedAt',
      'principal.id as principalId',
      'principal.name',
      'principal.kind',
    ])
    .where('access_key.id', '=', id as AccessKeyId)
    .executeTakeFirst();
  if (!row) return undefined;
  const { principalId, name, kind, ...key } = row;
  return { ...key, principal: { id: principalId, name, kind } };
}

/** Of one principal, or of all; newest first. */
export async function accessKeyList(db: Db, principalId?: PrincipalId): Promise<AccessKeySummary[]> {
  const rows = await db
    .withTables<AccessKeyTable>()
    .selectFrom('access_key')
    .innerJoin('principal', 'principal.id', 'access_key.principal_id')
    .selectAll('access_key')
    .select(['principal.name', 'principal.kind'])
    .$if(principalId !== undefined, (query) => query.where('principal_id', '=', principalId!))
    .orderBy('access_key.created_at', 'desc')
    .orderBy('access_key.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    principal: { id: row.principal_id, name: row.name, kind: row.kind },
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
  }));
}

/** false when there is no such key. Revoking twice keeps the first time. */
export async function accessKeyRevoke(db: Db, id: string, now: Date): Promise<boolean> {
  const revoked = await db
    .withTables<AccessKeyTable>()
    .updateTable('access_key')
    .set({ revoked_at: sql<Date>`coalesce(revoked_at, ${now})` })
    .where('id', '=', id as AccessKeyId)
    .returning('id')
    .executeTakeFirst();
  return revoked !== undefined;
}

/** Written at most once a minute for each key: a busy client must not cost a write for every read. */
export async function accessKeyTouch(db: Db, id: AccessKeyId, now: Date): Promise<void> {
  const minuteAgo = new Date(now.getTime() - 60_000);
  await db
    .withTables<AccessKeyTable>()
    .updateTable('access_key')
    .set({ last_used_at: now })
    .where('id', '=', id)
    .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<', minuteAgo)]))
    .execute();
}
