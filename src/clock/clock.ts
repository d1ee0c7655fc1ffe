/** The one source of "now", so that tests can hold it still. Times are UTC Dates. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
