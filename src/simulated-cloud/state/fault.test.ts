import { expect, test } from 'vitest';
import { type CallFault, type ResourceFault, type ResourceOccasion, strikeCall, strikeResource } from './fault.ts';

const occasion: ResourceOccasion = {
  accountId: '111111111111',
  region: 'eu-west-1',
  stackName: 'shop-live',
  stackId: 'id',
  logicalId: 'Queue',
  type: 'AWS::SQS::Queue',
  operation: 'create',
  phase: 'forward',
  attempt: 1,
};
const fault = (conditions: Partial<ResourceFault>): ResourceFault => ({
  id: 'fault',
  target: 'resource',
  message: 'broken',
  matches: 0,
  strikes: 0,
  ...conditions,
});

const cases: { name: string; conditions: Partial<ResourceFault>; strikes: boolean }[] = [
  { name: 'no condition', conditions: {}, strikes: true },
  { name: 'the same account', conditions: { accountId: '111111111111' }, strikes: true },
  { name: 'another account', conditions: { accountId: '222222222222' }, strikes: false },
  { name: 'the beginning of the name', conditions: { stackName: 'shop-*' }, strikes: true },
  { name: 'another name', conditions: { stackName: 'shop' }, strikes: false },
  { name: 'type and operation', conditions: { type: 'AWS::SQS::Queue', operation: 'create' }, strikes: true },
  { name: 'another phase', conditions: { phase: 'rollback' }, strikes: false },
];
test.each(cases)('$name: $strikes', ({ conditions, strikes }) => {
  expect(strikeResource([fault(conditions)], 'seed', occasion) !== undefined).toBe(strikes);
});

test('the nth time only', () => {
  const third = fault({ nth: 3 });
  const struck = [1, 2, 3, 4].map(() => strikeResource([third], 'seed', occasion) !== undefined);
  expect(struck).toEqual([false, false, true, false]);
});

test('so many times at most', () => {
  const twice = fault({ timesMax: 2 });
  const struck = [1, 2, 3].map(() => strikeResource([twice], 'seed', occasion) !== undefined);
  expect(struck).toEqual([true, true, false]);
});

test('a probability strikes about as often as it says, and the same seed strikes the same', () => {
  const run = (seed: string) => {
    const chance = fault({ probability: 0.3 });
    return Array.from({ length: 1000 }, (_, index) =>
      strikeResource([chance], seed, { ...occasion, attempt: index }) === undefined ? 0 : 1,
    );
  };
  const struck = run('seed').reduce<number>((sum, one) => sum + one, 0);
  expect(struck).toBeGreaterThan(250);
  expect(struck).toBeLessThan(350);
  expect(run('seed')).toEqual(run('seed'));
  expect(run('seed')).not.toEqual(run('other'));
});

test('a call is struck by its action and role', () => {
  const revoked: CallFault = {
    id: 'revoked',
    target: 'call',
    action: 'AssumeRole',
    roleArn: 'arn:aws:iam::1:role/a',
    code: 'AccessDenied',
    message: 'no',
    httpStatus: 403,
    matches: 0,
    strikes: 0,
  };
  const call = { accountId: '111111111111', region: 'eu-west-1', action: 'AssumeRole' };
  expect(strikeCall([revoked], 'seed', { ...call, roleArn: 'arn:aws:iam::1:role/a' })).toBe(revoked);
  expect(strikeCall([revoked], 'seed', { ...call, roleArn: 'arn:aws:iam::1:role/b' })).toBeUndefined();
});
