import type { Db } from '../database/index.ts';
import type { StepContext } from '../workflows/index.ts';
import { type Deployment, type DeploymentId, isOver } from './deployment.ts';
import type { DeploymentSignals } from './deployment-signals.ts';
import { deploymentsOf } from './deployment-store.ts';

/** How long a missed signal may go unnoticed. */
const lookMs = 5_000;

/**
 * Waits, in a step of another workflow, until all these deployments are over. A step that is run again simply waits
 * again. Every deployment ends: each has a limit of its own.
 */
export async function awaitDeployments(
  { db, signals }: { readonly db: Db; readonly signals: DeploymentSignals },
  ids: readonly DeploymentId[],
  context: StepContext,
): Promise<readonly Deployment[]> {
  const watch = signals.watch(ids);
  try {
    for (;;) {
      const deployments = await deploymentsOf(db, ids);
      if (deployments.every(({ standing }) => isOver(standing.state))) return deployments;
      await watch.wait(lookMs, context);
    }
  } finally {
    watch.close();
  }
}
