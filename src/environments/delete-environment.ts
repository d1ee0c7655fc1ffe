import { transact } from '../database/index.ts';
import { requestDeployment, targetLock } from '../deployments/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import { type Environment, environmentArn, usersOf } from './environment.ts';
import { environmentFind, environmentLock, environmentUser } from './environment-store.ts';
import { environmentRef, environmentState } from './environment-target.ts';
import type { EnvironmentTools } from './environment-tools.ts';

export type DeleteEnvironmentRefusal = Refusal<'environment-in-use'>;

/**
 * Begins to delete an environment; one that is being deleted answers as it stands, one that is gone with undefined.
 * It needs no template bundle, so it works whatever state the environment is in.
 * @refuses environment-in-use while instances or components are in it, deployment-busy while another deployment runs
 */
export function deleteEnvironment(
  tools: EnvironmentTools,
  name: string,
  by: PrincipalId,
): Promise<Result<Environment | undefined>> {
  return transact<Environment | undefined, Refusal>(tools.db, async (tx) => {
    await targetLock(tx, environmentArn(tools.installation, name));
    const environment = await environmentLock(tx, name);
    if (!environment) return accept(undefined);
    const user = await environmentUser(tx, environment.arn);
    if (user) return inUse(environment, user);
    const { templateName, deployed } = environment;
    const deployment = await requestDeployment(tools, tx, {
      target: environmentRef(environment),
      operation: 'delete',
      initialState: deployed && environmentState(templateName, deployed),
      requestedBy: by,
    });
    if (!deployment.ok) return deployment;
    // With nothing provisioned it is gone already; whoever asks again is told so.
    return accept((await environmentFind(tx, name)) ?? { ...environment, status: 'DELETE_IN_PROGRESS' });
  });
}

function inUse({ arn }: Environment, table: string): Result<never, DeleteEnvironmentRefusal> {
  const users = usersOf(table);
  return refuse({
    kind: 'conflict',
    code: 'environment-in-use',
    message: `${arn} still has ${users}.`,
    remedy: `List the ${users} of this environment and delete them first.`,
  });
}
