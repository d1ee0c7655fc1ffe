import { type JSONColumnType, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { Db } from '../database/index.ts';
import type { Refusal } from '../errors/index.ts';
import { isWithinReach, type PlacementReach, type PrincipalId } from '../organization/index.ts';
import { traceparent } from '../telemetry/index.ts';
import {
  type Cancellation,
  type Deployment,
  type DeploymentId,
  type DeploymentMove,
  type DeploymentState,
  type DeploymentStateName,
  deploymentMoves,
  isOver,
  isRunning,
  type Operation,
  stateNames,
  type Undone,
} from './deployment.ts';
import type { DeploymentFilters } from './deployment-filters.ts';
import { deploymentChannel } from './deployment-signals.ts';
import type { PlanId } from './plans/plan-id.ts';
import type { TargetKind, TargetState } from './target-ref.ts';

type Json<Value extends object> = JSONColumnType<Value | null, string | null, string | null>;

interface DeploymentTable {
  id: DeploymentId;
  target_kind: TargetKind;
  target_arn: string;
  target_created_at: Date;
  environment_name: string;
  service_name: string | null;
  service_instance_name: string | null;
  component_name: string | null;
  operation: Operation;
  state: DeploymentStateName;
  initial_state: Json<TargetState>;
  target_state: Json<TargetState>;
  requested_by: PrincipalId | null;
  expected_plan: PlanId | null;
  message: string | null;
  plan_id: PlanId | null;
  cancellation: Json<Cancellation>;
  refusal: Json<Refusal>;
  undone: Undone | null;
  superseded_by: DeploymentId | null;
  outputs: Json<Record<string, string>>;
  take: number;
  round: number;
  handed_over: boolean;
  traceparent: string | null;
  rollback_skips: Json<readonly string[]>;
  created_at: Date;
  begun_at: Date | null;
  modified_at: Date;
  completed_at: Date | null;
}

type Tables = { deployment: DeploymentTable };
type Row = Selectable<DeploymentTable>;

/** A deployment as its workers see it. */
export interface DeploymentAtWork extends Deployment {
  readonly take: number;
  /** When the provider's part began. */
  readonly begunAt?: Date;
  /** How often it waited for people. The work of an earlier round is over. */
  readonly round: number;
}

const runningStates = stateNames.filter(isRunning);
const unfinishedStates = stateNames.filter((state) => !isOver(state));

export type NewDeployment = Omit<Deployment, 'standing' | 'message' | 'modifiedAt' | 'completedAt'> & {
  readonly rollbackSkips?: readonly string[];
};

/** @param state where it begins: waiting for its turn, or to be taken up */
export async function deploymentInsert(
  tx: Db,
  deployment: NewDeployment,
  state: 'queued' | 'requested',
): Promise<Deployment> {
  const { id, target, createdAt } = deployment;
  const row = await tx
    .withTables<Tables>()
    .insertInto('deployment')
    .values({
      id,
      target_kind: target.kind,
      target_arn: target.arn,
      target_created_at: target.createdAt,
      environment_name: target.environmentName,
      service_name: target.serviceName ?? null,
      service_instance_name: target.serviceInstanceName ?? null,
      component_name: target.componentName ?? null,
      operation: deployment.operation,
      state,
      initial_state: json(deployment.initialState),
      target_state: json(deployment.targetState),
      requested_by: deployment.requestedBy ?? null,
      expected_plan: deployment.expectedPlan ?? null,
      take: 0,
      round: 0,
      handed_over: false,
      traceparent: traceparent() ?? null,
      rollback_skips: json(deployment.rollbackSkips),
      created_at: createdAt,
      modified_at: createdAt,
    })
    .returningAll()
    .returning(tellMove)
    .executeTakeFirstOrThrow();
  return deploymentOf(row);
}

/** Told with the change itself, so that it costs no round trip of its own and comes when the change is committed. */
const tellMove = sql`pg_notify(${deploymentChannel}, state || ' ' || id)`.as('told');

/** What a move writes besides the state. */
export interface MoveFacts {
  /** null: there is nothing to say any more. */
  readonly message?: string | null;
  readonly plan?: PlanId;
  readonly cancellation?: Cancellation;
  readonly refusal?: Refusal;
  readonly undone?: Undone;
  readonly supersededBy?: DeploymentId;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly begunAt?: Date;
  readonly operation?: Operation;
  readonly initialState?: TargetState;
}

/**
 * Moves a deployment on, if it stands where this move begins: of two who ask, one moves it.
 * @returns it as it is now; undefined when it stood elsewhere and nothing was done
 */
export async function deploymentMove(
  tx: Db,
  id: DeploymentId,
  move: DeploymentMove,
  now: Date,
  facts: MoveFacts = {},
): Promise<Deployment | undefined> {
  const moves = Object.entries(deploymentMoves[move]) as [DeploymentStateName, DeploymentStateName][];
  const cases = moves.map(([from, to]) => sql`when state = ${from} then ${to}`);
  const ended = moves.map(([from, to]) => sql`when state = ${from} then ${isOver(to) ? now : null}::timestamptz`);
  const moved = await tx
    .withTables<Tables>()
    .updateTable('deployment')
    .set({
      state: sql`case ${sql.join(cases, sql` `)} end`,
      modified_at: now,
      completed_at: sql`case ${sql.join(ended, sql` `)} end`,
      message: facts.message,
      plan_id: facts.plan,
      cancellation: facts.cancellation && json(facts.cancellation),
      refusal: facts.refusal && json(facts.refusal),
      undone: facts.undone,
      superseded_by: facts.supersededBy,
      outputs: facts.outputs && json(facts.outputs),
      begun_at: facts.begunAt,
      operation: facts.operation,
      initial_state: facts.initialState && json(facts.initialState),
    })
    .where('id', '=', id)
    // biome-ignore format: one thought
    .where(
    'state',
    'in',
    moves.map(([from]) => from),
  )
    .returningAll()
    .returning(tellMove)
    .executeTakeFirst();
  return moved && deploymentOf(moved);
}

/** Ends the round of a deployment's work: nobody has it in hand until it is handed over again. */
export async function deploymentLeave(tx: Db, id: DeploymentId): Promise<void> {
  await tx
    .withTables<Tables>()
    .updateTable('deployment')
    .set(({ eb }) => ({ round: eb('round', '+', 1), handed_over: false }))
    .where('id', '=', id)
    .execute();
}

/** What is said to people of one that waits. */
export async function deploymentSay(tx: Db, id: DeploymentId, message: string): Promise<void> {
  await tx.withTables<Tables>().updateTable('deployment').set({ message }).where('id', '=', id).execute();
}

/** A worker takes up the provider's part; every earlier worker loses its say. @returns it with the number of this take */
export async function deploymentTake(db: Db, id: DeploymentId): Promise<DeploymentAtWork> {
  const row = await db
    .withTables<Tables>()
    .updateTable('deployment')
    .set(({ eb }) => ({ take: eb('take', '+', 1) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return atWork(row);
}

export async function deploymentFind(db: Db, id: string): Promise<Deployment | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('deployment')
    .selectAll()
    .where('id', '=', id as DeploymentId)
    .executeTakeFirst();
  return row && deploymentOf(row);
}

/** Of a deployment whose record is there because a worker has it in hand. */
export async function deploymentAtWork(db: Db, id: DeploymentId): Promise<DeploymentAtWork> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('deployment')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return atWork(row);
}

export async function deploymentsOf(db: Db, ids: readonly DeploymentId[]): Promise<Deployment[]> {
  if (ids.length === 0) return [];
  const rows = await db.withTables<Tables>().selectFrom('deployment').selectAll().where('id', 'in', ids).execute();
  return rows.map(deploymentOf);
}

/** Which of these are not over. What has no record any more is. */
export async function deploymentsUnfinished(db: Db, ids: readonly DeploymentId[]): Promise<ReadonlySet<DeploymentId>> {
  const rows = await db
    .withTables<Tables>()
    .selectFrom('deployment')
    .select('id')
    .where('id', 'in', ids)
    .where('state', 'in', unfinishedStates)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** The outputs as of this deployment; undefined for an unknown one, {} for one that brought none. */
export async function deploymentOutputs(
  db: Db,
  id: string,
): Promise<{ targetArn: string; targetCreatedAt: Date; outputs: Readonly<Record<string, string>> } | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('deployment')
    .select(['target_arn', 'target_created_at', 'outputs'])
    .where('id', '=', id as DeploymentId)
    .executeTakeFirst();
  return row && { targetArn: row.target_arn, targetCreatedAt: row.target_created_at, outputs: row.outputs ?? {} };
}

/** The one that runs, and the one that waits for it. */
export async function deploymentsUnderWay(
  db: Db,
  targetArn: string,
): Promise<{ running?: Deployment; queued?: Deployment }> {
  const rows = await db
    .withTables<Tables>()
    .selectFrom('deployment')
    .selectAll()
    .where('target_arn', '=', targetArn)
    .where('state', 'in', [...runningStates, 'queued'])
    .execute();
  const found = rows.map(deploymentOf);
  return {
    running: found.find(({ standing }) => isRunning(standing.state)),
    queued: found.find(({ standing }) => standing.state === 'queued'),
  };
}

/** Those that are not over and do not wait for their turn, oldest first. */
export async function deploymentsRunning(db: Db, max: number): Promise<Deployment[]> {
  const rows = await db
    .withTables<Tables>()
    .selectFrom('deployment')
    .selectAll()
    .where('state', 'in', runningStates)
    .orderBy('created_at')
    .limit(max)
    .execute();
  return rows.map(deploymentOf);
}

/** Deployments that no workflow has yet, oldest first, locked for whoever hands them over. */
export async function deploymentsToHandOver(
  tx: Db,
  max: number,
): Promise<{ id: DeploymentId; operation: Operation; round: number; traceparent: string | null }[]> {
  return await tx
    .withTables<Tables>()
    .selectFrom('deployment')
    .select(['id', 'operation', 'round', 'traceparent'])
    .where('state', 'in', ['requested', 'cancelling'])
    .where('handed_over', '=', false)
    .orderBy('created_at')
    .limit(max)
    .forUpdate()
    .skipLocked()
    .execute();
}

export async function deploymentsHandedOver(tx: Db, ids: readonly DeploymentId[]): Promise<void> {
  await tx.withTables<Tables>().updateTable('deployment').set({ handed_over: true }).where('id', 'in', ids).execute();
}

/** Newest first, behind a position. */
export async function deploymentsBehind(
  db: Db,
  filters: DeploymentFilters,
  position: { createdAt: Date; id: string } | undefined,
  max: number,
  reach?: PlacementReach,
): Promise<Deployment[]> {
  const columns = {
    environment_name: filters.environmentName,
    service_name: filters.serviceName,
    service_instance_name: filters.serviceInstanceName,
    component_name: filters.componentName,
  };
  let query: SelectQueryBuilder<Tables, 'deployment', object> = db.withTables<Tables>().selectFrom('deployment');
  for (const [column, value] of Object.entries(columns) as [keyof typeof columns, string | undefined][]) {
    if (value !== undefined) query = query.where(column, '=', value);
  }
  if (reach)
    query = query.where(isWithinReach(sql.ref('deployment.target_arn'), reach, sql.ref('deployment.incarnation')));
  if (position) query = query.where(sql<boolean>`(created_at, id) < (${position.createdAt}, ${position.id})`);
  const rows = await query.selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(max).execute();
  return rows.map(deploymentOf);
}

export async function deploymentDelete(tx: Db, id: DeploymentId): Promise<void> {
  await tx.withTables<Tables>().deleteFrom('deployment').where('id', '=', id).execute();
}

function deploymentOf(row: Row): Deployment {
  return {
    id: row.id,
    target: {
      kind: row.target_kind,
      arn: row.target_arn,
      createdAt: row.target_created_at,
      environmentName: row.environment_name,
      serviceName: row.service_name ?? undefined,
      serviceInstanceName: row.service_instance_name ?? undefined,
      componentName: row.component_name ?? undefined,
    },
    operation: row.operation,
    standing: standingOf(row),
    initialState: row.initial_state ?? undefined,
    targetState: row.target_state ?? undefined,
    requestedBy: row.requested_by ?? undefined,
    expectedPlan: row.expected_plan ?? undefined,
    message: row.message ?? undefined,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
    completedAt: row.completed_at ?? undefined,
  };
}

function atWork(row: Row): DeploymentAtWork {
  return { ...deploymentOf(row), take: row.take, begunAt: row.begun_at ?? undefined, round: row.round };
}

function standingOf(row: Row): DeploymentState {
  switch (row.state) {
    case 'queued':
    case 'requested':
    case 'planning':
    case 'deleting':
    case 'succeeded':
      return { state: row.state };
    case 'waiting':
    case 'applying':
      return { state: row.state, plan: written(row, row.plan_id) };
    case 'cancelling':
    case 'cancelled':
      return { state: row.state, cancellation: written(row, row.cancellation) };
    case 'failed':
      return { state: row.state, refusal: written(row, row.refusal), undone: written(row, row.undone) };
    case 'superseded':
      return { state: row.state, by: row.superseded_by ?? undefined };
  }
}

/** What every move into this state writes. */
function written<Value>(row: Row, value: Value | null): Value {
  if (value === null) throw new Error(`the deployment ${row.id} is ${row.state} and does not say why`);
  return value;
}

function json(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
