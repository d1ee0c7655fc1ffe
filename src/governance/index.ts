/**
 * Governance: who may do what, decided by rules in Cedar's language: allow, deny, or these approvals.
 *
 * Lives here: verbs, relations, the organizational models (models/), where which model rules, the decision and why.
 * Never here: a row of a noun (whoever asks brings facts as values), waiting for approvals (deployments), checks of what
 * was rendered. Start at decide.ts; which rules are in force is in policies.ts. Why Cedar: decisions/0016.
 */
export type { ApprovalFacts, ApprovalWanted } from './approvals.ts';
export { type Cedar, loadCedar } from './cedar.ts';
export { cedarSchema } from './cedar-schema.ts';
export { type ChangeFacts, type GovernedClass, governedClasses, noChange, type PlanCounts } from './change.ts';
export { decide } from './decide.ts';
export { type DecisionRequest, type Door, doors } from './decision-request.ts';
export {
  type GovernedKind,
  governedKinds,
  type PrincipalFacts,
  type ResourceFacts,
  type TeamFacts,
  theInstallation,
} from './facts.ts';
export { type Assignment, makePolicies, type Policies } from './policies.ts';
export { checkRuleSet, type RuleSetRefusal } from './read-rule-set.ts';
export { type Approver, type Relation, relations, relationsOf } from './relations.ts';
export type { RuleSet, RuleSetPurpose } from './rule-set.ts';
export { readScope, type Scope, showScope } from './scope.ts';
export { type ShippedModel, shippedModels, shippedRules } from './shipped-rules.ts';
export { type Verb, type VerbGroup, verbs } from './verbs.ts';
export type { DenyReason, Verdict } from './verdict.ts';
