import { accept, type Result, refuse } from '../../errors/index.ts';
import type { ApplyRequest, Preview, Provisioner } from '../../provisioners/index.ts';
import type { StepContext } from '../../workflows/index.ts';
import type { DeploymentId } from '../deployment.ts';
import { Pauses } from '../deployment-limits.ts';
import { type DeploymentAtWork, deploymentAtWork } from '../deployment-store.ts';
import { deployedFind } from '../renderings/deployed-store.ts';
import { applyRequest } from '../renderings/rendering.ts';
import { renderingGet } from '../renderings/rendering-store.ts';
import { type DeployTools, provisionerOf } from '../running/deploy-tools.ts';
import { cancelledRefusal } from '../running/ending.ts';
import { placementInsert } from '../running/placement-store.ts';
import { lookAhead } from './look-ahead.ts';

/** How long a provider that cannot be reached is asked again. */
const previewMsMax = 30 * 60 * 1000;

/**
 * Finds out what the change does in each account and region: by analysis, and where that is not enough by asking the
 * provider; nothing changes there.
 */
export async function previewChange(
  { id, target }: DeploymentAtWork,
  tools: DeployTools,
  context: StepContext,
): Promise<Result<object>> {
  const rendering = await renderingGet(tools.db, id);
  const { stackName } = rendering;
  const provisioner = provisionerOf(tools, rendering.method);
  const deployed = await deployedFind(tools.db, target.arn);
  for (const [position, placement] of rendering.placements.entries()) {
    const request = applyRequest(id, rendering, position, placement);
    const preview = () => previewPatiently(id, request, provisioner, tools, context);
    const look = { deployed, rendering, placement, stackName, previews: tools.previews, preview };
    const looked = await lookAhead(tools, look);
    if (!looked.ok) return looked;
    await placementInsert(tools.db, id, position, placement, looked.value);
  }
  return accept({});
}

/** While the provider cannot be reached it is asked again, unless the deployment is cancelled meanwhile. */
async function previewPatiently(
  id: DeploymentId,
  request: ApplyRequest,
  provisioner: Provisioner,
  { db, clock, signals, polling, log }: DeployTools,
  context: StepContext,
): Promise<Result<Preview>> {
  const pauses = new Pauses(polling);
  const since = clock.now().getTime();
  const watch = signals.watch([id]);
  try {
    for (;;) {
      const preview = await provisioner.preview(request);
      if (preview.ok || preview.refusal.kind !== 'unavailable') return preview;
      if (clock.now().getTime() - since >= previewMsMax) return preview;
      log.warn({ deploymentId: id, code: preview.refusal.code }, 'the provider is asked again for a preview');
      await watch.wait(pauses.afterUnavailable(), context);
      const { standing } = await deploymentAtWork(db, id);
      if (standing.state === 'cancelling') return refuse(cancelledRefusal);
    }
  } finally {
    watch.close();
  }
}
