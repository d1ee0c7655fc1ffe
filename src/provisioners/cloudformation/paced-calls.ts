import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../clock/index.ts';
import type { Db } from '../../database/index.ts';
import { type CallBudget, type CallRate, type CallRates, rateOf, slowedDown, takePlaces } from './call-budget.ts';
import { type CalledApi, callBudgetChange, callBudgetReplace, type SeenBudget } from './call-budget-store.ts';

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

/** Those of this process who ask for one API. */
interface Line {
  /** In their order; each is told how long it has to wait, or that there is no place for it. */
  readonly waiting: {
    readonly placed: (waitMs: number | undefined) => void;
    readonly failed: (error: unknown) => void;
  }[];
  isServed: boolean;
  /** Its budget as it stood after our last look. */
  seen?: SeenBudget;
}

/**
 * Calls to a provider, kept within the budget that all processes share. Who asks while the budget is being looked at gets
 * his place with all others who did, by the next look.
 */
export class PacedCalls {
  readonly #options: PacedCallsOptions;
  readonly #lines = new Map<string, Line>();

  constructor(options: PacedCallsOptions) {
    this.#options = options;
  }

  /** Resolves when the call may be made. Throws CallBudgetUsedUp. */
  async turn(called: CalledApi): Promise<void> {
    const { rates, wait = delay, waitMsMax = waitMsMaxUsual } = this.#options;
    const rate = rateOf(rates, called.api);
    if (rate === undefined) return;
    const line = this.#lineOf(called);
    const waitMs = await new Promise<number | undefined>((placed, failed) => {
      line.waiting.push({ placed, failed });
      if (!line.isServed) void this.#serve(called, rate, line);
    });
    if (waitMs === undefined) {
      throw new CallBudgetUsedUp(
        `all calls of ${called.api} that the budget of ${rate} a second allows within ${waitMsMax / 1000} seconds are taken`,
      );
    }
    if (waitMs > 0) await wait(waitMs);
  }

  #lineOf({ accountId, region, api }: CalledApi): Line {
    const key = `${accountId} ${region} ${api}`;
    const line = this.#lines.get(key) ?? { waiting: [], isServed: false };
    this.#lines.set(key, line);
    return line;
  }

  async #serve(called: CalledApi, rate: CallRate, line: Line): Promise<void> {
    const { db, clock, waitMsMax = waitMsMaxUsual } = this.#options;
    line.isServed = true;
    while (line.waiting.length > 0) {
      const askers = line.waiting.splice(0);
      const take = (budget: CallBudget, now: Date) => {
        const { budget: left, waitsMs } = takePlaces(budget, rate, clock?.now() ?? now, waitMsMax, askers.length);
        return { budget: left, found: waitsMs };
      };
      try {
        const replaced = line.seen && (await callBudgetReplace(db, called, take, line.seen));
        const { found, seen } = replaced ?? (await callBudgetChange(db, called, take));
        line.seen = seen;
        for (const [index, { placed }] of askers.entries()) placed(found[index]);
      } catch (error) {
        for (const { failed } of askers) failed(error);
      }
    }
    line.isServed = false;
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
