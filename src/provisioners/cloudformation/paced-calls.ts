import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../clock/index.ts';
import type { Db } from '../../database/index.ts';
import { type CallRates, rateOf, slowedDown, takePlace } from './call-budget.ts';
import { type CalledApi, callBudgetChange } from './call-budget-store.ts';

export interface PacedCallsOptions {
  readonly db: Db;
  readonly rates: CallRates;
  /** Absent: the database's, which all processes share. */
  readonly clock?: Clock;
  readonly wait?: (ms: number) => Promise<unknown>;
  readonly waitMsMax?: number;
}

/** A call that would have to wait longer than is worth it: its caller asks again later, and may do other things first. */
export class CallBudgetUsedUp extends Error {
  override readonly name = 'CallBudgetUsedUp';
}

const waitMsMaxUsual = 30_000;

/** Calls to a provider, kept within the budget that all processes share. */
export class PacedCalls {
  readonly #options: PacedCallsOptions;

  constructor(options: PacedCallsOptions) {
    this.#options = options;
  }

  /** Resolves when the call may be made. Throws CallBudgetUsedUp. */
  async turn(called: CalledApi): Promise<void> {
    const { db, rates, clock, wait = delay, waitMsMax = waitMsMaxUsual } = this.#options;
    const rate = rateOf(rates, called.api);
    if (rate === undefined) return;
    const place = await callBudgetChange(db, called, (budget, now) => {
      const taken = takePlace(budget, rate, clock?.now() ?? now, waitMsMax);
      return { budget: taken?.budget, found: taken };
    });
    if (!place) {
      throw new CallBudgetUsedUp(
        `all calls of ${called.api} that the budget of ${rate} a second allows within ${waitMsMax / 1000} seconds are taken`,
      );
    }
    if (place.waitMs > 0) await wait(place.waitMs);
  }

  /** The service has throttled a call: every process becomes slower. */
  async throttled(called: CalledApi): Promise<void> {
    const { db, rates, clock } = this.#options;
    const rate = rateOf(rates, called.api);
    if (rate === undefined) return;
    await callBudgetChange(db, called, (budget, now) => ({
      budget: slowedDown(budget, rate, clock?.now() ?? now),
      found: undefined,
    }));
  }
}
