import { type Approver, describeApprover, relationsOf } from '../relations.ts';
import { type BoundRule, type Policies, type RulesInForce, rulesInForce } from '../rules/policies.ts';
import { showScope } from '../scope.ts';
import { resourceTypes, typesOf, type Verb } from '../verbs.ts';
import { type ApprovalFacts, type ApprovalWanted, openSeats, union, wanted } from './approvals.ts';
import { cedarRequest, localTime, preparedRules } from './cedar-request.ts';
import type { DecisionRequest } from './decision-request.ts';
import type { DenyReason, Verdict } from './verdict.ts';

/**
 * Allow, deny, or the approvals that are still wanted. Approvals lift forbids that say by what (`@requires`), and
 * nothing else: rules cannot read approvals. So what would happen with all of them given is whether a permit is left.
 */
export function decide(policies: Policies, request: DecisionRequest): Verdict {
  return decideAs(policies, request, relationsOf(request.principal, request.resource));
}

/** As `decide`, for a principal that stands to the resource as given. */
export function decideAs(policies: Policies, request: DecisionRequest, held: readonly Approver[]): Verdict {
  if (!typesOf(request.verb).includes(resourceTypes[request.resource.kind])) {
    throw new Error(`${request.verb} is nothing that is done to a ${request.resource.kind}`);
  }
  const inForce = rulesInForce(policies, request.resource);
  const ruled = { model: inForce.model.name, modelScope: inForce.modelScope && showScope(inForce.modelScope) };
  const call = cedarRequest(request, held);

  const all = evaluate(policies, inForce, request.verb, 'all', call);
  const forbids = [...all.failed, ...all.applied.filter(({ rule }) => rule.effect === 'forbid')];
  const deny = (reasons: readonly DenyReason[], by: readonly BoundRule[]): Verdict => ({
    verdict: 'deny',
    rules: names(by),
    ...ruled,
    informs: [],
    reasons,
  });
  if (forbids.length === 0) {
    if (all.isAllowed) return { verdict: 'allow', rules: names(all.applied), ...ruled, informs: informs(all.applied) };
    return deny([notPermitted(request, inForce)], []);
  }
  const rules = names(forbids);

  // who could not be answered "yes" whatever is approved, is told what stands in the way for good
  const hard = forbids.filter((bound) => bound.rule.requirement === undefined || all.failed.includes(bound));
  if (hard.length > 0)
    return deny(
      hard.map((bound) => reasonOf(bound, all.failed, request)),
      hard,
    );
  const lifted = evaluate(policies, inForce, request.verb, 'permits', call);
  if (!lifted.isAllowed) return deny([notPermitted(request, inForce)], []);

  const missing = (given: readonly ApprovalFacts[]) =>
    union(
      forbids.flatMap(({ name, rule }) => {
        const { requirement, message = '' } = rule;
        if (!requirement) return [];
        const circumstances = { askedBy: request.principal.id, now: request.at };
        return wanted(openSeats(requirement, given, circumstances), requirement, { rule: name, message });
      }),
    );
  const given = request.approvals ?? [];
  const approvals = missing(given);
  if (approvals.length > 0) {
    const everybody = request.candidates?.map((candidate) => ({ ...candidate, at: request.at }));
    const inVain = everybody ? missing([...given, ...everybody]) : [];
    if (inVain.length > 0)
      return deny(
        inVain.map((wish) => askedInVain(wish, request)),
        forbids,
      );
    return { verdict: 'needs-approvals', rules, ...ruled, informs: informs(forbids), approvals };
  }
  const decided = [...forbids, ...lifted.applied];
  return { verdict: 'allow', rules: names(decided), ...ruled, informs: informs(decided) };
}

interface Evaluation {
  readonly isAllowed: boolean;
  /** Determining rules in the order of their texts: when a forbid is among them, only forbids. */
  readonly applied: readonly BoundRule[];
  /** Forbids that Cedar could not evaluate and therefore left out: they forbid. */
  readonly failed: readonly BoundRule[];
}

function evaluate(
  { cedar }: Policies,
  inForce: RulesInForce,
  verb: Verb,
  which: 'all' | 'permits',
  call: ReturnType<typeof cedarRequest>,
): Evaluation {
  const { key, policies } = preparedRules(inForce, verb, which);
  const preparsedPolicySetId = cedar.prepared(key, () => policies);
  const answer = cedar.module.statefulIsAuthorized({ ...call, preparsedPolicySetId });
  if (answer.type === 'failure')
    throw new Error(`a decision: ${answer.errors.map(({ message }) => message).join('; ')}`);
  const { decision, diagnostics } = answer.response;
  const reasons = new Set(diagnostics.reason);
  const errors = new Set(diagnostics.errors.map(({ policyId }) => policyId));
  const rules = [...inForce.rules.values()]; // in their order, which Cedar does not keep
  return {
    isAllowed: decision === 'allow',
    applied: rules.filter(({ name }) => reasons.has(name)),
    failed: rules.filter(({ name, rule }) => errors.has(name) && rule.effect === 'forbid'),
  };
}

function reasonOf(
  { name, rule }: BoundRule,
  failed: readonly BoundRule[],
  { at, timeZone }: DecisionRequest,
): DenyReason {
  const { message = '' } = rule;
  if (failed.some((each) => each.name === name))
    return { rule: name, message: `The rule could not be evaluated, so it forbids: ${message}` };
  return { rule: name, message: rule.text.includes('context.time') ? `${message} ${nowWords(at, timeZone)}` : message };
}

/** Who is told of hours has to know whose hours. */
function nowWords(at: Date, timeZone: string): string {
  const { weekday, hour } = localTime(at, timeZone);
  return `It is ${weekday[0]?.toUpperCase()}${weekday.slice(1)} after ${hour} o'clock now, in the time zone ${timeZone}.`;
}

function notPermitted({ verb, principal, resource }: DecisionRequest, { model, modelScope }: RulesInForce): DenyReason {
  const ruling = modelScope
    ? `the model ${model.name} of ${showScope(modelScope)}`
    : 'the rules where no model is assigned';
  return {
    message: `Nothing permits ${principal.name} ${verb} on ${resource.arn}: neither ${ruling} nor the base rules.`,
  };
}

/** Nobody is asked in vain: what nobody can approve is denied at once. */
function askedInVain(
  { approvers, count, noSelfApproval, reasons }: ApprovalWanted,
  { resource }: DecisionRequest,
): DenyReason {
  const who = approvers.map((each) => describeApprover(each, resource)).join(' or ');
  const lacking = count > 1 ? `${count} people are missing` : 'there is nobody';
  return {
    rule: reasons[0]?.rule,
    message: `${reasons.map(({ message }) => message).join(' ')} Nobody can approve it: of ${who} ${lacking}${noSelfApproval ? ' beside who asks' : ''}.`,
  };
}

function names(rules: readonly BoundRule[]): string[] {
  return rules.map(({ name }) => name).sort();
}

function informs(rules: readonly BoundRule[]): Approver[] {
  return [...new Set(rules.flatMap(({ rule }) => rule.informs))].sort();
}
