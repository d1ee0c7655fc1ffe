import { nestedStackType } from '../changes/index.ts';
import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { newId } from '../identifiers/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import { can, type Deployment, type DeploymentId, deploymentStatus } from './deployment.ts';
import { beginDeployment, endDeployment } from './deployment-course.ts';
import { deploymentFind, deploymentInsert } from './deployment-store.ts';
import type { DeploymentTools } from './deployment-tools.ts';
import { type DeploymentMissing, deploymentMissing } from './find-deployment.ts';
import { type BegunStack, begunStacksOf } from './running/begun-stack-store.ts';
import type { Provisioned } from './running/provisioned.ts';
import { describeResources } from './running/resource-list.ts';
import { targetLock } from './target-store.ts';

export type AbandonRefusal = Refusal<'nothing-to-abandon'> | DeploymentMissing;

export interface Abandonment {
  readonly by: PrincipalId;
  /** The name of who answers for it, for those who read it later. */
  readonly byName: string;
  readonly reason: string;
}

/**
 * Lets go of a thing whose deletion has failed: its record goes, whatever of it lies in the cloud stays there, and the
 * provider is not asked. For what cannot be proved to be gone, and accounts that are closed. It is a deployment of its
 * own, which says who did it, why, and what was last known to be there.
 * @refuses deployment-missing; nothing-to-abandon for what is no failed deletion, or not the last of its target
 */
export async function abandonDeletion(
  tools: DeploymentTools,
  tx: Db,
  id: string,
  { by, byName, reason }: Abandonment,
): Promise<Result<Deployment, AbandonRefusal>> {
  const failed = await deploymentFind(tx, id);
  if (!failed) return deploymentMissing(id);
  const record = await targetLock(tx, failed.target.arn);
  if (!can('abandon', failed) || record?.lastAttemptedId !== failed.id) return nothingToAbandon(failed);
  const resources = record.resources.flatMap((each) => each.resources);
  const stacks = stacksKnown(record.resources, await begunStacksOf(tx, failed.target.arn));
  const known = [
    ...(stacks.length > 0 ? [`\nStacks: ${stacks.join('; ')}.`] : []),
    ...(resources.length > 0 ? [`\nLast known: ${describeResources(resources)}.`] : []),
  ].join('');
  const message = `Abandoned by ${byName}: ${reason}\nWhatever lies in the cloud was left there.${known}`;
  const { target, initialState } = failed;
  const abandoned = newId<DeploymentId>();
  const createdAt = tools.clock.now();
  const deployment = { id: abandoned, target, operation: 'delete', initialState, requestedBy: by, createdAt } as const;
  await beginDeployment(tools, tx, await deploymentInsert(tx, deployment, 'requested'));
  const ending = () => ({ move: 'succeed', message, outputs: {}, provisioned: [] }) as const;
  return accept(await endDeployment(tools, tx, abandoned, ending));
}

/** By the provider's own identifiers: what was deployed, then what was only begun; each with the stacks nested in it. */
function stacksKnown(deployed: readonly Provisioned[], begun: readonly BegunStack[]): readonly string[] {
  const outer = new Set([...deployed.map(({ identifier }) => identifier), ...begun.map(({ stackId }) => stackId)]);
  return [...outer].map((identifier) => {
    const inside = deployed.find((each) => each.identifier === identifier)?.resources ?? [];
    const nested = inside.filter(({ type, physicalId }) => type === nestedStackType && physicalId);
    const ids = nested.map(({ logicalId, physicalId }) => `${logicalId} ${physicalId}`);
    return ids.length > 0 ? `${identifier}, in it ${ids.join(', ')}` : identifier;
  });
}

function nothingToAbandon(deployment: Deployment): Result<never, AbandonRefusal> {
  return refuse({
    kind: 'conflict',
    code: 'nothing-to-abandon',
    message: `The deployment ${deployment.id} of ${deployment.target.arn} is ${deploymentStatus(deployment)}; only the last deletion of a thing can be abandoned, after it has failed.`,
    remedy: 'Delete the thing first. If that fails, abandon the deletion by the id that the thing shows as its last.',
  });
}
