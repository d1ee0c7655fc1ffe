import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import { approvalRequestEnd } from './approvals/approval-store.ts';
import { type Cancellation, can, type Deployment, type DeploymentId, deploymentStatus } from './deployment.ts';
import { endDeployment, tellNoun } from './deployment-course.ts';
import { deploymentFind, deploymentMove, deploymentsUnderWay } from './deployment-store.ts';
import type { DeploymentTools } from './deployment-tools.ts';
import { cancelledRefusal, untouchedEnding } from './running/ending.ts';
import { targetLock } from './target-store.ts';

export type CancelRefusal = Refusal<'deployment-not-cancellable' | 'nothing-to-cancel'>;

/** Source: the message that Proton wrote (AWS Proton user guide, "Update an environment"). */
const userCancelled = 'User initiated cancellation.';

/**
 * Asks that the running deployment of a target stops and takes back what it did. Best effort: it may still succeed if
 * it is finished first. What waits behind it then begins.
 * @refuses nothing-to-cancel when nothing runs, deployment-not-cancellable for a deletion or a second cancel
 */
export async function cancelTargetDeployment(
  tools: DeploymentTools,
  tx: Db,
  targetArn: string,
  by: PrincipalId | undefined,
): Promise<Result<Deployment, CancelRefusal>> {
  await targetLock(tx, targetArn);
  const { running } = await deploymentsUnderWay(tx, targetArn);
  if (running) return cancelDeployment(tools, tx, running.id, by);
  return refuse({
    kind: 'conflict',
    code: 'nothing-to-cancel',
    message: `No deployment of ${targetArn} is in progress.`,
    remedy: 'Nothing needs to be done.',
  });
}

/** As `cancelTargetDeployment`, for one deployment; one that still waits for its turn is cancelled at once. */
export async function cancelDeployment(
  tools: DeploymentTools,
  tx: Db,
  id: DeploymentId,
  by: PrincipalId | undefined,
): Promise<Result<Deployment, CancelRefusal>> {
  return cancelFor(tools, tx, id, { by, reason: userCancelled, at: tools.clock.now().toISOString() });
}

/** Cancels for a reason of our own. */
export async function cancelFor(
  tools: DeploymentTools,
  tx: Db,
  id: DeploymentId,
  cancellation: Cancellation,
): Promise<Result<Deployment, CancelRefusal>> {
  const known = await deploymentFind(tx, id);
  if (known) await targetLock(tx, known.target.arn);
  const before = known && (await deploymentFind(tx, id));
  if (!before || !can('cancel', before)) return notCancellable(id, before);
  const { state: stands } = before.standing;
  if (stands === 'waiting') await approvalRequestEnd(tx, id, 'cancelled', cancellation.reason);
  if (stands === 'waiting' && before.operation === 'delete') return withdrawDeletion(tools, tx, before);
  const isWaiting = stands === 'queued';
  const message = isWaiting ? cancellation.reason : undefined;
  await deploymentMove(tx, id, 'cancel', tools.clock.now(), { cancellation, message });
  const state = isWaiting ? 'cancelled' : 'cancelling';
  const deployment: Deployment = { ...before, standing: { state, cancellation }, message };
  if (!isWaiting) await tellNoun(tools, tx, deployment);
  return accept(deployment);
}

/** Its thing stands as it stood; Proton's word for a deletion that came to nothing is DELETE_FAILED. */
async function withdrawDeletion(
  tools: DeploymentTools,
  tx: Db,
  { id }: Deployment,
): Promise<Result<Deployment, never>> {
  return accept(await endDeployment(tools, tx, id, () => untouchedEnding(cancelledRefusal)));
}

function notCancellable(id: DeploymentId, deployment: Deployment | undefined): Result<never, CancelRefusal> {
  const status = deployment ? deploymentStatus(deployment) : 'unknown';
  return refuse({
    kind: 'conflict',
    code: 'deployment-not-cancellable',
    message: `The deployment ${id} is ${status}; only one that is IN_PROGRESS can be cancelled.`,
    remedy: status === 'CANCELLING' ? 'It is being cancelled already.' : 'Nothing needs to be done.',
  });
}
