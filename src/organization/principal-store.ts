import { type Generated, type RawBuilder, sql } from 'kysely';
import type { Db } from '../database/index.ts';
import {
  type KnownPrincipal,
  type Principal,
  type PrincipalId,
  type PrincipalKind,
  type PrincipalState,
  principalState,
  type Standing,
} from './principal.ts';

export type PrincipalTable = {
  principal: {
    id: PrincipalId;
    name: string;
    kind: PrincipalKind;
    created_at: Date;
    ends_at: Date | null;
    returned_at: Date | null;
    state: Generated<PrincipalState>;
  };
};

/** false when the name is taken. */
export async function principalInsert(db: Db, { id, name, kind }: Principal, createdAt: Date): Promise<boolean> {
  const inserted = await db
    .withTables<PrincipalTable>()
    .insertInto('principal')
    .values({ id, name, kind, created_at: createdAt, ends_at: null, returned_at: null })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export const principalColumns = [
  'principal.id',
  'principal.name',
  'principal.kind',
  'principal.ends_at as endsAt',
  'principal.returned_at as returnedAt',
] as const;

type Row = Principal & { readonly endsAt: Date | null; readonly returnedAt: Date | null };

export function principalOf({ id, name, kind, endsAt, returnedAt }: Row): KnownPrincipal {
  return { id, name, kind, ...(endsAt && { endsAt }), ...(returnedAt && { returnedAt }) };
}

export async function principalFindByName(db: Db, name: string): Promise<KnownPrincipal | undefined> {
  const row = await db
    .withTables<PrincipalTable>()
    .selectFrom('principal')
    .select(principalColumns)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && principalOf(row);
}

/** As `countsFor`, in a query that has the table principal under this name. */
export function countsForHolder(madeAt: RawBuilder<unknown>, now: Date, holder = 'principal'): RawBuilder<boolean> {
  const [ends, returned] = [sql.ref(`${holder}.ends_at`), sql.ref(`${holder}.returned_at`)];
  return sql<boolean>`((${ends} is null or ${ends} > ${now}) and (${returned} is null or ${madeAt} >= ${returned}))`;
}

export async function principalIsThere(db: Db, id: PrincipalId, now: Date): Promise<boolean> {
  const row = await db
    .withTables<PrincipalTable>()
    .selectFrom('principal')
    .select('id')
    .where('id', '=', id)
    .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', now)]))
    .executeTakeFirst();
  return row !== undefined;
}

/** By id; who does not exist is left out. */
export async function principalStandings(
  db: Db,
  ids: readonly PrincipalId[],
): Promise<ReadonlyMap<PrincipalId, Standing>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .withTables<PrincipalTable>()
    .selectFrom('principal')
    .select(principalColumns)
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, principalOf(row)]));
}

/** When he ends, and since when he is back. */
export async function principalStand(tx: Db, { id, endsAt, returnedAt }: KnownPrincipal, now: Date): Promise<void> {
  await tx
    .withTables<PrincipalTable>()
    .updateTable('principal')
    .set({
      ends_at: endsAt ?? null,
      returned_at: returnedAt ?? null,
      state: principalState({ endsAt }, now),
    })
    .where('id', '=', id)
    .execute();
}

/** Those whose end has come since. */
export async function principalsEndDue(tx: Db, now: Date): Promise<readonly string[]> {
  const ended = await tx
    .withTables<PrincipalTable>()
    .updateTable('principal')
    .set({ state: 'ended' })
    .where('state', '=', 'leaving')
    .where('ends_at', '<=', now)
    .returning('name')
    .execute();
  return ended.map(({ name }) => name);
}

/** Until the transaction ends nobody else gets this lock. */
export async function principalLock(tx: Db, id: PrincipalId): Promise<void> {
  await tx.withTables<PrincipalTable>().selectFrom('principal').select('id').where('id', '=', id).forUpdate().execute();
}

/** By name, those behind a name. */
export async function principalList(db: Db, behind: string | undefined, max?: number): Promise<KnownPrincipal[]> {
  const rows = await db
    .withTables<PrincipalTable>()
    .selectFrom('principal')
    .select(principalColumns)
    .$if(behind !== undefined, (query) => query.where(sql`name collate "C"`, '>', behind!))
    .orderBy(sql`name collate "C"`)
    .$if(max !== undefined, (query) => query.limit(max!))
    .execute();
  return rows.map(principalOf);
}
