/**
 * Events: what happened, in an order that readers can resume from, and its delivery to who subscribed.
 *
 * Lives here: reading events, giving them their order, webhooks and their deliveries. Never here: which events there
 * are: nouns tell them in the transaction of the change (the triggers in their migrations, decisions/0011).
 * Start at event.ts, then event-publisher.ts; for webhooks at webhook.ts, then delivery-reconciler.ts.
 */
export { type AddedWebhook, type AddWebhookRequest, addWebhook } from './add-webhook.ts';
export { attemptsMax, type Delivery, type DeliveryState, deliveryStates } from './delivery.ts';
export {
  type DeliveryReconciler,
  type DeliveryReconcilerTools,
  startWebhookDeliveries,
} from './delivery-reconciler.ts';
export { deliveryWebhook } from './delivery-store.ts';
export {
  type Event,
  type EventEnvelope,
  type EventFilter,
  eventEnvelope,
  type PlacedEvent,
  wantsEvent,
} from './event.ts';
export {
  type EventPublisher,
  type EventPublisherTools,
  publishEvents,
  startEventPublisher,
} from './event-publisher.ts';
export { type EventSignals, listenToEvents } from './event-signals.ts';
export { type EventLog, eventLog, eventsAfter } from './event-store.ts';
export { type DeliveryFilters, listDeliveries } from './list-deliveries.ts';
export { deliveryNotFailed, redeliver, redeliverAll } from './redeliver.ts';
export { removeWebhook } from './remove-webhook.ts';
export { type RotatedSecret, rotateWebhookSecret } from './rotate-webhook-secret.ts';
export { testWebhook, type WebhookTrial } from './test-webhook.ts';
export { type SecretSeal, type Webhook, type WebhookId, type WebhookMissing, webhookMissing } from './webhook.ts';
export { webhookCounts, webhookFind, webhookList } from './webhook-store.ts';
export type { WebhookTools } from './webhook-tools.ts';
