import { AsyncLocalStorage } from 'node:async_hooks';
import type { Refusal, Result } from '../errors/index.ts';
import type { Db } from './database.ts';

/** What is written at the end of a transaction, before it commits. */
export interface LastWord {
  write(tx: Db): Promise<void>;
  /** Called when it is certain that it was written. */
  committed(): void;
}

const lastWord = new AsyncLocalStorage<LastWord>();

/** Within `work`, every transaction of `transact` that is about to commit has this written at its end. */
export function lastInTransactions<Value>(word: LastWord, work: () => Promise<Value>): Promise<Value> {
  return lastWord.run(word, work);
}

/**
 * Runs work in a transaction that is committed when the work is accepted and rolled back when it is refused. Of a
 * transaction that is there already it becomes a part: what is refused is then for its owner to roll back, and what is
 * written last too.
 */
export async function transact<Value, R extends Refusal>(
  db: Db,
  work: (tx: Db) => Promise<Result<Value, R>>,
): Promise<Result<Value, R>> {
  if (db.isTransaction) return work(db);
  const last = lastWord.getStore();
  try {
    const accepted = await db.transaction().execute(async (tx) => {
      const result = await work(tx);
      if (!result.ok) throw new RolledBack(result.refusal);
      await last?.write(tx);
      return result;
    });
    last?.committed();
    return accepted;
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
