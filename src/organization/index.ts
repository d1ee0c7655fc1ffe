/**
 * Organization: who may act. For now principals and the access keys they sign with.
 *
 * Lives here: principals, access keys and their sealed secrets. Never here: signatures (a door checks them), permissions.
 */
export { type Principal, type PrincipalId, type PrincipalKind, principalKinds } from './principal.ts';
