import type { Settlement } from '../../workflows/index.ts';
import type { DeploymentId } from '../deployment.ts';
import { endDeployment } from '../deployment-course.ts';
import { renderingFind } from '../renderings/rendering-store.ts';
import type { DeployTools } from './deploy-tools.ts';
import { cancelledRefusal, deploymentEnding, type EarlyEnd, type Failure } from './ending.ts';
import { failureMessage } from './failure-message.ts';
import { measureDeployment } from './measure-deployment.ts';
import { placementsOf } from './placement-store.ts';

const providerSteps = new Set(['apply', 'remove']);

/** The end of a deployment, whichever way it came, in one transaction with what its noun and its target show. */
export async function settleDeployment(tools: DeployTools, id: DeploymentId, settlement: Settlement): Promise<void> {
  const ended = await tools.db.transaction().execute(async (tx) => {
    const rendering = await renderingFind(tx, id);
    const placements = await placementsOf(tx, id);
    const endings = placements.flatMap(({ ending }) => ending ?? []);
    const early = earlyEnd(
      settlement,
      placements.some(({ begunAt }) => begunAt !== undefined),
    );
    const messageOf = (failure: Failure) => failureMessage(failure, rendering);
    return endDeployment(tools, tx, id, ({ standing }) =>
      deploymentEnding(standing.state, early, endings, rendering?.method, messageOf, rendering?.rollbackSkips),
    );
  });
  measureDeployment(ended);
}

/** @param begun whether the provider said that it works on it: a step that is not known any more may have asked it */
function earlyEnd(settlement: Settlement, begun: boolean): EarlyEnd | undefined {
  if (settlement.ok) return undefined;
  const { refusal, step } = settlement;
  return { refusal, atProvider: (begun || providerSteps.has(step)) && refusal.code !== cancelledRefusal.code };
}
