import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../log/index.ts';
import { cancelDeployment } from '../cancel-deployment.ts';
import { endDeployment } from '../deployment-course.ts';
import { usualLimits } from '../deployment-limits.ts';
import { deploymentMove, deploymentTake } from '../deployment-store.ts';
import { stackName } from '../stack-name.ts';
import { type DeploymentWorld, deploymentWorld } from '../testing/deployment-world.ts';
import type { FakeCall } from '../testing/fake-provisioner.ts';
import { carryOut } from './carry-out.ts';
import { placementsOf } from './placement-store.ts';

let world: DeploymentWorld;
beforeAll(async () => {
  world = await deploymentWorld();
});
afterAll(() => world.close());
afterEach(() => world.stopEngines());
beforeEach(() => {
  world.provisioner.reset();
  world.noun.reset();
});

/** Runs an engine until the provider is in this call, and ends it there as a crash would: nothing more is written. */
async function crashIn(call: FakeCall, when: 'before' | 'after', request: () => Promise<unknown>): Promise<void> {
  const engine = await world.startEngine({ previews: 'always' });
  const reached = new Promise<void>((resolve) => {
    const hang = async (each: FakeCall) => {
      if (each !== call) return;
      resolve();
      await new Promise(() => {});
    };
    if (when === 'before') world.provisioner.onCall(hang);
    else world.provisioner.onAnswer(hang);
  });
  await request();
  await reached;
  await engine.stop();
  world.provisioner.onCall(async () => {});
  world.provisioner.onAnswer(async () => {});
}

const crashes = [
  { name: 'in the preview', call: 'preview', when: 'before' },
  { name: 'before the provider was asked to begin', call: 'start', when: 'before' },
  { name: 'after the provider accepted and before that was written down (F15)', call: 'start', when: 'after' },
  { name: 'while the provider works', call: 'observe', when: 'after' },
  { name: 'after the end, while the events are read', call: 'events', when: 'before' },
] as const;

describe('a process that dies', () => {
  test.each(crashes)(
    '$name: the next one brings the deployment to its end, and nothing is begun twice',
    async (crash) => {
      const target = world.target(`crash-${crashes.indexOf(crash)}`);
      world.provisioner.script({ outcome: 'succeed', looks: 2, outputs: { Url: 'http://x' } });
      let id: Parameters<DeploymentWorld['untilOver']>[0] | undefined;
      await crashIn(crash.call, crash.when, async () => {
        id = (await world.requested(target, 'create')).id;
      });
      if (!id) throw new Error('nothing was requested');
      expect(['planning', 'applying']).toContain((await world.find(id)).standing.state);
      const engine = await world.startEngine({ previews: 'always' });
      expect((await world.untilOver(id)).standing.state).toBe('succeeded');
      await engine.stop();
      expect(world.provisioner.begun).toEqual([`create ${id}`]);
      expect(world.noun.statuses(target.arn)).toEqual(['IN_PROGRESS', 'SUCCEEDED']);
    },
  );

  test('between the commit of a request and its hand-over: the next one takes it up', async () => {
    const { id } = await world.requested(world.target('unseen'), 'create');
    expect((await world.find(id)).standing.state).toBe('requested');
    const engine = await world.startEngine({ previews: 'always' });
    expect((await world.untilOver(id)).standing.state).toBe('succeeded');
    await engine.stop();
  });

  test('in a deletion: the next one goes on', async () => {
    const target = world.target('crash-delete');
    const first = await world.startEngine({ previews: 'always' });
    await world.untilOver((await world.requested(target, 'create')).id);
    await first.stop();
    let id = '' as never;
    await crashIn('remove', 'after', async () => {
      id = (await world.requested(target, 'delete')).id as never;
    });
    const engine = await world.startEngine({ previews: 'always' });
    expect((await world.untilOver(id)).standing.state).toBe('succeeded');
    await engine.stop();
    expect(world.provisioner.begun.filter((begun) => begun.startsWith('delete'))).toEqual([`delete ${id}`]);
  });
});

describe('a cancel while nobody works', () => {
  const cases = [
    { name: 'before the provider was asked: nothing is begun', when: 'before', begun: 0 },
    { name: 'after the provider accepted: what it began is taken back', when: 'after', begun: 1 },
  ] as const;
  test.each(cases)('$name', async ({ when, begun }) => {
    const target = world.target(`cancel-${when}`);
    world.provisioner.script({ outcome: 'hang' });
    let id = '' as never;
    await crashIn('start', when, async () => {
      id = (await world.requested(target, 'create')).id as never;
    });
    await world.tools.db.transaction().execute((tx) => cancelDeployment(world.tools, tx, id, undefined));
    const engine = await world.startEngine({ previews: 'always' });
    expect((await world.untilOver(id)).standing.state).toBe('cancelled');
    await engine.stop();
    expect(world.provisioner.begun).toHaveLength(begun);
    expect(world.provisioner.has(stackName('environment', target.environmentName, target.arn))).toBe(false);
  });

  test('before it was taken up at all: it is over without any work', async () => {
    const { id } = await world.requested(world.target('cancel-unseen'), 'create');
    await world.tools.db.transaction().execute((tx) => cancelDeployment(world.tools, tx, id, undefined));
    const engine = await world.startEngine({ previews: 'always' });
    expect((await world.untilOver(id)).standing.state).toBe('cancelled');
    await engine.stop();
    expect(world.provisioner.calls).toEqual([]);
  });
});

test('a worker that was frozen while another took over has no say any more (F15)', async () => {
  const { tools, signals, provisioner } = world;
  const { db, clock } = tools;
  const target = world.target('frozen');
  const { id } = await world.requested(target, 'create');
  await deploymentMove(db, id, 'plan', clock.now());
  await deploymentMove(db, id, 'apply', clock.now(), { plan: 'sha256:1' as never, begunAt: clock.now() });
  const subject = { placement: { accountId: '111122223333', region: 'us-east-1' }, stackName: 'frozen' };
  const context = {
    workflowId: id,
    signal: new AbortController().signal,
    wait: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
    stillMine: async () => undefined,
  };
  const polling = { msMin: 5, msMax: 20, eventsMs: 1000 };
  const work = async () => {
    const { take } = await deploymentTake(db, id);
    const request = { ...subject, token: id, template: 'x', parameters: {}, tags: {} };
    const begin = () => provisioner.start(request);
    const operation = {
      deploymentId: id,
      take,
      position: 0,
      kind: 'apply',
      method: 'cloudformation',
      provisioner,
      subject,
      token: id,
      hasBegun: false,
      begin,
    } as const;
    return carryOut(operation, { ...tools, log: silentLog, signals, limits: usualLimits, polling }, context);
  };

  provisioner.script({ outcome: 'hang' });
  const frozen = work();
  await vi.waitFor(() => expect(provisioner.begun).toHaveLength(1));
  const second = work();
  await vi.waitFor(() => expect(provisioner.called('start')).toBe(2));
  provisioner.finishNow('frozen');
  expect(await second).toMatchObject({ ended: 'well' });
  await db
    .transaction()
    .execute((tx) => endDeployment(tools, tx, id, () => ({ move: 'succeed', outputs: {}, provisioned: [] })));
  expect(await frozen).toBeUndefined();
  expect(provisioner.begun).toEqual([`create ${id}`]);
  expect(await placementsOf(db, id)).toEqual([]);
});
