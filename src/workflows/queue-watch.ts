/** What tells all processes that run workflows that something was put into a queue: its name. */
export const queueChannel = 'deuteron_queued';

/** How often where more waits than we may run at once: nobody tells when there is room again. */
const fullLookMs = 50;

/** When to look into which queue, so that an idle process leaves the database alone. */
export interface QueueWatch {
  /** Something was put into this queue; undefined: into any, since messages may have been missed. */
  wake(queue: string | undefined): void;
  /** Settles when it is time to look into a queue; one look at a time. */
  untilDue(queue: string): Promise<void>;
  /** That the last look left work behind, for which there was no room here. */
  leftBehind(queue: string): void;
  /** From now on it is always time: whoever waits goes on. */
  close(): void;
}

interface Watched {
  /** Told since the last look began. */
  isTold: boolean;
  isFull: boolean;
  resume: () => void;
}

export function createQueueWatch(): QueueWatch {
  const queues = new Map<string, Watched>();
  let isClosed = false;

  function watched(queue: string): Watched {
    const known = queues.get(queue);
    if (known) return known;
    const fresh = { isTold: true, isFull: false, resume: () => undefined };
    queues.set(queue, fresh);
    return fresh;
  }

  function tell(each: Watched): void {
    each.isTold = true;
    each.resume();
  }

  return {
    wake(queue) {
      for (const each of queue === undefined ? queues.values() : [watched(queue)]) tell(each);
    },
    async untilDue(queue) {
      const each = watched(queue);
      if (!each.isTold && !isClosed) {
        await new Promise<void>((settle) => {
          const timer = each.isFull ? setTimeout(settle, fullLookMs) : undefined;
          each.resume = () => {
            clearTimeout(timer);
            settle();
          };
        });
      }
      each.isTold = false; // what is told from now on may come too late for this look
      each.isFull = false;
    },
    leftBehind(queue) {
      watched(queue).isFull = true;
    },
    close() {
      isClosed = true;
      for (const each of queues.values()) tell(each);
    },
  };
}
