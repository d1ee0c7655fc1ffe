import type { Db } from '../database/index.ts';
import { accept, type Result } from '../errors/index.ts';
import {
  type Listing,
  type Page,
  type PageRequest,
  type PageTokenRefusal,
  pageOf,
  pageSize,
  pageStart,
} from '../identifiers/index.ts';
import type { Delivery, DeliveryState } from './delivery.ts';
import { deliveriesBehind } from './delivery-store.ts';

export interface DeliveryFilters {
  readonly state: DeliveryState;
  readonly webhookId?: string;
}

/** Newest first. @refuses InvalidPageToken */
export async function listDeliveries(
  db: Db,
  filters: DeliveryFilters,
  page: PageRequest,
): Promise<Result<Page<Delivery>, PageTokenRefusal>> {
  const key = { createdAt: 'time', id: 'text' } as const;
  const listing = { name: 'ListWebhookDeliveries', filters, key } satisfies Listing<typeof key>;
  const start = pageStart(listing, page);
  if (!start.ok) return start;
  const rows = await deliveriesBehind(db, filters, start.value, pageSize(page) + 1);
  return accept(pageOf(listing, page, rows, ({ createdAt, id }) => ({ createdAt, id })));
}
