import type { Db } from '../../database/index.ts';

class TakenBack extends Error {}

/** What work finds out in a transaction that is always taken back: nothing of it stays. */
export async function takenBack<Found>(db: Db, work: (tx: Db) => Promise<Found>): Promise<Found> {
  let found: { readonly value: Found } | undefined;
  try {
    await db.transaction().execute(async (tx) => {
      found = { value: await work(tx) };
      throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
  if (!found) throw new Error('a transaction that was taken back has found nothing out');
  return found.value;
}
