import type { Log } from '../log/index.ts';

/** Work that is done again and again: when it is nudged, and by itself now and then. Never twice at once. */
export interface RepeatedWork {
  /** There may be something to do. While the work is being done, it is done once more afterwards. */
  nudge(): void;
  /** Waits for what is being done. */
  close(): Promise<void>;
}

/** @param work does all there is to do, or throws, and is then tried again at the next look */
export function repeatWork(
  work: () => Promise<void>,
  { everyMs, log, complaint }: { readonly everyMs: number; readonly log: Log; readonly complaint: string },
): RepeatedWork {
  let running: Promise<void> | undefined;
  let again = false;
  let closed = false;

  async function pass(): Promise<void> {
    do {
      again = false;
      await work();
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
      clearInterval(timer);
      await running;
    },
  };
}
