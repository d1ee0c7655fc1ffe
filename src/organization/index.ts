/**
 * Organization: who may act. For now principals and the access keys they sign with.
 *
 * Lives here: principals, access keys and their sealed secrets. Never here: signatures (a door checks them), permissions.
 */
export type { AccessKey, AccessKeyId, AccessKeySummary } from './access-key.ts';
export { accessKeyList } from './access-key-store.ts';
export { checkSealingKey } from './check-sealing-key.ts';
export { createPrincipal } from './create-principal.ts';
export { findSigner, type Signer } from './find-signer.ts';
export { ensureFirstAdministrator, firstAdministratorName } from './first-administrator.ts';
export { issueAccessKey, type OrganizationTools } from './issue-access-key.ts';
export { type Principal, type PrincipalId, type PrincipalKind, principalKinds } from './principal.ts';
export { principalFindByName } from './principal-store.ts';
export { revokeAccessKey } from './revoke-access-key.ts';
export { findSealingKey, loadSealingKey, type SealingKey, type SealingKeyRefusal, sealingKey } from './sealing-key.ts';
