import { scheduler } from 'node:timers/promises';

/** A decision takes about a millisecond. */
const atOnceMax = 10;

/** One after the other, but so that whoever else waits for this process is served between. */
export async function* inTurns<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  let count = 0;
  for (const item of items) {
    count += 1;
    if (count % atOnceMax === 0) await scheduler.yield();
    yield item;
  }
}
