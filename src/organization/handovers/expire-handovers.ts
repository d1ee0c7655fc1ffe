import { auditInsert, ourselves } from '../../audit/index.ts';
import type { Db } from '../../database/index.ts';
import { newId } from '../../identifiers/index.ts';
import type { ChartTools } from '../chart/chart.ts';
import { handoversExpire } from './handover-store.ts';

/** Ends offers whose time is over, and writes it down. Harmless when done twice, or by many processes at once. */
export async function expireHandovers({ db, clock }: ChartTools): Promise<void> {
  await db.transaction().execute((tx) => expireHandoversOf(tx, clock.now()));
}

export async function expireHandoversOf(tx: Db, now: Date): Promise<void> {
  const expired = await handoversExpire(tx, now);
  const requestId = newId();
  for (const { id } of expired) {
    const attempt = { principal: ourselves, verb: 'deuteron:ExpireHandover', target: `handover/${id}`, requestId };
    await auditInsert(tx, attempt, { outcome: 'accepted' });
  }
}
