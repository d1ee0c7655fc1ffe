import { type GeneratedAlways, type Selectable, sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import type { PrincipalId } from '../../organization/index.ts';
import type { DeploymentId } from '../deployment.ts';
import type { PlanId } from '../plans/plan-id.ts';
import type { TargetKind } from '../target-ref.ts';
import { type Emergency, type EmergencyUse, secondingMs } from './emergency.ts';

interface EmergencyTable {
  id: string;
  unit: string;
  reason: string;
  hours: number;
  declared_by_id: PrincipalId;
  declared_by: string;
  declared_at: Date;
  seconded_by_id: PrincipalId | null;
  seconded_by: string | null;
  seconded_at: Date | null;
  until: Date | null;
  ended_by: string | null;
  ended_at: Date | null;
  state: Emergency['state'];
  resource: GeneratedAlways<string>;
}

interface UseTable {
  deployment_id: DeploymentId;
  plan_id: PlanId;
  emergency_id: string;
  target_arn: string;
  target_kind: TargetKind;
  principal_id: PrincipalId;
  used_by: string;
  reason: string;
  waited_for: string;
  used_at: Date;
}

type Tables = { emergency: EmergencyTable; emergency_use: UseTable };

const tables = (db: Db) => db.withTables<Tables>();

export async function emergencyInsert(tx: Db, emergency: Emergency): Promise<void> {
  await tables(tx)
    .insertInto('emergency')
    .values({
      id: emergency.id,
      unit: emergency.unit,
      reason: emergency.reason,
      hours: emergency.hours,
      declared_by_id: emergency.declaredById,
      declared_by: emergency.declaredBy,
      declared_at: emergency.declaredAt,
      seconded_by_id: null,
      seconded_by: null,
      seconded_at: null,
      until: null,
      ended_by: null,
      ended_at: null,
      state: emergency.state,
    })
    .execute();
}

/** @param locked until the transaction ends nobody else changes it */
export async function emergencyFind(db: Db, id: string, locked = false): Promise<Emergency | undefined> {
  const row = await tables(db)
    .selectFrom('emergency')
    .selectAll()
    .where('id', '=', id)
    .$if(locked, (query) => query.forUpdate())
    .executeTakeFirst();
  return row && emergencyOf(row);
}

export async function emergencySecond(
  tx: Db,
  id: string,
  { byId, by, at, until }: { byId: PrincipalId; by: string; at: Date; until: Date },
): Promise<void> {
  await tables(tx)
    .updateTable('emergency')
    .set({ seconded_by_id: byId, seconded_by: by, seconded_at: at, until, state: 'in-force' })
    .where('id', '=', id)
    .execute();
}

export async function emergencyEnd(tx: Db, id: string, by: string, at: Date): Promise<void> {
  await tables(tx)
    .updateTable('emergency')
    .set({ ended_by: by, ended_at: at, state: 'ended' })
    .where('id', '=', id)
    .execute();
}

/** Those whose time is over, and those that nobody seconded in time. */
export async function emergenciesEndDue(db: Db, now: Date): Promise<void> {
  await tables(db)
    .updateTable('emergency')
    .set({ state: 'ended', ended_at: now, ended_by: 'deuteron' })
    .where((where) =>
      where.or([
        where.and([where('state', '=', 'in-force'), where('until', '<=', now)]),
        where.and([where('state', '=', 'declared'), where('declared_at', '<=', new Date(now.getTime() - secondingMs))]),
      ]),
    )
    .execute();
}

/** In force in any of these units. */
export async function emergencyInForce(db: Db, units: readonly string[], now: Date): Promise<Emergency | undefined> {
  if (units.length === 0) return undefined;
  const row = await tables(db)
    .selectFrom('emergency')
    .selectAll()
    .where('unit', 'in', [...units])
    .where('state', '=', 'in-force')
    .where('until', '>', now)
    .orderBy('until', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && emergencyOf(row);
}

/** Newest first, behind a position. */
export async function emergenciesBehind(
  db: Db,
  behind: { readonly declaredAt: Date; readonly id: string } | undefined,
  max: number,
): Promise<Emergency[]> {
  let query = tables(db).selectFrom('emergency').selectAll();
  if (behind) query = query.where(sql<boolean>`(declared_at, id) < (${behind.declaredAt}, ${behind.id})`);
  const rows = await query.orderBy('declared_at', 'desc').orderBy('id', 'desc').limit(max).execute();
  return rows.map(emergencyOf);
}

export async function emergencyUseInsert(tx: Db, use: EmergencyUse): Promise<void> {
  await tables(tx)
    .insertInto('emergency_use')
    .values({
      deployment_id: use.deploymentId,
      plan_id: use.planId,
      emergency_id: use.emergencyId,
      target_arn: use.targetArn,
      target_kind: use.targetKind,
      principal_id: use.principalId,
      used_by: use.usedBy,
      reason: use.reason,
      waited_for: use.waitedFor,
      used_at: use.usedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function emergencyUseFind(
  db: Db,
  deploymentId: DeploymentId,
  planId: PlanId,
): Promise<EmergencyUse | undefined> {
  const row = await tables(db)
    .selectFrom('emergency_use')
    .selectAll()
    .where('deployment_id', '=', deploymentId)
    .where('plan_id', '=', planId)
    .executeTakeFirst();
  return row && useOf(row);
}

/** Oldest first. */
export async function emergencyUsesOf(db: Db, emergencyId: string, max: number): Promise<EmergencyUse[]> {
  const rows = await tables(db)
    .selectFrom('emergency_use')
    .selectAll()
    .where('emergency_id', '=', emergencyId)
    .orderBy('used_at')
    .limit(max)
    .execute();
  return rows.map(useOf);
}

function emergencyOf(row: Selectable<EmergencyTable>): Emergency {
  return {
    id: row.id,
    unit: row.unit,
    reason: row.reason,
    hours: row.hours,
    declaredById: row.declared_by_id,
    declaredBy: row.declared_by,
    declaredAt: row.declared_at,
    secondedById: row.seconded_by_id ?? undefined,
    secondedBy: row.seconded_by ?? undefined,
    secondedAt: row.seconded_at ?? undefined,
    until: row.until ?? undefined,
    state: row.state,
    endedBy: row.ended_by ?? undefined,
    endedAt: row.ended_at ?? undefined,
  };
}

function useOf(row: UseTable): EmergencyUse {
  return {
    deploymentId: row.deployment_id,
    planId: row.plan_id,
    emergencyId: row.emergency_id,
    targetArn: row.target_arn,
    targetKind: row.target_kind,
    principalId: row.principal_id,
    usedBy: row.used_by,
    reason: row.reason,
    waitedFor: row.waited_for,
    usedAt: row.used_at,
  };
}
