import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PrincipalId } from '../organization/index.ts';
import { recoverDeployment } from './recover-deployment.ts';
import type { TargetState } from './target-ref.ts';
import { type DeploymentWorld, deploymentWorld } from './testing/deployment-world.ts';

const ana = 'ana' as PrincipalId;
const before: TargetState = { templateName: 'network', majorVersion: 1, minorVersion: 0, spec: 'one' };

let world: DeploymentWorld;
beforeAll(async () => {
  world = await deploymentWorld();
  await world.startEngine();
});
afterAll(() => world.close());
beforeEach(() => world.provisioner.reset());

const recover = (id: string, ...skip: readonly string[]) =>
  world.tools.db.transaction().execute((tx) => recoverDeployment(world.tools, tx, id, { by: ana, skip }));

/** A thing that was deployed, and an update of it that failed. @param undone what the provider took back */
async function failedUpdate(name: string, undone: 'all' | 'part') {
  const target = world.target(name);
  await world.untilOver((await world.requested(target, 'create')).id);
  world.provisioner.script({ outcome: 'fail', undone });
  const update = await world.requested(target, 'update', { spec: 'two', initialState: before });
  return world.untilOver(update.id);
}

test('F22: what stood before is deployed, without the resources that are given up, and that is said', async () => {
  const failed = await failedUpdate('stuck', 'part');
  const recovery = await recover(failed.id, 'Alarm', 'Topic', 'Alarm');
  if (!recovery.ok) throw new Error(recovery.refusal.message);
  const over = await world.untilOver(recovery.value.id);
  expect(over).toMatchObject({
    operation: 'update',
    standing: { state: 'succeeded' },
    initialState: before,
    targetState: before,
    requestedBy: ana,
  });
  expect(over.message).toContain('Given up where the failed rollback had to be continued: Alarm, Topic.');
  expect(world.provisioner.asked.get(over.id)?.rollbackSkips).toEqual(['Alarm', 'Topic']);
});

test('without a name all is tried again', async () => {
  const failed = await failedUpdate('again', 'part');
  const recovery = await recover(failed.id);
  if (!recovery.ok) throw new Error(recovery.refusal.message);
  const over = await world.untilOver(recovery.value.id);
  expect(over).toMatchObject({ standing: { state: 'succeeded' }, message: undefined });
  expect(world.provisioner.asked.get(over.id)?.rollbackSkips).toBeUndefined();
});

const refused: Readonly<Record<string, () => Promise<string>>> = {
  'an update that was taken back': async () => (await failedUpdate('taken-back', 'all')).id,
  'a success': async () => (await world.untilOver((await world.requested(world.target('well'), 'create')).id)).id,
  'an update behind which another one came': async () => {
    const failed = await failedUpdate('old', 'part');
    const later = await world.requested(world.target('old'), 'update', { spec: 'three', initialState: before });
    await world.untilOver(later.id);
    return failed.id;
  },
};

test.each(Object.keys(refused))('nothing is recovered from %s', async (what) => {
  const id = (await refused[what]?.()) ?? '';
  expect(await recover(id)).toMatchObject({ ok: false, refusal: { kind: 'conflict', code: 'nothing-to-recover' } });
});

test('an unknown deployment is missing', async () => {
  expect(await recover('d-none')).toMatchObject({ ok: false, refusal: { code: 'deployment-missing' } });
});
