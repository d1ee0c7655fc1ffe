import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decisionFind, replayDecision } from '../../governance/index.ts';
import { modelAssignmentUpsert } from '../../governance/rules/assignment-store.ts';
import { createInspector } from '../../guard-rails/index.ts';
import type { Principal, PrincipalId } from '../../organization/index.ts';
import { placementUpsert } from '../../organization/placements/placement-store.ts';
import { givenMember, givenPrincipal, givenTeam, givenUnit } from '../../organization/testing/organization-world.ts';
import type { Deployment, DeploymentId } from '../deployment.ts';
import { type DeploymentWorld, deploymentWorld, plainTemplate } from '../testing/deployment-world.ts';
import { decideByGovernance } from '../verdicts/decide-by-governance.ts';
import type { ApprovalTools } from './approval-tools.ts';
import { answerQuestion, askRequester } from './ask-requester.ts';
import { declareEmergency, endEmergency, readEmergency, secondEmergency, useEmergency } from './break-glass.ts';
import { endDelegation, listDelegations, makeDelegation } from './delegate-approvals.ts';
import { giveApproval } from './give-approval.ts';
import { type ApprovalCase, listApprovalRequests, readApproval } from './read-approval.ts';
import { rejectPlan } from './reject-plan.ts';
import { reviewWaiting } from './review-waiting.ts';
import { withdrawApproval } from './withdraw-approval.ts';

const hourMs = 60 * 60_000;
const people = {} as Record<
  'ana' | 'ben' | 'dora' | 'dirk' | 'petra' | 'sam' | 'eve' | 'emil' | 'robot' | 'administrator',
  Principal
>;

let world: DeploymentWorld;
let tools: ApprovalTools;

beforeAll(async () => {
  world = await deploymentWorld();
  const { db } = world.database;
  const decide = decideByGovernance({ clock: world.clock, timeZone: 'UTC' });
  tools = { ...world.tools, decide, timeZone: 'UTC' };
  await givenUnit(db, 'shop');
  await givenTeam(db, 'orders', 'shop');
  await givenTeam(db, 'orders-data', 'shop', 'data');
  await givenTeam(db, 'base', 'organization', 'platform');
  await givenTeam(db, 'break-glass', 'organization', 'leadership');
  const teams = {
    ana: 'orders',
    ben: 'orders',
    dora: 'orders-data',
    dirk: 'orders-data',
    petra: 'base',
    sam: undefined,
    eve: 'break-glass',
    emil: 'break-glass',
    robot: 'orders',
    administrator: 'administrators',
  } as const;
  for (const [name, team] of Object.entries(teams)) {
    const kind = name === 'robot' ? 'machine' : 'person';
    const id = await givenPrincipal(db, name, kind);
    if (team) await givenMember(db, team, id);
    people[name as keyof typeof people] = { id, name, kind };
  }
  await assign('golden-path', 'organization');
  await world.startEngine({ decide });
});
afterAll(() => world.close());
beforeEach(() => {
  world.provisioner.reset();
  world.noun.reset();
  world.noun.templates.clear();
  world.clock.reset();
});

async function assign(model: string, scope: string) {
  await modelAssignmentUpsert(world.tools.db, { scope, name: model, by: 'test', at: new Date() });
}

/** An environment of the team orders, deployed by the platform team. */
async function environment(name: string) {
  const target = world.target(name);
  const placement = { arn: target.arn, kind: 'environment', unit: 'shop', ownerTeam: 'orders' } as const;
  await placementUpsert(world.tools.db, { ...placement, dataOwnerTeam: 'orders-data', labels: {} }, new Date());
  const { id } = await world.requested(target, 'create', { spec: 'first', requestedBy: people.petra.id });
  expect((await world.untilOver(id)).standing.state).toBe('succeeded');
  world.provisioner.reset();
  return target;
}

/** A bucket gets another name: its data is at risk. */
async function waiting(name: string, by: Principal = people.ana) {
  const target = await environment(name);
  const { id } = await world.requested(target, 'update', { spec: 'second', requestedBy: by.id });
  return { id, planId: planOf(await world.until(id, 'waiting')) };
}

function planOf({ standing }: Deployment): string {
  if (standing.state !== 'waiting') throw new Error(`it is ${standing.state}`);
  return standing.plan;
}

