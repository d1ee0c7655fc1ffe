import type { Db } from '../database/index.ts';
import type { Result } from '../errors/index.ts';
import { type Page, type PageRequest, type PageTokenRefusal, readPage } from '../identifiers/index.ts';
import type { PlacementReach } from '../organization/index.ts';
import type { Deployment } from './deployment.ts';
import { checkFilters, type DeploymentFilters, type FilterRefusal } from './deployment-filters.ts';
import { deploymentsBehind } from './deployment-store.ts';

const key = { createdAt: 'time', id: 'text' } as const;

/** Deployments of what is within reach, newest first. @refuses service-name-missing, InvalidPageToken */
export async function listDeployments(
  db: Db,
  filters: DeploymentFilters,
  request: PageRequest,
  reach?: PlacementReach,
): Promise<Result<Page<Deployment>, PageTokenRefusal | FilterRefusal>> {
  const checked = checkFilters(filters);
  if (!checked.ok) return checked;
  const listing = { name: 'ListDeployments', filters, key };
  return readPage(listing, request, (behind, rowsMax) => deploymentsBehind(db, filters, behind, rowsMax, reach));
}
