import { type JSONColumnType, type Selectable, sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import type { ApprovalFacts, ApprovalWanted, Approver } from '../../governance/index.ts';
import { countsForHolder, isWithinReach, type PlacementReach, type PrincipalId } from '../../organization/index.ts';
import type { DeploymentId } from '../deployment.ts';
import type { Plan } from '../plans/plan.ts';
import type { PlanId } from '../plans/plan-id.ts';
import type { Approval, ApprovalQuestion, ApprovalRequest, ApprovalRequestState } from './approval.ts';

interface RequestTable {
  deployment_id: DeploymentId;
  target_arn: string;
  plan_id: PlanId;
  plan: JSONColumnType<Plan>;
  decision_id: string | null;
  policies: string | null;
  rails_seen: string | null;
  wanted: JSONColumnType<ApprovalWanted[]>;
  waits_for: string;
  state: ApprovalRequestState;
  note: string | null;
  asked_at: Date;
  expires_at: Date;
}

interface ApprovalTable {
  id: string;
  deployment_id: DeploymentId;
  target_arn: string;
  plan_id: PlanId;
  principal_id: PrincipalId;
  principal: string;
  state: Approval['state'];
  relations: JSONColumnType<Approver[]>;
  on_behalf_of: JSONColumnType<string[]>;
  reason: string | null;
  given_at: Date;
  decision_id: string;
  note: string | null;
}

interface QuestionTable {
  id: string;
  deployment_id: DeploymentId;
  target_arn: string;
  plan_id: PlanId;
  question: string;
  asked_by: string;
  asked_at: Date;
  answer: string | null;
  answered_by: string | null;
  answered_at: Date | null;
}

type Tables = { approval_request: RequestTable; approval: ApprovalTable; approval_question: QuestionTable };

const tables = (db: Db) => db.withTables<Tables>();

/** A deployment asks for the first time, or anew after its plan or the rules have changed. */
export async function approvalRequestUpsert(tx: Db, request: ApprovalRequest): Promise<void> {
  const row = {
    plan_id: request.plan.id,
    plan: JSON.stringify(request.plan),
    decision_id: request.decisionId ?? null,
    policies: request.policies ?? null,
    rails_seen: null, // its plan says by which rails it was made
    wanted: JSON.stringify(request.wanted),
    waits_for: request.waitsFor,
    state: request.state,
    note: request.note ?? null,
    asked_at: request.askedAt,
    expires_at: request.expiresAt,
  };
  await tables(tx)
    .insertInto('approval_request')
    .values({ ...row, deployment_id: request.deploymentId, target_arn: request.targetArn })
    .onConflict((conflict) => conflict.column('deployment_id').doUpdateSet(row))
    .execute();
}

export async function approvalRequestFind(db: Db, id: string): Promise<ApprovalRequest | undefined> {
  const row = await tables(db)
    .selectFrom('approval_request')
    .selectAll()
    .where('deployment_id', '=', id as DeploymentId)
    .executeTakeFirst();
  return row && requestOf(row);
}

/** Ends a request that is open. */
export async function approvalRequestEnd(
  tx: Db,
  id: DeploymentId,
  state: ApprovalRequestState,
  note?: string,
): Promise<void> {
  await tables(tx)
    .updateTable('approval_request')
    .set({ state, note: note ?? null })
    .where('deployment_id', '=', id)
    .where('state', '=', 'wanted')
    .execute();
}

export interface ApprovalRequestFilters {
  readonly state?: ApprovalRequestState;
  readonly targetArn?: string;
  /** Only those of what is within it. */
  readonly reach?: PlacementReach;
}

/** Newest first, behind a position. */
export async function approvalRequestsBehind(
  db: Db,
  { state, targetArn, reach }: ApprovalRequestFilters,
  behind: { readonly askedAt: Date; readonly id: string } | undefined,
  max: number,
): Promise<ApprovalRequest[]> {
  let query = tables(db).selectFrom('approval_request').selectAll();
  if (state !== undefined) query = query.where('state', '=', state);
  if (targetArn !== undefined) query = query.where('target_arn', '=', targetArn);
  if (reach) {
    const about = sql`(select incarnation from deployment where id = approval_request.deployment_id)`;
    query = query.where(isWithinReach(sql.ref('approval_request.target_arn'), reach, about));
  }
  if (behind) query = query.where(sql<boolean>`(asked_at, deployment_id) < (${behind.askedAt}, ${behind.id})`);
  const rows = await query.orderBy('asked_at', 'desc').orderBy('deployment_id', 'desc').limit(max).execute();
  return rows.map(requestOf);
}

/** Those that wait longest first. */
const openRequests = (db: Db, max: number) =>
  tables(db).selectFrom('approval_request').selectAll().where('state', '=', 'wanted').orderBy('expires_at').limit(max);

/** Open ones that nobody answered in time, oldest first. */
export async function approvalRequestsLate(db: Db, now: Date, max: number): Promise<ApprovalRequest[]> {
  const rows = await openRequests(db, max).where('expires_at', '<=', now).execute();
  return rows.map(requestOf);
}

/** Open ones that were decided about by other rules than these. */
export async function approvalRequestsOfOtherRules(db: Db, policies: string, max: number): Promise<ApprovalRequest[]> {
  const rows = await openRequests(db, max).where('policies', '<>', policies).execute();
  return rows.map(requestOf);
}

/** Open ones that were not looked at by the guard rails of this revision yet. */
export async function approvalRequestsOfOtherRails(db: Db, revision: string, max: number): Promise<ApprovalRequest[]> {
  const rows = await openRequests(db, max).where('rails_seen', 'is distinct from', revision).execute();
  return rows.map(requestOf);
}

/** @param plan with what guard rails say now; absent: they say the same */
export async function approvalRequestLooked(tx: Db, id: DeploymentId, revision: string, plan?: Plan): Promise<void> {
  await tables(tx)
    .updateTable('approval_request')
    .set({ rails_seen: revision, plan: plan && JSON.stringify(plan) })
    .where('deployment_id', '=', id)
    .execute();
}

/** Whether any deployment waits: what costs something is done only then. */
export async function approvalRequestsAreOpen(db: Db): Promise<boolean> {
  const row = await tables(db)
    .selectFrom('approval_request')
    .select('deployment_id')
    .where('state', '=', 'wanted')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** false: that person's approval of the plan counts already. */
export async function approvalInsert(tx: Db, approval: Approval): Promise<boolean> {
  const inserted = await tables(tx)
    .insertInto('approval')
    .values({
      id: approval.id,
      deployment_id: approval.deploymentId,
      target_arn: approval.targetArn,
      plan_id: approval.planId,
      principal_id: approval.principalId,
      principal: approval.principal,
      state: approval.state,
      relations: JSON.stringify(approval.relations),
      on_behalf_of: JSON.stringify(approval.onBehalfOf),
      reason: approval.reason ?? null,
      given_at: approval.givenAt,
      decision_id: approval.decisionId,
      note: approval.note ?? null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Oldest first. */
export async function approvalsOf(db: Db, id: DeploymentId): Promise<Approval[]> {
  const rows = await tables(db)
    .selectFrom('approval')
    .selectAll()
    .where('deployment_id', '=', id)
    .orderBy('given_at')
    .orderBy('id')
    .execute();
  return rows.map(approvalOf);
}

/** Whether somebody's approval of a plan counts. */
export async function approvalIsGiven(db: Db, id: DeploymentId, planId: PlanId, by: PrincipalId): Promise<boolean> {
  const row = await tables(db)
    .selectFrom('approval')
    .select('id')
    .where('deployment_id', '=', id)
    .where('plan_id', '=', planId)
    .where('principal_id', '=', by)
    .where('state', '=', 'given')
    .executeTakeFirst();
  return row !== undefined;
}

/** Those that count for a plan, as facts of a decision. While it waits, those of who is gone do not. */
export async function approvalsGiven(db: Db, id: DeploymentId, planId: PlanId, now: Date): Promise<ApprovalFacts[]> {
  const rows = await tables(db)
    .selectFrom('approval')
    .selectAll()
    .where('deployment_id', '=', id)
    .where('plan_id', '=', planId)
    .where('state', '=', 'given')
    .where(sql<boolean>`not (${isOfGone(now)})`)
    .orderBy('given_at')
    .orderBy('id')
    .execute();
  return rows.map(({ principal_id: principalId, principal, relations, given_at: at }) => ({
    principalId,
    principal,
    as: relations,
    at,
  }));
}

/** What was decided stays as it was decided: only answers to what still waits lose their giver. */
const isOfGone = (now: Date) => sql<boolean>`
  exists (select from approval_request asked where asked.deployment_id = approval.deployment_id and asked.state = 'wanted')
  and exists (select from principal where principal.id = approval.principal_id
    and not ${countsForHolder(sql.ref('approval.given_at'), now)})`;

/** Open ones that somebody approved who is gone. */
export async function approvalRequestsApprovedByGone(db: Db, now: Date, max: number): Promise<ApprovalRequest[]> {
  const rows = await tables(db)
    .selectFrom('approval_request')
    .selectAll()
    .where('state', '=', 'wanted')
    .where('deployment_id', 'in', (query) =>
      query.selectFrom('approval').select('deployment_id').where('state', '=', 'given').where(isOfGone(now)),
    )
    .orderBy('expires_at')
    .limit(max)
    .execute();
  return rows.map(requestOf);
}

/** Approvals of who is gone count no more. The caller holds the lock of the target. */
export async function approvalsVoidOfGone(tx: Db, id: DeploymentId, now: Date): Promise<void> {
  await tables(tx)
    .updateTable('approval')
    .set({ state: 'void', note: sql<string>`principal || ' has ended.'` })
    .where('deployment_id', '=', id)
    .where('state', '=', 'given')
    .where(isOfGone(now))
    .execute();
}

/** Takes back one's own. false: there is none that counts. */
export async function approvalWithdraw(
  tx: Db,
  id: DeploymentId,
  planId: PlanId,
  principalId: PrincipalId,
): Promise<boolean> {
  const withdrawn = await tables(tx)
    .updateTable('approval')
    .set({ state: 'withdrawn' })
    .where('deployment_id', '=', id)
    .where('plan_id', '=', planId)
    .where('principal_id', '=', principalId)
    .where('state', '=', 'given')
    .executeTakeFirst();
  return withdrawn.numUpdatedRows > 0n;
}

/** Those of other plans than this count no more. @returns how many that were */
export async function approvalsVoid(tx: Db, id: DeploymentId, planId: PlanId, note: string): Promise<number> {
  const voided = await tables(tx)
    .updateTable('approval')
    .set({ state: 'void', note })
    .where('deployment_id', '=', id)
    .where('plan_id', '<>', planId)
    .where('state', '=', 'given')
    .executeTakeFirst();
  return Number(voided.numUpdatedRows);
}

export async function questionInsert(tx: Db, question: ApprovalQuestion): Promise<void> {
  await tables(tx)
    .insertInto('approval_question')
    .values({
      id: question.id,
      deployment_id: question.deploymentId,
      target_arn: question.targetArn,
      plan_id: question.planId,
      question: question.question,
      asked_by: question.askedBy,
      asked_at: question.askedAt,
      answer: null,
      answered_by: null,
      answered_at: null,
    })
    .execute();
}

/** false: there is no such question, or it was answered. */
export async function questionAnswer(
  tx: Db,
  {
    id,
    deploymentId,
    answer,
    by,
    at,
  }: { id: string; deploymentId: DeploymentId; answer: string; by: string; at: Date },
): Promise<boolean> {
  const answered = await tables(tx)
    .updateTable('approval_question')
    .set({ answer, answered_by: by, answered_at: at })
    .where('id', '=', id)
    .where('deployment_id', '=', deploymentId)
    .where('answer', 'is', null)
    .executeTakeFirst();
  return answered.numUpdatedRows > 0n;
}

/** Oldest first. */
export async function questionsOf(db: Db, id: DeploymentId): Promise<ApprovalQuestion[]> {
  const rows = await tables(db)
    .selectFrom('approval_question')
    .selectAll()
    .where('deployment_id', '=', id)
    .orderBy('asked_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    deploymentId: row.deployment_id,
    targetArn: row.target_arn,
    planId: row.plan_id,
    question: row.question,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    answer: row.answer ?? undefined,
    answeredBy: row.answered_by ?? undefined,
    answeredAt: row.answered_at ?? undefined,
  }));
}

function requestOf(row: Selectable<RequestTable>): ApprovalRequest {
  return {
    deploymentId: row.deployment_id,
    targetArn: row.target_arn,
    plan: row.plan,
    wanted: row.wanted,
    waitsFor: row.waits_for,
    decisionId: row.decision_id ?? undefined,
    policies: row.policies ?? undefined,
    state: row.state,
    note: row.note ?? undefined,
    askedAt: row.asked_at,
    expiresAt: row.expires_at,
  };
}

function approvalOf(row: Selectable<ApprovalTable>): Approval {
  return {
    id: row.id,
    deploymentId: row.deployment_id,
    targetArn: row.target_arn,
    planId: row.plan_id,
    principalId: row.principal_id,
    principal: row.principal,
    state: row.state,
    relations: row.relations,
    onBehalfOf: row.on_behalf_of,
    reason: row.reason ?? undefined,
    givenAt: row.given_at,
    decisionId: row.decision_id,
    note: row.note ?? undefined,
  };
}
