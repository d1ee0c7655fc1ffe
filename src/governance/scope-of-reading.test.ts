import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, transact } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { accept } from '../errors/index.ts';
import {
  isWithinReach,
  listPlacements,
  type PrincipalFacts,
  type PrincipalId,
  principalFacts,
  resourceFacts,
  resourceFactsOf,
} from '../organization/index.ts';
import { placementUpsert } from '../organization/placements/placement-store.ts';
import {
  arnOf,
  givenMember,
  givenPrincipal,
  givenTeam,
  givenUnit,
  now,
} from '../organization/testing/organization-world.ts';
import { decide } from './decisions/decide.ts';
import { theInstallation } from './facts.ts';
import { assignModel } from './rules/assign-model.ts';
import { attachRestriction } from './rules/attach-restriction.ts';
import { findPlace } from './rules/find-place.ts';
import { loadPolicies } from './rules/load-policies.ts';
import { writePolicy } from './rules/write-policy.ts';
import { everything } from './scope.ts';
import { scopeOfReading } from './scope-of-reading.ts';

let database: Database;
const people = new Map<string, PrincipalId>();
const reader = (name: string) => principalFacts(database.db, people.get(name) as PrincipalId, now);

/** Units a, a/a1, a/a1/a2 and b; teams in each; things in every unit, of every team or of nobody, and parts of them. */
beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  const units = { a: 'organization', a1: 'a', a2: 'a1', b: 'organization' };
  for (const [unit, parent] of Object.entries(units)) await givenUnit(db, unit, parent);
  const teams = Object.entries({ root: 'organization', 'of-a': 'a', 'of-a1': 'a1', 'of-a2': 'a2', 'of-b': 'b' });
  for (const [team, unit] of teams) {
    await givenTeam(db, team, unit, team === 'of-a1' ? 'platform' : 'application');
    people.set(team, await givenPrincipal(db, `in-${team}`));
    await givenMember(db, team, people.get(team) as PrincipalId);
  }
  people.set('nobody', await givenPrincipal(db, 'nobody'));
  people.set('both', await givenPrincipal(db, 'both'));
  for (const team of ['of-a2', 'of-b']) await givenMember(db, team, people.get('both') as PrincipalId);
  people.set('administrator', await givenPrincipal(db, 'admin'));
  await givenMember(db, 'administrators', people.get('administrator') as PrincipalId);

  await transact(db, async (tx) => {
    for (const unit of [undefined, ...Object.keys(units)])
      for (const team of [undefined, ...teams.map(([name]) => name)]) {
        const name = `${unit ?? 'none'}-${team ?? 'none'}`;
        const place = (arn: string, kind: 'environment' | 'service' | 'service-instance', more = {}) =>
          placementUpsert(tx, { arn: arnOf(arn), kind, labels: {}, ...more }, now);
        await place(`environment/${name}`, 'environment', { unit, ownerTeam: team });
        await place(`service/${name}`, 'service', { unit, ownerTeam: team });
        await place(`service/data-${name}`, 'service', { unit, dataOwnerTeam: team });
        const instance = `service/${name}/service-instance`;
        await place(`${instance}/inherits`, 'service-instance');
        await place(`${instance}/elsewhere`, 'service-instance', { unit: 'b' });
        await place(`${instance}/housed`, 'service-instance', { environmentArn: arnOf('environment/b-of-a2') });
      }
    return accept(undefined);
  });
});
afterAll(() => database.close());

async function all() {
  const things = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await listPlacements(database.db, {}, { nextToken });
    if (!page.ok) throw new Error(page.refusal.message);
    things.push(...page.value.items);
    nextToken = page.value.nextToken;
    if (!nextToken) return [...(await resourceFactsOf(database.db, things)).values()];
  }
}
const verbs = {
  environment: 'environment:read',
  service: 'service:read',
  'service-instance': 'instance:read',
} as const;

async function byRules(principal: PrincipalFacts): Promise<string[]> {
  const policies = await loadPolicies(database.db);
  const mayRead = (resource: Awaited<ReturnType<typeof all>>[number]) => {
    const verb = verbs[resource.kind as keyof typeof verbs];
    return decide(policies, { verb, principal, resource, at: now, timeZone: 'UTC', via: 'native' }).verdict === 'allow';
  };
  return (await all())
    .filter(mayRead)
    .map(({ arn }) => arn)
    .sort();
}

async function byQuery(principal: PrincipalFacts): Promise<string[]> {
  const { db } = database;
  const { reach, isExact } = await scopeOfReading(db, await loadPolicies(db), principal);
  expect(isExact).toBe(true);
  const within = reach ? isWithinReach(sql.ref('thing.arn'), reach) : sql`true`;
  const { rows } = await sql<{ arn: string }>`select arn from resource_placement thing where ${within}`.execute(db);
  return rows.map(({ arn }) => arn).sort();
}

test.each(['root', 'of-a', 'of-a1', 'of-a2', 'of-b', 'both', 'nobody', 'administrator'])(
  'a query finds for %s what the rules let him read',
  async (name) => {
    const principal = await reader(name);
    if (!principal) throw new Error(`${name} is there`);
    const expected = await byRules(principal);
    expect(await byQuery(principal)).toEqual(expected);
    expect(expected.length > 0).toBe(name !== 'nobody');
  },
);

test('a model of a unit may let others read its environments, and then no query is the whole truth', async () => {
  const { db } = database;
  const tools = { db, clock: { now: () => now }, timeZone: 'UTC' };
  const by = { principal: (await reader('administrator'))!, via: 'native' } as const;
  const [inA, environment] = [
    (await reader('of-a'))!,
    await resourceFacts(db, arnOf('environment/b-of-b'), 'environment'),
  ];
  const service = await resourceFacts(db, arnOf('service/b-of-b'), 'service');
  const reads = async (verb: 'environment:read' | 'service:read', resource: typeof environment) =>
    decide(await loadPolicies(db), { verb, principal: inA, resource, at: now, timeZone: 'UTC', via: 'native' }).verdict;
  expect(await reads('environment:read', environment)).toBe('deny');
  const text = '@id("run-here") permit (principal, action == Action::"environment:read", resource in ?resource);';
  expect((await writePolicy(tools, by, { name: 'open-b', purpose: 'model', text })).ok).toBe(true);
  const place = await findPlace(db, 'b');
  if (!place.ok) throw new Error(place.refusal.message);
  expect((await assignModel(tools, by, place.value, 'open-b')).ok).toBe(true);
  expect(await reads('environment:read', environment)).toBe('allow');
  expect(await reads('service:read', service)).toBe('deny');
  expect(await scopeOfReading(db, await loadPolicies(db), inA), 'lists decide about each').toEqual({ isExact: false });
  expect((await assignModel(tools, by, place.value, undefined)).ok).toBe(true);
});

test('where other rules speak of reading, no query is the whole truth', async () => {
  const { db } = database;
  const tools = { db, clock: { now: () => now }, timeZone: 'UTC' };
  const administrator = await reader('administrator');
  if (!administrator) throw new Error('there is an administrator');
  const by = { principal: administrator, via: 'native' } as const;
  const text = '@id("no") @message("No.") forbid (principal, action in Action::"reads", resource in ?resource);';
  await writePolicy(tools, by, { name: 'blind', purpose: 'restriction', text });
  await attachRestriction(tools, by, { scope: everything, facts: theInstallation }, 'blind');
  expect(await scopeOfReading(db, await loadPolicies(db), administrator)).toEqual({ isExact: false });
});
