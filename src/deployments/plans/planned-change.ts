import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { Deployment } from '../deployment.ts';
import type { Plan } from './plan.ts';
import { checkExpected } from './plan-change.ts';
import type { PlanId } from './plan-id.ts';
import { type PlanRequestTools, planRequest, type RequestToPlan } from './plan-request.ts';
import { type PlannedChange, plannedChangeFind, plannedChangesForget, plannedChangeUpsert } from './plan-store.ts';
import type { WhenPreviewed } from './preview-judgement.ts';

/** How long a plan that was made without deploying can be looked at and applied. */
const keptMs = 30 * 24 * 60 * 60 * 1000;

export interface ChangeToPlan {
  readonly request: RequestToPlan;
  /** What was asked for, so that applying can ask for it again; absent: the plan is for reading only. */
  readonly kept?: object;
  readonly previews: WhenPreviewed | 'never';
}

/** Plans a change, and keeps the plan where it can be applied. @refuses as planRequest */
export async function planChangeOnly(
  tools: PlanRequestTools,
  { request, kept, previews }: ChangeToPlan,
): Promise<Result<readonly Plan[]>> {
  const planned = await planRequest(tools, request, previews);
  const [plan, ...more] = planned.ok ? planned.value : [];
  if (!plan || !kept || more.length > 0) return planned;
  const madeAt = tools.clock.now();
  await plannedChangesForget(tools.db, new Date(madeAt.getTime() - keptMs));
  await plannedChangeUpsert(tools.db, { plan, request: kept, madeAt });
  return planned;
}

/** @refuses plan-missing */
export async function readPlannedChange(
  { db }: Pick<PlanRequestTools, 'db'>,
  id: string,
): Promise<Result<PlannedChange, Refusal<'plan-missing'>>> {
  const known = await plannedChangeFind(db, id);
  return known ? accept(known) : planMissing(id);
}

export function planMissing(id: string) {
  return refuse({
    kind: 'missing',
    code: 'plan-missing' as const,
    message: `There is no plan ${id} that could be applied.`,
    remedy: 'Make the plan again: plans are kept for 30 days.',
  });
}

/**
 * Makes a planned change, if it would be made exactly as planned. What changes between this answer and the work is found
 * by the deployment, which then fails with plan-stale and touches nothing.
 * @param toPlan what was kept, as a request to plan; `make` the same for real
 * @returns the deployment; undefined where it was over before one was needed
 * @refuses plan-missing, plan-stale with what is different, and as the request does
 */
export async function applyPlannedChange(
  tools: PlanRequestTools,
  id: PlanId,
  requestsOf: (kept: object) => { readonly toPlan: RequestToPlan; readonly make: RequestToPlan },
): Promise<Result<Deployment | undefined>> {
  const known = await readPlannedChange(tools, id);
  if (!known.ok) return known;
  const { request: kept } = known.value;
  const { toPlan, make } = requestsOf(kept);
  const planned = await planRequest(tools, toPlan, tools.previews ?? 'when-needed');
  if (!planned.ok) return planned;
  for (const plan of planned.value) {
    const checked = await checkExpected(tools.db, id, plan);
    if (checked.ok) continue;
    await plannedChangeUpsert(tools.db, { plan, request: kept, madeAt: tools.clock.now() });
    return checked;
  }
  let asked: Deployment | undefined;
  const told = (deployment: Deployment) => {
    asked = deployment;
  };
  const made = await make(tools.db, { expectedPlan: id, told });
  return made.ok ? accept(asked) : made;
}
