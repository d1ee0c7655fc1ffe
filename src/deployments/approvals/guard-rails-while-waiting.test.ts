import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '../../database/index.ts';
import { exceptionAnswer, exceptionInsert } from '../../guard-rails/exceptions/exception-store.ts';
import { createInspector } from '../../guard-rails/index.ts';
import { settingInsert, settingsNow } from '../../guard-rails/rail-setting-store.ts';
import { placementUpsert } from '../../organization/placements/placement-store.ts';
import type { DeploymentId } from '../deployment.ts';
import { planFind } from '../plans/plan-store.ts';
import { targetFind, targetLock } from '../target-store.ts';
import { type DeploymentWorld, deploymentWorld } from '../testing/deployment-world.ts';
import type { Decide } from '../verdicts/verdict.ts';
import { approvalRequestFind } from './approval-store.ts';
import { resumeDeployment } from './resume-deployment.ts';
import { reviewWaiting } from './review-waiting.ts';

const hourMs = 3_600_000;
const approved = new Set<DeploymentId>();
/** People are asked about everything but creations. */
const decide: Decide = async (_db, _plan, { id, operation }) =>
  operation === 'create' || approved.has(id)
    ? { verdict: 'allow' }
    : { verdict: 'needs-approvals', approvals: [], waitsFor: 'people' };

let world: DeploymentWorld;
beforeAll(async () => {
  world = await deploymentWorld();
  await world.startEngine({ decide });
});
afterAll(() => world.close());
beforeEach(async () => {
  world.provisioner.reset();
  world.clock.reset();
  for (const { rail } of await settingsNow(world.tools.db)) await set(rail, 'off');
});

async function set(rail: string, effect: 'off' | 'warn' | 'block', db: Db = world.tools.db) {
  const parameters = rail === 'denied-types' && effect !== 'off' ? { types: ['AWS::S3::Bucket'] } : {};
  const version = (await settingsNow(db)).find((each) => each.rail === rail)?.version ?? 0;
  const setting = { scope: 'organization', rail, version: version + 1, effect, strict: false, parameters };
  await settingInsert(db, { ...setting, by: 'test', at: new Date() });
}

/** A bucket, and a change of it or its deletion that waits for people. */
async function waiting(name: string, operation: 'update' | 'delete' = 'update', before = async (_arn: string) => {}) {
  const target = world.target(name);
  const { db } = world.tools;
  await placementUpsert(db, { arn: target.arn, kind: 'environment', unit: 'organization', labels: {} }, new Date());
  const made = await world.requested(target, 'create', { spec: 'first' });
  expect((await world.untilOver(made.id)).standing.state).toBe('succeeded');
  await before(target.arn);
  const { id } = await world.requested(target, operation, operation === 'update' ? { spec: 'second' } : {});
  await world.until(id, 'waiting');
  world.provisioner.reset();
  return { id, target };
}

/** What a rail says no to is lifted for an hour. */
const lifted = (rail: string) => async (targetArn: string) => {
  await set(rail, 'block');
  const at = world.clock.now();
  const asked = { id: `of ${targetArn}`, targetArn, rail, reason: 'r', requestedById: 'a', requestedBy: 'a' };
  const times = { requestedAt: at, expiresAt: new Date(at.getTime() + hourMs) };
  await exceptionInsert(world.tools.db, { ...asked, ...times, state: 'granted' });
};

const review = () => reviewWaiting({ ...world.tools, decide, inspector: createInspector() });
const stateOf = async (id: DeploymentId) => (await world.find(id)).standing.state;

async function expectStopped(id: DeploymentId, rail: string) {
  const over = await world.untilOver(id);
  expect(over.standing).toMatchObject({ state: 'failed', undone: 'all', refusal: { code: 'guard-rail-blocked' } });
  const why = `While it waited for approval, guard rails became others. Guard rail ${rail}: Bucket (AWS::S3::Bucket)`;
  expect(over.message).toContain(why);
  expect(await approvalRequestFind(world.tools.db, id)).toMatchObject({
    state: 'denied',
    note: expect.stringContaining(why),
  });
  expect(world.provisioner.begun).toEqual([]);
}

async function approve(id: DeploymentId, db: Db) {
  approved.add(id);
  const deployment = await world.find(id);
  await targetLock(db, deployment.target.arn);
  await resumeDeployment(world.tools, db, deployment, 'given');
}

test('an exception that ends ends what was waiting by it', async () => {
  const { id } = await waiting('expires', 'update', lifted('denied-types'));
  await review();
  expect(await stateOf(id)).toBe('waiting');
  world.clock.forward(hourMs);
  await review();
  await expectStopped(id, 'denied-types');
});

test('one that is revoked, too', async () => {
  const { id, target } = await waiting('revoked', 'update', lifted('denied-types'));
  await exceptionAnswer(world.tools.db, `of ${target.arn}`, { state: 'revoked', by: 'a', at: world.clock.now() });
  await review();
  await expectStopped(id, 'denied-types');
});

test('a deletion that lost its exception ends, and the thing stands', async () => {
  const { id, target } = await waiting('kept', 'delete', lifted('no-data-loss'));
  world.clock.forward(hourMs);
  await review();
  await expectStopped(id, 'no-data-loss');
  expect(await targetFind(world.tools.db, target.arn)).toBeDefined();
});

test('a rail that blocks now ends what it says no to, and nothing else', async () => {
  const change = await waiting('set');
  const deletion = await waiting('set-deletion', 'delete');
  await set('denied-types', 'block');
  await review();
  await expectStopped(change.id, 'denied-types');
  expect(await stateOf(deletion.id)).toBe('waiting');
});

test('what only warns is shown to those who are asked, and approvals stand', async () => {
  const { id } = await waiting('warned');
  await set('denied-types', 'warn');
  await review();
  expect(await stateOf(id)).toBe('waiting');
  const found = { rail: 'denied-types', effect: 'warn' };
  const { db } = world.tools;
  for (const plan of [(await approvalRequestFind(db, id))?.plan, await planFind(db, id)]) {
    expect(plan?.guardRails?.findings).toContainEqual(expect.objectContaining(found));
  }
  await db.transaction().execute((tx) => approve(id, tx));
  expect((await world.untilOver(id)).standing.state).toBe('succeeded');
});

test.each([
  ['a change', 'update', 'denied-types'],
  ['a deletion', 'delete', 'no-data-loss'],
] as const)(
  '%s is held to the rails of the moment in which it is applied, also when nobody looked',
  async (_, operation, rail) => {
    const { id } = await waiting(`last-${operation}`, operation);
    await world.tools.db.transaction().execute(async (tx) => {
      await set(rail, 'block', tx);
      await approve(id, tx);
    });
    const over = await world.untilOver(id);
    expect(over.standing).toMatchObject({ state: 'failed', undone: 'all', refusal: { code: 'guard-rail-blocked' } });
    expect(over.message).not.toContain('While it waited');
    expect(world.provisioner.begun).toEqual([]);
  },
);
