/**
 * Organization: who may act, how they are ordered in units and teams, and who answers for which resource.
 *
 * Lives here: principals and the access keys they sign with; `units/` (the tree), `teams/` (and who is in them),
 * `placements/` (where resources are, known by ARN and kind), `handovers/` (of ownership), `federation/` (which jobs of CI
 * may act as which machine), `credentials/` (keys on request), `document/` (all of it as one file), `authority/` (what is
 * asked of governance before any of it changes). Never here: signatures and tokens (doors and identity check them), what
 * a resource is, who may do what (governance asks principalFacts and resourceFacts). Start at placements/placement.ts.
 */
export type { AccessKey, AccessKeyId, AccessKeySummary, CredentialOrigin } from './access-key.ts';
export { accessKeyForget, accessKeyList } from './access-key-store.ts';
export type {
  ActedOn,
  Authorise,
  AuthorityTools,
  OrganizationAct,
  OrganizationVerb,
} from './authority/authorise.ts';
export { nobodyCalled, onOrganization, onPrincipal } from './authority/organization-acts.ts';
export { principalMissing } from './chart/change-chart.ts';
export { changeOrganization } from './chart/change-organization.ts';
export type { ChartChange, ChartTools, PlacementChange } from './chart/chart.ts';
export { checkSealingKey } from './check-sealing-key.ts';
export { createPrincipal } from './create-principal.ts';
export { type CredentialAsker, mayIssueTo, mayWithKeysOf } from './credentials/credential-authority.ts';
export { type CredentialFilters, credentialsOfWhom, listAccessKeys } from './credentials/list-access-keys.ts';
export { credentialEndWrong, provideAccessKey } from './credentials/provide-access-key.ts';
export { type RotatedKey, rotateAccessKey } from './credentials/rotate-access-key.ts';
export { withdrawAccessKey } from './credentials/withdraw-access-key.ts';
export {
  applyOrganization,
  auditOfChange,
  type DocumentRequest,
  type DocumentTools,
  planOrganization,
} from './document/apply-document.ts';
export { describePlan } from './document/describe-plan.ts';
export type { OrganizationPlan } from './document/plan-document.ts';
export { claimText, matchesPattern } from './federation/claim-pattern.ts';
export { type FederationRule, isIssuer, isLoopback, usualFederation } from './federation/federation-rule.ts';
export { federationRuleList } from './federation/federation-rule-store.ts';
export { listFederationRules } from './federation/list-federation-rules.ts';
export { findSigner, type Signer } from './find-signer.ts';
export { ensureFirstAdministrator, firstAdministratorName } from './first-administrator.ts';
export { answerHandover, handoverMissing } from './handovers/answer-handover.ts';
export { expireHandovers } from './handovers/expire-handovers.ts';
export {
  type Handover,
  type HandoverAnswer,
  type HandoverState,
  handoverAnswers,
  handoverDays,
  handoverState,
  handoverStates,
  type Ownership,
  ownerships,
} from './handovers/handover.ts';
export { type HandoverFilters, handoverFind } from './handovers/handover-store.ts';
export { listHandovers } from './handovers/list-handovers.ts';
export { type OfferRequest, offerHandover } from './handovers/offer-handover.ts';
export { issueAccessKey, type OrganizationTools } from './issue-access-key.ts';
export { listPrincipals } from './list-principals.ts';
export { environmentClassList } from './placements/environment-class-store.ts';
export { listOrphans, type Orphan } from './placements/list-orphans.ts';
export { listPlacements } from './placements/list-placements.ts';
export { placementsOwned } from './placements/owned-store.ts';
export {
  environmentClasses,
  type ResourceKind,
  type ResourcePlacement,
  resourceKinds,
} from './placements/placement.ts';
export { placementExists } from './placements/placement-exists.ts';
export {
  classWrong,
  type NewPlacementRefusal,
  type NewResource,
  placementForget,
  placementRecord,
  resourceFactsOfNew,
  teamMissing,
  teamsThatMayOwn,
  unitMissing,
} from './placements/placement-record.ts';
export {
  isPlaced,
  isWithinReach,
  type PlacementFilters,
  type PlacementReach,
  type PlacementSelector,
  templateCalled,
} from './placements/placement-store.ts';
export { type ResourceFacts, resourceFacts, resourceFactsOf } from './placements/resource-facts.ts';
export { type ResourceReference, readResource } from './placements/resource-reference.ts';
export {
  countsFor,
  type KnownPrincipal,
  type Principal,
  type PrincipalId,
  type PrincipalKind,
  principalKinds,
  principalState,
  principalStates,
} from './principal.ts';
export { principalEnded } from './principal-ended.ts';
export {
  firstAdministratorFacts,
  type PrincipalFacts,
  type PrincipalTeam,
  principalFacts,
  principalFactsOf,
} from './principal-facts.ts';
export {
  countsForHolder,
  type PrincipalTable,
  principalColumns,
  principalFindByName,
  principalIsThere,
  principalLock,
  principalOf,
  principalStandings,
} from './principal-store.ts';
export { revokeAccessKey } from './revoke-access-key.ts';
export { findSealingKey, loadSealingKey, type SealingKey, type SealingKeyRefusal, sealingKey } from './sealing-key.ts';
export { readEndDate, showEndDate } from './teams/end-date.ts';
export { listMemberships } from './teams/list-memberships.ts';
export { listTeams } from './teams/list-teams.ts';
export { membershipGrant, membershipsUngrant, peopleOfTeams } from './teams/membership-store.ts';
export {
  administratorsTeam,
  breakGlassTeam,
  isActive,
  type Membership,
  type MembershipRole,
  membershipRoles,
  type Team,
} from './teams/team.ts';
export { teamFind, teamsOfKinds } from './teams/team-store.ts';
export { tellEndedPrincipals } from './tell-ended-principals.ts';
export { listUnits } from './units/list-units.ts';
export { type Labels, rootUnit, type Unit } from './units/unit.ts';
export { unitExists, unitPaths, unitsBelow } from './units/unit-store.ts';
