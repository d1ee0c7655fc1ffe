import { type Clock, repeatWork } from '../clock/index.ts';
import type { Db } from '../database/index.ts';
import type { Log } from '../log/index.ts';
import { deliveriesInsert } from './delivery-store.ts';
import type { EventSignals } from './event-signals.ts';
import { eventsForget, eventsPublish } from './event-store.ts';

export interface EventPublisherTools {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: EventSignals;
  /** How long events can be read; default 30 days. */
  readonly keptMs?: number;
}

export interface EventPublisher {
  close(): Promise<void>;
}

const lookMs = 5_000;
/** What is told in quick succession is published together. */
const restMs = 100;
const forgetMs = 10 * 60_000;
const keptMsUsual = 30 * 24 * 60 * 60_000;
const batchMax = 500;

/**
 * Makes events readable in an order that stays: transactions that told events at the same time commit in any order, so
 * positions are given afterwards, by one process at a time. Any process may do it, and all of them may at once.
 */
export function startEventPublisher(tools: EventPublisherTools): EventPublisher {
  const { db, clock, log, signals, keptMs = keptMsUsual } = tools;
  const publishing = repeatWork(() => publishEvents(tools), {
    everyMs: lookMs,
    restMs,
    failed: (err) => log.warn({ err }, 'publishing events is tried again'),
  });
  const forget = async () => {
    const before = new Date(clock.now().getTime() - keptMs);
    while ((await db.transaction().execute((tx) => eventsForget(tx, before, batchMax))) === batchMax);
  };
  const forgetting = repeatWork(forget, {
    everyMs: forgetMs,
    failed: (err) => log.warn({ err }, 'forgetting events is tried again'),
  });
  const unsubscribe = signals.on('told', publishing.nudge);
  return {
    async close() {
      unsubscribe();
      await Promise.all([publishing.close(), forgetting.close()]);
    },
  };
}

/** Gives every event that was told a position, and writes down to which webhooks it goes, in one transaction. */
export async function publishEvents({ db, clock }: Pick<EventPublisherTools, 'db' | 'clock'>): Promise<void> {
  const publishSome = () =>
    db.transaction().execute(async (tx) => {
      const { events, haveReceivers } = await eventsPublish(tx, batchMax);
      if (haveReceivers) await deliveriesInsert(tx, events, clock.now());
      return events.length;
    });
  while ((await publishSome()) === batchMax); // what is told meanwhile says so by itself
}
