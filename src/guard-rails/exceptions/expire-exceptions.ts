import { auditInsert, ourselves } from '../../audit/index.ts';
import type { Clock } from '../../clock/index.ts';
import type { Db } from '../../database/index.ts';
import { newId } from '../../identifiers/index.ts';
import { exceptionEndsTell, exceptionsExpire } from './exception-store.ts';

/** How long before its end an exception is told of. */
export const toldBeforeMs = 7 * 86_400_000;

/**
 * Ends exceptions whose time is over, and tells of those that will end soon. What counts is the time itself: a deployment
 * does not wait for this. Harmless when done twice, or by many processes at once.
 */
export async function expireExceptions({ db, clock }: { readonly db: Db; readonly clock: Clock }): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const now = clock.now();
    const requestId = newId();
    for (const { id } of await exceptionsExpire(tx, now)) {
      const attempt = { principal: ourselves, verb: 'deuteron:ExpireException', target: `exception/${id}`, requestId };
      await auditInsert(tx, attempt, { outcome: 'accepted' });
    }
    await exceptionEndsTell(tx, new Date(now.getTime() + toldBeforeMs), now);
  });
}
