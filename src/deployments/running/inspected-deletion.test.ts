import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { analyseStackChange, type StackChange } from '../../changes/index.ts';
import { exceptionInsert } from '../../guard-rails/exceptions/exception-store.ts';
import { createInspector, reportFind } from '../../guard-rails/index.ts';
import { settingInsert } from '../../guard-rails/rail-setting-store.ts';
import type { PrincipalId } from '../../organization/index.ts';
import { placementUpsert } from '../../organization/placements/placement-store.ts';
import { abandonDeletion } from '../abandon-deletion.ts';
import { planRequest, type RequestToPlan } from '../plans/plan-request.ts';
import { requestDeployment } from '../request-deployment.ts';
import { targetFind } from '../target-store.ts';
import { type DeploymentWorld, deploymentWorld, renderInThread } from '../testing/deployment-world.ts';
import { allowAll } from '../verdicts/verdict.ts';

let world: DeploymentWorld;
let versions = 0;
beforeAll(async () => {
  world = await deploymentWorld();
  await world.startEngine();
});
afterAll(() => world.close());
beforeEach(() => world.provisioner.reset());
afterEach(() => set('no-data-loss', 'off'));

async function set(rail: string, effect: 'off' | 'block', parameters: Readonly<Record<string, unknown>> = {}) {
  versions += 1;
  const setting = { scope: 'organization', rail, version: versions, effect, strict: false, parameters };
  await settingInsert(world.tools.db, { ...setting, by: 'test', at: new Date() });
}

/** A bucket: it holds data. */
async function deployed(name: string) {
  const target = world.target(name);
  await placementUpsert(
    world.tools.db,
    { arn: target.arn, kind: 'environment', unit: 'organization', labels: {} },
    new Date(),
  );
  const { id } = await world.requested(target, 'create');
  expect((await world.untilOver(id)).standing.state).toBe('succeeded');
  world.provisioner.reset();
  return target;
}

async function stopped(name: string) {
  const target = await deployed(name);
  await set('no-data-loss', 'block');
  const { id } = await world.requested(target, 'delete');
  return { target, over: await world.untilOver(id) };
}

test('a deletion that takes data away is stopped before anything is touched, and says what to do', async () => {
  const { target, over } = await stopped('kept');
  expect(over.standing).toMatchObject({ state: 'failed', undone: 'all', refusal: { code: 'guard-rail-blocked' } });
  expect(over.message).toContain('Guard rail no-data-loss: Bucket (AWS::S3::Bucket): It holds data and is removed.');
  expect(over.message).toContain('deuteron deployment abandon');
  expect(world.provisioner.begun).toEqual([]);
  expect(await reportFind(world.tools.db, over.id)).toMatchObject({
    findings: [{ rail: 'no-data-loss', effect: 'block', logicalId: 'Bucket' }],
    passed: ['protected-stays'],
  });
  expect(await targetFind(world.tools.db, target.arn)).toBeDefined();
});

test('its plan is refused with the same words', async () => {
  const target = await deployed('planned');
  await set('no-data-loss', 'block');
  const { tools } = world;
  const planning = {
    ...tools,
    provisioners: { cloudformation: world.provisioner },
    renderer: renderInThread,
    analyse: async (change: StackChange) => analyseStackChange(change),
    guardRails: [],
    inspector: createInspector(),
    decide: allowAll,
  };
  const asked: RequestToPlan = (tx, asking) =>
    requestDeployment({ ...tools, asking }, tx, { target, operation: 'delete', requestedBy: undefined });
  const planned = await planRequest(planning, asked, 'never');
  expect(planned).toMatchObject({ ok: false, refusal: { code: 'guard-rail-blocked' } });
  await set('no-data-loss', 'off');
  expect(await planRequest(planning, asked, 'never')).toMatchObject({
    value: [{ operation: 'delete', guardRails: { findings: [], passed: ['protected-stays'] } }],
  });
  expect(await targetFind(tools.db, target.arn)).toBeDefined();
});

test('with an exception it goes', async () => {
  const { target } = await stopped('lifted');
  const at = new Date();
  const asked = { id: 'lifts', targetArn: target.arn, rail: 'no-data-loss', reason: 'it was copied', requestedAt: at };
  const until = new Date(at.getTime() + 3_600_000);
  await exceptionInsert(world.tools.db, {
    ...asked,
    requestedById: 'a',
    requestedBy: 'a',
    expiresAt: until,
    state: 'granted',
  });
  const { id } = await world.requested(target, 'delete');
  expect((await world.untilOver(id)).standing.state).toBe('succeeded');
  expect(await reportFind(world.tools.db, id)).toMatchObject({ exceptions: [{ id: 'lifts', rail: 'no-data-loss' }] });
});

test('or it is abandoned', async () => {
  const { target, over } = await stopped('left');
  const why = { by: 'a' as PrincipalId, byName: 'a', reason: 'the account is closed' };
  const { db } = world.tools;
  expect(await db.transaction().execute((tx) => abandonDeletion(world.tools, tx, over.id, why))).toMatchObject({
    ok: true,
  });
  expect(await targetFind(db, target.arn)).toBeUndefined();
});

test('what a template looks like keeps nobody from deleting it', async () => {
  const target = await deployed('ugly');
  await set('denied-types', 'block', { types: ['AWS::S3::Bucket'] });
  await set('required-tags', 'block', { tags: ['owner'] });
  const { id } = await world.requested(target, 'delete');
  expect((await world.untilOver(id)).standing.state).toBe('succeeded');
});
