import { describe, expect, test } from 'vitest';
import { CallBudgetUsedUp } from './paced-calls.ts';
import { isNothingToDo, isSessionOver, providerRefusal, saysNothingToDo } from './provider-refusal.ts';

const placement = { accountId: '111122223333', region: 'us-east-1' };

function serviceError(name: string, message = 'no', httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

describe('what is tried again by itself, and what somebody must do something about', () => {
  test.each([
    { error: serviceError('Throttling'), kind: 'unavailable', code: 'provider-throttled' },
    { error: serviceError('RequestLimitExceeded', 'no', 503), kind: 'unavailable', code: 'provider-throttled' },
    { error: new CallBudgetUsedUp('no'), kind: 'unavailable', code: 'call-budget-used-up' },
    { error: serviceError('InternalFailure', 'no', 500), kind: 'unavailable', code: 'provider-unavailable' },
    { error: new Error('connect ECONNREFUSED'), kind: 'unavailable', code: 'provider-unavailable' },
    { error: 'thrown', kind: 'unavailable', code: 'provider-unavailable' },
    { error: serviceError('AccessDenied', 'no', 403), kind: 'forbidden', code: 'provider-access-denied' },
    { error: serviceError('OptInRequired', 'no', 403), kind: 'forbidden', code: 'provider-access-denied' },
    { error: serviceError('AnythingElse', 'no', 403), kind: 'forbidden', code: 'provider-access-denied' },
    { error: serviceError('LimitExceededException'), kind: 'limit', code: 'provider-limit' },
    { error: serviceError('ValidationError'), kind: 'invalid', code: 'provider-refused' },
  ])('$error: $code', ({ error, kind, code }) => {
    expect(providerRefusal(error, 'UpdateStack', placement)).toMatchObject({ kind, code });
  });
});

test('credentials that the server lacks are for whoever runs it, not for the owner of the account', () => {
  const missing = serviceError('CredentialsProviderError', 'Could not load credentials from any providers');
  const { code, remedy } = providerRefusal(missing, 'AssumeRole', placement);
  expect(code).toBe('provider-access-denied');
  expect(remedy).toContain('AWS_ACCESS_KEY_ID');
  expect(remedy).not.toContain('owner of account');
});

test('only a session that is over is renewed', () => {
  const names = ['ExpiredToken', 'ExpiredTokenException', 'InvalidClientTokenId', 'AccessDenied', 'Throttling'];
  expect(names.map((name) => isSessionOver(serviceError(name)))).toEqual([true, true, true, false, false]);
});

describe('F35: nothing to do, in both wordings, and no other failure', () => {
  test.each([
    { says: 'No updates are to be performed.', isNothing: true },
    { says: "The submitted information didn't contain changes. Submit different information.", isNothing: true },
    { says: 'Template error: attribute Foo does not exist in Db', isNothing: false },
  ])('$says', ({ says, isNothing }) => {
    expect(saysNothingToDo(says)).toBe(isNothing);
    expect(isNothingToDo(serviceError('ValidationError', says))).toBe(isNothing);
    expect(isNothingToDo(serviceError('AccessDenied', says, 403))).toBe(false);
    const { message } = providerRefusal(serviceError('ValidationError', says), 'UpdateStack', placement);
    expect(message).toContain(says);
  });
});
