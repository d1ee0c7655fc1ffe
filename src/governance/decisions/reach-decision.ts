import { requestUnderWay } from '../../audit/index.ts';
import type { Db } from '../../database/index.ts';
import { newId } from '../../identifiers/index.ts';
import type { Approver } from '../relations.ts';
import { loadPolicies } from '../rules/load-policies.ts';
import type { Policies } from '../rules/policies.ts';
import type { Candidate } from './approvals.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import type { DecisionRequest } from './decision-request.ts';
import { decisionsInsert } from './decision-store.ts';

/**
 * Decides by the rules that are in force now, and keeps the decision at once with all that it was made of, under the id of
 * the request that is being carried out. Where it decides whether that may go on, authoriseAct keeps it with its entry.
 * @param candidatesOf who could approve as one of these; given, what nobody could approve is denied
 */
export async function reachDecision(
  db: Db,
  request: DecisionRequest,
  candidatesOf?: (approvers: readonly Approver[]) => Promise<readonly Candidate[]>,
): Promise<Decision> {
  const policies = await loadPolicies(db);
  const decided = { id: newId(), request, verdict: decide(policies, request), policies: policies.digest };
  const decision = candidatesOf ? await askable(policies, decided, candidatesOf) : decided;
  await decisionsInsert(db, [decision], policies, requestUnderWay());
  return decision;
}

async function askable(
  policies: Policies,
  decided: Decision,
  candidatesOf: (approvers: readonly Approver[]) => Promise<readonly Candidate[]>,
): Promise<Decision> {
  if (decided.verdict.verdict !== 'needs-approvals') return decided;
  const approvers = decided.verdict.approvals.flatMap((wish) => wish.approvers);
  const request = { ...decided.request, candidates: await candidatesOf(approvers) };
  const verdict = decide(policies, request);
  return verdict.verdict === 'deny' ? { ...decided, request, verdict } : decided;
}
