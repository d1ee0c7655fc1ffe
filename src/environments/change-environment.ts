import type { Result } from '../errors/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import { impliedDeploymentType } from '../templates/index.ts';
import { type CreateEnvironmentRequest, createEnvironment } from './create-environment.ts';
import { deleteEnvironment } from './delete-environment.ts';
import { type Environment, shownVersion } from './environment.ts';
import { environmentFind } from './environment-store.ts';
import type { EnvironmentTools } from './environment-tools.ts';
import { type UpdateEnvironmentRequest, updateEnvironment } from './update-environment.ts';

/** One change of an environment as a value: to be planned, kept, and made later. */
export type EnvironmentChange =
  | ({ readonly operation: 'create' } & CreateEnvironmentRequest)
  /** Without a deployment type, what the wanted version means. */
  | ({ readonly operation: 'update' } & Omit<UpdateEnvironmentRequest, 'deploymentType'> &
      Partial<Pick<UpdateEnvironmentRequest, 'deploymentType'>>)
  | { readonly operation: 'delete'; readonly name: string };

/** Makes the change, as its own action does. */
export async function changeEnvironment(
  tools: EnvironmentTools,
  change: EnvironmentChange,
  by: PrincipalId,
): Promise<Result<Environment | undefined>> {
  switch (change.operation) {
    case 'create': {
      const { operation: _, ...request } = change;
      return createEnvironment(tools, request, by);
    }
    case 'update': {
      const { operation: _, deploymentType: given, ...request } = change;
      const environment = given ? undefined : await environmentFind(tools.db, request.name);
      const { majorVersion: major, minorVersion: minor } = request;
      const implied = impliedDeploymentType(environment ? shownVersion(environment).major : 0, { major, minor });
      return updateEnvironment(tools, { ...request, deploymentType: given ?? implied }, by);
    }
    case 'delete':
      return deleteEnvironment(tools, change.name, by);
  }
}