async function shown(id: DeploymentId): Promise<ApprovalCase> {
  const known = await readApproval(world.tools.db, id);
  if (!known.ok) throw new Error(known.refusal.message);
  return known.value;
}

const approve = (by: Principal, { id, planId }: { id: DeploymentId; planId: string }) =>
  giveApproval(tools, by, { deploymentId: id, planId });

describe('a plan that touches data', () => {
  test('waits for its data owner and a second person, and is applied when both have approved it', async () => {
    const asked = await waiting('both');
    const { request, deployment } = await shown(asked.id);
    expect(request).toMatchObject({ state: 'wanted', plan: { id: asked.planId, changeClass: 'data-affecting' } });
    expect(deployment.message).toBe(
      `waits for approval by data-owner (team orders-data), and by owner (team orders) or environment-owner (team orders) or platform (team base): deuteron approval show ${asked.id}`,
    );
    expect(await approve(people.dora, asked)).toEqual({ ok: true, value: undefined });
    expect((await shown(asked.id)).request?.waitsFor).toBe(
      'owner (team orders) or environment-owner (team orders) or platform (team base)',
    );
    expect(world.provisioner.begun).toEqual([]);
    expect((await approve(people.ben, asked)).ok).toBe(true);
    expect((await world.untilOver(asked.id)).standing.state).toBe('succeeded');

    const { request: given, approvals } = await shown(asked.id);
    expect(given?.state).toBe('given');
    expect(approvals.map(({ principal, state }) => [principal, state])).toEqual([
      ['dora', 'given'],
      ['ben', 'given'],
    ]);
    const decision = await decisionFind(world.tools.db, approvals[0]?.decisionId ?? '');
    expect(decision).toMatchObject({ request: { verb: 'deployment:approve' }, verdict: { verdict: 'allow' } });
  });

  test('two approvals of one person are one', async () => {
    const asked = await waiting('twice');
    await approve(people.dora, asked);
    expect(await approve(people.dora, asked)).toEqual({ ok: true, value: undefined });
    expect((await shown(asked.id)).approvals).toMatchObject([{ as: 'data-owner (team orders-data)' }]);
    const no = { deploymentId: asked.id, planId: asked.planId, reason: 'on second thoughts' };
    expect(await rejectPlan(tools, people.dora, no)).toMatchObject({
      refusal: { message: expect.stringContaining('dora has approved the plan'), code: 'approval-not-yours' },
    });
    expect((await shown(asked.id)).deployment.standing.state).toBe('waiting');
  });

  test.each([
    ['sam', 'sam is not asked'],
    ['robot', 'machines never approve'],
    ['eve', 'eve is not asked'],
  ] as const)('%s is not asked', async (name, says) => {
    const asked = await waiting(`not-${name}`);
    expect(await approve(people[name], asked)).toMatchObject({
      refusal: { code: 'approval-not-yours', message: expect.stringContaining(says) },
    });
  });

  test('an answer names the plan', async () => {
    const asked = await waiting('named');
    const other = { ...asked, planId: `${asked.planId}0` };
    expect(await approve(people.dora, other)).toMatchObject({ refusal: { code: 'nothing-to-approve' } });
  });

  test('is rejected with a reason', async () => {
    const asked = await waiting('rejected');
    const no = { deploymentId: asked.id, planId: asked.planId, reason: 'not before the audit' };
    expect(await rejectPlan(tools, people.sam, no)).toMatchObject({ refusal: { code: 'approval-not-yours' } });
    expect((await rejectPlan(tools, people.dora, no)).ok).toBe(true);
    const over = await world.untilOver(asked.id);
    expect(over.standing).toMatchObject({ state: 'failed', undone: 'all', refusal: { code: 'plan-rejected' } });
    expect(over.message).toContain('rejected by dora: not before the audit');
    expect(world.provisioner.begun).toEqual([]);
  });

  test('an approval is taken back before it is applied', async () => {
    const asked = await waiting('withdrawn');
    await approve(people.dora, asked);
    expect((await withdrawApproval(tools, people.dora, asked.id)).ok).toBe(true);
    expect(await withdrawApproval(tools, people.dora, asked.id)).toMatchObject({
      refusal: { code: 'nothing-to-withdraw' },
    });
    expect((await approve(people.ben, asked)).ok).toBe(true);
    const { deployment, request } = await shown(asked.id);
    expect(deployment.standing.state).toBe('waiting');
    expect(request?.waitsFor).toBe('data-owner (team orders-data)');
  });

  test('who is asked asks back, and who requested answers', async () => {
    const asked = await waiting('question');
    const plan = { deploymentId: asked.id, planId: asked.planId };
    const question = await askRequester(tools, people.dora, { ...plan, question: 'Is there a backup?' });
    if (!question.ok) throw new Error(question.refusal.message);
    const answer = { deploymentId: asked.id, questionId: question.value, answer: 'Of last night.' };
    expect(await answerQuestion(tools, people.sam, answer)).toMatchObject({ refusal: { code: 'question-not-yours' } });
    expect((await answerQuestion(tools, people.ana, answer)).ok).toBe(true);
    expect(await answerQuestion(tools, people.ana, answer)).toMatchObject({ refusal: { code: 'question-missing' } });
    expect((await shown(asked.id)).questions).toMatchObject([
      { askedBy: 'dora', question: 'Is there a backup?', answeredBy: 'ana', answer: 'Of last night.' },
    ]);
  });
});

