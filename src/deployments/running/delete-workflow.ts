import type { ProvisioningMethod } from '../../bundles/index.ts';
import type { Db } from '../../database/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import { reportUpsert } from '../../guard-rails/index.ts';
import { type StepContext, step, type Workflow, workflow } from '../../workflows/index.ts';
import type { DeploymentId } from '../deployment.ts';
import { deploymentAtWork, deploymentMove, deploymentTake } from '../deployment-store.ts';
import { checkExpected } from '../plans/plan-change.ts';
import { placementsToDelete, planDeletion } from '../plans/plan-deletion.ts';
import { planUpsert } from '../plans/plan-store.ts';
import { type RemovalSubject, removalSubjects } from '../plans/removal-subjects.ts';
import { deployedFind } from '../renderings/deployed-store.ts';
import { checkReport, railsOf } from '../renderings/inspect-deployment.ts';
import { operationToken } from '../renderings/rendering.ts';
import { type TargetLocation, targetOf } from '../target.ts';
import { targetFind } from '../target-store.ts';
import { awaitVerdict } from '../verdicts/await-verdict.ts';
import { begunStacksOf } from './begun-stack-store.ts';
import { carryOut } from './carry-out.ts';
import { type DeployState, type DeployTools, methodNotAvailable, provisionerOf } from './deploy-tools.ts';
import { placementEnded, placementInsert, placementsOf } from './placement-store.ts';
import { settleDeployment } from './settle-deployment.ts';

interface DeleteState extends DeployState {
  readonly location?: TargetLocation;
  readonly method?: ProvisioningMethod;
}

const locate = step<DeleteState, DeployTools>('locate', { do: locateTarget, noUndo: 'reads only' });
const plan = step<DeleteState, DeployTools>('plan', {
  do: planRemoval('held to guard rails'),
  noUndo: 'writes only the record of the deployment',
});
const planFormer = step<DeleteState, DeployTools>('plan', {
  do: planRemoval('as begun'),
  noUndo: 'writes only the record of the deployment',
});
const decide = step<DeleteState, DeployTools>('decide', {
  do: decideRemoval,
  noUndo: 'an answer names its plan and serves no other',
});
const remove = step<DeleteState, DeployTools>('remove', {
  do: removeTarget,
  noUndo: 'what is deleted cannot be brought back; deleting again goes on',
});

const ends: Pick<Workflow<DeleteState, DeployTools>, 'settled' | 'facts'> = {
  settled: async ({ deploymentId, left }, settlement, tools) =>
    left ? undefined : settleDeployment(tools, deploymentId, settlement),
  facts: ({ deploymentId }) => ({ deploymentId }),
};

/**
 * requested -> planning -> deleting -> over. It needs no bundle: what broke a deployment cannot keep its thing from being
 * deleted. What waits for people leaves its workflow at `decide`, as a deployment does.
 */
export const deleteWorkflow = workflow<DeleteState, DeployTools>('delete', [locate, plan, decide, remove], {
  ...ends,
  revision: 3,
  // what they had begun was not governed, and is not stopped in the middle
  former: [
    workflow('delete', [locate, planFormer, remove], { ...ends, revision: 2 }),
    workflow('delete', [locate, remove], ends),
  ],
});

async function locateTarget(
  { deploymentId: id, round = 0 }: DeleteState,
  tools: DeployTools,
): Promise<Result<Partial<DeleteState>>> {
  const { db, clock, targets, provisioners } = tools;
  const { target, ...deployment } = await deploymentAtWork(db, id);
  if (deployment.round !== round) return accept({ left: true });
  await deploymentMove(db, id, 'plan', clock.now());
  const location = await targetOf(targets, target.kind).locate(db, target);
  if (!location.ok) return location;
  const method = (await targetFind(db, target.arn))?.provisionedBy;
  if (!method) throw new Error(`the deletion ${id} has nothing to delete and should have ended at its request`);
  if (!provisioners[method]) return methodNotAvailable(method);
  return accept({ location: location.value, method });
}

/** @refuses plan-stale, where whoever asked has seen another plan; what guard rails block */
function planRemoval(how: 'held to guard rails' | 'as begun') {
  return async (
    { deploymentId: id, location, method, left }: DeleteState,
    tools: DeployTools,
  ): Promise<Result<Partial<DeleteState>>> => {
    if (left) return accept({});
    if (!location) throw new Error(`where the target of ${id} lies was found and is not known`);
    const { db, clock } = tools;
    const { target, initialState: state, expectedPlan } = await deploymentAtWork(db, id);
    const deployed = await deployedFind(db, target.arn);
    const placements = placementsToDelete(deployed, location);
    const now = clock.now();
    const rails = await railsOf(tools, db, { target, inspection: 'deletion', state, placements }, now);
    const planned = await planDeletion(tools, target.arn, deployed, { ...location, method }, rails, now);
    await reportUpsert(db, id, planned.guardRails);
    await planUpsert(db, id, planned, now);
    const expected = await checkExpected(db, expectedPlan, planned);
    return expected.ok && how === 'held to guard rails' ? checkReport(planned.guardRails, 'deletion') : expected;
  };
}

async function decideRemoval(
  { deploymentId: id, round = 0, left }: DeleteState,
  tools: DeployTools,
): Promise<Result<Partial<DeleteState>>> {
  if (left) return accept({});
  const deployment = await deploymentAtWork(tools.db, id);
  return deployment.round === round ? awaitVerdict(deployment, tools) : accept({ left: true });
}

/** In the reverse order of the placements; the first that cannot be deleted is the last. */
async function removeTarget(
  { deploymentId: id, location, method, left }: DeleteState,
  tools: DeployTools,
  context: StepContext,
): Promise<Result<Partial<DeleteState>>> {
  if (left) return accept({});
  if (!location || !method) throw new Error(`where the target of ${id} lies was found and is not known`);
  const { db, clock } = tools;
  await deploymentMove(db, id, 'remove', clock.now(), { begunAt: clock.now() });
  const provisioner = provisionerOf(tools, method);
  const subjects = await subjectsOf(db, id, location);
  for (const [position, { placement }] of subjects.entries()) await placementInsert(db, id, position, placement);
  const { take } = await deploymentTake(db, id);
  for (const { position, begunAt, ending: known } of (await placementsOf(db, id)).reverse()) {
    const { lastKnown, ...subject } = subjects[position] ?? neverPlaced(id, position);
    const token = operationToken(id, position);
    const begin = () => provisioner.remove({ ...subject, token });
    const at = { deploymentId: id, position, take, hasBegun: begunAt !== undefined };
    const operation = { ...at, kind: 'delete', method, provisioner, subject, token, begin, lastKnown } as const;
    const ending = known ?? (await carryOut(operation, tools, context));
    if (!ending) break;
    await placementEnded(db, id, position, ending);
    if (ending.ended !== 'gone') break;
  }
  return accept({});
}

async function subjectsOf(db: Db, id: DeploymentId, location: TargetLocation): Promise<RemovalSubject[]> {
  const { target } = await deploymentAtWork(db, id);
  const record = await targetFind(db, target.arn);
  return removalSubjects(location, await begunStacksOf(db, target.arn), record?.resources ?? []);
}

function neverPlaced(id: DeploymentId, position: number): never {
  throw new Error(`the deletion ${id} has a placement ${position} that its target never had`);
}
