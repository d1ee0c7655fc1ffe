import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { modelAssignmentUpsert } from '../../governance/rules/assignment-store.ts';
import { createInspector } from '../../guard-rails/index.ts';
import type { KnownPrincipal } from '../../organization/index.ts';
import { placementUpsert } from '../../organization/placements/placement-store.ts';
import { principalStand } from '../../organization/principal-store.ts';
import { givenMember, givenPrincipal, givenTeam, givenUnit } from '../../organization/testing/organization-world.ts';
import type { DeploymentId } from '../deployment.ts';
import { type DeploymentWorld, deploymentWorld } from '../testing/deployment-world.ts';
import { decideByGovernance } from '../verdicts/decide-by-governance.ts';
import type { ApprovalTools } from './approval-tools.ts';
import { declareEmergency, secondEmergency } from './break-glass.ts';
import { listDelegations, makeDelegation } from './delegate-approvals.ts';
import { giveApproval } from './give-approval.ts';
import { listStranded } from './list-stranded.ts';
import { readApproval } from './read-approval.ts';
import { reviewWaiting } from './review-waiting.ts';

const minuteMs = 60_000;
const people = {} as Record<'ana' | 'ben' | 'dora' | 'dirk' | 'petra' | 'sam', KnownPrincipal>;

let world: DeploymentWorld;
let tools: ApprovalTools;
let decide: ApprovalTools['decide'];

beforeAll(async () => {
  world = await deploymentWorld();
  const { db } = world.database;
  decide = decideByGovernance({ clock: world.clock, timeZone: 'UTC' });
  tools = { ...world.tools, decide, timeZone: 'UTC' };
  await givenUnit(db, 'shop');
  await givenTeam(db, 'orders', 'shop');
  await givenTeam(db, 'orders-data', 'shop', 'data');
  await givenTeam(db, 'base', 'organization', 'platform');
  const teams = {
    ana: 'orders',
    ben: 'orders',
    dora: 'orders-data',
    dirk: 'orders-data',
    petra: 'base',
    sam: undefined,
  };
  for (const [name, team] of Object.entries(teams)) {
    const id = await givenPrincipal(db, name);
    if (team) await givenMember(db, team, id);
    people[name as keyof typeof people] = { id, name, kind: 'person' };
  }
  await modelAssignmentUpsert(db, { scope: 'organization', name: 'golden-path', by: 'test', at: new Date() });
  await world.startEngine({ decide });
});
afterAll(() => world.close());
beforeEach(async () => {
  world.provisioner.reset();
  world.noun.reset();
  world.noun.templates.clear();
  world.clock.reset();
  for (const each of Object.values(people)) await stand(each);
});

const stand = (principal: KnownPrincipal, standing: Pick<KnownPrincipal, 'endsAt' | 'returnedAt'> = {}) =>
  principalStand(world.tools.db, { ...principal, ...standing }, world.clock.now());
const end = (principal: KnownPrincipal) => stand(principal, { endsAt: world.clock.now() });

/** A plan of ana's that risks data of the team orders-data: one of its people is asked, and a second person. */
async function waiting(name: string) {
  const target = world.target(name);
  const placement = { arn: target.arn, kind: 'environment', unit: 'shop', ownerTeam: 'orders' } as const;
  await placementUpsert(world.tools.db, { ...placement, dataOwnerTeam: 'orders-data', labels: {} }, new Date());
  const created = await world.requested(target, 'create', { spec: 'first', requestedBy: people.petra.id });
  expect((await world.untilOver(created.id)).standing.state).toBe('succeeded');
  const { id } = await world.requested(target, 'update', { spec: 'second', requestedBy: people.ana.id });
  const { standing } = await world.until(id, 'waiting');
  if (standing.state !== 'waiting') throw new Error(`it is ${standing.state}`);
  return { id, planId: standing.plan };
}
const approve = async (by: KnownPrincipal, { id, planId }: { id: DeploymentId; planId: string }) => {
  const given = await giveApproval(tools, by, { deploymentId: id, planId });
  return given.ok ? 'approved' : given.refusal.code;
};
async function shown(id: DeploymentId) {
  const known = await readApproval(world.tools.db, id);
  if (!known.ok) throw new Error(known.refusal.message);
  return known.value;
}
const review = () => reviewWaiting({ ...tools, inspector: createInspector() });

test('an approval of who has ended counts no more for what still waits, and he is asked for anew', async () => {
  const asked = await waiting('gone-meanwhile');
  expect(await approve(people.dora, asked)).toBe('approved');
  await end(people.dora);
  expect(await approve(people.ben, asked)).toBe('approved');
  expect((await shown(asked.id)).request).toMatchObject({ state: 'wanted', waitsFor: 'data-owner (team orders-data)' });
  await review();
  expect((await shown(asked.id)).approvals).toMatchObject([
    { principal: 'dora', state: 'void', note: 'dora has ended.' },
    { principal: 'ben', state: 'given' },
  ]);
  expect(await approve(people.dirk, asked)).toBe('approved');
  expect((await world.untilOver(asked.id)).standing.state).toBe('succeeded');
});

