import { listen } from '../database/index.ts';

/** The database itself tells here that events were told; `publishEvents` that they can be read. */
export const eventChannel = 'event';

export type EventOccasion = 'told' | 'published' | 'delivery-due';

/** Wakes whoever has to do with events. Signals may be lost: look by yourself now and then. */
export interface EventSignals {
  /** Calls `heard` on each occasion, and once after occasions may have been missed. @returns how to stop that */
  on(occasion: EventOccasion, heard: () => void): () => void;
  close(): Promise<void>;
}

export async function listenToEvents(databaseUrl: string): Promise<EventSignals> {
  const listeners = new Map<EventOccasion, Set<() => void>>();
  const listener = await listen(databaseUrl, eventChannel, (payload) => {
    for (const [occasion, all] of listeners) {
      if (payload === undefined || payload === occasion) for (const heard of [...all]) heard();
    }
  });
  return {
    on(occasion, heard) {
      const all = listeners.get(occasion) ?? new Set();
      const own = () => heard();
      listeners.set(occasion, all.add(own));
      return () => all.delete(own);
    },
    close: () => listener.close(),
  };
}
