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

/**
 * Changes a budget while nobody else can. Who waits for it gets it in the order of asking.
 * @param change is given the time of the database, which all processes share; undefined leaves the budget as it is
 */
export async function callBudgetChange<Found>(
  db: Db,
  { accountId: account_id, region, api }: CalledApi,
  change: (budget: CallBudget, now: Date) => { readonly budget?: CallBudget; readonly found: Found },
): Promise<Found> {
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
    const { budget, found } = change(budgetOf(row), row.now);
    if (budget) {
      await tables
        .updateTable('call_budget')
        .set({
          free_at: budget.freeAt,
          slowed_at: budget.slowed?.at ?? null,
          slowed_per_second: budget.slowed?.perSecond ?? null,
        })
        .where('account_id', '=', account_id)
        .where('region', '=', region)
        .where('api', '=', api)
        .execute();
    }
    return found;
  });
}

function budgetOf({
  free_at,
  slowed_at,
  slowed_per_second,
}: Tables['call_budget'] | Omit<Tables['call_budget'], 'account_id' | 'region' | 'api'>): CallBudget {
  const slowed = slowed_at && slowed_per_second !== null ? { at: slowed_at, perSecond: slowed_per_second } : undefined;
  return { freeAt: free_at, slowed };
}
