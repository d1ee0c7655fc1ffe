import { setTimeout as delay } from 'node:timers/promises';

/** Work that is done again and again: when it is nudged, and by itself now and then. Never twice at once. */
export interface RepeatedWork {
  /** There may be something to do. While the work is being done, it is done once more afterwards. */
  nudge(): void;
  /** Waits for what is being done; nothing begins after that. */
  close(): Promise<void>;
}

export interface RepeatedWorkOptions {
  readonly everyMs: number;
  /** How long to wait, between the end of the work and its repetition, for more to do at once. */
  readonly restMs?: number;
  /** Told of everything that the work throws, but while it is being closed. */
  readonly failed: (error: unknown) => void;
}

/**
 * Begins at once, and goes on until it is closed.
 * @param work does all there is to do, or throws, and is then tried again at the next look; in many parts it heeds the
 *   signal between them, which says that it is being closed
 */
export function repeatWork(
  work: (closing: AbortSignal) => Promise<unknown>,
  { everyMs, restMs = 0, failed }: RepeatedWorkOptions,
): RepeatedWork {
  let running: Promise<void> | undefined;
  let again = false;
  const closing = new AbortController();
  const { signal } = closing;

  async function pass(): Promise<void> {
    do {
      again = false;
      await work(signal);
      if (restMs > 0) await delay(restMs, undefined, { signal }).catch(() => undefined);
    } while (again && !signal.aborted);
  }

  function nudge(): void {
    again = true;
    if (signal.aborted || running) return;
    running = pass().then(
      () => {
        running = undefined;
        if (again) nudge();
      },
      (error) => {
        running = undefined;
        if (!signal.aborted) failed(error);
      },
    );
  }

  const timer = setInterval(nudge, everyMs);
  nudge();
  return {
    nudge,
    async close() {
      closing.abort();
      clearInterval(timer);
      await running;
    },
  };
}
