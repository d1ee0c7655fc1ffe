import { writtenAlong } from '../../audit/index.ts';
import type { Db } from '../../database/index.ts';
import type { Policies } from '../rules/policies.ts';
import type { Decision } from './decision.ts';
import { decisionsInsert } from './decision-store.ts';

/**
 * Keeps decisions with the audit entry of what is being done, under its request's id and in its transaction, also when it
 * is refused; where nothing is written down, at once.
 */
export async function keepDecisions(db: Db, made: readonly Decision[], policies: Policies): Promise<void> {
  if (made.length === 0) return;
  if (writtenAlong((tx, requestId) => decisionsInsert(tx, made, policies, requestId))) return;
  await decisionsInsert(db, made, policies);
}
