import { expect, test } from 'vitest';
import { canonicalPolicy, compareAccess } from './policy-document.ts';

const allow = (Action: string | string[], Resource: string | string[] = '*', rest: object = {}) => ({
  Statement: [{ Effect: 'Allow', Action, Resource, ...rest }],
});

test.each([
  ['a list of one and its only item', allow(['s3:GetObject']), allow('s3:GetObject')],
  ['actions in another order', allow(['s3:A', 's3:B']), allow(['s3:B', 's3:A'])],
  ['actions in other letters', allow('s3:getobject'), allow('s3:GetObject')],
  ['a Sid', { Statement: [{ Sid: 'a', ...allow('s3:A').Statement[0] }] }, allow('s3:A')],
  ['a statement that is no list', { Statement: allow('s3:A').Statement[0]! }, allow('s3:A')],
])('%s means nothing', (_name, before, after) => {
  expect(canonicalPolicy(before)).toBe(canonicalPolicy(after));
});

test.each([
  { name: 'more actions', before: allow('s3:Get'), after: allow(['s3:Get', 's3:Put']), widened: 1, narrowed: 0 },
  { name: 'a wildcard', before: allow(['sqs:A', 'sqs:B']), after: allow('sqs:*'), widened: 1, narrowed: 0 },
  { name: 'a wildcard inside', before: allow('s3:*'), after: allow('s3:Get*'), widened: 0, narrowed: 1 },
  { name: 'a question mark', before: allow('s3:?et'), after: allow('s3:Get'), widened: 0, narrowed: 1 },
  {
    name: 'statements split',
    before: allow(['a:A', 'a:B']),
    after: { Statement: [...allow('a:A').Statement, ...allow('a:B').Statement] },
    widened: 0,
    narrowed: 0,
  },
  {
    name: 'a condition less',
    before: allow('a:A', '*', { Condition: { Bool: { x: 'true' } } }),
    after: allow('a:A'),
    widened: 1,
    narrowed: 0,
  },
  {
    name: 'a deny less',
    before: { Statement: [{ Effect: 'Deny', Action: 'a:A', Resource: '*' }] },
    after: { Statement: [] },
    widened: 1,
    narrowed: 0,
  },
  {
    name: 'every principal',
    before: allow('a:A', 'r', { Principal: { AWS: 'x' } }),
    after: allow('a:A', 'r', { Principal: '*' }),
    widened: 1,
    narrowed: 0,
  },
  {
    name: 'principals spelled otherwise',
    before: allow('a:A', 'r', { Principal: '*' }),
    after: allow('a:A', 'r', { Principal: { AWS: '*' } }),
    widened: 0,
    narrowed: 0,
  },
  {
    name: 'NotAction with less left out',
    before: { Statement: [{ Effect: 'Allow', NotAction: ['a:A', 'a:B'], Resource: '*' }] },
    after: { Statement: [{ Effect: 'Allow', NotAction: ['a:A'], Resource: '*' }] },
    widened: 1,
    narrowed: 0,
  },
])('$name', ({ before, after, widened, narrowed }) => {
  const access = compareAccess(before, after);
  expect([access.widened.length, access.narrowed.length]).toEqual([widened, narrowed]);
});