test('a plan that changes while it waits makes its approvals void, says how, and waits again', async () => {
  const asked = await waiting('stale');
  await approve(people.dora, asked);
  world.noun.templates.set(0, `${plainTemplate}  Topic:\n    Type: AWS::SNS::Topic\n`);
  await approve(people.ben, asked);
  await expect.poll(async () => (await shown(asked.id)).request?.plan.id, { timeout: 20_000 }).not.toBe(asked.planId);
  const now = await world.until(asked.id, 'waiting');
  const { request, approvals } = await shown(asked.id);
  expect(request?.note).toBe(
    'The plan is another one now: the template renders differently (Topic: no change, now add).',
  );
  expect(approvals.map(({ state }) => state)).toEqual(['void', 'void']);
  expect(world.provisioner.begun).toEqual([]);
  expect(await approve(people.dora, asked)).toMatchObject({ refusal: { code: 'nothing-to-approve' } });

  const anew = { id: asked.id, planId: planOf(now) };
  await approve(people.dora, anew);
  await approve(people.ben, anew);
  expect((await world.untilOver(asked.id)).standing.state).toBe('succeeded');
});

test('what is denied fails before anything is touched, with the words of the rules', async () => {
  const target = await environment('denied');
  const { id } = await world.requested(target, 'update', { spec: 'second', requestedBy: people.sam.id });
  const over = await world.untilOver(id);
  expect(over.standing).toMatchObject({ state: 'failed', undone: 'all', refusal: { code: 'not-permitted' } });
  expect(over.message).toContain('Nothing permits sam environment:update');
  expect(world.provisioner.begun).toEqual([]);
});

test('a deletion of what holds data waits, and is carried out when it is approved', async () => {
  const target = await environment('deleted');
  const { id } = await world.requested(target, 'delete', { requestedBy: people.ana.id });
  const planId = planOf(await world.until(id, 'waiting'));
  expect(await world.status(id)).toBe('DELETE_IN_PROGRESS');
  expect(world.provisioner.begun).toEqual([]);
  expect((await approve(people.dora, { id, planId })).ok).toBe(true);
  expect((await world.untilOver(id)).standing.state).toBe('succeeded');
});

