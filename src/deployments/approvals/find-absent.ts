import type { Db } from '../../database/index.ts';
import { type PrincipalFacts, type PrincipalId, principalFactsOf } from '../../organization/index.ts';
import { delegationsTo } from './delegation-store.ts';

/** Those who are away and in whose place somebody answers now. */
export async function findAbsent(db: Db, answering: PrincipalId, now: Date): Promise<readonly PrincipalFacts[]> {
  const delegations = await delegationsTo(db, answering, now);
  const givers = delegations.map(({ fromId }) => fromId);
  return [...(await principalFactsOf(db, givers, now)).values()];
}
