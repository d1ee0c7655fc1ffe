import type { Refusal } from '../../errors/index.ts';
import type { Placement } from '../provisioner.ts';
import { CallBudgetUsedUp } from './paced-calls.ts';

export type ProviderRefusalCode =
  | 'call-budget-used-up'
  | 'provider-access-denied'
  | 'provider-refused'
  | 'provider-throttled'
  | 'provider-unavailable'
  | 'provider-limit';

interface ServiceError {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const throttlingNames = new Set([
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
]);
/** The session is over, or its account knows nothing of it any more. */
const sessionNames = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
]);
/** Accounts that are closed or suspended answer with the last three. */
const accessNames = new Set([
  ...sessionNames,
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'SignatureDoesNotMatch',
  'CredentialsProviderError',
  'RegionDisabledException',
  'AuthFailure',
  'OptInRequired',
  'SubscriptionRequiredException',
]);

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && typeof error.name === 'string';
}

export function isThrottling(error: unknown): boolean {
  return isServiceError(error) && throttlingNames.has(error.name);
}

/** Whether a new session may help. */
export function isSessionOver(error: unknown): boolean {
  return isServiceError(error) && sessionNames.has(error.name);
}

export function isAccessDenied(error: unknown): boolean {
  return isServiceError(error) && (accessNames.has(error.name) || error.$metadata?.httpStatusCode === 403);
}

/** The service understood the call, and cannot do what it asks as things stand. */
export function isInvalidCall(error: unknown): error is Error {
  return isServiceError(error) && error.name === 'ValidationError';
}

/** True for the answer to a question about a stack that does not exist. */
export function isNoSuchStack(error: unknown): boolean {
  return isServiceError(error) && error.name === 'ValidationError' && /does not exist/.test(error.message);
}

/** Of a change set: another one has its name. */
export function isNameTaken(error: unknown): boolean {
  return isServiceError(error) && error.name === 'AlreadyExistsException';
}

/** It is still being made, or used. */
export function isChangeSetBusy(error: unknown): boolean {
  return isServiceError(error) && error.name === 'InvalidChangeSetStatusException';
}

/** Both wordings in which the service says that there is nothing to do (field reports of several tools). */
export function saysNothingToDo(message: string | undefined): boolean {
  return /No updates are to be performed|didn't contain changes/.test(message ?? '');
}

export function isNothingToDo(error: unknown): boolean {
  return isServiceError(error) && error.name === 'ValidationError' && saysNothingToDo(error.message);
}

/** The provider's "no" as ours: its own message, where it was said, and who can do something about it. */
export function providerRefusal(error: unknown, action: string, placement: Placement): Refusal<ProviderRefusalCode> {
  const where = `${action} in account ${placement.accountId}, region ${placement.region}`;
  if (!isServiceError(error)) {
    return {
      kind: 'unavailable',
      code: 'provider-unavailable',
      message: `${where} failed: ${String(error)}`,
      remedy: 'It is tried again by itself.',
      detail: error,
    };
  }
  const message = `${where}: ${error.message}`;
  if (error instanceof CallBudgetUsedUp) {
    return {
      kind: 'unavailable',
      code: 'call-budget-used-up',
      message,
      remedy: 'It is tried again by itself. If it is always so, an administrator raises --calls-per-second.',
    };
  }
  if (isThrottling(error)) {
    return {
      kind: 'unavailable',
      code: 'provider-throttled',
      message,
      remedy: 'It is tried again by itself, more slowly.',
    };
  }
  if (error.name === 'CredentialsProviderError') {
    return {
      kind: 'forbidden',
      code: 'provider-access-denied',
      message,
      remedy:
        'The server has no credentials for the cloud. Whoever runs it gives it some where the AWS SDK looks for them (a role of its machine or container, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY) and starts it again; then deploy again.',
    };
  }
  if (isAccessDenied(error)) {
    const role = placement.roleArn ? `the role ${placement.roleArn}` : "the server's own credentials";
    return {
      kind: 'forbidden',
      code: 'provider-access-denied',
      message,
      remedy:
        action === 'AssumeRole'
          ? `The owner of account ${placement.accountId} must let the server's own credentials assume ${role}, which must exist, in an account that is not closed; then deploy again.`
          : `The owner of account ${placement.accountId} must allow ${action} to ${role}; then deploy again.`,
    };
  }
  if (error.name === 'LimitExceededException') {
    return {
      kind: 'limit',
      code: 'provider-limit',
      message,
      remedy: `Raise the quota of account ${placement.accountId}, or delete stacks that are not needed; then deploy again.`,
    };
  }
  const status = error.$metadata?.httpStatusCode;
  if (status !== undefined && status >= 400 && status < 500) {
    return {
      kind: 'invalid',
      code: 'provider-refused',
      message,
      remedy: 'Correct the template or its inputs as the message says, then deploy again.',
    };
  }
  return {
    kind: 'unavailable',
    code: 'provider-unavailable',
    message,
    remedy: `It is tried again by itself. If it goes on, check that the endpoint of ${placement.region} can be reached.`,
  };
}
