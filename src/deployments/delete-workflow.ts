import type { ProvisioningMethod } from '../bundles/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { type StepContext, step, workflow } from '../workflows/index.ts';
import { carryOut } from './carry-out.ts';
import { type DeployState, type DeployTools, methodNotAvailable, provisionerOf } from './deploy-tools.ts';
import { deploymentAtWork, deploymentMove, deploymentTake } from './deployment-store.ts';
import { placementEnded, placementInsert, placementsOf } from './placement-store.ts';
import { operationToken } from './rendering.ts';
import { settleDeployment } from './settle-deployment.ts';
import { type TargetLocation, targetOf } from './target.ts';
import { targetFind } from './target-store.ts';

interface DeleteState extends DeployState {
  readonly location?: TargetLocation;
  readonly method?: ProvisioningMethod;
}

/** requested -> deleting -> over. It needs no bundle: what broke a deployment cannot keep its thing from being deleted. */
export const deleteWorkflow = workflow<DeleteState, DeployTools>(
  'delete',
  [
    step('locate', { do: locateTarget, noUndo: 'reads only' }),
    step('remove', { do: removeTarget, noUndo: 'what is deleted cannot be brought back; deleting again goes on' }),
  ],
  {
    settled: ({ deploymentId }, settlement, tools) => settleDeployment(tools, deploymentId, settlement),
    facts: ({ deploymentId }) => ({ deploymentId }),
  },
);

async function locateTarget(
  { deploymentId: id }: DeleteState,
  tools: DeployTools,
): Promise<Result<Partial<DeleteState>>> {
  const { db, clock, targets, provisioners } = tools;
  await deploymentMove(db, id, 'remove', clock.now(), { begunAt: clock.now() });
  const { target } = await deploymentAtWork(db, id);
  const location = await targetOf(targets, target.kind).locate(db, target);
  if (!location.ok) return location;
  const method = (await targetFind(db, target.arn))?.provisionedBy;
  if (!method) throw new Error(`the deletion ${id} has nothing to delete and should have ended at its request`);
  if (!provisioners[method]) return methodNotAvailable(method);
  return accept({ location: location.value, method });
}

/** In the reverse order of the placements; the first that cannot be deleted is the last. */
async function removeTarget(
  { deploymentId: id, location, method }: DeleteState,
  tools: DeployTools,
  context: StepContext,
): Promise<Result<Partial<DeleteState>>> {
  if (!location || !method) throw new Error(`where the target of ${id} lies was found and is not known`);
  const { db } = tools;
  const { placements, stackName } = location;
  const provisioner = provisionerOf(tools, method);
  for (const [position, placement] of placements.entries()) await placementInsert(db, id, position, placement);
  const take = await deploymentTake(db, id);
  for (const { position, placement, begunAt, ending: known } of (await placementsOf(db, id)).reverse()) {
    const subject = { placement, stackName };
    const token = operationToken(id, position);
    const begin = () => provisioner.remove({ ...subject, token });
    const at = { deploymentId: id, position, take, hasBegun: begunAt !== undefined };
    const operation = { ...at, kind: 'delete', method, provisioner, subject, token, begin } as const;
    const ending = known ?? (await carryOut(operation, tools, context));
    if (!ending) break;
    await placementEnded(db, id, position, ending);
    if (ending.ended !== 'gone') break;
  }
  return accept({});
}
