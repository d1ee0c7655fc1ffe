import { contentHash } from '../../identifiers/index.ts';
import type { Stack, TokenedRequest } from '../state/stack.ts';
import { type Answer, answer, serviceError } from '../wire/service-error.ts';
import type { Call } from './action.ts';
import { inputOf } from './stack-input.ts';

const requestsKept = 20;

export function tokenedRequest(call: Call, action: string, token: string | undefined): TokenedRequest | undefined {
  return token === undefined ? undefined : { action, token, inputHash: contentHash(inputOf(call)) };
}

/**
 * Whether a request with this token was accepted for the stack before: then it is answered as before and does nothing.
 * Source: API reference, ClientRequestToken; a token that came with another request is refused.
 */
export function isRepeated(stack: Stack, request: TokenedRequest | undefined): Answer<boolean> {
  const known = request && stack.requests.find(({ token }) => token === request.token);
  if (!known) return answer(false);
  if (known.action === request.action && known.inputHash === request.inputHash) return answer(true);
  const message = `A client request token already exists: ${request.token} came with another request (${known.action}).`;
  return serviceError('TokenAlreadyExistsException', message);
}

export function rememberRequest(stack: Stack, request: TokenedRequest | undefined): void {
  if (request) stack.requests = [...stack.requests, request].slice(-requestsKept);
}
