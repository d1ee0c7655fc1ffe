/**
 * Organization: who may act, how they are ordered in units and teams, and who answers for which resource.
 *
 * Lives here: principals and the access keys they sign with; `units/` (the tree), `teams/` (and who is in them),
 * `placements/` (where resources are, known by ARN and kind), `handovers/` (of ownership), `document/` (all of it as one
 * file). Never here: signatures (a door checks them), what a resource is, what may be done to it (governance asks
 * principalFacts and resourceFacts). Start at placements/placement.ts.
 */
export type { AccessKey, AccessKeyId, AccessKeySummary } from './access-key.ts';
export { accessKeyList } from './access-key-store.ts';
export { checkSealingKey } from './check-sealing-key.ts';
export { createPrincipal } from './create-principal.ts';
export { findSigner, type Signer } from './find-signer.ts';
export { ensureFirstAdministrator, firstAdministratorName } from './first-administrator.ts';
export { issueAccessKey, type OrganizationTools } from './issue-access-key.ts';
export {
  environmentClasses,
  placementTags,
  type ResourceKind,
  type ResourcePlacement,
  resourceKinds,
  wholeOf,
} from './placements/placement.ts';
export {
  type NewPlacementRefusal,
  type NewResource,
  placementForget,
  placementRecord,
  resourceFactsOfNew,
} from './placements/placement-record.ts';
export { type ResourceFacts, resourceFacts, resourceFactsOf } from './placements/resource-facts.ts';
export { type Principal, type PrincipalId, type PrincipalKind, principalKinds } from './principal.ts';
export {
  type PrincipalFacts,
  type PrincipalTeam,
  principalFacts,
  principalFactsOf,
} from './principal-facts.ts';
export { principalFindByName } from './principal-store.ts';
export { revokeAccessKey } from './revoke-access-key.ts';
export { findSealingKey, loadSealingKey, type SealingKey, type SealingKeyRefusal, sealingKey } from './sealing-key.ts';
export {
  administratorsTeam,
  type Membership,
  type MembershipRole,
  membershipRoles,
  type Team,
  teamKinds,
} from './teams/team.ts';
export { type Labels, rootUnit, type Unit } from './units/unit.ts';
