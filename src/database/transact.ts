import type { Refusal, Result } from '../errors/index.ts';
import type { Db } from './database.ts';

/** Runs work in a transaction that is committed when the work is accepted and rolled back when it is refused. */
export async function transact<Value, R extends Refusal>(
  db: Db,
  work: (tx: Db) => Promise<Result<Value, R>>,
): Promise<Result<Value, R>> {
  try {
    return await db.transaction().execute(async (tx) => {
      const result = await work(tx);
      if (!result.ok) throw new RolledBack(result.refusal);
      return result;
    });
  } catch (error) {
    if (error instanceof RolledBack) return { ok: false, refusal: error.refusal as R };
    throw error;
  }
}

/** Takes a refusal out of the transaction. */
class RolledBack extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/**
 * Whether an error says that a row is still referred to; the table that refers to it. Source: PostgreSQL errors 23503
 * and, for ON DELETE RESTRICT from version 18 on, 23001.
 */
export function foreignKeyUser(error: unknown): string | undefined {
  const { code, table } = error as { code?: string; table?: string };
  return code === '23503' || code === '23001' ? (table ?? 'another table') : undefined;
}
