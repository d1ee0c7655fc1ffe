import { requestUnderWay } from '../../audit/index.ts';
import type { Db } from '../../database/index.ts';
import { newId } from '../../identifiers/index.ts';
import { loadPolicies } from '../rules/load-policies.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import type { DecisionRequest } from './decision-request.ts';
import { decisionsInsert } from './decision-store.ts';

/**
 * Decides by the rules that are in force now, and keeps the decision at once with all that it was made of, under the id of
 * the request that is being carried out. Where it decides whether that may go on, authoriseAct keeps it with its entry.
 */
export async function reachDecision(db: Db, request: DecisionRequest): Promise<Decision> {
  const policies = await loadPolicies(db);
  const decision = { id: newId(), request, verdict: decide(policies, request), policies: policies.digest };
  await decisionsInsert(db, [decision], policies, requestUnderWay());
  return decision;
}
