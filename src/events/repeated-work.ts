import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../log/index.ts';

/** Work that is done again and again: when it is nudged, and by itself now and then. Never twice at once. */
export interface RepeatedWork {
  /** There may be something to do. While the work is being done, it is done once more afterwards. */
  nudge(): void;
  /** Waits for what is being done. */
  close(): Promise<void>;
}

export interface RepeatedWorkOptions {
  readonly everyMs: number;
  /** How long to wait, between the end of the work and its repetition, for more to do at once. */
  readonly restMs?: number;
  readonly log: Log;
  readonly complaint: string;
}

/** @param work does all there is to do, or throws, and is then tried again at the next look */
export function repeatWork(
  work: () => Promise<void>,
  { everyMs, restMs = 0, log, complaint }: RepeatedWorkOptions,
): RepeatedWork {
  let running: Promise<void> | undefined;
  let again = false;
  let closed = false;
  const closing = new AbortController();

  async function pass(): Promise<void> {
    do {
      again = false;
      await work();
      if (restMs > 0) await delay(restMs, undefined, { signal: closing.signal }).catch(() => undefined);
    } while (again && !closed);
  }

  function nudge(): void {
    again = true;
    if (closed || running) return;
    running = pass().then(
      () => {
        running = undefined;
        if (again) nudge();
      },
      (err) => {
        running = undefined;
        if (!closed) log.warn({ err }, complaint);
      },
    );
  }

  const timer = setInterval(nudge, everyMs);
  nudge();
  return {
    nudge,
    async close() {
      closed = true;
      closing.abort();
      clearInterval(timer);
      await running;
    },
  };
}
