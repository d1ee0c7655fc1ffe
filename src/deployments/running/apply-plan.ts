import { accept, type Result, refuse } from '../../errors/index.ts';
import type { StepContext } from '../../workflows/index.ts';
import { deploymentMove, deploymentTake } from '../deployment-store.ts';
import { isPlanned } from '../plans/plan.ts';
import { planGet } from '../plans/plan-store.ts';
import { applyRequest } from '../renderings/rendering.ts';
import { renderingGet } from '../renderings/rendering-store.ts';
import { carryOut } from './carry-out.ts';
import { type DeployState, type DeployTools, provisionerOf } from './deploy-tools.ts';
import { cancelledRefusal } from './ending.ts';
import { placementEnded, placementsOf } from './placement-store.ts';

/** Carries out exactly the plan, in the order of its placements; the first that does not end well is the last. */
export async function applyPlan(
  { deploymentId: id }: DeployState,
  tools: DeployTools,
  context: StepContext,
): Promise<Result<object>> {
  const { db, clock } = tools;
  const { rendering, taken, placements } = await db.transaction().execute(async (tx) => {
    const plan = await planGet(tx, id);
    const rendering = await renderingGet(tx, id);
    if (!isPlanned(plan, rendering)) throw new Error(`what was rendered for ${id} is not what its plan was made of`);
    await deploymentMove(tx, id, 'apply', clock.now(), { plan: plan.id, begunAt: clock.now() });
    return { rendering, taken: await deploymentTake(tx, id), placements: await placementsOf(tx, id) };
  });
  if (!taken.begunAt) return refuse(cancelledRefusal);
  const { take } = taken;

  const { method, stackName } = rendering;
  const provisioner = provisionerOf(tools, method);
  for (const { position, placement, begunAt: begun, ending: known } of placements) {
    const request = applyRequest(id, rendering, position, placement);
    const subject = { placement, stackName };
    const { token } = request;
    const begin = () => provisioner.start(request);
    const at = {
      deploymentId: id,
      position,
      take,
      hasBegun: begun !== undefined,
      seen: position === 0 ? taken : undefined,
    };
    const operation = { ...at, kind: 'apply', method, provisioner, subject, token, begin } as const;
    const ending = known ?? (await carryOut(operation, tools, context));
    if (!ending) break;
    await placementEnded(db, id, position, ending);
    if (ending.ended !== 'well') break;
  }
  return accept({});
}
