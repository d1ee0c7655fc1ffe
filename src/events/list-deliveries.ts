import type { Db } from '../database/index.ts';
import type { Result } from '../errors/index.ts';
import { type Page, type PageRequest, type PageTokenRefusal, readPage } from '../identifiers/index.ts';
import type { Delivery, DeliveryState } from './delivery.ts';
import { deliveriesBehind } from './delivery-store.ts';
import type { WebhookId } from './webhook.ts';

export interface DeliveryFilters {
  readonly state: DeliveryState;
  /** One of them alone. */
  readonly webhookId?: string;
}

/** Newest first. @param of the webhooks whose deliveries may be seen @refuses InvalidPageToken */
export async function listDeliveries(
  db: Db,
  filters: DeliveryFilters,
  of: readonly WebhookId[],
  page: PageRequest,
): Promise<Result<Page<Delivery>, PageTokenRefusal>> {
  const listing = { name: 'ListWebhookDeliveries', filters, key: { createdAt: 'time', id: 'text' } } as const;
  const { state, webhookId } = filters;
  const webhookIds = of.filter((id) => webhookId === undefined || id === webhookId);
  return readPage(listing, page, (behind, rowsMax) => deliveriesBehind(db, { state, webhookIds }, behind, rowsMax));
}
