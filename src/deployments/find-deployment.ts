import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { Deployment } from './deployment.ts';
import { checkFilters, type DeploymentFilters, type FilterRefusal } from './deployment-filters.ts';
import { deploymentFind } from './deployment-store.ts';

export type DeploymentMissing = Refusal<'deployment-missing'>;

/**
 * A deployment by its id, and by names of its target that must be its own where they are given.
 * @refuses service-name-missing, deployment-missing
 */
export async function findDeployment(
  db: Db,
  id: string,
  names: DeploymentFilters,
): Promise<Result<Deployment, DeploymentMissing | FilterRefusal>> {
  const checked = checkFilters(names);
  if (!checked.ok) return checked;
  const deployment = await deploymentFind(db, id);
  return deployment && isOf(deployment, names) ? accept(deployment) : deploymentMissing(id);
}

/** @param targetArn when it was looked for among the deployments of one target */
export function deploymentMissing(id: string, targetArn?: string): { ok: false; refusal: DeploymentMissing } {
  return refuse({
    kind: 'missing',
    code: 'deployment-missing',
    message: `The requested deployment${targetArn ? ` of ${targetArn}` : ''} does not exist: ${id}`,
    remedy: 'Check the id, and the names given with it; ListDeployments shows both.',
  });
}

function isOf({ target }: Deployment, names: DeploymentFilters): boolean {
  const given = Object.entries(names) as [keyof DeploymentFilters, string | undefined][];
  return given.every(([key, name]) => name === undefined || target[key] === name);
}
