import { AsyncLocalStorage } from 'node:async_hooks';
import { type Db, lastInTransactions } from '../database/index.ts';
import type { Refusal, Result } from '../errors/index.ts';
import type { AuditAttempt } from './audit-entry.ts';
import { auditInsert } from './audit-store.ts';

/** What is written with an entry, in the same transaction, before it. @param requestId of the entry */
export type WrittenAlong = (tx: Db, requestId: string) => Promise<void>;

interface UnderWay {
  readonly requestId: string;
  readonly along: WrittenAlong[];
  /** Work that was begun meanwhile may outlive it, and take this with it. */
  isOver: boolean;
}

const underWay = new AsyncLocalStorage<UnderWay>();

/**
 * Has something written with the entry of what is being done now, whatever comes of that.
 * @returns false: nothing is being done that has an entry, so the caller writes it himself
 */
export function writtenAlong(write: WrittenAlong): boolean {
  const now = underWay.getStore();
  if (!now || now.isOver) return false;
  now.along.push(write);
  return true;
}

/** The id of the request that is being carried out, where it will have an entry. */
export function requestUnderWay(): string | undefined {
  const now = underWay.getStore();
  return now?.isOver === false ? now.requestId : undefined;
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
  const now: UnderWay = { requestId: attempt.requestId, along, isOver: false };
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
    const result = await underWay.run(now, () => lastInTransactions(entry, work));
    now.isOver = true;
    if (!result.ok) await writeAfter({ outcome: 'refused', code: result.refusal.code });
    else if (!isWritten) await writeAfter({ outcome: 'accepted' });
    else if (along.length > 0) await db.transaction().execute(writeAlong);
    return result;
  } catch (error) {
    now.isOver = true;
    // where the database is away nothing can be written, and what went wrong is the first error
    await writeAfter({ outcome: 'failed' }).catch(() => undefined);
    throw error;
  }
}
