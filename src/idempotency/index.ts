/**
 * Idempotency: a request sent twice is carried out once.
 *
 * Lives here: client tokens (eight hours), the rule for creating by name. Never here: what the requests do.
 */
export { type ClientRequest, clientTokenHours, parametersHash } from './client-token.ts';
export { type CreateByNameRefusal, createByName } from './create-by-name.ts';
export { type ClientTokenRefusal, forgetRequests, recallRequest, rememberRequest } from './remember-request.ts';
