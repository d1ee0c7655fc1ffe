import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { authoriseOrganization } from '../../api/authorisation/index.ts';
import { listAudit } from '../../audit/index.ts';
import type { Database } from '../../database/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import {
  answerHandover,
  expireHandovers,
  type Handover,
  handoverFind,
  listHandovers,
  listOrphans,
  offerHandover,
  type Principal,
  placementForget,
  placementRecord,
  resourceFacts,
} from '../index.ts';
import {
  accepted,
  arnOf,
  givenMember,
  givenPrincipal,
  givenTeam,
  givenUnit,
  installation,
  now,
} from '../testing/organization-world.ts';

let database: Database;
let at = now;
const clock = { now: () => at };
let count = 0;
const people: Record<string, Principal> = {};
beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  await givenUnit(db, 'shop');
  await givenTeam(db, 'giving', 'shop');
  await givenTeam(db, 'taking', 'shop');
  for (const name of ['giver', 'helper', 'taker', 'stranger', 'chief'])
    people[name] = { id: await givenPrincipal(db, name), name, kind: 'person' };
  await givenMember(db, 'giving', person('giver').id, { role: 'lead' });
  await givenMember(db, 'giving', person('helper').id);
  await givenMember(db, 'taking', person('taker').id);
  await givenMember(db, 'administrators', person('chief').id);
});
afterAll(() => database.close());
beforeEach(() => {
  at = now;
  count += 1;
});

const tools = () => {
  const { db } = database;
  return { db, clock, authorise: authoriseOrganization({ db, clock, installation, timeZone: 'UTC' }) };
};
function person(name: string): Principal {
  const found = people[name];
  if (!found) throw new Error(`nobody is called ${name}`);
  return found;
}

async function thing(tags: Readonly<Record<string, string>> = { owner: 'giving' }) {
  const resource = { arn: arnOf(`service/thing-${count}`), kind: 'service' } as const;
  const given = Object.entries(tags).map(([key, value]) => ({ key: `deuteron:${key}`, value }));
  const createdBy = person('stranger').id;
  accepted(await placementRecord(database.db, { ...resource, tags: given, createdBy, at }));
  return resource;
}
async function offered(by = 'giver', more: Partial<Parameters<typeof offerHandover>[2]> = {}): Promise<Handover> {
  return accepted(await offerHandover(tools(), person(by), { ...(await thing()), toTeam: 'taking', ...more }));
}
const answer = (by: string, id: string, what: 'accept' | 'decline' | 'withdraw') =>
  answerHandover(tools(), person(by), { id, answer: what });
const owner = async (arn: string) => (await resourceFacts(database.db, arn, 'service')).ownerTeam;

test('nothing changes until the other team accepts', async () => {
  const handover = await offered('giver', { unit: 'organization', note: 'We move to invoicing.' });
  expect(await owner(handover.resourceArn)).toBe('giving');
  expect(accepted(await answer('taker', handover.id, 'accept'))).toMatchObject({
    state: 'accepted',
    answeredBy: 'taker',
  });
  expect(await resourceFacts(database.db, handover.resourceArn, 'service')).toMatchObject({
    ownerTeam: 'taking',
    unitPath: ['organization'],
  });
  const { rows } = await sql<{ detail: object }>`
    select detail from event where resource = ${handover.resourceArn} order by told`.execute(database.db);
  const told = { handoverId: handover.id, ownership: 'owner', fromTeam: 'giving', toTeam: 'taking' };
  expect(rows.map(({ detail }) => detail)).toEqual([
    { ...told, unit: 'shop', state: 'offered' },
    { ...told, unit: 'organization', state: 'accepted', previousState: 'offered' },
  ]);
});

test('both teams see it', async () => {
  const { id } = await offered();
  for (const team of ['giving', 'taking']) {
    const listed = accepted(await listHandovers(database.db, { team, state: 'offered' }, {}, at));
    expect(listed.items.map((each) => each.id)).toContain(id);
  }
});

