import type { Db } from '../database/index.ts';
import type { Result } from '../errors/index.ts';
import { type Page, type PageRequest, type PageTokenRefusal, readPage } from '../identifiers/index.ts';
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
  const listing = { name: 'ListWebhookDeliveries', filters, key: { createdAt: 'time', id: 'text' } } as const;
  return readPage(listing, page, (behind, rowsMax) => deliveriesBehind(db, filters, behind, rowsMax));
}
