import { newId } from '../../identifiers/index.ts';
import { governedClasses, noChange } from '../change.ts';
import { describeApprover, relations, relationsOf } from '../relations.ts';
import type { Policies } from '../rules/policies.ts';
import { type ActRefusal, actRefusal } from './act-refusal.ts';
import { decide, decideAs } from './decide.ts';
import type { Decision } from './decision.ts';
import type { DecisionRequest } from './decision-request.ts';

/** What somebody is about to do through one of the doors, when nothing was rendered or planned yet. */
export interface ActToAuthorise extends Omit<DecisionRequest, 'change' | 'approvals'> {
  /** `unknown`: how far it reaches will be known from its plan, which is decided about again. */
  readonly change: 'none' | 'unknown';
  /** Whether something could wait for approvals: a deployment. */
  readonly waits: boolean;
}

export interface Authorisation {
  readonly decision: Decision;
  /** Absent: it may go on. */
  readonly refusal?: ActRefusal;
}

/**
 * Whether an act may begin, by policies that are at hand. Where its class is not known yet it is refused only if it would
 * be denied whatever the class is. Nothing is kept: the caller does that, with what comes of it.
 */
export function authorise(policies: Policies, { change, waits, ...request }: ActToAuthorise): Authorisation {
  const requests: readonly DecisionRequest[] =
    change === 'none'
      ? [request]
      : governedClasses.map((changeClass) => ({ ...request, change: { ...noChange, changeClass } }));
  let first: Decision | undefined;
  for (const each of requests) {
    const verdict = decide(policies, each);
    const decision = { id: newId(), request: each, verdict, policies: policies.digest };
    first ??= decision;
    if (verdict.verdict === 'allow' || (verdict.verdict === 'needs-approvals' && waits)) return { decision };
  }
  if (!first) throw new Error('nothing was asked');
  return { decision: first, refusal: actRefusal(first, whoMight(policies, first.request)) };
}

/** Relations of which one alone would be enough, or enough to ask for approvals, in words. */
function whoMight(policies: Policies, request: DecisionRequest): readonly string[] {
  const held = relationsOf(request.principal, request.resource);
  return relations
    .filter((relation) => !held.includes(relation))
    .filter((relation) => decideAs(policies, request, [...held, relation]).verdict !== 'deny')
    .map((relation) => describeApprover(relation, request.resource));
}
