import { transact } from '../database/index.ts';
import { cancelTargetDeployment, targetLock } from '../deployments/index.ts';
import { accept, type Refusal, type Result } from '../errors/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import { type Environment, environmentArn, environmentMissing } from './environment.ts';
import { environmentFind, environmentGet } from './environment-store.ts';
import type { EnvironmentTools } from './environment-tools.ts';

/**
 * Asks the running deployment of an environment to stop; CANCELLING.
 * @refuses environment-missing, nothing-to-cancel, deployment-not-cancellable
 */
export function cancelEnvironmentDeployment(
  tools: EnvironmentTools,
  name: string,
  by: PrincipalId,
): Promise<Result<Environment>> {
  const arn = environmentArn(tools.installation, name);
  return transact<Environment, Refusal>(tools.db, async (tx) => {
    await targetLock(tx, arn);
    if (!(await environmentFind(tx, name))) return environmentMissing(tools.installation, name);
    const cancelled = await cancelTargetDeployment(tools, tx, arn, by);
    return cancelled.ok ? accept(await environmentGet(tx, name)) : cancelled;
  });
}
