import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import { countsForHolder, type Principal, type PrincipalId } from '../../organization/index.ts';
import type { ApiToken, ApiTokenId, TokenOrigin, TokenScope } from './api-token.ts';

type TokenTables = {
  api_token: {
    id: ApiTokenId;
    principal_id: PrincipalId;
    name: string;
    hash: Buffer;
    scope: TokenScope;
    origin: TokenOrigin;
    created_at: Date;
    expires_at: Date;
    revoked_at: Date | null;
    last_used_at: Date | null;
  };
  principal: { id: PrincipalId; name: string; kind: Principal['kind'] };
};

const tokens = (db: Db) => db.withTables<TokenTables>();

export async function apiTokenInsert(db: Db, token: ApiToken, hash: Buffer): Promise<void> {
  await tokens(db)
    .insertInto('api_token')
    .values({
      id: token.id,
      principal_id: token.principal.id,
      name: token.name,
      hash,
      scope: token.scope,
      origin: token.origin,
      created_at: token.createdAt,
      expires_at: token.expiresAt,
      revoked_at: null,
      last_used_at: null,
    })
    .execute();
}

const selected = (db: Db) =>
  tokens(db)
    .selectFrom('api_token')
    .innerJoin('principal', 'principal.id', 'api_token.principal_id')
    .selectAll('api_token')
    .select(['principal.name as principalName', 'principal.kind']);

type Row = Awaited<ReturnType<ReturnType<typeof selected>['executeTakeFirstOrThrow']>>;

function shown(row: Row): ApiToken {
  return {
    id: row.id,
    principal: { id: row.principal_id, name: row.principalName, kind: row.kind },
    name: row.name,
    scope: row.scope,
    origin: row.origin,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
  };
}

export async function apiTokenFind(db: Db, id: string): Promise<ApiToken | undefined> {
  const row = await selected(db)
    .where('api_token.id', '=', id as ApiTokenId)
    .executeTakeFirst();
  return row && shown(row);
}

/** undefined also of who is not there any more. */
export async function apiTokenFindByHash(db: Db, hash: Buffer, now: Date): Promise<ApiToken | undefined> {
  const row = await selected(db)
    .where('hash', '=', hash)
    .where(countsForHolder(sql.ref('api_token.created_at'), now))
    .executeTakeFirst();
  return row && shown(row);
}

export interface ApiTokenFilters {
  readonly principalId?: PrincipalId;
  /** Only those that count at this moment. */
  readonly usableAt?: Date;
  readonly origins?: readonly TokenOrigin[];
}

/** Newest first. */
export async function apiTokenList(
  db: Db,
  { principalId, usableAt, origins }: ApiTokenFilters,
  behind: { readonly createdAt: Date; readonly id: string } | undefined,
  max: number,
): Promise<ApiToken[]> {
  const rows = await selected(db)
    .$if(principalId !== undefined, (query) => query.where('principal_id', '=', principalId!))
    .$if(usableAt !== undefined, (query) =>
      query
        .where('api_token.revoked_at', 'is', null)
        .where('api_token.expires_at', '>', usableAt!)
        .where(countsForHolder(sql.ref('api_token.created_at'), usableAt!)),
    )
    .$if(origins !== undefined, (query) => query.where('api_token.origin', 'in', [...origins!]))
    .$if(behind !== undefined, (query) =>
      query.where(sql<boolean>`(api_token.created_at, api_token.id) < (${behind!.createdAt}, ${behind!.id})`),
    )
    .orderBy('api_token.created_at', 'desc')
    .orderBy('api_token.id', 'desc')
    .limit(max)
    .execute();
  return rows.map(shown);
}

/** Revoking twice keeps the first time. */
export async function apiTokenRevoke(db: Db, id: ApiTokenId, now: Date): Promise<void> {
  await tokens(db)
    .updateTable('api_token')
    .set({ revoked_at: sql<Date>`coalesce(revoked_at, ${now})` })
    .where('id', '=', id)
    .execute();
}

/** Written at most once a minute for each token, as of access keys. */
export async function apiTokenTouch(
  db: Db,
  { id, lastUsedAt }: Pick<ApiToken, 'id' | 'lastUsedAt'>,
  now: Date,
): Promise<void> {
  const minuteAgo = new Date(now.getTime() - 60_000);
  if (lastUsedAt && lastUsedAt >= minuteAgo) return;
  await tokens(db)
    .updateTable('api_token')
    .set({ last_used_at: now })
    .where('id', '=', id)
    .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<', minuteAgo)]))
    .execute();
}

/** Those of jobs and sign-ins are many, and tell nothing any more when they are over. */
export async function apiTokenForget(db: Db, principalId: PrincipalId, endedBefore: Date): Promise<void> {
  await tokens(db)
    .deleteFrom('api_token')
    .where('principal_id', '=', principalId)
    .where('origin', '<>', 'issued')
    .where('expires_at', '<', endedBefore)
    .execute();
}
