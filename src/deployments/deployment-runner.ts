import { analyseStackChange } from '../changes/index.ts';
import { createInspector } from '../guard-rails/index.ts';
import type { Log } from '../log/index.ts';
import type { WorkflowEngine } from '../workflows/index.ts';
import { deleteWorkflow } from './delete-workflow.ts';
import type { DeployTools } from './deploy-tools.ts';
import { deployWorkflow } from './deploy-workflow.ts';
import type { DeploymentId, Operation } from './deployment.ts';
import { usualLimits, usualPolling } from './deployment-limits.ts';
import { reconcileDeployments } from './deployment-reconciler.ts';
import { stackTemplateIsTaken } from './guard-rail.ts';
import { allowAll } from './verdict.ts';

type Usual = 'limits' | 'polling' | 'guardRails' | 'inspector' | 'decide' | 'analyse' | 'previews';

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
    decide: allowAll,
    analyse: async (change) => analyseStackChange(change),
    previews: 'when-needed',
    ...options,
  };
  engine.register(deployWorkflow, tools);
  engine.register(deleteWorkflow, tools);
  const begin = (id: DeploymentId, operation: Operation) =>
    engine.start(operation === 'delete' ? deleteWorkflow : deployWorkflow, id, { deploymentId: id });
  let reconciler: ReturnType<typeof reconcileDeployments> | undefined;
  return {
    launch() {
      reconciler = reconcileDeployments({ db: tools.db, log: tools.log, signals: tools.signals, begin });
    },
    async close() {
      await reconciler?.close();
    },
  };
}
