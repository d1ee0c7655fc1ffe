import type { Db } from '../../database/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import { type ActRefusal, actRefusal } from './act-refusal.ts';
import type { Decision } from './decision.ts';
import type { DecisionRequest } from './decision-request.ts';
import { reachDecision } from './reach-decision.ts';

/**
 * Whether something may be done at once. The decision is kept, also when it is no: call it outside of the transaction
 * of the act. @refuses what is denied, and what would have to wait for approvals: there is no plan that could wait
 */
export async function authoriseAct(db: Db, request: DecisionRequest): Promise<Result<Decision, ActRefusal>> {
  const decision = await reachDecision(db, request);
  const refusal = actRefusal(decision);
  return refusal ? { ok: false, refusal } : accept(decision);
}