describe('other rules while it waits', () => {
  test('who counts as embedded engineer is named, since no team stands behind the word', async () => {
    const { db } = world.tools;
    const eli = await givenPrincipal(db, 'eli', 'person');
    await givenTeam(db, 'lenders', 'shop', 'enablement');
    for (const team of ['orders', 'lenders']) await givenMember(db, team, eli);
    const target = await environment('engineered');
    await assign('embedded', 'shop');
    const { id } = await world.requested(target, 'update', { spec: 'second', requestedBy: people.ana.id });
    const asked = { id, planId: planOf(await world.until(id, 'waiting')) };
    await assign('golden-path', 'shop');
    expect((await shown(asked.id)).request?.waitsFor).toBe(
      'data-owner (team orders-data), and by embedded-engineer (eli)',
    );
    expect(await approve(people.sam, asked)).toMatchObject({
      refusal: { message: expect.stringMatching(/waits for approval by .*, and by embedded-engineer \(eli\)/) },
    });
  });

  test('it goes on when nobody is wanted any more, and nothing else is asked', async () => {
    await assign('centralized', 'shop');
    const target = await environment('switched');
    const { id } = await world.requested(target, 'update', { spec: 'first', minor: 0, requestedBy: people.ana.id });
    const { request } = await shown((await world.until(id, 'waiting')).id);
    expect(request?.waitsFor).toBe('platform (team base), not of who asked');
    await assign('golden-path', 'shop');
    await reviewWaiting({ ...tools, inspector: createInspector() });
    expect((await world.untilOver(id)).standing.state).toBe('succeeded');
    expect((await shown(id)).request).toMatchObject({ state: 'given', note: 'The rules are others now.' });
  });

  test('who asked does not count where the rule says so', async () => {
    await assign('centralized', 'shop');
    const { db } = world.database;
    const pia = await givenPrincipal(db, 'pia');
    await givenMember(db, 'base', pia);
    const target = await environment('own');
    const { id } = await world.requested(target, 'update', { spec: 'first', requestedBy: people.petra.id });
    const planId = planOf(await world.until(id, 'waiting'));
    expect(await approve(people.petra, { id, planId })).toMatchObject({ refusal: { code: 'approval-own-request' } });
    // whose membership has ended could not be asked: the next time nobody is
    await givenMember(db, 'base', pia, { endsAt: world.clock.now() });
    await reviewWaiting({ ...tools, inspector: createInspector() });
    const again = await world.requested(await environment('own-again'), 'update', {
      spec: 'first',
      requestedBy: people.petra.id,
    });
    const over = await world.untilOver(again.id);
    expect(over.standing).toMatchObject({ state: 'failed', undone: 'all', refusal: { code: 'nobody-to-approve' } });
    expect(over.message).toContain('Nobody can approve it: of platform there is nobody beside who asks.');
    const [decisionId] = /[0-9a-f-]{36}/.exec(over.message ?? '') ?? [];
    const decision = await decisionFind(db, decisionId ?? '');
    expect(decision).toMatchObject({ verdict: { verdict: 'deny' }, request: { candidates: [{ principal: 'petra' }] } });
    expect(decision && (await replayDecision(db, decision)).isSame).toBe(true);
    await assign('golden-path', 'shop');
  });
});

describe('absence', () => {
  const inADay = () => new Date(world.clock.now().getTime() + 24 * hourMs);

  test('another one answers for who is away, until he is back', async () => {
    const made = await makeDelegation(tools, people.dora, { to: 'sam', until: inADay(), reason: 'holidays' });
    if (!made.ok) throw new Error(made.refusal.message);
    expect(await makeDelegation(tools, people.dora, { to: 'sam', until: inADay() })).toMatchObject({
      refusal: { code: 'delegation-made', message: expect.stringContaining(made.value.id) },
    });
    const listed = await listDelegations(tools, { all: false }, {});
    expect(listed).toMatchObject({ value: { items: [{ from: 'dora', to: 'sam', reason: 'holidays' }] } });
    const asked = await waiting('lent');
    expect((await approve(people.sam, asked)).ok).toBe(true);
    expect((await shown(asked.id)).approvals).toMatchObject([{ principal: 'sam', onBehalfOf: ['dora'] }]);

    // not passed on
    await makeDelegation(tools, people.sam, { to: 'petra', until: inADay() });
    await endDelegation(tools, people.dora, made.value.id);
    const later = await waiting('lent-no-more');
    expect(await approve(people.sam, later)).toMatchObject({ refusal: { code: 'approval-not-yours' } });
  });

  test('it cannot be passed on, and nobody answers for who asked', async () => {
    await makeDelegation(tools, people.dirk, { to: 'sam', until: inADay() });
    await makeDelegation(tools, people.sam, { to: 'emil', until: inADay() });
    expect(await approve(people.emil, await waiting('chained'))).toMatchObject({
      refusal: { code: 'approval-not-yours' },
    });
    const own = await waiting('for-the-requester', people.ana);
    await makeDelegation(tools, people.ana, { to: 'eve', until: inADay() });
    expect(await approve(people.eve, own)).toMatchObject({ refusal: { code: 'approval-not-yours' } });
  });

  test.each([
    ['oneself', { to: 'dora' }, 'delegation-wrong'],
    ['a machine', { to: 'robot' }, 'delegation-wrong'],
    ['nobody', { to: 'nobody' }, 'delegation-wrong'],
    ['for another one', { to: 'sam', from: 'ben' }, 'not-permitted'],
  ] as const)('%s: refused', async (_, given, code) => {
    expect(await makeDelegation(tools, people.dora, { ...given, until: inADay() })).toMatchObject({
      refusal: { code },
    });
  });

  test('of the past, or for ever: refused', async () => {
    for (const hours of [-1, 91 * 24]) {
      const until = new Date(world.clock.now().getTime() + hours * hourMs);
      expect(await makeDelegation(tools, people.dora, { to: 'sam', until })).toMatchObject({
        refusal: { code: 'delegation-wrong' },
      });
    }
  });
});

