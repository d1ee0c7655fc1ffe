import type { Db } from '../database/index.ts';
import { type Deployment, type DeploymentId, deploymentStatus, isOver } from './deployment.ts';
import { deploymentFind, deploymentMove, deploymentsUnderWay, type MoveFacts } from './deployment-store.ts';
import type { DeploymentTools } from './deployment-tools.ts';
import type { DeploymentEnding } from './running/ending.ts';
import { targetOf } from './target.ts';
import { targetDelete, targetFind, targetLockOf, targetUpdate } from './target-store.ts';

/**
 * Says that a deployment is now the one that runs. A deletion with nothing to delete is over at once: it needs no
 * bundle, no role and no provider (public roadmap issue 81). @returns it as it is then
 */
export async function beginDeployment(tools: DeploymentTools, tx: Db, deployment: Deployment): Promise<Deployment> {
  const { id, target } = deployment;
  await targetUpdate(tx, target.arn, { lastAttemptedId: id });
  await tellNoun(tools, tx, deployment);
  if (deployment.operation !== 'delete' || (await targetFind(tx, target.arn))?.provisionedBy) return deployment;
  return endDeployment(tools, tx, id, () => ({ move: 'succeed', outputs: {}, provisioned: [] }));
}

/**
 * Writes down how a deployment ended, tells its noun, and lets the one that waits behind it begin. Harmless when the
 * deployment is over already.
 * @param endingOf sees where the deployment stands while nobody else can move it
 * @returns it as it is then
 */
export async function endDeployment(
  tools: DeploymentTools,
  tx: Db,
  id: DeploymentId,
  endingOf: (deployment: Deployment) => DeploymentEnding,
): Promise<Deployment> {
  await targetLockOf(tx, id);
  const before = await deploymentGet(tx, id);
  if (isOver(before.standing.state)) return before;
  const { target } = before;
  const ending = endingOf(before);
  const deployment = await deploymentMove(tx, id, ending.move, tools.clock.now(), factsOf(before, ending));
  if (!deployment) throw new Error(`the deployment ${id} is ${before.standing.state} and cannot ${ending.move}`);
  const isGone = deployment.operation === 'delete' && ending.move === 'succeed';
  await recordOnTarget(tx, target.arn, id, ending);
  await tellNoun(tools, tx, deployment);
  if (isGone) await targetDelete(tx, target.arn);
  else await promoteNext(tools, tx, deployment);
  return deployment;
}

/** What waits was asked for before this end; what it starts from is what stands now. */
async function promoteNext(tools: DeploymentTools, tx: Db, ended: Deployment): Promise<void> {
  const { queued } = await deploymentsUnderWay(tx, ended.target.arn);
  if (!queued) return;
  const isNowAnUpdate = ended.standing.state === 'succeeded';
  const promoted = await deploymentMove(tx, queued.id, 'promote', tools.clock.now(), {
    initialState: isNowAnUpdate ? ended.targetState : undefined,
    operation: isNowAnUpdate && queued.operation === 'create' ? 'update' : undefined,
  });
  if (promoted) await beginDeployment(tools, tx, promoted);
}

/** Writes how a deployment stands into the thing that it changes. */
export async function tellNoun(tools: DeploymentTools, tx: Db, deployment: Deployment): Promise<void> {
  const { id, target, operation, targetState, message } = deployment;
  await targetOf(tools.targets, target.kind).record(tx, target, {
    deploymentId: id,
    operation,
    status: deploymentStatus(deployment),
    message,
    targetState,
    at: tools.clock.now(),
  });
}

function factsOf({ standing }: Deployment, ending: DeploymentEnding): MoveFacts {
  switch (ending.move) {
    case 'succeed':
      return { outputs: ending.outputs, message: ending.message };
    case 'fail':
      return { refusal: ending.refusal, undone: ending.undone, message: ending.message };
    case 'endCancelled':
      return { message: standing.state === 'cancelling' ? standing.cancellation.reason : undefined };
  }
}

/** What did not succeed leaves outputs and resources as they were. */
async function recordOnTarget(tx: Db, arn: string, id: DeploymentId, ending: DeploymentEnding): Promise<void> {
  const { touchedBy: provisionedBy } = ending;
  if (ending.move === 'succeed') {
    const { outputs, provisioned: resources } = ending;
    await targetUpdate(tx, arn, { lastSucceededId: id, outputs, resources, provisionedBy });
  } else if (provisionedBy) await targetUpdate(tx, arn, { provisionedBy });
}

async function deploymentGet(tx: Db, id: DeploymentId): Promise<Deployment> {
  const deployment = await deploymentFind(tx, id);
  if (!deployment) throw new Error(`the deployment ${id} has lost its record while it was under way`);
  return deployment;
}
