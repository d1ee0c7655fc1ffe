import { AsyncLocalStorage } from 'node:async_hooks';
import { type Db, lastInTransactions } from '../database/index.ts';
import type { Refusal, Result } from '../errors/index.ts';
import type { AuditAttempt } from './audit-entry.ts';
import { auditInsert } from './audit-store.ts';

/** What is written with an entry, in the same transaction, before it. @param requestId of the entry */
export type WrittenAlong = (tx: Db, requestId: string) => Promise<void>;

const underWay = new AsyncLocalStorage<WrittenAlong[]>();

/**
 * Has something written with the entry of what is being done now, whatever comes of that.
 * @returns false: nothing is being done that has an entry, so the caller writes it himself
 */
export function writtenAlong(write: WrittenAlong): boolean {
  const along = underWay.getStore();
  along?.push(write);
  return along !== undefined;
}

/**
 * Does what somebody asks for, and writes down that it was done in the transaction in which it was: the first that
 * `transact` commits meanwhile. Work without one is written down after it. What is refused, or fails, is written down too.
 */
export async function audited<Value, R extends Refusal>(
  db: Db,
  attempt: AuditAttempt,
  work: () => Promise<Result<Value, R>>,
  first?: WrittenAlong,
): Promise<Result<Value, R>> {
  let isWritten = false;
  const along = first ? [first] : [];
  const writeAlong = async (tx: Db) => {
    for (const each of along) await each(tx, attempt.requestId);
  };
  const write = async (on: Db, end: Parameters<typeof auditInsert>[2]) => {
    await writeAlong(on);
    await auditInsert(on, attempt, end);
  };
  /** Both or none, where there is no transaction. */
  const writeAfter = (end: Parameters<typeof auditInsert>[2]) =>
    along.length > 0 ? db.transaction().execute((tx) => write(tx, end)) : write(db, end);
  const entry = {
    write: async (tx: Db) => {
      if (!isWritten) await write(tx, { outcome: 'accepted' });
    },
    committed: () => {
      if (!isWritten) along.length = 0;
      isWritten = true;
    },
  };
  try {
    const result = await underWay.run(along, () => lastInTransactions(entry, work));
    if (!result.ok) await writeAfter({ outcome: 'refused', code: result.refusal.code });
    else if (!isWritten) await writeAfter({ outcome: 'accepted' });
    else if (along.length > 0) await db.transaction().execute(writeAlong);
    return result;
  } catch (error) {
    // where the database is away nothing can be written, and what went wrong is the first error
    await writeAfter({ outcome: 'failed' }).catch(() => undefined);
    throw error;
  }
}
