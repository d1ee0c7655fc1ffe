import { expect, test } from 'vitest';
import { accountOfAccessKey, callerOf, sessionKeyId } from './caller.ts';

const knowledge = {
  defaultAccountId: '111111111111',
  accountOfKey: new Map([['MAPPED', '222222222222']]),
  sessionOfKey: new Map(),
};

const cases = [
  { name: 'any key', key: 'anything', account: '111111111111', reason: 'the default account' },
  {
    name: 'a long-term key of the real service',
    key: 'AKIAIOSFODNN7EXAMPLE',
    account: '111111111111',
    reason: 'as above',
  },
  {
    name: 'a key that names its account',
    key: 'SIM123456789012A',
    account: '123456789012',
    reason: 'read from the key',
  },
  {
    name: 'a key with an account given by the control door',
    key: 'MAPPED',
    account: '222222222222',
    reason: 'as mapped',
  },
];
test.each(cases)('$name', ({ key, account, reason }) => {
  const caller = callerOf({ accessKeyId: key, region: 'eu-west-1', service: 'cloudformation' }, knowledge);
  expect(caller.accountId, reason).toBe(account);
});

test.each(['000000000000', '012345678901', '999999999999'])('a session key carries its account: %s', (accountId) => {
  const key = sessionKeyId(accountId, Uint8Array.from([255, 1, 2, 3, 4]));
  expect(key).toMatch(/^ASIA[A-Z2-7]{16}$/);
  expect(accountOfAccessKey(key)).toBe(accountId);
});
