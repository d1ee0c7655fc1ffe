import type { Event } from '../../events/index.ts';
import { type Reads, thingOfArn } from '../authorisation/index.ts';

/** Those that are about what the reader may read. What is gone is nobody's, and what has its name now is another thing. */
export async function readableEvents(reads: Reads, events: readonly Event[]): Promise<readonly Event[]> {
  if (reads.isExact && !reads.reach) return events;
  return reads.records('event', events, ({ resource }) => thingOfArn(resource));
}
