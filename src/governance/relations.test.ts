import { expect, test } from 'vitest';
import { relationsOf } from './relations.ts';
import { readScope, showScope } from './scope.ts';
import { people, person, resource } from './testing/example-estate.ts';

const instance = resource('service-instance');
const words = (...given: Parameters<typeof relationsOf>) =>
  relationsOf(...given).filter((word) => !word.startsWith('team:'));

test('each of the example people stands to the instance as he is called', () => {
  expect(Object.fromEntries(Object.entries(people).map(([name, who]) => [name, words(who, instance)]))).toEqual({
    stranger: [],
    owner: ['owner'],
    engineer: ['owner', 'embedded-engineer'],
    'data-owner': ['data-owner'],
    'env-owner': ['environment-owner'],
    platform: ['platform'],
    security: ['security'],
    'unit-lead': ['unit-lead'],
    administrator: ['administrator'],
  });
});

test('teams are approvers too', () => {
  expect(relationsOf(people.engineer, instance).slice(-2)).toEqual(['team:shop', 'team:enablers']);
});

test('where nobody is named for the data, the owner answers for it', () => {
  const facts = resource('service-instance', { dataOwnerTeam: undefined });
  expect(words(people.owner, facts)).toEqual(['owner', 'data-owner']);
});

test('the owner of an environment is the environment’s owner', () => {
  expect(words(people.owner, resource('environment'))).toEqual(['owner', 'environment-owner']);
});

test('nobody owns an orphan', () => {
  const orphan = resource('service', {
    ownerTeam: undefined,
    dataOwnerTeam: undefined,
    environmentOwnerTeam: undefined,
  });
  expect(words(people.owner, orphan)).toEqual([]);
  expect(words(person('nobody'), orphan)).toEqual([]);
});

test('a platform team of one unit answers for nothing of another, nor for what is above', () => {
  const local = person('local', [{ team: 'shop-platform', kind: 'platform', unit: 'shop' }]);
  expect(words(local, instance)).toEqual(['platform']);
  expect(words(local, resource('service', { unitPath: ['organization', 'data'] }))).toEqual([]);
  expect(words(local, resource('service', { unitPath: ['organization'] }))).toEqual([]);
});

test('a lead leads the owner’s team only in it', () => {
  expect(words(person('lead', [{ team: 'shop', unit: 'shop', role: 'lead' }]), instance)).toEqual([
    'owner',
    'owner-lead',
  ]);
  expect(words(person('lead', [{ team: 'archive', role: 'lead' }]), instance)).toEqual([]);
});

test('scopes are written as they are read', () => {
  const texts = [
    'organization',
    'shop/environment-class:production',
    'organization/account:111122223333',
    'shop/template:arn:aws:proton:eu-central-1:111122223333:service-template/worker',
  ];
  for (const text of texts) expect(showScope(readScope(text)!)).toBe(text);
  for (const text of ['', '/shop', 'shop/', 'shop/class:x', 'shop/account:', 'a b', 'shop/account:1\n']) {
    expect(readScope(text), text).toBeUndefined();
  }
});
