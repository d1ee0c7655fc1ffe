import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import type { Principal, PrincipalId, PrincipalKind } from './principal.ts';

export type PrincipalTable = {
  principal: { id: PrincipalId; name: string; kind: PrincipalKind; created_at: Date };
};

/** false when the name is taken. */
export async function principalInsert(db: Db, principal: Principal, createdAt: Date): Promise<boolean> {
  const inserted = await db
    .withTables<PrincipalTable>()
    .insertInto('principal')
    .values({ ...principal, created_at: createdAt })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function principalFindByName(db: Db, name: string): Promise<Principal | undefined> {
  return await db
    .withTables<PrincipalTable>()
    .selectFrom('principal')
    .select(['id', 'name', 'kind'])
    .where('name', '=', name)
    .executeTakeFirst();
}

/** Until the transaction ends nobody else gets this lock. */
export async function principalLock(tx: Db, id: PrincipalId): Promise<void> {
  await tx.withTables<PrincipalTable>().selectFrom('principal').select('id').where('id', '=', id).forUpdate().execute();
}

/** By name, those behind a name. */
export async function principalList(db: Db, behind: string | undefined, max?: number): Promise<Principal[]> {
  return await db
    .withTables<PrincipalTable>()
    .selectFrom('principal')
    .select(['id', 'name', 'kind'])
    .$if(behind !== undefined, (query) => query.where(sql`name collate "C"`, '>', behind!))
    .orderBy(sql`name collate "C"`)
    .$if(max !== undefined, (query) => query.limit(max!))
    .execute();
}
