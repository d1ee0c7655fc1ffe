import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import type { AccessKeyId, AccessKeySummary, CredentialOrigin } from './access-key.ts';
import type { Principal, PrincipalId, Standing } from './principal.ts';
import { countsForHolder, type PrincipalTable, principalOf } from './principal-store.ts';

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
    origin: CredentialOrigin;
  };
};

export interface SealedAccessKey {
  readonly id: AccessKeyId;
  readonly sealedSecret: Buffer;
  readonly sealedSessionToken: Buffer | null;
  readonly expiresAt: Date | null;
  readonly origin: CredentialOrigin;
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
      origin: key.origin,
    })
    .execute();
}

export type AccessKeyRow = SealedAccessKey & {
  readonly principal: Principal;
  /** Of the principal. */
  readonly standing: Standing;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
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
      'access_key.created_at as createdAt',
      'access_key.last_used_at as lastUsedAt',
      'access_key.origin',
      'principal.id as principalId',
      'principal.name',
      'principal.kind',
      'principal.ends_at as endsAt',
      'principal.returned_at as returnedAt',
    ])
    .where('access_key.id', '=', id as AccessKeyId)
    .executeTakeFirst();
  if (!row) return undefined;
  const { principalId, name, kind, endsAt, returnedAt, ...key } = row;
  const standing = principalOf({ id: principalId, name, kind, endsAt, returnedAt });
  return { ...key, principal: { id: principalId, name, kind }, standing };
}

export interface AccessKeyFilters {
  readonly principalId?: PrincipalId;
  /** Only those that sign at this moment. */
  readonly usableAt?: Date;
}

export interface AccessKeyPosition {
  readonly createdAt: Date;
  readonly id: string;
}

/** Of one principal, or of all; newest first. */
export async function accessKeyList(
  db: Db,
  { principalId, usableAt }: AccessKeyFilters = {},
  behind?: AccessKeyPosition,
  max?: number,
): Promise<AccessKeySummary[]> {
  const rows = await db
    .withTables<AccessKeyTable>()
    .selectFrom('access_key')
    .innerJoin('principal', 'principal.id', 'access_key.principal_id')
    .selectAll('access_key')
    .select(['principal.name', 'principal.kind'])
    .$if(principalId !== undefined, (query) => query.where('principal_id', '=', principalId!))
    .$if(usableAt !== undefined, (query) =>
      query
        .where('access_key.revoked_at', 'is', null)
        .where(countsForHolder(sql.ref('access_key.created_at'), usableAt!))
        .where((where) =>
          where.or([where('access_key.expires_at', 'is', null), where('access_key.expires_at', '>', usableAt!)]),
        ),
    )
    // the column has microseconds, a position has milliseconds
    .$if(behind !== undefined, (query) =>
      query.where(
        sql<boolean>`(date_trunc('milliseconds', access_key.created_at), access_key.id) < (${behind!.createdAt}, ${behind!.id})`,
      ),
    )
    .orderBy(sql`date_trunc('milliseconds', access_key.created_at)`, 'desc')
    .orderBy('access_key.id', 'desc')
    .$if(max !== undefined, (query) => query.limit(max!))
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

/** The key ends then at the latest. */
export async function accessKeyEnd(db: Db, id: AccessKeyId, endsAt: Date): Promise<void> {
  await db
    .withTables<AccessKeyTable>()
    .updateTable('access_key')
    .set({ expires_at: sql<Date>`least(expires_at, ${endsAt}::timestamptz)` })
    .where('id', '=', id)
    .execute();
}

/** Written at most once a minute for each key: a busy client must not cost a write for every read. */
export async function accessKeyTouch(
  db: Db,
  { id, lastUsedAt }: Pick<AccessKeyRow, 'id' | 'lastUsedAt'>,
  now: Date,
): Promise<void> {
  const minuteAgo = new Date(now.getTime() - 60_000);
  if (lastUsedAt && lastUsedAt >= minuteAgo) return;
  await db
    .withTables<AccessKeyTable>()
    .updateTable('access_key')
    .set({ last_used_at: now })
    .where('id', '=', id)
    .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<', minuteAgo)]))
    .execute();
}

/** Those of jobs are many, and tell nothing any more when they are over. */
export async function accessKeyForget(db: Db, principalId: PrincipalId, endedBefore: Date): Promise<void> {
  await db
    .withTables<AccessKeyTable>()
    .deleteFrom('access_key')
    .where('principal_id', '=', principalId)
    .where('origin', '=', 'federation')
    .where('expires_at', '<', endedBefore)
    .execute();
}
