import type { Db } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { type Page, type PageRequest, type PageTokenRefusal, readPage } from '../../identifiers/index.ts';
import type { ResourcePlacement } from './placement.ts';
import { type PlacementFilters, placementList } from './placement-store.ts';

/** By ARN. @refuses InvalidPageToken */
export async function listPlacements(
  db: Db,
  filters: PlacementFilters,
  page: PageRequest,
): Promise<Result<Page<ResourcePlacement>, PageTokenRefusal>> {
  const { reach: _, ...chosen } = filters; // a token stays good when the reader's reach changes
  const listing = { name: 'ListPlacements', filters: chosen, key: { arn: 'text' } } as const;
  return readPage(listing, page, (behind, rowsMax) => placementList(db, filters, behind?.arn, rowsMax));
}
