import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { Decision } from './decision.ts';
import type { DecisionRequest } from './decision-request.ts';
import { reachDecision } from './reach-decision.ts';

export type ActRefusal = Refusal<'not-permitted' | 'approval-needed'>;

/**
 * Whether something may be done at once. The decision is kept, also when it is no: call it outside of the transaction
 * of the act. @refuses what is denied, and what would have to wait for approvals: there is no plan that could wait
 */
export async function authoriseAct(db: Db, request: DecisionRequest): Promise<Result<Decision, ActRefusal>> {
  const decision = await reachDecision(db, request);
  const { verdict } = decision;
  switch (verdict.verdict) {
    case 'allow':
      return accept(decision);
    case 'deny':
      return refuse({
        kind: 'forbidden',
        code: 'not-permitted',
        message: verdict.reasons.map(({ message }) => message).join(' '),
        remedy: `Decision ${decision.id} keeps the rules and facts that decided.`,
      });
    case 'needs-approvals':
      return refuse({
        kind: 'forbidden',
        code: 'approval-needed',
        message: verdict.approvals.flatMap(({ reasons }) => reasons.map(({ message }) => message)).join(' '),
        remedy: 'Ask somebody who needs no approval for it.',
      });
  }
}
