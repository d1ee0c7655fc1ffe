import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import { type CallBudget, freshBudget } from './call-budget.ts';

type Tables = {
  call_budget: {
    account_id: string;
    region: string;
    api: string;
    free_at: Date;
    slowed_at: Date | null;
    slowed_per_second: number | null;
  };
};

/** One API of a service in one account and region. */
export interface CalledApi {
  readonly accountId: string;
  readonly region: string;
  readonly api: string;
}

/** A budget as it was when it was last seen here. */
export interface SeenBudget {
  readonly budget: CallBudget;
  /** By the clock of the database. */
  readonly now: Date;
  /** By our own clock that never goes back. */
  readonly atMs: number;
}

/** @param now of the database, which all processes share; undefined leaves the budget as it is */
type Change<Found> = (budget: CallBudget, now: Date) => { readonly budget?: CallBudget; readonly found: Found };

/** For so long our clock is trusted to go as fast as that of the database. */
const trustedMs = 60_000;

/**
 * Changes a budget, if it is still as it was seen: in one statement, without a lock that others wait for.
 * @returns undefined when it has changed meanwhile, or nothing is to be changed: then it has to be looked at
 */
export async function callBudgetReplace<Found>(
  db: Db,
  { accountId, region, api }: CalledApi,
  change: Change<Found>,
  seen: SeenBudget,
): Promise<{ readonly found: Found; readonly seen: SeenBudget } | undefined> {
  const passedMs = performance.now() - seen.atMs;
  if (passedMs > trustedMs) return undefined;
  const { budget, found } = change(seen.budget, new Date(seen.now.getTime() + passedMs));
  if (!budget) return undefined;
  const replaced = await db
    .withTables<Tables>()
    .updateTable('call_budget')
    .set(columnsOf(budget))
    .where('account_id', '=', accountId)
    .where('region', '=', region)
    .where('api', '=', api)
    .where('free_at', '=', seen.budget.freeAt)
    .where('slowed_at', 'is not distinct from', seen.budget.slowed?.at ?? null)
    .returning(sql<Date>`clock_timestamp()`.as('now'))
    .executeTakeFirst();
  return replaced && { found, seen: { budget, now: replaced.now, atMs: performance.now() } };
}

/** Changes a budget while nobody else can. Who waits for it gets it in the order of asking. */
export async function callBudgetChange<Found>(
  db: Db,
  { accountId: account_id, region, api }: CalledApi,
  change: Change<Found>,
): Promise<{ readonly found: Found; readonly seen: SeenBudget }> {
  return db.transaction().execute(async (tx) => {
    const tables = tx.withTables<Tables>();
    const key = { account_id, region, api };
    const lock = () =>
      tables
        .selectFrom('call_budget')
        .select(['free_at', 'slowed_at', 'slowed_per_second', sql<Date>`clock_timestamp()`.as('now')])
        .where('account_id', '=', account_id)
        .where('region', '=', region)
        .where('api', '=', api)
        .forUpdate()
        .executeTakeFirst();
    let row = await lock();
    if (!row) {
      await tables
        .insertInto('call_budget')
        .values({ ...key, free_at: freshBudget.freeAt })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      row = await lock();
    }
    if (!row) throw new Error(`the budget of ${api} in ${account_id} is not there after it was made`);
    const seen = { budget: budgetOf(row), now: row.now, atMs: performance.now() };
    const { budget, found } = change(seen.budget, seen.now);
    if (!budget) return { found, seen };
    await tables
      .updateTable('call_budget')
      .set(columnsOf(budget))
      .where('account_id', '=', account_id)
      .where('region', '=', region)
      .where('api', '=', api)
      .execute();
    return { found, seen: { ...seen, budget } };
  });
}

function columnsOf({ freeAt, slowed }: CallBudget) {
  return { free_at: freeAt, slowed_at: slowed?.at ?? null, slowed_per_second: slowed?.perSecond ?? null };
}

function budgetOf({
  free_at,
  slowed_at,
  slowed_per_second,
}: Tables['call_budget'] | Omit<Tables['call_budget'], 'account_id' | 'region' | 'api'>): CallBudget {
  const slowed = slowed_at && slowed_per_second !== null ? { at: slowed_at, perSecond: slowed_per_second } : undefined;
  return { freeAt: free_at, slowed };
}
