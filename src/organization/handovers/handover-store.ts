import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import { isWithinReach, type PlacementReach } from '../placements/placement-store.ts';
import type { Handover, HandoverState, Ownership } from './handover.ts';

type HandoverTable = {
  handover: {
    id: string;
    resource_arn: string;
    ownership: Ownership;
    from_team: string | null;
    to_team: string;
    unit: string | null;
    note: string | null;
    state: HandoverState;
    offered_by: string;
    offered_at: Date;
    expires_at: Date;
    answered_by: string | null;
    answered_at: Date | null;
    answer_note: string | null;
  };
};

const handovers = (db: Db) => db.withTables<HandoverTable>();

/** false when there is an open offer of the same already. */
export async function handoverInsert(tx: Db, handover: Handover): Promise<boolean> {
  const inserted = await handovers(tx)
    .insertInto('handover')
    .values({
      id: handover.id,
      resource_arn: handover.resourceArn,
      ownership: handover.ownership,
      from_team: handover.fromTeam ?? null,
      to_team: handover.toTeam,
      unit: handover.unit ?? null,
      note: handover.note ?? null,
      state: handover.state,
      offered_by: handover.offeredBy,
      offered_at: handover.offeredAt,
      expires_at: handover.expiresAt,
    })
    .onConflict((conflict) =>
      conflict.columns(['resource_arn', 'ownership']).where(sql<boolean>`state = 'offered'`).doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export interface HandoverEnd {
  readonly state: HandoverState;
  readonly by?: string;
  readonly note?: string;
  readonly now: Date;
}

export async function handoverEnd(tx: Db, id: string, { state, by, note, now }: HandoverEnd): Promise<void> {
  await handovers(tx)
    .updateTable('handover')
    .set({ state, answered_by: by ?? null, answered_at: now, answer_note: note ?? null })
    .where('id', '=', id)
    .where('state', '=', 'offered')
    .execute();
}

/** Of a resource that goes. */
export async function handoversWithdraw(
  tx: Db,
  arn: string,
  { by, note, now }: { readonly by: string; readonly note: string; readonly now: Date },
): Promise<void> {
  await handovers(tx)
    .updateTable('handover')
    .set({ state: 'withdrawn', answered_by: by, answered_at: now, answer_note: note })
    .where('resource_arn', '=', arn)
    .where('state', '=', 'offered')
    .execute();
}

/** Ends offers whose time is over. @returns those that this call ended */
export async function handoversExpire(tx: Db, now: Date): Promise<Handover[]> {
  const rows = await handovers(tx)
    .updateTable('handover')
    .set({ state: 'expired', answered_at: sql<Date>`expires_at` })
    .where('state', '=', 'offered')
    .where('expires_at', '<=', now)
    .returningAll()
    .execute();
  return rows.map(handoverOf);
}

export async function handoverFind(db: Db, id: string): Promise<Handover | undefined> {
  const row = await handovers(db).selectFrom('handover').selectAll().where('id', '=', id).executeTakeFirst();
  return row && handoverOf(row);
}

/** For changing it: nobody else does until the transaction ends. */
export async function handoverLock(tx: Db, id: string): Promise<Handover | undefined> {
  const row = await handovers(tx)
    .selectFrom('handover')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && handoverOf(row);
}

export interface HandoverFilters {
  /** Offered by it or to it. */
  readonly team?: string;
  readonly resourceArn?: string;
  readonly state?: HandoverState;
  /** Only those of what is within his reach, and those from or to one of his teams. */
  readonly reader?: PlacementReach;
}

export interface HandoverPosition {
  readonly offeredAt: Date;
  readonly id: string;
}

/** Newest first. */
export async function handoverList(
  db: Db,
  { team, resourceArn, state, reader }: HandoverFilters,
  behind: HandoverPosition | undefined,
  now: Date,
  max: number,
): Promise<Handover[]> {
  let query = handovers(db)
    .selectFrom('handover')
    .selectAll()
    .orderBy('offered_at', 'desc')
    .orderBy('id', 'desc')
    .limit(max);
  if (team !== undefined) {
    query = query.where((where) => where.or([where('from_team', '=', team), where('to_team', '=', team)]));
  }
  if (resourceArn !== undefined) query = query.where('resource_arn', '=', resourceArn);
  if (state !== undefined)
    query = query.where(
      sql<boolean>`case when state = 'offered' and expires_at <= ${now} then 'expired' else state end = ${state}`,
    );
  if (reader) {
    query = query.where((where) =>
      where.or([
        isWithinReach(sql.ref('handover.resource_arn'), reader, sql.ref('handover.incarnation')),
        where('from_team', 'in', [...reader.teams, '']),
        where('to_team', 'in', [...reader.teams, '']),
      ]),
    );
  }
  if (behind) query = query.where(sql<boolean>`(offered_at, id) < (${behind.offeredAt}, ${behind.id})`);
  return (await query.execute()).map(handoverOf);
}

/** Open offers that name each team, and each unit. */
export async function handoversOpen(db: Db): Promise<{ teams: Set<string>; units: Set<string> }> {
  const rows = await handovers(db)
    .selectFrom('handover')
    .select(['from_team', 'to_team', 'unit'])
    .where('state', '=', 'offered')
    .execute();
  return {
    teams: new Set(rows.flatMap(({ from_team, to_team }) => [from_team ?? [], to_team].flat())),
    units: new Set(rows.flatMap(({ unit }) => unit ?? [])),
  };
}

function handoverOf(row: HandoverTable['handover']): Handover {
  return {
    id: row.id,
    resourceArn: row.resource_arn,
    ownership: row.ownership,
    fromTeam: row.from_team ?? undefined,
    toTeam: row.to_team,
    unit: row.unit ?? undefined,
    note: row.note ?? undefined,
    state: row.state,
    offeredBy: row.offered_by,
    offeredAt: row.offered_at,
    expiresAt: row.expires_at,
    answeredBy: row.answered_by ?? undefined,
    answeredAt: row.answered_at ?? undefined,
    answerNote: row.answer_note ?? undefined,
  };
}
