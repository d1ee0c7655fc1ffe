import { type Generated, sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import { countsForHolder, type Principal, type PrincipalId } from '../../organization/index.ts';

export interface BrowserSession {
  readonly principal: Principal;
  readonly expiresAt: Date;
}

type Tables = {
  browser_session: {
    hash: Buffer;
    id: Generated<string>;
    principal_id: PrincipalId;
    created_at: Date;
    expires_at: Date;
  };
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
    .where(countsForHolder(sql.ref('browser_session.created_at'), now))
    .executeTakeFirst();
  if (!row) return undefined;
  const { expiresAt, ...principal } = row;
  return { principal, expiresAt };
}

export async function sessionDelete(db: Db, hash: Buffer): Promise<void> {
  await db.withTables<Tables>().deleteFrom('browser_session').where('hash', '=', hash).execute();
}

export const sessionKinds = ['browser', 'command-line'] as const;

/** That somebody is signed in, with a browser or by `deuteron login`, whose token goes on as long. */
export interface Session {
  /** Says nothing to who only has this. */
  readonly id: string;
  readonly kind: (typeof sessionKinds)[number];
  readonly principal: Principal;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const sessions = sql`(
  select id, principal_id, 'browser' as kind, created_at, expires_at from browser_session
  union all
  select id, principal_id, 'command-line', created_at, expires_at from api_token
  where origin = 'sign-in' and revoked_at is null)`;

/** Newest first. @param principalId absent: of everybody */
export async function sessionList(
  db: Db,
  principalId: PrincipalId | undefined,
  now: Date,
  behind: { readonly createdAt: Date; readonly id: string } | undefined,
  max: number,
): Promise<Session[]> {
  const { rows } = await sql<
    Omit<Session, 'principal'> & { principalId: PrincipalId; name: string; of: Principal['kind'] }
  >`
    select session.id, session.kind, session.created_at as "createdAt", session.expires_at as "expiresAt",
      principal.id as "principalId", principal.name, principal.kind as of
    from ${sessions} session join principal on principal.id = session.principal_id
    where session.expires_at > ${now} and ${countsForHolder(sql.ref('session.created_at'), now)}
      ${principalId === undefined ? sql`` : sql`and session.principal_id = ${principalId}`}
      ${behind === undefined ? sql`` : sql`and (session.created_at, session.id) < (${behind.createdAt}, ${behind.id})`}
    order by session.created_at desc, session.id desc limit ${max}`.execute(db);
  return rows.map(({ principalId: id, name, of: kind, ...session }) => ({ ...session, principal: { id, name, kind } }));
}

/** Whose it is; undefined: there is none. */
export async function sessionHolder(db: Db, id: string): Promise<Principal | undefined> {
  const { rows } = await sql<Principal>`
    select principal.id, principal.name, principal.kind
    from ${sessions} session join principal on principal.id = session.principal_id where session.id = ${id}`.execute(
    db,
  );
  return rows[0];
}

export async function sessionEnd(tx: Db, id: string, now: Date): Promise<void> {
  await sql`delete from browser_session where id = ${id}`.execute(tx);
  await sql`update api_token set revoked_at = ${now} where id = ${id} and origin = 'sign-in'`.execute(tx);
}

/** All of somebody, with what he could still sign in by. @returns how many there were */
export async function sessionsEnd(tx: Db, principalId: PrincipalId, now: Date): Promise<number> {
  await sql`delete from sign_in_code where principal_id = ${principalId}`.execute(tx);
  const { rows } = await sql<{ count: number }>`
    with browsers as (
      delete from browser_session where principal_id = ${principalId} returning expires_at
    ), tokens as (
      update api_token set revoked_at = ${now}
      where principal_id = ${principalId} and origin = 'sign-in' and revoked_at is null returning expires_at
    )
    select count(*)::integer as count from (select * from browsers union all select * from tokens) ended
    where expires_at > ${now}`.execute(tx);
  return rows[0]?.count ?? 0;
}
