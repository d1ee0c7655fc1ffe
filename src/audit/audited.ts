import { type Db, lastInTransactions } from '../database/index.ts';
import type { Refusal, Result } from '../errors/index.ts';
import type { AuditAttempt } from './audit-entry.ts';
import { auditInsert } from './audit-store.ts';

/**
 * Does what somebody asks for, and writes down that it was done in the transaction in which it was: the first that
 * `transact` commits meanwhile. Work without one is written down after it. What is refused, or fails, is written down too.
 */
export async function audited<Value, R extends Refusal>(
  db: Db,
  attempt: AuditAttempt,
  work: () => Promise<Result<Value, R>>,
): Promise<Result<Value, R>> {
  let isWritten = false;
  const entry = {
    write: async (tx: Db) => {
      if (!isWritten) await auditInsert(tx, attempt, { outcome: 'accepted' });
    },
    committed: () => {
      isWritten = true;
    },
  };
  try {
    const result = await lastInTransactions(entry, work);
    if (!result.ok) await auditInsert(db, attempt, { outcome: 'refused', code: result.refusal.code });
    else if (!isWritten) await auditInsert(db, attempt, { outcome: 'accepted' });
    return result;
  } catch (error) {
    // where the database is away nothing can be written, and what went wrong is the first error
    await auditInsert(db, attempt, { outcome: 'failed' }).catch(() => undefined);
    throw error;
  }
}