test('who comes back is asked anew: what he approved before does not count again', async () => {
  const asked = await waiting('back-again');
  expect(await approve(people.dora, asked)).toBe('approved');
  world.clock.forward(minuteMs);
  await stand(people.dora, { returnedAt: world.clock.now() });
  await review();
  expect((await shown(asked.id)).approvals).toMatchObject([{ principal: 'dora', state: 'void' }]);
  expect(await approve(people.dora, asked)).toBe('approved');
  expect(await approve(people.ben, asked)).toBe('approved');
  expect((await world.untilOver(asked.id)).standing.state).toBe('succeeded');
});

test('what was decided stays as it was decided, also for who asked', async () => {
  const asked = await waiting('decided-before');
  await world.stopEngines();
  await approve(people.dora, asked);
  await end(people.ana);
  await approve(people.ben, asked);
  expect((await shown(asked.id)).request).toMatchObject({ state: 'given' });
  await end(people.dora);
  await end(people.ben);
  await world.startEngine({ decide });
  expect((await world.untilOver(asked.id)).standing.state).toBe('succeeded');
  expect((await shown(asked.id)).approvals).toMatchObject([{ state: 'given' }, { state: 'given' }]);
});

test('nobody answers in the place of who has ended, nor he for others; a delegation does not come back with him', async () => {
  const until = new Date(world.clock.now().getTime() + 60 * minuteMs);
  const made = await makeDelegation(tools, people.dora, { to: 'sam', until });
  expect(made.ok).toBe(true);
  const asked = await waiting('in-the-place-of');
  const counting = async () => {
    const listed = await listDelegations(tools, { all: false }, {});
    return listed.ok && listed.value.items.map(({ from, to }) => `${from} to ${to}`);
  };
  expect(await counting()).toEqual(['dora to sam']);
  await end(people.sam);
  expect(await counting()).toEqual([]);
  await stand(people.sam);
  await end(people.dora);
  expect(await counting()).toEqual([]);
  expect(await approve(people.sam, asked)).toBe('approval-not-yours');
  world.clock.forward(minuteMs);
  await stand(people.dora, { returnedAt: world.clock.now() });
  expect(await approve(people.sam, asked)).toBe('approval-not-yours');
  for (const given of [{ to: 'sam' }, { to: 'ben', from: 'sam' }]) {
    await end(people.sam);
    expect(await makeDelegation(tools, people.dora, { ...given, until }), JSON.stringify(given)).toMatchObject({
      refusal: { code: given.to === 'sam' ? 'principal-ended' : 'not-permitted' },
    });
  }
});

test('an emergency takes two people who are there', async () => {
  const { db } = world.tools;
  await givenTeam(db, 'break-glass', 'organization', 'leadership');
  for (const each of [people.sam, people.petra]) await givenMember(db, 'break-glass', each.id);
  const declared = await declareEmergency(tools, people.sam, { unit: 'shop', reason: 'the shop is down', hours: 1 });
  if (!declared.ok) throw new Error(declared.refusal.message);
  await end(people.sam);
  const second = () => secondEmergency(tools, people.petra, declared.value.id);
  expect(await second()).toMatchObject({ refusal: { code: 'emergency-missing' } });
  await stand(people.sam);
  expect(await second()).toMatchObject({ value: { state: 'in-force' } });
});

test('what waits for who has ended, and for nobody else, is listed; before he ends for who looks ahead', async () => {
  const asked = await waiting('stranded');
  const inAnHour = new Date(world.clock.now().getTime() + 60 * minuteMs);
  const stranded = async (filters: { leftBy?: string } = {}, at?: Date) => {
    const now = world.clock.now();
    const listed = await listStranded(world.tools.db, filters, { now, at: at ?? now }, {});
    return listed.ok && listed.value.items.map(({ deployment }) => deployment.id);
  };
  await end(people.dirk);
  await stand(people.dora, { endsAt: inAnHour });
  expect(await stranded()).toEqual([]);
  expect(await stranded({}, inAnHour)).toContain(asked.id);
  await end(people.dora);
  expect(await stranded()).toContain(asked.id);
  expect(await stranded({ leftBy: 'dora' })).toContain(asked.id);
  for (const leftBy of ['petra', 'nobody']) expect(await stranded({ leftBy }), leftBy).toEqual([]);
  await stand(people.dirk);
  expect(await stranded()).toEqual([]);
});
