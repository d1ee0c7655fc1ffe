import type { Db } from '../database/index.ts';
import type { Result } from '../errors/index.ts';
import { type Page, type PageRequest, type PageTokenRefusal, readPage } from '../identifiers/index.ts';
import type { PlacementReach } from '../organization/index.ts';
import type { Environment } from './environment.ts';
import { environmentsBehind, type TemplateFilter } from './environment-store.ts';

const key = { createdAt: 'time', name: 'text' } as const;

/** Environments within reach, newest first; of any of the templates when some are given. @refuses InvalidPageToken */
export async function listEnvironments(
  db: Db,
  templates: readonly TemplateFilter[],
  request: PageRequest,
  reach?: PlacementReach,
): Promise<Result<Page<Environment>, PageTokenRefusal>> {
  const listing = { name: 'ListEnvironments', filters: templates, key };
  return readPage(listing, request, (behind, rowsMax) => environmentsBehind(db, templates, behind, rowsMax, reach));
}
