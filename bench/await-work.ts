import { setTimeout as delay } from 'node:timers/promises';

/** Something that is asked for by name, and is over some time later. */
export interface Work {
  start(name: string): Promise<unknown>;
  /** Which are not over, those that have begun among them. @throws when one has failed */
  underWay(): Promise<ReadonlySet<string>>;
}

/** How a number of works went that were asked for at one moment. */
export interface Awaited {
  /** Until the last was over. */
  readonly seconds: number;
  /** Of each, from asking for it until it was seen to be over; seconds. */
  readonly latencies: readonly number[];
}

/** How often one looks. Nobody else asks, so that the server works and does not answer questions. */
export const lookMs = 10;

/** Asks for all of them at once and looks after them until the last is over. */
export async function startAndAwait({ start, underWay }: Work, names: readonly string[]): Promise<Awaited> {
  const begun = performance.now();
  const now = () => (performance.now() - begun) / 1000;
  const pending = new Set<string>();
  const latencies: number[] = [];
  let starting = names.length; // asked for, and not yet answered
  const started = Promise.all(
    names.map(async (name) => {
      await start(name);
      starting -= 1;
      pending.add(name);
    }),
  );
  started.catch(() => {
    starting = 0; // what went wrong is thrown below
  });
  while (starting > 0 || pending.size > 0) {
    const candidates = [...pending]; // begun before we look, so what is not seen is over
    const seen = await underWay();
    for (const name of candidates.filter((each) => !seen.has(each))) {
      pending.delete(name);
      latencies.push(now());
    }
    await delay(lookMs);
  }
  await started;
  return { seconds: Math.max(...latencies), latencies };
}
