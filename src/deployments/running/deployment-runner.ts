import { analyseStackChange } from '../../changes/index.ts';
import { type RepeatedWork, repeatWork } from '../../clock/index.ts';
import { createInspector } from '../../guard-rails/index.ts';
import type { Log } from '../../log/index.ts';
import type { WorkflowEngine } from '../../workflows/index.ts';
import { reviewWaiting } from '../approvals/review-waiting.ts';
import type { DeploymentId, Operation } from '../deployment.ts';
import { usualLimits, usualPolling } from '../deployment-limits.ts';
import { stackTemplateIsTaken } from '../renderings/guard-rail.ts';
import { deleteWorkflow } from './delete-workflow.ts';
import type { DeployTools } from './deploy-tools.ts';
import { deployWorkflow } from './deploy-workflow.ts';
import { reconcileDeployments } from './deployment-reconciler.ts';

type Usual = 'limits' | 'polling' | 'guardRails' | 'inspector' | 'analyse' | 'previews';

/** How late a deadline of what waits for people, or a change of the rules, may be noticed. */
const reviewMs = 5_000;

export type DeploymentRunnerOptions = Omit<DeployTools, Usual> &
  Partial<Pick<DeployTools, Usual>> & { readonly engine: WorkflowEngine; readonly log: Log };

export interface DeploymentRunner {
  /** Once the engine is launched: hands over what was requested, now and from now on. */
  launch(): void;
  close(): Promise<void>;
}

/** Carries out deployments in this process. To be made before the engine is launched. */
export function createDeploymentRunner({ engine, ...options }: DeploymentRunnerOptions): DeploymentRunner {
  const tools: DeployTools = {
    limits: usualLimits,
    polling: usualPolling,
    guardRails: [stackTemplateIsTaken],
    inspector: createInspector(),
    analyse: async (change) => analyseStackChange(change),
    previews: 'when-needed',
    ...options,
  };
  engine.register(deployWorkflow, tools);
  engine.register(deleteWorkflow, tools);
  const begin = (id: DeploymentId, operation: Operation, round: number) => {
    const flow = operation === 'delete' ? deleteWorkflow : deployWorkflow;
    // a workflow that has ended does not begin again: each round is one of its own
    return round === 0
      ? engine.start(flow, id, { deploymentId: id })
      : engine.start(flow, `${id}.${round}`, { deploymentId: id, round });
  };
  let reconciler: ReturnType<typeof reconcileDeployments> | undefined;
  let reviewing: RepeatedWork | undefined;
  return {
    launch() {
      reconciler = reconcileDeployments({ db: tools.db, log: tools.log, signals: tools.signals, begin });
      reviewing = repeatWork(() => reviewWaiting(tools), {
        everyMs: reviewMs,
        failed: (err) => tools.log.warn({ err }, 'looking at deployments that wait for people is tried again'),
      });
    },
    async close() {
      await reviewing?.close();
      await reconciler?.close();
    },
  };
}
