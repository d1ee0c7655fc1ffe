import type { Db } from '../database/index.ts';
import { accept, type Result } from '../errors/index.ts';
import {
  type Page,
  type PageRequest,
  type PageTokenRefusal,
  pageOf,
  pageSize,
  pageStart,
} from '../identifiers/index.ts';
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
  const start = pageStart(listing, request);
  if (!start.ok) return start;
  const rows = await deploymentsBehind(db, filters, start.value, pageSize(request) + 1, reach);
  return accept(pageOf(listing, request, rows, ({ createdAt, id }) => ({ createdAt, id })));
}
