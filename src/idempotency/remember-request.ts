import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { ClientRequest } from './client-token.ts';
import {
  clientTokenDeleteByResource,
  clientTokenFind,
  clientTokenLock,
  clientTokenPrune,
  clientTokenUpsert,
} from './client-token-store.ts';

export type ClientTokenRefusal = Refusal<'IdempotentParameterMismatch'>;

/**
 * Asks whether a request came before. Ask first in the transaction that does the work, and end it with
 * `rememberRequest`: a second request with the same token waits for the first transaction and then sees its answer.
 *
 * @returns `new`, or the ARN that the first request made: answer with its current detail
 * @refuses IdempotentParameterMismatch when the token came with other parameters less than eight hours ago
 */
export async function recallRequest(
  tx: Db,
  request: ClientRequest,
): Promise<Result<{ answer: 'new' } | { answer: 'same'; resourceArn: string }, ClientTokenRefusal>> {
  await clientTokenLock(tx, request);
  const known = await clientTokenFind(tx, request);
  if (!known) return accept({ answer: 'new' });
  if (known.parametersHash === request.parametersHash)
    return accept({ answer: 'same', resourceArn: known.resourceArn });
  return refuse({
    kind: 'invalid',
    code: 'IdempotentParameterMismatch',
    message: `IdempotentParameterMismatch: the client token '${request.token}' was used with other parameters of ${request.operation}, for ${known.resourceArn}.`,
    remedy: 'Repeat the request with its first parameters, or choose a new client token for a new request.',
  });
}

/** Records what a request made, in the transaction that made it. */
export async function rememberRequest(tx: Db, request: ClientRequest, resourceArn: string): Promise<void> {
  await clientTokenUpsert(tx, request, resourceArn);
  await clientTokenPrune(tx, request.now);
}

/** To be called when a resource is deleted: the same request then makes a new one. */
export async function forgetRequests(tx: Db, resourceArn: string): Promise<void> {
  await clientTokenDeleteByResource(tx, resourceArn);
}
