import { type Generated, type Selectable, sql } from 'kysely';
import type { Db } from '../database/index.ts';
import type { AuditAttempt, AuditEntry, AuditOutcome } from './audit-entry.ts';

type Tables = {
  audit_entry: {
    position: Generated<string>;
    at: Generated<Date>;
    principal_id: string | null;
    principal: string;
    verb: string;
    target: string | null;
    request_id: string;
    outcome: AuditOutcome;
    code: string | null;
    hash: Generated<Uint8Array>;
  };
};

/** Let it be the last thing that a transaction does: until its commit nobody else adds an entry. */
export async function auditInsert(
  tx: Db,
  attempt: AuditAttempt,
  end: Pick<AuditEntry, 'outcome' | 'code'>,
): Promise<void> {
  await tx
    .withTables<Tables>()
    .insertInto('audit_entry')
    .values({
      principal_id: attempt.principalId ?? null,
      principal: attempt.principal,
      verb: attempt.verb,
      target: attempt.target === undefined ? null : storable(attempt.target),
      request_id: attempt.requestId,
      outcome: end.outcome,
      code: end.code ?? null,
    })
    .execute();
}

/** Of an attempt that is refused the target is whatever somebody sent: of any length, and with what no text can hold. */
function storable(target: string): string {
  return target.slice(0, targetLengthMax).toWellFormed().replaceAll('\0', '\ufffd');
}

/** Longer than any ARN. */
const targetLengthMax = 2_048;

export interface AuditFilters {
  /** A name. */
  readonly principal?: string;
  readonly principalId?: string;
  readonly verb?: string;
  /** An ARN; one that ends in `*` stands for all that begin with it. */
  readonly target?: string;
  readonly outcome?: AuditOutcome;
  /** From then on. */
  readonly since?: Date;
  /** Before then. */
  readonly until?: Date;
}

/** Newest first, behind a position. */
export async function auditBehind(
  db: Db,
  { principal, principalId, verb, target, outcome, since, until }: AuditFilters,
  position: number | undefined,
  max: number,
): Promise<AuditEntry[]> {
  let query = db.withTables<Tables>().selectFrom('audit_entry').selectAll();
  if (principal !== undefined) query = query.where('principal', '=', principal);
  if (principalId !== undefined) query = query.where('principal_id', '=', principalId);
  if (verb !== undefined) query = query.where('verb', '=', verb);
  if (outcome !== undefined) query = query.where('outcome', '=', outcome);
  if (since !== undefined) query = query.where('at', '>=', since);
  if (until !== undefined) query = query.where('at', '<', until);
  if (target?.endsWith('*')) query = query.where(sql<boolean>`starts_with(target, ${target.slice(0, -1)})`);
  else if (target !== undefined) query = query.where('target', '=', target);
  if (position !== undefined) query = query.where('position', '<', String(position));
  const rows = await query.orderBy('position', 'desc').limit(max).execute();
  return rows.map(entryOf);
}

/** Whether any entry is by this principal, or has this verb. */
export async function auditHas(
  db: Db,
  { principal, verb }: { readonly principal?: string; readonly verb?: string },
): Promise<boolean> {
  let query = db.withTables<Tables>().selectFrom('audit_entry').select('position');
  if (principal !== undefined) query = query.where('principal', '=', principal);
  if (verb !== undefined) query = query.where('verb', '=', verb);
  return (await query.limit(1).executeTakeFirst()) !== undefined;
}

/** Every verb that an entry has, by a step of the index for each. */
export async function auditVerbs(db: Db): Promise<string[]> {
  const { rows } = await sql<{ verb: string }>`
    with recursive known as (
      (select verb from audit_entry order by verb limit 1)
      union all
      select (select verb from audit_entry where verb > known.verb order by verb limit 1) from known
      where known.verb is not null
    )
    select verb from known where verb is not null`.execute(db);
  return rows.map(({ verb }) => verb);
}

/** With its hash in hexadecimal. */
export type ChainedEntry = AuditEntry & { readonly hash: string };

/** Oldest first, behind a position. */
export async function auditAfter(db: Db, position: number, max: number): Promise<ChainedEntry[]> {
  const rows = await db
    .withTables<Tables>()
    .selectFrom('audit_entry')
    .selectAll()
    .where('position', '>', String(position))
    .orderBy('position')
    .limit(max)
    .execute();
  return rows.map((row) => ({ ...entryOf(row), hash: Buffer.from(row.hash).toString('hex') }));
}

function entryOf(row: Selectable<Tables['audit_entry']>): AuditEntry {
  return {
    position: Number(row.position),
    at: row.at,
    principalId: row.principal_id ?? undefined,
    principal: row.principal,
    verb: row.verb,
    target: row.target ?? undefined,
    requestId: row.request_id,
    outcome: row.outcome,
    code: row.code ?? undefined,
  };
}

export interface AuditChain {
  readonly entries: number;
  /** The first entry that is not what was written, or does not follow on the one before; absent: the chain holds. */
  readonly brokenAt?: number;
}

export async function auditChain(db: Db): Promise<AuditChain> {
  const { rows } = await sql<{ entries: string; broken_at: string | null }>`
    with chained as (
      select entry.position, entry.hash, audit_hash(coalesce(lag(hash) over chain, ''), entry) as expected,
        row_number() over chain as place
      from audit_entry entry window chain as (order by position)
    )
    select count(*) as entries, min(position) filter (where hash <> expected or position <> place) as broken_at
    from chained`.execute(db);
  const [row] = rows;
  return { entries: Number(row?.entries), brokenAt: row?.broken_at ? Number(row.broken_at) : undefined };
}
