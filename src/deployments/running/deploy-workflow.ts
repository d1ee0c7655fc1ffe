import { accept, type Result, refuse } from '../../errors/index.ts';
import { type StepContext, step, workflow } from '../../workflows/index.ts';
import { type DeploymentAtWork, deploymentAtWork } from '../deployment-store.ts';
import { planChange } from '../plans/plan-change.ts';
import { previewChange } from '../plans/preview-change.ts';
import { checkRendering, renderTarget } from '../renderings/render-target.ts';
import { awaitVerdict } from '../verdicts/await-verdict.ts';
import { applyPlan } from './apply-plan.ts';
import type { DeployState, DeployTools } from './deploy-tools.ts';
import { cancelledRefusal } from './ending.ts';
import { settleDeployment } from './settle-deployment.ts';

/**
 * requested -> planning -> applying -> over. Every step may run again after a crash. What waits for people leaves its
 * workflow at `decide`; another one, of the next round, begins at the beginning when they have answered.
 */
export const deployWorkflow = workflow<DeployState, DeployTools>(
  'deploy',
  [
    step('render', { do: uncancelled(renderTarget), noUndo: 'writes only the record of the deployment' }),
    step('check', { do: uncancelled(checkRendering), noUndo: 'reads only' }),
    step('preview', { do: uncancelled(previewChange), noUndo: 'a preview leaves nothing behind at the provider' }),
    step('plan', { do: uncancelled(planChange), noUndo: 'writes only the record of the deployment' }),
    step('decide', { do: uncancelled(awaitVerdict), noUndo: 'an answer names its plan and serves no other' }),
    step('apply', {
      do: unlessLeft(applyPlan),
      noUndo: 'it is the last, and the provider itself takes back what fails',
    }),
  ],
  {
    settled: async ({ deploymentId, left }, settlement, tools) =>
      left ? undefined : settleDeployment(tools, deploymentId, settlement),
    facts: ({ deploymentId }) => ({ deploymentId }),
  },
);

type StepWork = (
  deployment: DeploymentAtWork,
  tools: DeployTools,
  context: StepContext,
) => Promise<Result<Partial<DeployState>>>;

type StateWork = (
  state: DeployState,
  tools: DeployTools,
  context: StepContext,
) => Promise<Result<Partial<DeployState>>>;

/** A step before the provider is touched: ends the deployment if that was cancelled meanwhile. */
function uncancelled(work: StepWork): StateWork {
  return unlessLeft(async ({ deploymentId, round = 0 }, tools, context) => {
    const deployment = await deploymentAtWork(tools.db, deploymentId);
    // it was left, and this process died before that was recorded: others may go on with it already
    if (deployment.round !== round) return accept({ left: true });
    if (deployment.standing.state === 'cancelling') return refuse(cancelledRefusal);
    return work(deployment, tools, context);
  });
}

function unlessLeft(work: StateWork): StateWork {
  return async (state, tools, context) => (state.left ? accept({}) : work(state, tools, context));
}
