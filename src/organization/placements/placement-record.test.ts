import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database, Db } from '../../database/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import { accept } from '../../errors/index.ts';
import {
  changeOrganization,
  type NewResource,
  type PrincipalId,
  placementForget,
  placementRecord,
  principalFacts,
  resourceFacts,
  resourceFactsOf,
  resourceFactsOfNew,
} from '../index.ts';
import {
  accepted,
  arnOf,
  givenMember,
  givenPrincipal,
  givenTeam,
  givenUnit,
  now,
} from '../testing/organization-world.ts';

let database: Database;
let db: Db;
let developer: PrincipalId;
let floating: PrincipalId;
let administrator: PrincipalId;
let breaker: PrincipalId;
let breaksOnly: PrincipalId;
const nobody = 'nobody' as PrincipalId;
beforeAll(async () => {
  database = await testDatabase();
  db = database.db;
  await givenUnit(db, 'retail');
  await givenUnit(db, 'checkout', 'retail');
  await givenTeam(db, 'web', 'checkout');
  await givenTeam(db, 'ledger', 'retail', 'data');
  await givenTeam(db, 'break-glass', 'organization');
  [developer, floating, administrator, breaker, breaksOnly] = [
    await givenPrincipal(db, 'developer'),
    await givenPrincipal(db, 'floating'),
    await givenPrincipal(db, 'second-administrator'),
    await givenPrincipal(db, 'breaker'),
    await givenPrincipal(db, 'breaks-only'),
  ];
  for (const each of ['web', 'administrators', 'break-glass']) await givenMember(db, each, breaker);
  await givenMember(db, 'break-glass', breaksOnly);
  await givenMember(db, 'web', developer, { role: 'lead' });
  await givenMember(db, 'administrators', developer);
  await givenMember(db, 'administrators', administrator);
  await givenMember(db, 'web', floating, { endsAt: new Date('2026-12-01T00:00:00Z') });
  await givenMember(db, 'ledger', floating);
});
afterAll(() => database.close());

const tags = (given: Readonly<Record<string, string>>) =>
  Object.entries(given).map(([key, value]) => ({ key: `deuteron:${key}`, value }));
const environment = (name: string, createdBy: PrincipalId, given: Readonly<Record<string, string>> = {}) =>
  ({ arn: arnOf(`environment/${name}`), kind: 'environment', createdBy, tags: tags(given), at: now }) as const;

async function factsAfter(resource: NewResource) {
  const foretold = accepted(await resourceFactsOfNew(db, resource));
  accepted(await placementRecord(db, resource));
  const facts = await resourceFacts(db, resource.arn, resource.kind);
  expect(facts, 'what was foretold is what came').toEqual(foretold);
  return facts;
}

interface PlacedCase {
  readonly name: string;
  readonly by: () => PrincipalId;
  readonly given: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly owner?: string;
}

describe('a new resource is placed', () => {
  test('as its tags say', async () => {
    const given = { unit: 'retail', owner: 'web', 'data-owner': 'ledger', 'environment-class': 'production' };
    expect(await factsAfter(environment('tagged', nobody, given))).toEqual({
      arn: arnOf('environment/tagged'),
      kind: 'environment',
      unitPath: ['organization', 'retail'],
      ownerTeam: 'web',
      dataOwnerTeam: 'ledger',
      environmentClass: 'production',
      labels: {},
    });
  });
  const cases: readonly PlacedCase[] = [
    { name: 'with the owner, in his unit', by: () => nobody, given: { owner: 'web' }, unit: 'checkout', owner: 'web' },
    { name: 'with the only team of its creator', by: () => developer, given: {}, unit: 'checkout', owner: 'web' },
    {
      name: 'breaking glass beside is no team that owns',
      by: () => breaker,
      given: {},
      unit: 'checkout',
      owner: 'web',
    },
    { name: 'nor is it the only one', by: () => breaksOnly, given: {}, unit: 'organization' },
    { name: 'in the root when its creator has two', by: () => floating, given: {}, unit: 'organization' },
    {
      name: 'with the administrators when its creator is nothing else',
      by: () => administrator,
      given: {},
      unit: 'organization',
      owner: 'administrators',
    },
    { name: 'in the root when nothing is known', by: () => nobody, given: {}, unit: 'organization' },
  ];
  test.each(cases)('$name', async ({ name, by, given, unit, owner }) => {
    const facts = await factsAfter(environment(name.replaceAll(' ', '-'), by(), given));
    expect(facts.unitPath.at(-1)).toBe(unit);
    expect(facts.ownerTeam).toBe(owner);
  });
});

