/**
 * Governance: who may do what, decided by rules in Cedar's language: allow, deny, or these approvals.
 *
 * Lives here: verbs, relations, the organizational models (`models/`), where which rules hold (`rules/`), the decision and
 * why (`decisions/`). Never here: a row of a noun (whoever asks brings facts as values), waiting for approvals
 * (deployments), checks of what was rendered. Start at decisions/decide.ts; which rules are in force is in
 * rules/policies.ts. Why Cedar: decisions/0016.
 */

export { type ChangeFacts, type GovernedClass, governedClasses, noChange, type PlanCounts } from './change.ts';
export { type ActRefusal, actRefusal } from './decisions/act-refusal.ts';
export type { ApprovalFacts, ApprovalWanted, Candidate } from './decisions/approvals.ts';
export { type ActToAuthorise, type Authorisation, authorise } from './decisions/authorise.ts';
export { authoriseAct, authoriseActs } from './decisions/authorise-act.ts';
export { decide } from './decisions/decide.ts';
export type { Decision } from './decisions/decision.ts';
export { type DecisionRequest, type Door, doors } from './decisions/decision-request.ts';
export { type DecisionFilters, decisionFind, decisionsBehind, decisionsInsert } from './decisions/decision-store.ts';
export {
  describeExplanation,
  describeVerdict,
  type Explanation,
  explainDecision,
} from './decisions/explain-decision.ts';
export { reachDecision } from './decisions/reach-decision.ts';
export { policiesThen, type Replay, replayDecision } from './decisions/replay-decision.ts';
export { replayDecisions } from './decisions/replay-decisions.ts';
export {
  type SimulatedDecision,
  simulateDecisions,
  withModel,
  withRestriction,
} from './decisions/simulate-decisions.ts';
export type { DenyReason, Verdict } from './decisions/verdict.ts';
export { applyGovernance, planGovernance } from './document/apply-document.ts';
export {
  type GovernedKind,
  governedKinds,
  type PrincipalFacts,
  type ResourceFacts,
  type TeamFacts,
  theInstallation,
} from './facts.ts';
export type { Actor, GovernanceTools } from './governance-tools.ts';
export {
  type Approver,
  describeApprover,
  type Relation,
  relations,
  relationsOf,
  teamsOfApprovers,
} from './relations.ts';
export { type AssignModelRefusal, assignModel } from './rules/assign-model.ts';
export { modelAssignments, restrictions, type StoredAssignment } from './rules/assignment-store.ts';
export { type AttachRestrictionRefusal, attachRestriction, detachRestriction } from './rules/attach-restriction.ts';
export { type Cedar, loadCedar } from './rules/cedar.ts';
export { cedarSchema } from './rules/cedar-schema.ts';
export { findPlace, findPlaceHeld, type Place, type ScopeRefusal } from './rules/find-place.ts';
export { type FindRulesRefusal, findRules, type NamedRules } from './rules/find-rules.ts';
export { listPolicies } from './rules/list-policies.ts';
export { loadPolicies } from './rules/load-policies.ts';
export { type Assignment, makePolicies, type Policies } from './rules/policies.ts';
export { type PolicyPurpose, type PolicyVersion, policyPurposes } from './rules/policy.ts';
export { policyVersionFind, policyVersionList } from './rules/policy-store.ts';
export type { RuleSet, RuleSetPurpose } from './rules/rule-set.ts';
export { type ShippedModel, shippedModels, shippedRules } from './rules/shipped-rules.ts';
export { type WritePolicyRefusal, writePolicy } from './rules/write-policy.ts';
export { covers, everything, readScope, type Scope, showScope } from './scope.ts';
export { type ReadScope, scopeOfReading } from './scope-of-reading.ts';
export { installationTimeZone } from './time-zone.ts';
export { type Verb, type VerbGroup, verbs } from './verbs.ts';
