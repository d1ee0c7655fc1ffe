import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';

const askMs = 50;
const waitMsMax = 30_000;

/**
 * Does work while no other process does it. It asks again and again, instead of waiting in the database: an index that
 * is made concurrently waits for every statement that waits. After half a minute it goes on alone: whoever has the lock
 * may be frozen.
 */
export async function oneAtATime(pool: pg.Pool, name: string, work: () => Promise<void>): Promise<void> {
  const session = await pool.connect();
  const ask = (what: string) => session.query(`select ${what}(hashtextextended($1, 0)) as done`, [name]);
  let failure: Error | undefined;
  try {
    for (const since = Date.now(); Date.now() - since < waitMsMax; ) {
      if ((await ask('pg_try_advisory_lock')).rows[0]?.done) break;
      await delay(askMs);
    }
    await work();
  } finally {
    await ask('pg_advisory_unlock').catch((error: Error) => {
      failure = error;
    });
    session.release(failure);
  }
}
