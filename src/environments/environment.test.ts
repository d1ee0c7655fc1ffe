import { describe, expect, test } from 'vitest';
import {
  checkConnection,
  checkRights,
  checkRightsChange,
  environmentPlacement,
  isBusy,
  type ProvisioningRights,
} from './environment.ts';
import { installation, roleArn } from './testing/environment-world.ts';

const repository = { provider: 'GITHUB', name: 'acme/infrastructure', branch: 'main' };

function codeOf(result: { ok: true } | { ok: false; refusal: { code: string } }): string {
  return result.ok ? 'accepted' : result.refusal.code;
}

describe('what a method needs', () => {
  const cases = [
    { method: 'cloudformation', give: { protonServiceRoleArn: roleArn }, expected: 'accepted' },
    {
      method: 'cloudformation',
      give: { codebuildRoleArn: roleArn, provisioningRepository: repository },
      expected: 'right-missing',
    },
    { method: 'codebuild', give: { codebuildRoleArn: roleArn }, expected: 'accepted' },
    { method: 'codebuild', give: { protonServiceRoleArn: roleArn }, expected: 'right-missing' },
    { method: 'terraform', give: { provisioningRepository: repository }, expected: 'accepted' },
    { method: 'terraform', give: { protonServiceRoleArn: roleArn }, expected: 'right-missing' },
    {
      method: 'cloudformation',
      give: { protonServiceRoleArn: roleArn, codebuildRoleArn: roleArn, provisioningRepository: repository },
      expected: 'accepted',
    },
  ] as const;
  test.each(cases)('$method with $give: $expected', ({ method, give, expected }) => {
    expect(codeOf(checkRights(give, method))).toBe(expected);
  });

  test('the refusal names the parameter', () => {
    expect(checkRights({}, 'cloudformation')).toMatchObject({
      refusal: { message: expect.stringContaining('protonServiceRoleArn') },
    });
  });
});

describe('what may be changed', () => {
  const current: ProvisioningRights = { protonServiceRoleArn: roleArn, provisioningRepository: repository };
  const cases = [
    { name: 'another role of the account', change: { protonServiceRoleArn: `${roleArn}-2` }, expected: 'accepted' },
    {
      name: 'a role of another account',
      change: { protonServiceRoleArn: 'arn:aws:iam::999999999999:role/x' },
      expected: 'right-unchangeable',
    },
    { name: 'the same repository', change: { provisioningRepository: { ...repository } }, expected: 'accepted' },
    {
      name: 'another repository',
      change: { provisioningRepository: { ...repository, name: 'acme/other' } },
      expected: 'right-unchangeable',
    },
    {
      name: 'another branch',
      change: { provisioningRepository: { ...repository, branch: 'next' } },
      expected: 'right-unchangeable',
    },
    { name: 'a role for components', change: { componentRoleArn: roleArn }, expected: 'accepted' },
  ];
  test.each(cases)('$name: $expected', ({ change, expected }) => {
    expect(codeOf(checkRightsChange(installation, current, change))).toBe(expected);
  });

  test('a first repository may be added', () => {
    expect(codeOf(checkRightsChange(installation, {}, { provisioningRepository: repository }))).toBe('accepted');
  });
});

describe('a connection', () => {
  const id = '11111111-1111-4111-8111-111111111111';
  const cases = [
    { name: 'none', give: { protonServiceRoleArn: roleArn }, isNew: true, expected: 'accepted' },
    {
      name: 'beside a role',
      give: { protonServiceRoleArn: roleArn, environmentAccountConnectionId: id },
      isNew: true,
      expected: 'connection-and-role',
    },
    {
      name: 'that nobody knows',
      give: { environmentAccountConnectionId: id },
      isNew: true,
      expected: 'connection-missing',
    },
    {
      name: 'for an environment made without',
      give: { environmentAccountConnectionId: id },
      isNew: false,
      expected: 'connection-unchangeable',
    },
  ];
  test.each(cases)('$name: $expected', ({ give, isNew, expected }) => {
    expect(codeOf(checkConnection(installation, give, isNew))).toBe(expected);
  });
});

test('an environment lies in the account of its role, else in our own', () => {
  const other = 'arn:aws-cn:iam::444455556666:role/team/proton';
  expect(environmentPlacement(installation, { protonServiceRoleArn: other })).toEqual({
    accountId: '444455556666',
    region: 'us-east-1',
    roleArn: other,
  });
  expect(environmentPlacement(installation, {})).toEqual({ accountId: '111122223333', region: 'us-east-1' });
});

test('what has failed or was cancelled can be changed', () => {
  const statuses = [
    'IN_PROGRESS',
    'CANCELLING',
    'DELETE_IN_PROGRESS',
    'SUCCEEDED',
    'FAILED',
    'CANCELLED',
    'DELETE_FAILED',
  ] as const;
  expect(statuses.filter((status) => isBusy(status))).toEqual(['IN_PROGRESS', 'CANCELLING', 'DELETE_IN_PROGRESS']);
});