const refused: readonly { given: Readonly<Record<string, string>>; code: string }[] = [
  { given: { unit: 'nowhere' }, code: 'unit-missing' },
  { given: { owner: 'no-team' }, code: 'team-missing' },
  { given: { 'data-owner': 'no-team' }, code: 'team-missing' },
  { given: { 'environment-class': 'Not A Word' }, code: 'environment-class-wrong' },
];
test.each(refused)('a tag that names nothing is refused: $code', async ({ given, code }) => {
  const answer = await placementRecord(db, environment('refused', developer, given));
  expect(answer).toMatchObject({ ok: false, refusal: { kind: 'invalid', code } });
});

test('only an environment has a class', async () => {
  const service: NewResource = { ...environment('x', developer, { 'environment-class': 'test' }), kind: 'service' };
  expect(await placementRecord(db, service)).toMatchObject({
    ok: false,
    refusal: {
      code: 'environment-class-wrong',
      message: expect.stringContaining('A service has no environment class'),
    },
  });
});

test('parts are where their whole is, and an instance has the class of its environment', async () => {
  accepted(await placementRecord(db, environment('prod', nobody, { 'environment-class': 'production' })));
  const service = { arn: arnOf('service/shop'), kind: 'service', createdBy: developer, at: now } as const;
  accepted(await placementRecord(db, service));
  const instance = {
    arn: arnOf('service/shop/service-instance/shop-prod'),
    kind: 'service-instance',
    createdBy: floating,
    environmentArn: arnOf('environment/prod'),
    at: now,
  } as const;
  const facts = await factsAfter(instance);
  expect(facts).toMatchObject({
    kind: 'service-instance',
    unitPath: ['organization', 'retail', 'checkout'],
    ownerTeam: 'web',
    environmentClass: 'production',
  });
  const pipeline = { arn: arnOf('service/shop/pipeline'), kind: 'service-pipeline' } as const;
  const version = { arn: arnOf('service-template/web:1.0'), kind: 'service-template' } as const;
  const template = {
    arn: arnOf('service-template/web'),
    kind: 'service-template',
    createdBy: developer,
    at: now,
  } as const;
  accepted(await placementRecord(db, template));
  const many = await resourceFactsOf(db, [pipeline, version, instance]);
  expect(many.get(pipeline.arn)).toMatchObject({ ownerTeam: 'web', environmentClass: undefined });
  expect(many.get(version.arn)).toMatchObject({ ownerTeam: 'web' });
  expect(many.get(instance.arn)).toEqual(facts);
});

test('what was deleted, or never placed, is in the root without owner', async () => {
  const { arn } = environment('gone', developer);
  accepted(await placementRecord(db, environment('gone', developer)));
  await placementForget(db, arn, now);
  expect(await resourceFacts(db, arn, 'environment')).toEqual({
    arn,
    kind: 'environment',
    unitPath: ['organization'],
    labels: {},
  });
});

test('a principal has the teams that he is in at that moment', async () => {
  const [web, ledger] = [
    { name: 'web', kind: 'application', unitPath: ['organization', 'retail', 'checkout'], role: 'member' },
    { name: 'ledger', kind: 'data', unitPath: ['organization', 'retail'], role: 'member' },
  ];
  const before = await principalFacts(db, floating, now);
  expect(before).toEqual({
    id: floating,
    name: 'floating',
    kind: 'person',
    teams: [ledger, web],
    isAdministrator: false,
  });
  const after = await principalFacts(db, floating, new Date('2026-12-01T00:00:00Z'));
  expect(after?.teams).toEqual([ledger]);
  expect(await principalFacts(db, developer, now)).toMatchObject({
    isAdministrator: true,
    teams: [
      { name: 'administrators', unitPath: ['organization'] },
      { name: 'web', role: 'lead' },
    ],
  });
  expect(await principalFacts(db, nobody, now)).toBeUndefined();
});

test('a unit that is deleted while something is created in it stays, and whoever deletes it is told', async () => {
  await givenUnit(db, 'closing');
  const resource = environment('late', nobody, { unit: 'closing' });
  const chief = { db, clock: { now: () => now }, authorise: async () => accept(undefined) };
  let deletion: ReturnType<typeof changeOrganization> | undefined;
  await db.transaction().execute(async (tx) => {
    accepted(await placementRecord(tx, resource));
    deletion = changeOrganization(chief, administrator, { change: 'delete-unit', name: 'closing' });
    await waitsForLock();
  });
  expect(await deletion).toMatchObject({ ok: false, refusal: { kind: 'conflict', code: 'organization-busy' } });
  expect((await resourceFacts(db, resource.arn, 'environment')).unitPath).toEqual(['organization', 'closing']);
});

async function waitsForLock(): Promise<void> {
  const { rows } = await sql<{ waiting: number }>`select count(*)::integer as waiting from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
  if (rows[0]?.waiting === 0) return waitsForLock();
}