test('data is handed over by itself', async () => {
  const resource = await thing({ owner: 'giving', 'data-owner': 'giving' });
  const request = { ...resource, toTeam: 'taking', ownership: 'data-owner' } as const;
  const { id } = accepted(await offerHandover(tools(), person('giver'), request));
  accepted(await answer('taker', id, 'accept'));
  expect(await resourceFacts(database.db, resource.arn, 'service')).toMatchObject({
    ownerTeam: 'giving',
    dataOwnerTeam: 'taking',
  });
});

const ends = [
  { what: 'decline', by: 'taker', state: 'declined' },
  { what: 'withdraw', by: 'giver', state: 'withdrawn' },
  { what: 'withdraw', by: 'helper', state: 'withdrawn' },
  { what: 'withdraw', by: 'chief', state: 'withdrawn' },
] as const;
test.each(ends)('$by can $what; then it is over, and can be offered anew', async ({ what, by, state }) => {
  const { id, resourceArn: arn } = await offered();
  expect(accepted(await answer(by, id, what))).toMatchObject({ state });
  expect(await owner(arn)).toBe('giving');
  expect(await answer('taker', id, 'accept')).toMatchObject({ ok: false, refusal: { code: 'handover-over' } });
  accepted(await offerHandover(tools(), person('giver'), { arn, kind: 'service', toTeam: 'taking' }));
});

const forbidden = [
  { what: 'accept', by: 'giver' },
  { what: 'accept', by: 'stranger' },
  { what: 'decline', by: 'giver' },
  { what: 'withdraw', by: 'taker' },
] as const;
test.each(forbidden)('$by may not $what', async ({ what, by }) => {
  const { id, resourceArn } = await offered();
  expect(await answer(by, id, what)).toMatchObject({
    ok: false,
    refusal: { kind: 'forbidden', code: 'not-permitted' },
  });
  expect(await owner(resourceArn)).toBe('giving');
});

test('an offer that nobody answered expires, by itself and only then, and it is written down once', async () => {
  const { id } = await offered('giver', { days: 1 });
  at = new Date(now.getTime() + 86_399_000);
  await expireHandovers(tools());
  expect(await handoverFind(database.db, id)).toMatchObject({ state: 'offered' });
  at = new Date(now.getTime() + 86_400_000);
  expect(await answer('taker', id, 'accept')).toMatchObject({ ok: false, refusal: { code: 'handover-over' } });
  const seen = accepted(await listHandovers(database.db, { state: 'expired' }, {}, at));
  expect(seen.items.map((each) => each.id)).toContain(id);
  await Promise.all([expireHandovers(tools()), expireHandovers(tools())]);
  expect(await handoverFind(database.db, id)).toMatchObject({ state: 'expired' });
  const { items } = accepted(await listAudit(database.db, { target: `handover/${id}` }, {}));
  expect(items).toMatchObject([{ principal: 'deuteron', verb: 'deuteron:ExpireHandover', outcome: 'accepted' }]);
});

test('who does not lead its team cannot offer it, and is told who can', async () => {
  const owned = { ...(await thing()), toTeam: 'taking' };
  for (const by of ['helper', 'taker', 'stranger'])
    expect(await offerHandover(tools(), person(by), owned)).toMatchObject({
      refusal: {
        code: 'not-permitted',
        message: expect.stringContaining(`Nothing permits ${by} ownership:hand-over`),
        remedy: expect.stringContaining('owner-lead (team giving)'),
      },
    });
});

test('what nobody owns is offered by an administrator', async () => {
  const orphan = { ...(await thing({ unit: 'shop' })), toTeam: 'taking' };
  expect(await offerHandover(tools(), person('giver'), orphan)).toMatchObject({
    refusal: { kind: 'forbidden', code: 'not-permitted' },
  });
  const { id } = accepted(await offerHandover(tools(), person('chief'), orphan));
  accepted(await answer('taker', id, 'accept'));
  expect(await owner(orphan.arn)).toBe('taking');
});

