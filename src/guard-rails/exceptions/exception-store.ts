import { type Generated, type Selectable, sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import type { ApprovalFacts } from '../../governance/index.ts';
import type { ExceptionInForce, ExceptionState, RailException } from './exception.ts';

interface ExceptionColumns {
  id: string;
  target_arn: string;
  rail: string;
  reason: string;
  requested_by_id: string;
  requested_by: string;
  requested_at: Date;
  expires_at: Date;
  state: ExceptionState;
  answered_by: string | null;
  answered_at: Date | null;
  note: string | null;
  ending_told_at: Date | null;
  approvals: Generated<readonly (Omit<ApprovalFacts, 'at'> & { readonly at: string })[]>;
}

const exceptions = (db: Db) => db.withTables<{ guard_rail_exception: ExceptionColumns }>();

export async function exceptionInsert(
  tx: Db,
  asked: RailException & { readonly requestedById: string },
): Promise<void> {
  await exceptions(tx)
    .insertInto('guard_rail_exception')
    .values({
      id: asked.id,
      target_arn: asked.targetArn,
      rail: asked.rail,
      reason: asked.reason,
      requested_by_id: asked.requestedById,
      requested_by: asked.requestedBy,
      requested_at: asked.requestedAt,
      expires_at: asked.expiresAt,
      state: asked.state,
    })
    .execute();
}

/** With the id of who asked, and who has approved so far. */
export type AskedException = RailException & {
  readonly requestedById: string;
  readonly approvals: readonly ApprovalFacts[];
};

export async function exceptionFind(db: Db, id: string): Promise<AskedException | undefined> {
  const row = await exceptions(db)
    .selectFrom('guard_rail_exception')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && exceptionOf(row);
}

/** Until the transaction ends, nobody else asks for one of this rail for this thing. */
export async function exceptionsLock(tx: Db, targetArn: string, rail: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`exception ${rail} ${targetArn}`}, 0))`.execute(tx);
}

/** The one that waits for an answer. */
export async function exceptionOpen(
  db: Db,
  targetArn: string,
  rail: string,
  now: Date,
): Promise<AskedException | undefined> {
  const [open] = await exceptionList(db, { targetArn, rail, state: 'requested' }, undefined, now, 1);
  return open;
}

/** For answering it: nobody else does until the transaction ends. */
export async function exceptionLock(tx: Db, id: string): Promise<AskedException | undefined> {
  const row = await exceptions(tx)
    .selectFrom('guard_rail_exception')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && exceptionOf(row);
}

export async function exceptionAnswer(
  tx: Db,
  id: string,
  {
    state,
    by,
    note,
    at,
  }: { readonly state: ExceptionState; readonly by: string; readonly note?: string; readonly at: Date },
): Promise<void> {
  await exceptions(tx)
    .updateTable('guard_rail_exception')
    .set({ state, answered_by: by, answered_at: at, note: note ?? null })
    .where('id', '=', id)
    .execute();
}

/** One person approves once: the latest counts. */
export async function exceptionApprove(tx: Db, id: string, approvals: readonly ApprovalFacts[]): Promise<void> {
  await exceptions(tx)
    .updateTable('guard_rail_exception')
    .set({ approvals: sql`${JSON.stringify(approvals)}::jsonb` })
    .where('id', '=', id)
    .execute();
}

/** Those that lift something for a thing at a moment, whatever was written down since their end. */
export async function exceptionsInForce(db: Db, targetArn: string, now: Date): Promise<ExceptionInForce[]> {
  const rows = await exceptions(db)
    .selectFrom('guard_rail_exception')
    .select(['id', 'rail', 'reason', 'expires_at'])
    .where('target_arn', '=', targetArn)
    .where('state', '=', 'granted')
    .where('expires_at', '>', now)
    .orderBy('expires_at')
    .orderBy('id')
    .execute();
  return rows.map(({ id, rail, reason, expires_at: expiresAt }) => ({ id, rail, reason, expiresAt }));
}

/** Ids of all that lift something at a moment, for whatever thing. */
export async function exceptionIdsInForce(db: Db, now: Date): Promise<string[]> {
  const rows = await exceptions(db)
    .selectFrom('guard_rail_exception')
    .select('id')
    .where('state', '=', 'granted')
    .where('expires_at', '>', now)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

export interface ExceptionFilters {
  readonly targetArn?: string;
  readonly rail?: string;
  readonly state?: ExceptionState;
}

export interface ExceptionPosition {
  readonly requestedAt: Date;
  readonly id: string;
}

/** Newest first. */
export async function exceptionList(
  db: Db,
  { targetArn, rail, state }: ExceptionFilters,
  behind: ExceptionPosition | undefined,
  now: Date,
  max: number,
): Promise<AskedException[]> {
  let query = exceptions(db)
    .selectFrom('guard_rail_exception')
    .selectAll()
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(max);
  if (targetArn !== undefined) query = query.where('target_arn', '=', targetArn);
  if (rail !== undefined) query = query.where('rail', '=', rail);
  if (state !== undefined)
    query = query.where((where) => {
      const canExpire = where('state', 'in', ['granted', 'requested']);
      const isLate = where.and([canExpire, where('expires_at', '<=', now)]);
      if (state === 'expired') return where.or([where('state', '=', 'expired'), isLate]);
      return where.and([where('state', '=', state), where.not(isLate)]);
    });
  if (behind)
    query = query.where((where) =>
      where.or([
        where('requested_at', '<', behind.requestedAt),
        where.and([where('requested_at', '=', behind.requestedAt), where('id', '<', behind.id)]),
      ]),
    );
  return (await query.execute()).map(exceptionOf);
}

/** Ends those whose time is over. @returns those that this call ended */
export async function exceptionsExpire(tx: Db, now: Date): Promise<AskedException[]> {
  const rows = await exceptions(tx)
    .updateTable('guard_rail_exception')
    .set({ state: 'expired' })
    .where('state', 'in', ['granted', 'requested'])
    .where('expires_at', '<=', now)
    .returningAll()
    .execute();
  return rows.map(exceptionOf);
}

/** Marks those that end before a moment, each once: the mark is what tells of it. */
export async function exceptionEndsTell(tx: Db, before: Date, now: Date): Promise<void> {
  await exceptions(tx)
    .updateTable('guard_rail_exception')
    .set({ ending_told_at: now })
    .where('state', '=', 'granted')
    .where('ending_told_at', 'is', null)
    .where('expires_at', '<=', before)
    .execute();
}

function exceptionOf(row: Selectable<ExceptionColumns>): AskedException {
  return {
    id: row.id,
    targetArn: row.target_arn,
    rail: row.rail,
    reason: row.reason,
    requestedById: row.requested_by_id,
    approvals: row.approvals.map((each) => ({ ...each, at: new Date(each.at) })),
    ...(row.approvals.length > 0 && { approvedBy: row.approvals.map(({ principal }) => principal) }),
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    state: row.state,
    ...(row.answered_by !== null && { answeredBy: row.answered_by }),
    ...(row.answered_at !== null && { answeredAt: row.answered_at }),
    ...(row.note !== null && { note: row.note }),
  };
}
