import { resumeDeployment } from '../../deployments/approvals/resume-deployment.ts';
import {
  type Deployment,
  type DeploymentRunnerOptions,
  type DeploymentTools,
  deploymentsRunning,
} from '../../deployments/index.ts';
import { targetLock } from '../../deployments/target-store.ts';

export type Decide = DeploymentRunnerOptions['decide'];

/** People who are asked about every deployment of a service whose name says so, once each. */
export class AskedPeople {
  readonly #approved = new Set<string>();

  readonly decide: Decide = async (_db, _plan, { id, target }) =>
    !target.serviceName?.startsWith('asks-') || this.#approved.has(id)
      ? { verdict: 'allow' }
      : { verdict: 'needs-approvals', approvals: [], waitsFor: 'people' };

  /** Approves what waits now. @returns how much that was */
  async approve(tools: DeploymentTools, serviceName: string): Promise<number> {
    const asked = await waitingOf(tools, serviceName);
    for (const deployment of asked) {
      this.#approved.add(deployment.id);
      await tools.db.transaction().execute(async (tx) => {
        await targetLock(tx, deployment.target.arn);
        await resumeDeployment(tools, tx, deployment, 'given');
      });
    }
    return asked.length;
  }
}

export async function waitingOf({ db }: DeploymentTools, serviceName: string): Promise<readonly Deployment[]> {
  const running = await deploymentsRunning(db, 1_000);
  return running.filter(({ standing, target }) => standing.state === 'waiting' && target.serviceName === serviceName);
}
