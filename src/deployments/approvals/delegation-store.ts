import { type Selectable, sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import { countsForHolder, type PrincipalId } from '../../organization/index.ts';
import type { Delegation } from './delegation.ts';

interface DelegationTable {
  id: string;
  from_id: PrincipalId;
  to_id: PrincipalId;
  reason: string | null;
  made_by: string;
  made_at: Date;
  until: Date;
  ended_by: string | null;
  ended_at: Date | null;
}

type Tables = { approval_delegation: DelegationTable; principal: { id: PrincipalId; name: string } };

const selected = (db: Db) =>
  db
    .withTables<Tables>()
    .selectFrom('approval_delegation')
    .innerJoin('principal as giver', 'giver.id', 'approval_delegation.from_id')
    .innerJoin('principal as taker', 'taker.id', 'approval_delegation.to_id')
    .selectAll('approval_delegation')
    .select(['giver.name as from_name', 'taker.name as to_name']);

/** Both are there, and it was made since they came back. */
const counts = (now: Date) =>
  sql<boolean>`until > ${now} and ended_at is null
    and ${countsForHolder(sql.ref('made_at'), now, 'giver')} and ${countsForHolder(sql.ref('made_at'), now, 'taker')}`;

export async function delegationInsert(tx: Db, delegation: Delegation): Promise<void> {
  await tx
    .withTables<Tables>()
    .insertInto('approval_delegation')
    .values({
      id: delegation.id,
      from_id: delegation.fromId,
      to_id: delegation.toId,
      reason: delegation.reason ?? null,
      made_by: delegation.madeBy,
      made_at: delegation.madeAt,
      until: delegation.until,
      ended_by: null,
      ended_at: null,
    })
    .execute();
}

/** Until the transaction ends, nobody else makes one of this giver. */
export async function delegationLock(tx: Db, from: PrincipalId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`delegation-${from}`}, 0))`.execute(tx);
}

export async function delegationFind(db: Db, id: string): Promise<Delegation | undefined> {
  const row = await selected(db).where('approval_delegation.id', '=', id).executeTakeFirst();
  return row && delegationOf(row);
}

/** Those that count now. */
export async function delegationsTo(db: Db, to: PrincipalId, now: Date): Promise<Delegation[]> {
  const rows = await selected(db)
    .where('to_id', '=', to)
    .where(counts(now))
    .orderBy('approval_delegation.id')
    .execute();
  return rows.map(delegationOf);
}

/** Those that count now, of any of these people. */
export async function delegationsFrom(db: Db, from: readonly PrincipalId[], now: Date): Promise<Delegation[]> {
  if (from.length === 0) return [];
  const rows = await selected(db)
    .where('from_id', 'in', [...from])
    .where(counts(now))
    .orderBy('approval_delegation.id')
    .execute();
  return rows.map(delegationOf);
}

export interface DelegationFilters {
  /** Only those that count at that moment. */
  readonly countsAt?: Date;
}

/** Newest first, behind a position. */
export async function delegationsBehind(
  db: Db,
  { countsAt }: DelegationFilters,
  behind: { readonly madeAt: Date; readonly id: string } | undefined,
  max: number,
): Promise<Delegation[]> {
  let query = selected(db);
  if (countsAt) query = query.where(counts(countsAt));
  if (behind) query = query.where(sql<boolean>`(made_at, approval_delegation.id) < (${behind.madeAt}, ${behind.id})`);
  const rows = await query.orderBy('made_at', 'desc').orderBy('approval_delegation.id', 'desc').limit(max).execute();
  return rows.map(delegationOf);
}

/** false: it has ended already. */
export async function delegationEnd(tx: Db, id: string, by: string, at: Date): Promise<boolean> {
  const ended = await tx
    .withTables<Tables>()
    .updateTable('approval_delegation')
    .set({ ended_by: by, ended_at: at })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return ended.numUpdatedRows > 0n;
}

function delegationOf(row: Selectable<DelegationTable> & { from_name: string; to_name: string }): Delegation {
  return {
    id: row.id,
    fromId: row.from_id,
    from: row.from_name,
    toId: row.to_id,
    to: row.to_name,
    reason: row.reason ?? undefined,
    madeBy: row.made_by,
    madeAt: row.made_at,
    until: row.until,
    endedBy: row.ended_by ?? undefined,
    endedAt: row.ended_at ?? undefined,
  };
}