test('of two offers at once there is one', async () => {
  const request = { ...(await thing()), toTeam: 'taking' };
  const both = await Promise.all([1, 2].map(() => offerHandover(tools(), person('giver'), request)));
  expect(both.filter(({ ok }) => ok)).toHaveLength(1);
  expect(both.find(({ ok }) => !ok)).toMatchObject({ refusal: { code: 'handover-open' } });
});

const impossible = [
  { name: 'to the team that has it', change: { toTeam: 'giving' }, code: 'handover-without-change' },
  { name: 'to a team that is not', change: { toTeam: 'nobody' }, code: 'team-missing' },
  { name: 'into a unit that is not', change: { unit: 'nowhere' }, code: 'unit-missing' },
  { name: 'of a resource that is not', change: { arn: arnOf('service/never') }, code: 'resource-missing' },
];
test.each(impossible)('an offer $name is refused', async ({ change, code }) => {
  const request = { ...(await thing()), toTeam: 'taking', ...change };
  expect(await offerHandover(tools(), person('giver'), request)).toMatchObject({ ok: false, refusal: { code } });
});

test('what changed its owner meanwhile is not taken from him', async () => {
  const { id, resourceArn: arn } = await offered();
  accepted(await placementRecord(database.db, { arn, kind: 'service', createdBy: person('chief').id, at }));
  expect(await owner(arn)).toBe('administrators');
  expect(await answer('taker', id, 'accept')).toMatchObject({ ok: false, refusal: { code: 'handover-owner-changed' } });
});

test('with the resource its offers go', async () => {
  const { id, resourceArn } = await offered();
  await placementForget(database.db, resourceArn, at);
  expect(await handoverFind(database.db, id)).toMatchObject({
    state: 'withdrawn',
    answerNote: 'The resource was deleted.',
  });
});

test('what a floating engineer leaves is listed, before and after, with who left', async () => {
  const { db } = database;
  await givenTeam(db, 'tools', 'shop');
  const floating = await givenPrincipal(db, 'floating');
  // machines answer for nothing, and were nobody who left
  await givenMember(db, 'tools', await givenPrincipal(db, 'robot', 'machine'));
  const endsAt = new Date('2026-12-31T00:00:00Z');
  await givenMember(db, 'tools', floating, { endsAt });
  const resource = await thing({ owner: 'tools', 'data-owner': 'giving' });
  const instance = { arn: `${resource.arn}/service-instance/a`, kind: 'service-instance' } as const;
  accepted(await placementRecord(db, { ...instance, createdBy: floating, at }));
  const orphans = async (day: Date, leftBy?: string) => accepted(await listOrphans(db, { leftBy }, day, {})).items;
  const ofThing = async (day: Date) => (await orphans(day)).filter(({ arn }) => arn.startsWith(resource.arn));
  expect(await ofThing(now)).toEqual([]);
  const left = {
    arn: resource.arn,
    kind: 'service',
    unitPath: ['organization', 'shop'],
    ownership: 'owner',
    reason: 'team-empty',
    team: 'tools',
    lastMember: 'floating',
    leftAt: endsAt,
  };
  expect(await ofThing(endsAt), 'the instance is a part of its service').toEqual([left]);
  expect(await orphans(endsAt, 'floating')).toEqual([left]);
  expect(await orphans(endsAt, 'giver')).toEqual([]);
});

test('orphans are listed page by page', async () => {
  const { db } = database;
  for (let n = 0; n < 3; n += 1) {
    count += 1;
    await thing({});
  }
  const all = accepted(await listOrphans(db, {}, at, {})).items;
  expect(all.length).toBeGreaterThanOrEqual(3);
  const paged: unknown[] = [];
  let nextToken: string | undefined;
  do {
    const page = accepted(await listOrphans(db, {}, at, { maxResults: 1, nextToken }));
    paged.push(...page.items);
    nextToken = page.nextToken;
  } while (nextToken);
  expect(paged).toEqual(all);
});
