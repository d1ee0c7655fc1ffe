/**
 * Events: what happened, in an order that readers can resume from, and its delivery to who subscribed.
 *
 * Lives here: reading events, giving them their order, webhooks and their deliveries. Never here: which events there
 * are: nouns tell them in the transaction of the change (the triggers in their migrations, decisions/0011).
 * Start at event.ts, then event-publisher.ts.
 */
export { type Event, type EventEnvelope, type EventFilter, eventEnvelope, wantsEvent } from './event.ts';
export {
  type EventPublisher,
  type EventPublisherTools,
  publishEvents,
  startEventPublisher,
} from './event-publisher.ts';
export { type EventSignals, listenToEvents } from './event-signals.ts';
export { type EventLog, eventLog, eventsAfter } from './event-store.ts';
