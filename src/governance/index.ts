/**
 * Governance: who may do what, decided by rules in Cedar's language: allow, deny, or these approvals.
 *
 * Lives here: verbs, relations, the organizational models (models/), where which model rules, the decision and why.
 * Never here: a row of a noun (whoever asks brings facts as values), waiting for approvals (deployments), checks of what
 * was rendered. Start at decide.ts; which rules are in force is in policies.ts. Why Cedar: decisions/0016.
 */

export { type ActRefusal, actRefusal } from './act-refusal.ts';
export type { ApprovalFacts, ApprovalWanted } from './approvals.ts';
export { type AssignModelRefusal, assignModel, type Place } from './assign-model.ts';
export { modelAssignments, restrictions, type StoredAssignment } from './assignment-store.ts';
export { type AttachRestrictionRefusal, attachRestriction, detachRestriction } from './attach-restriction.ts';
export { type ActToAuthorise, type Authorisation, authorise } from './authorise.ts';
export { authoriseAct } from './authorise-act.ts';
export { type Cedar, loadCedar } from './cedar.ts';
export { cedarSchema } from './cedar-schema.ts';
export { type ChangeFacts, type GovernedClass, governedClasses, noChange, type PlanCounts } from './change.ts';
export { decide } from './decide.ts';
export type { Decision } from './decision.ts';
export { type DecisionRequest, type Door, doors } from './decision-request.ts';
export { type DecisionFilters, decisionFind, decisionsBehind, decisionsInsert } from './decision-store.ts';
export { describeExplanation, describeVerdict, type Explanation, explainDecision } from './explain-decision.ts';
export {
  type GovernedKind,
  governedKinds,
  type PrincipalFacts,
  type ResourceFacts,
  type TeamFacts,
  theInstallation,
} from './facts.ts';
export { type FindRulesRefusal, findRules, type NamedRules } from './find-rules.ts';
export type { Actor, GovernanceTools } from './governance-tools.ts';
export { listPolicies } from './list-policies.ts';
export { loadPolicies } from './load-policies.ts';
export { type Assignment, makePolicies, type Policies } from './policies.ts';
export { type PolicyPurpose, type PolicyVersion, policyPurposes } from './policy.ts';
export { policyVersionFind, policyVersionList } from './policy-store.ts';
export { reachDecision } from './reach-decision.ts';
export { checkRuleSet, type RuleSetRefusal } from './read-rule-set.ts';
export { type Approver, describeApprover, type Relation, relations, relationsOf } from './relations.ts';
export { policiesThen, type Replay, replayDecision } from './replay-decision.ts';
export { replayDecisions } from './replay-decisions.ts';
export type { RuleSet, RuleSetPurpose } from './rule-set.ts';
export { covers, everything, readScope, type Scope, showScope } from './scope.ts';
export { type ReadScope, scopeOfReading } from './scope-of-reading.ts';
export { type ShippedModel, shippedModels, shippedRules } from './shipped-rules.ts';
export { type SimulatedDecision, simulateDecisions, withModel, withRestriction } from './simulate-decisions.ts';
export { type Verb, type VerbGroup, verbs } from './verbs.ts';
export type { DenyReason, Verdict } from './verdict.ts';
export { type WritePolicyRefusal, writePolicy } from './write-policy.ts';
