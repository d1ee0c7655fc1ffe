import type { Policies } from '../rules/policies.ts';
import { makePolicies } from '../rules/policies.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { type Scope, showScope } from '../scope.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { inTurns } from './in-turns.ts';
import type { Verdict } from './verdict.ts';

export interface SimulatedDecision {
  readonly decision: Decision;
  readonly would: Verdict;
  /** `stricter`: denied or asked more than it was. `other`: as open, but others decide. */
  readonly change: 'same' | 'freer' | 'stricter' | 'other';
}

/** What decisions would have been under other policies, each with the facts of its day. */
export async function simulateDecisions(
  policies: Policies,
  decisions: readonly Decision[],
): Promise<SimulatedDecision[]> {
  const simulated: SimulatedDecision[] = [];
  for await (const decision of inTurns(decisions)) {
    const would = decide(policies, decision.request);
    simulated.push({ decision, would, change: changeOf(decision.verdict, would) });
  }
  return simulated;
}

/** Policies with a model in place of the one that the scope has. */
export function withModel(policies: Policies, scope: Scope, rules: RuleSet): Policies {
  const others = policies.models.filter((each) => showScope(each.scope) !== showScope(scope));
  return makePolicies(policies.cedar, { ...policies, models: [...others, { scope, rules }] });
}

/** Policies with a restriction more, in place of another version of it at the scope. */
export function withRestriction(policies: Policies, scope: Scope, rules: RuleSet): Policies {
  const nameOf = ({ name }: RuleSet) => name.replace(/@.*/, '');
  const others = policies.restrictions.filter(
    (each) => showScope(each.scope) !== showScope(scope) || nameOf(each.rules) !== nameOf(rules),
  );
  return makePolicies(policies.cedar, { ...policies, restrictions: [...others, { scope, rules }] });
}

const order = ['allow', 'needs-approvals', 'deny'] as const;

function changeOf(was: Verdict, would: Verdict): SimulatedDecision['change'] {
  const difference = order.indexOf(would.verdict) - order.indexOf(was.verdict) || wishes(would) - wishes(was);
  if (difference !== 0) return difference > 0 ? 'stricter' : 'freer';
  return shown(was) === shown(would) ? 'same' : 'other';
}

function wishes(verdict: Verdict): number {
  return verdict.verdict === 'needs-approvals' ? verdict.approvals.reduce((sum, { count }) => sum + count, 0) : 0;
}

/** Who is asked and who is told, whatever the rules are called. */
function shown(verdict: Verdict): string {
  const asked = verdict.verdict === 'needs-approvals' ? verdict.approvals : [];
  const wants = asked.map(
    ({ approvers, count, noSelfApproval }) => `${count} ${approvers.join('|')} ${noSelfApproval}`,
  );
  return JSON.stringify([wants.sort(), verdict.informs]);
}
