import type { Db } from '../database/index.ts';
import type { StepContext } from '../workflows/index.ts';
import { type Deployment, type DeploymentId, isOver, isSetAside } from './deployment.ts';
import type { DeploymentSignals } from './deployment-signals.ts';
import { deploymentsOf } from './deployment-store.ts';

/** How long a missed signal may go unnoticed. */
const lookMs = 5_000;

interface AwaitTools {
  readonly db: Db;
  readonly signals: DeploymentSignals;
}

/**
 * Waits, in a step of another workflow, until all these deployments are over. A step that is run again simply waits
 * again. Every deployment ends: each has a limit of its own. @returns them in the order of the ids
 */
export function awaitDeployments(
  tools: AwaitTools,
  ids: readonly DeploymentId[],
  context: StepContext,
): Promise<readonly Deployment[]> {
  return awaitThat(tools, ids, context, areOver);
}

/** As awaitDeployments, while there is work on them. undefined: one of them waits, for people or for its turn. */
export async function awaitWhileAtWork(
  tools: AwaitTools,
  ids: readonly DeploymentId[],
  context: StepContext,
): Promise<readonly Deployment[] | undefined> {
  const isEnough = (all: readonly Deployment[]) =>
    areOver(all) || all.some(({ standing }) => isSetAside(standing.state));
  const deployments = await awaitThat(tools, ids, context, isEnough);
  return areOver(deployments) ? deployments : undefined;
}

function areOver(deployments: readonly Deployment[]): boolean {
  return deployments.every(({ standing }) => isOver(standing.state));
}

async function awaitThat(
  { db, signals }: AwaitTools,
  ids: readonly DeploymentId[],
  context: StepContext,
  isEnough: (deployments: readonly Deployment[]) => boolean,
): Promise<readonly Deployment[]> {
  const watch = signals.watch(ids, (state) => isOver(state) || isSetAside(state));
  try {
    for (;;) {
      const deployments = await deploymentsOf(db, ids);
      if (isEnough(deployments)) return deployments.sort((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
      await watch.wait(lookMs, context);
    }
  } finally {
    watch.close();
  }
}