describe('an emergency', () => {
  const outage = { unit: 'shop', reason: 'the shop is down', hours: 2 };

  test('of two people lifts the wish for approvals of one plan at a time, and leaves a trail', async () => {
    const asked = await waiting('emergency');
    const use = { deploymentId: asked.id, planId: asked.planId, reason: 'rename the bucket now' };
    expect(await declareEmergency(tools, people.sam, outage)).toMatchObject({
      refusal: { code: 'break-glass-not-yours' },
    });
    const declared = await declareEmergency(tools, people.eve, outage);
    if (!declared.ok) throw new Error(declared.refusal.message);
    const { id } = declared.value;
    expect(await useEmergency(tools, people.eve, use)).toMatchObject({ refusal: { code: 'no-emergency' } });
    expect(await secondEmergency(tools, people.eve, id)).toMatchObject({
      refusal: { code: 'emergency-second-person' },
    });
    expect(await secondEmergency(tools, people.emil, id)).toMatchObject({ value: { state: 'in-force' } });
    expect(await useEmergency(tools, people.ana, use)).toMatchObject({ refusal: { code: 'break-glass-not-yours' } });
    expect(await useEmergency(tools, people.emil, use)).toMatchObject({ value: { usedBy: 'emil' } });
    expect((await world.untilOver(asked.id)).standing.state).toBe('succeeded');
    expect((await shown(asked.id)).request).toMatchObject({
      state: 'lifted',
      note: 'By emil, in the emergency that eve and emil declared: rename the bucket now',
    });
    expect(await readEmergency(world.tools.db, id)).toMatchObject({
      value: { uses: [{ deploymentId: asked.id, waitedFor: expect.stringContaining('data-owner') }] },
    });
    await endEmergency(tools, people.eve, id);
    const after = await waiting('emergency-over');
    expect(
      await useEmergency(tools, people.eve, { ...use, deploymentId: after.id, planId: after.planId }),
    ).toMatchObject({ refusal: { code: 'no-emergency' } });
  });

  test('ends by itself; one that nobody seconds in an hour comes to nothing', async () => {
    const first = await declareEmergency(tools, people.eve, outage);
    const second = await declareEmergency(tools, people.eve, outage);
    if (!first.ok || !second.ok) throw new Error('it was refused');
    await secondEmergency(tools, people.emil, first.value.id);
    world.clock.forward(2 * hourMs);
    expect(await secondEmergency(tools, people.emil, second.value.id)).toMatchObject({
      refusal: { code: 'emergency-missing' },
    });
    await reviewWaiting({ ...tools, inspector: createInspector() });
    for (const { value } of [first, second]) {
      expect(await readEmergency(world.tools.db, value.id)).toMatchObject({ value: { emergency: { state: 'ended' } } });
    }
  });
});

test('what waits is listed, newest first', async () => {
  const asked = await waiting('listed');
  const listed = await listApprovalRequests(world.tools.db, { state: 'wanted' }, { maxResults: 1 });
  expect(listed).toMatchObject({ value: { items: [{ deploymentId: asked.id }] } });
});

test('it is not known who asked: nothing permits it', async () => {
  const target = await environment('nobody');
  const { id } = await world.requested(target, 'update', { spec: 'second', requestedBy: 'nobody' as PrincipalId });
  expect((await world.untilOver(id)).standing).toMatchObject({ refusal: { code: 'not-permitted' } });
});
