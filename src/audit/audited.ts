import { type Db, lastInTransactions } from '../database/index.ts';
import type { Refusal, Result } from '../errors/index.ts';
import type { AuditAttempt } from './audit-entry.ts';
import { auditInsert } from './audit-store.ts';

/** What is written with an entry, in the same transaction, before it. */
export type WrittenAlong = (tx: Db) => Promise<void>;

/**
 * Does what somebody asks for, and writes down that it was done in the transaction in which it was: the first that
 * `transact` commits meanwhile. Work without one is written down after it. What is refused, or fails, is written down too.
 */
export async function audited<Value, R extends Refusal>(
  db: Db,
  attempt: AuditAttempt,
  work: () => Promise<Result<Value, R>>,
  along?: WrittenAlong,
): Promise<Result<Value, R>> {
  let isWritten = false;
  const write = async (on: Db, end: Parameters<typeof auditInsert>[2]) => {
    if (!isWritten) await along?.(on);
    await auditInsert(on, attempt, end);
  };
  /** Both or none, where there is no transaction. */
  const writeAfter = (end: Parameters<typeof auditInsert>[2]) =>
    along ? db.transaction().execute((tx) => write(tx, end)) : write(db, end);
  const entry = {
    write: async (tx: Db) => {
      if (!isWritten) await write(tx, { outcome: 'accepted' });
    },
    committed: () => {
      isWritten = true;
    },
  };
  try {
    const result = await lastInTransactions(entry, work);
    if (!result.ok) await writeAfter({ outcome: 'refused', code: result.refusal.code });
    else if (!isWritten) await writeAfter({ outcome: 'accepted' });
    return result;
  } catch (error) {
    // where the database is away nothing can be written, and what went wrong is the first error
    await writeAfter({ outcome: 'failed' }).catch(() => undefined);
    throw error;
  }
}
