import type { Db } from '../../database/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import {
  type Listing,
  type Page,
  type PageRequest,
  type PageTokenRefusal,
  pageOf,
  pageSize,
  pageStart,
} from '../../identifiers/index.ts';
import type { ResourcePlacement } from './placement.ts';
import { type PlacementFilters, placementList } from './placement-store.ts';

/** By ARN. @refuses InvalidPageToken */
export async function listPlacements(
  db: Db,
  filters: PlacementFilters,
  page: PageRequest,
): Promise<Result<Page<ResourcePlacement>, PageTokenRefusal>> {
  const key = { arn: 'text' } as const;
  const { reach: _, ...chosen } = filters; // a token stays good when the reader's reach changes
  const listing = { name: 'ListPlacements', filters: chosen, key } satisfies Listing<typeof key>;
  const start = pageStart(listing, page);
  if (!start.ok) return start;
  const rows = await placementList(db, filters, start.value?.arn, pageSize(page) + 1);
  return accept(pageOf(listing, page, rows, ({ arn }) => ({ arn })));
}
