import { auditInsert, ourselves } from '../audit/index.ts';
import { newId } from '../identifiers/index.ts';
import type { ChartTools } from './chart/chart.ts';
import { principalsEndDue } from './principal-store.ts';

/**
 * Tells of those whose end has come: as an event, and in the audit. That nothing of theirs counts does not wait for it.
 * Harmless when done twice, or by many processes at once.
 */
export async function tellEndedPrincipals({ db, clock }: ChartTools): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const requestId = newId();
    for (const name of await principalsEndDue(tx, clock.now())) {
      const attempt = { principal: ourselves, verb: 'deuteron:EndPrincipal', target: `principal/${name}`, requestId };
      await auditInsert(tx, attempt, { outcome: 'accepted' });
    }
  });
}
