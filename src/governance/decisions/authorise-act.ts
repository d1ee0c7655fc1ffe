import type { Db } from '../../database/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import { loadPolicies } from '../rules/load-policies.ts';
import type { ActRefusal } from './act-refusal.ts';
import { authorise } from './authorise.ts';
import type { Decision } from './decision.ts';
import type { DecisionRequest } from './decision-request.ts';
import { keepDecisions } from './keep-decisions.ts';

/**
 * Whether something may be done at once. The decision is kept with the audit entry of what is being done, also when it is
 * no. @refuses what is denied, and what would have to wait for approvals: there is no plan that could wait
 */
export function authoriseAct(db: Db, request: DecisionRequest): Promise<Result<void, ActRefusal>> {
  return authoriseActs(db, [request]);
}

/** Whether all of it may be done: the first "no" is the answer. Decisions on reads are not kept. */
export async function authoriseActs(db: Db, requests: readonly DecisionRequest[]): Promise<Result<void, ActRefusal>> {
  const policies = await loadPolicies(db);
  const made: Decision[] = [];
  let refused: ActRefusal | undefined;
  for (const request of requests) {
    const { decision, refusal } = authorise(policies, { ...request, change: 'none', waits: false });
    if (!request.verb.endsWith(':read')) made.push(decision);
    refused = refusal;
    if (refused) break;
  }
  await keepDecisions(db, made, policies);
  return refused ? { ok: false, refusal: refused } : accept(undefined);
}
