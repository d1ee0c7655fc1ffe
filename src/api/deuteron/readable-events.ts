import type { Event } from '../../events/index.ts';
import { type Reads, thingOfArn } from '../authorisation/index.ts';

/** Those that are about what the reader may read. What is gone was in a place that nobody knows any more. */
export async function readableEvents(reads: Reads, events: readonly Event[]): Promise<readonly Event[]> {
  if (reads.isExact && !reads.reach) return events;
  const things = new Map(events.flatMap(({ resource }) => [[resource, thingOfArn(resource)] as const]));
  const readable = await reads.among([...things.values()].flatMap((thing) => thing ?? []));
  return events.filter(({ resource }) => readable.has(things.get(resource)?.arn ?? ''));
}
