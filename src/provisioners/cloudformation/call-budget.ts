/**
 * How many calls of one API we make in one account and region: all processes together, and slower after the service
 * asked for it. Places are given in the order in which they are asked for, so nobody is passed over.
 */
export interface CallBudget {
  /** When the next call would come if none of the burst were left. */
  readonly freeAt: Date;
  /** After the service throttled us: so many calls a second at that time, from then on more and more again. */
  readonly slowed?: { readonly at: Date; readonly perSecond: number };
}

/** Calls a second, 0 < perSecond <= 1000. One second's calls may be made at once. */
export type CallRate = number;

/** From a stop to full speed. */
const recoveryMs = 5 * 60 * 1000;
/** Answers of calls that were under way together are one word of the service. */
const sameWordMs = 1_000;
const perSecondMin = 0.5;

export const freshBudget: CallBudget = { freeAt: new Date(0) };

/** How many calls a second are made now. */
export function rateNow({ slowed }: CallBudget, full: CallRate, now: Date): CallRate {
  if (!slowed) return full;
  const share = Math.max(0, now.getTime() - slowed.at.getTime()) / recoveryMs;
  return Math.min(full, slowed.perSecond + full * share);
}

/**
 * A place for one call. @returns undefined when it would be later than `waitMsMax`: then none is taken
 */
export function takePlace(
  budget: CallBudget,
  full: CallRate,
  now: Date,
  waitMsMax: number,
): { readonly budget: CallBudget; readonly waitMs: number } | undefined {
  const rate = rateNow(budget, full, now);
  const spacingMs = Math.ceil(1000 / rate);
  const burst = Math.max(1, Math.floor(rate));
  const at = Math.max(budget.freeAt.getTime(), now.getTime());
  const waitMs = Math.max(0, at - now.getTime() - (burst - 1) * spacingMs);
  if (waitMs > waitMsMax) return undefined;
  return { budget: { ...budget, freeAt: new Date(at + spacingMs) }, waitMs };
}

/** Places for several calls that are asked for at once. @returns fewer waits than asked for: the rest got no place */
export function takePlaces(
  budget: CallBudget,
  full: CallRate,
  now: Date,
  waitMsMax: number,
  count: number,
): { readonly budget?: CallBudget; readonly waitsMs: readonly number[] } {
  const waitsMs: number[] = [];
  let left = budget;
  while (waitsMs.length < count) {
    const taken = takePlace(left, full, now, waitMsMax);
    if (!taken) break;
    waitsMs.push(taken.waitMs);
    left = taken.budget;
  }
  return waitsMs.length > 0 ? { budget: left, waitsMs } : { waitsMs };
}

/** The service throttled a call: half as fast from now on, and no burst is left. */
export function slowedDown(budget: CallBudget, full: CallRate, now: Date): CallBudget {
  if (budget.slowed && now.getTime() - budget.slowed.at.getTime() < sameWordMs) return budget;
  const perSecond = Math.max(Math.min(perSecondMin, full), rateNow(budget, full, now) / 2);
  const freeAt = new Date(Math.max(budget.freeAt.getTime(), now.getTime() + 1000));
  return { freeAt, slowed: { at: now, perSecond } };
}

/** Calls a second of each API; `*` stands for those that are not named. None: as many as come. */
export type CallRates = Readonly<Record<string, CallRate>>;

export function rateOf(rates: CallRates, api: string): CallRate | undefined {
  return rates[api] ?? rates['*'];
}
