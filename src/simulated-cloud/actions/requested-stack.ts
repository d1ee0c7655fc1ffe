import type { Stack, TokenedRequest } from '../state/stack.ts';
import { type Answer, answer, validationError } from '../wire/service-error.ts';
import type { Call, CloudTools } from './action.ts';
import { findStack } from './find-stack.ts';
import { isRepeated, tokenedRequest } from './repeated-request.ts';
import { readStackName, readToken } from './stack-input.ts';

/** The stack that a request names, and whether the request was made before. */
export interface RequestedStack {
  readonly stack: Stack;
  readonly token?: string;
  readonly request?: TokenedRequest;
  readonly repeated: boolean;
}

/** What every request that changes a stack begins with. */
export async function requestedStack(tools: CloudTools, call: Call, action: string): Promise<Answer<RequestedStack>> {
  const name = readStackName(call.input);
  if (!name.ok) return name;
  const token = readToken(call.input);
  if (!token.ok) return token;
  const stack = await findStack(tools, call.caller, name.value);
  if (!stack) return noSuchStack(name.value);
  const request = tokenedRequest(call, action, token.value);
  const repeated = isRepeated(stack, request);
  if (!repeated.ok) return repeated;
  return answer({ stack, token: token.value, request, repeated: repeated.value });
}

export function noSuchStack(stackName: string) {
  return validationError(`Stack [${stackName}] does not exist`);
}
