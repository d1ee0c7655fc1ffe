import { accept, type Result } from '../errors/index.ts';
import type { DeployTools } from './deploy-tools.ts';
import type { DeploymentAtWork } from './deployment-store.ts';
import { placementsOf } from './placement-store.ts';
import { makePlan } from './plan.ts';
import { planUpsert } from './plan-store.ts';
import { renderingGet } from './rendering-store.ts';
import { targetStateOf } from './target.ts';

/** Puts what was rendered and previewed together into the value that is decided on and applied. */
export async function planChange(deployment: DeploymentAtWork, { db, clock }: DeployTools): Promise<Result<object>> {
  const { id, operation, target } = deployment;
  const subject = { operation, targetArn: target.arn, targetState: targetStateOf(deployment) };
  const previews = (await placementsOf(db, id)).flatMap(({ preview }) => preview ?? []);
  await planUpsert(db, id, makePlan(subject, await renderingGet(db, id), previews), clock.now());
  return accept({});
}
