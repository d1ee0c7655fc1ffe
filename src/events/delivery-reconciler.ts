import { repeatWork } from '../clock/index.ts';
import type { Log } from '../log/index.ts';
import { attemptDelivery } from './attempt-delivery.ts';
import { type DeliveryAtWork, deliveriesClaim, deliveriesForget } from './delivery-store.ts';
import type { EventSignals } from './event-signals.ts';
import type { WebhookId } from './webhook.ts';
import type { WebhookTools } from './webhook-tools.ts';

export interface DeliveryReconcilerTools extends WebhookTools {
  readonly log: Log;
  readonly signals: EventSignals;
  /** How long a receiver may take; far less than `claimMs`. */
  readonly timeoutMs?: number;
}

export interface DeliveryReconciler {
  /** Breaks off what is being sent; another process sends it again. */
  close(): Promise<void>;
}

const lookMs = 1_000;
const atWorkMax = 16;
const perWebhookMax = 4;
/** An attempt whose process died is made again after this. */
export const claimMs = 60_000;
const forgetMs = 10 * 60_000;
/** How long it can be seen that something was delivered. */
const keptMs = 7 * 24 * 60 * 60_000;
const forgetBatch = 1_000;

/** Delivers what is due. Any process may do it, and all of them may at once: each delivery is claimed by one. */
export function startWebhookDeliveries(tools: DeliveryReconcilerTools): DeliveryReconciler {
  const { db, clock, log, signals, timeoutMs } = tools;
  const stopping = new AbortController();
  const atWork = new Map<DeliveryAtWork, Promise<void>>();

  async function attempt(delivery: DeliveryAtWork): Promise<void> {
    const facts = { webhookId: delivery.webhookId, eventId: delivery.event.id, attempt: delivery.attempt };
    try {
      const { end, outcome } = await attemptDelivery(tools, delivery, { signal: stopping.signal, timeoutMs });
      if (end === 'delivered') log.debug(facts, 'an event was delivered');
      else log.info({ ...facts, outcome }, 'an event was not delivered');
    } catch (err) {
      log.warn({ ...facts, err }, 'a delivery is tried again');
    } finally {
      atWork.delete(delivery);
      claiming.nudge();
    }
  }

  async function claim(): Promise<void> {
    while (!stopping.signal.aborted && atWork.size < atWorkMax) {
      const now = clock.now();
      const claimed = await deliveriesClaim(db, {
        now,
        until: new Date(now.getTime() + claimMs),
        max: atWorkMax - atWork.size,
        perWebhookMax,
        busy: busyWebhooks(),
      });
      for (const delivery of claimed) atWork.set(delivery, attempt(delivery));
      if (claimed.length === 0) return;
    }
  }

  function busyWebhooks(): WebhookId[] {
    const groups = Map.groupBy(atWork.keys(), ({ webhookId }) => webhookId);
    return [...groups].filter(([, { length }]) => length >= perWebhookMax).map(([id]) => id);
  }

  const claiming = repeatWork(claim, {
    everyMs: lookMs,
    failed: (err) => log.warn({ err }, 'looking for deliveries is tried again'),
  });
  const forget = async () => {
    const before = new Date(clock.now().getTime() - keptMs);
    while ((await deliveriesForget(db, before, forgetBatch)) === forgetBatch);
  };
  const forgetting = repeatWork(forget, {
    everyMs: forgetMs,
    failed: (err) => log.warn({ err }, 'forgetting deliveries is tried again'),
  });
  const unsubscribe = signals.on('delivery-due', claiming.nudge);
  return {
    async close() {
      unsubscribe();
      stopping.abort();
      await Promise.all([claiming.close(), forgetting.close()]);
      await Promise.all(atWork.values());
    },
  };
}
