import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createInspector } from '../../guard-rails/index.ts';
import type { PrincipalId } from '../../organization/index.ts';
import { workUnderWay } from '../../workflows/index.ts';
import { resumeDeployment } from '../approvals/resume-deployment.ts';
import { reviewWaiting } from '../approvals/review-waiting.ts';
import { awaitDeployments } from '../await-deployments.ts';
import { cancelDeployment, cancelTargetDeployment } from '../cancel-deployment.ts';
import type { DeploymentId } from '../deployment.ts';
import { usualLimits } from '../deployment-limits.ts';
import { deploymentOutputs } from '../deployment-store.ts';
import { planFind } from '../plans/plan-store.ts';
import { renderingFind } from '../renderings/rendering-store.ts';
import { stackName } from '../stack-name.ts';
import { targetFind } from '../target-store.ts';
import { type DeploymentWorld, deploymentWorld, plainTemplate, templateFile } from '../testing/deployment-world.ts';
import type { Verdict } from '../verdicts/verdict.ts';
import { eventsOf } from './event-store.ts';
import { placementsOf } from './placement-store.ts';

const ana = 'ana' as PrincipalId;
const minuteMs = 60_000;

let world: DeploymentWorld;
let verdict: Verdict = { verdict: 'allow' };
beforeAll(async () => {
  world = await deploymentWorld();
  await world.startEngine({ decide: async () => verdict, limits: { ...usualLimits, deploymentMs: 20 * minuteMs } });
});
afterAll(() => world.close());
beforeEach(() => {
  world.provisioner.reset();
  world.noun.reset();
  world.clock.reset();
  verdict = { verdict: 'allow' };
});

function stackOf(name: string): string {
  return stackName('environment', name, world.target(name).arn);
}

function cancel(id: DeploymentId) {
  return world.tools.db.transaction().execute((tx) => cancelDeployment(world.tools, tx, id, ana));
}

/** A first deployment that went well. */
async function deployed(name: string) {
  const { id } = await world.requested(world.target(name), 'create', { spec: 'first' });
  const deployment = await world.untilOver(id);
  expect(deployment.standing.state).toBe('succeeded');
  return deployment;
}

describe('a deployment that goes well', () => {
  test('keeps what was rendered, planned, said and brought', async () => {
    world.provisioner.script({ outcome: 'succeed', looks: 3, outputs: { VpcId: 'vpc-1' } });
    const target = world.target('well');
    const { id } = await world.requested(target, 'create', { spec: 'a-name' });
    const over = await world.untilOver(id);
    const { db } = world.tools;

    expect(over).toMatchObject({ standing: { state: 'succeeded' }, operation: 'create', message: undefined });
    expect(over.completedAt?.getTime()).toBeGreaterThanOrEqual(over.createdAt.getTime());
    const rendering = await renderingFind(db, id);
    expect(rendering?.template).toBe(plainTemplate.replace('{{ environment.inputs.value }}', 'a-name').trimEnd());
    expect(rendering).toMatchObject({ inputs: { value: 'a-name' }, method: 'cloudformation', part: 'environment' });
    expect(await planFind(db, id)).toMatchObject({
      operation: 'create',
      template: { name: 'network', majorVersion: 1, minorVersion: 0 },
      templateDigest: rendering?.templateDigest,
      changeClass: 'compatible',
      targets: [{ analysis: { known: true, resources: [{ logicalId: 'Bucket', impact: 'add' }] } }],
    });
    expect((await eventsOf(db, id)).map(({ status }) => status)).toEqual(['CREATE_IN_PROGRESS', 'CREATE_COMPLETE']);
    expect(await deploymentOutputs(db, id)).toMatchObject({ targetArn: target.arn, outputs: { VpcId: 'vpc-1' } });
    expect(await targetFind(db, target.arn)).toMatchObject({
      lastAttemptedId: id,
      lastSucceededId: id,
      outputs: { VpcId: 'vpc-1' },
      provisionedBy: 'cloudformation',
      resources: [{ name: stackOf('well'), identifier: expect.stringContaining(stackOf('well')) }],
    });
    expect(world.noun.statuses(target.arn)).toEqual(['IN_PROGRESS', 'SUCCEEDED']);
    expect(world.provisioner.begun).toEqual([`create ${id}`]);
  });

  test('the same content makes the same plan, and a provider with nothing to do is a success (F35)', async () => {
    const first = await deployed('same');
    const { id } = await world.requested(world.target('same'), 'update', { spec: 'first' });
    expect((await world.untilOver(id)).standing.state).toBe('succeeded');
    const [plan, before] = [await planFind(world.tools.db, id), await planFind(world.tools.db, first.id)];
    expect(plan).toMatchObject({ changeClass: 'none', verdict: 'no-change', deployedBy: first.id });
    expect(plan?.deployed).toEqual({ templateDigest: before?.templateDigest });
    const again = await world.requested(world.target('same'), 'update', { spec: 'first' });
    await world.untilOver(again.id);
    expect((await planFind(world.tools.db, again.id))?.id).toBe(plan?.id);
    expect(world.provisioner.begun).toEqual([`create ${first.id}`]);
    expect(await targetFind(world.tools.db, world.target('same').arn)).toMatchObject({ lastSucceededId: again.id });
  });

  test('what the cloud makes of special characters plays no part: our own text is what is compared (F6)', async () => {
    const text = 'brûlée 静かな港 🚦 Smørrebrød “zweimal”';
    const { id } = await world.requested(world.target('signs'), 'create', { spec: text });
    await world.untilOver(id);
    expect(world.provisioner.templateOf(stackOf('signs'))).toContain(`BucketName: "${text}"`);
    const again = await world.requested(world.target('signs'), 'update', { spec: text });
    await world.untilOver(again.id);
    const [first, second] = await Promise.all([id, again.id].map((each) => renderingFind(world.tools.db, each)));
    expect(second?.template).toBe(first?.template);
    expect(second?.templateDigest).toBe(first?.templateDigest);
  });

  test('several accounts and regions are changed in their order', async () => {
    world.noun.placements = [
      { accountId: '111122223333', region: 'us-east-1' },
      { accountId: '444455556666', region: 'eu-west-1' },
    ];
    const { id } = await world.requested(world.target('wide'), 'create');
    expect((await world.untilOver(id)).standing.state).toBe('succeeded');
    expect(
      (await placementsOf(world.tools.db, id)).map(({ placement, ending }) => [placement.region, ending?.ended]),
    ).toEqual([
      ['us-east-1', 'well'],
      ['eu-west-1', 'well'],
    ]);
    expect(world.provisioner.begun).toEqual([`create ${id}`, `create ${id}-1`]);
  });

  test('another workflow can wait for its end', async () => {
    const ids = [];
    for (const name of ['awaited-1', 'awaited-2']) ids.push((await world.requested(world.target(name), 'create')).id);
    const context = {
      workflowId: 'test',
      signal: new AbortController().signal,
      wait: (ms: number) => new Promise<void>((r) => setTimeout(r, ms)),
      stillMine: async () => undefined,
    };
    const over = await awaitDeployments({ db: world.tools.db, signals: world.signals }, ids, context);
    expect(over.map(({ standing }) => standing.state)).toEqual(['succeeded', 'succeeded']);
  });

  test('a request with an id of its own that is made twice is one deployment', async () => {
    const id = '11111111-1111-4111-8111-111111111111' as DeploymentId;
    await world.requested(world.target('twice'), 'create', { id });
    await world.requested(world.target('twice'), 'create', { id });
    await world.untilOver(id);
    await world.requested(world.target('twice'), 'create', { id });
    expect(world.provisioner.begun).toEqual([`create ${id}`]);
  });
});

describe('a deployment that fails', () => {
  test("at the provider: the message has the template line, the inputs, the provider's words and a remedy", async () => {
    world.provisioner.script({ outcome: 'fail', looks: 2, reason: 'first-bucket already exists' });
    const { id } = await world.requested(world.target('exists'), 'create', { spec: 'first-bucket' });
    const over = await world.untilOver(id);
    expect(over.standing).toMatchObject({
      state: 'failed',
      undone: 'all',
      refusal: { code: 'stack-operation-failed' },
    });
    expect(over.message).toBe(
      `${templateFile}:5:7: Bucket (AWS::S3::Bucket): first-bucket already exists (inputs read there: environment.inputs.value)\n` +
        'Correct the template or its inputs, or deploy another version.',
    );
    expect(world.noun.told.get(world.target('exists').arn)?.at(-1)).toMatchObject({
      status: 'FAILED',
      message: over.message,
    });
    expect((await eventsOf(world.tools.db, id)).at(-1)).toMatchObject({
      status: 'CREATE_FAILED',
      reason: 'first-bucket already exists',
    });
  });

  test('at the rendering: nothing is asked of the provider, and the place is named', async () => {
    world.noun.templates.set(7, plainTemplate.replace('inputs.value', 'inputs.valeu'));
    const { id } = await world.requested(world.target('misspelt'), 'create', { minor: 7 });
    const over = await world.untilOver(id);
    expect(over.standing).toMatchObject({ state: 'failed', undone: 'all', refusal: { code: 'template-undefined' } });
    expect(over.message).toMatch(new RegExp(`^${templateFile}:5:\\d+: .*valeu`));
    expect(world.provisioner.calls).toEqual([]);
  });

  test("at the check: what is rendered is no stack template; the author's line is named", async () => {
    world.noun.templates.set(8, `${plainTemplate}  Other: {{ environment.inputs.value }}\n`);
    const { id } = await world.requested(world.target('no-stack'), 'create', { minor: 8, spec: '[' });
    const over = await world.untilOver(id);
    expect(over.standing.state).toBe('failed');
    expect(over.message).toMatch(new RegExp(`^${templateFile}:\\d+:\\d+: `));
    expect(world.provisioner.calls).toEqual([]);
  });

  test('at the begin: the provider says no, and nothing is there to delete', async () => {
    const refusal = {
      kind: 'forbidden',
      code: 'provider-access-denied',
      message: 'No role.',
      remedy: 'Allow it.',
    } as const;
    world.provisioner.script({ outcome: 'refuse', refusal });
    const target = world.target('denied');
    const { id } = await world.requested(target, 'create');
    expect((await world.untilOver(id)).standing).toMatchObject({ state: 'failed', refusal, undone: 'all' });
    expect(await targetFind(world.tools.db, target.arn)).toMatchObject({ provisionedBy: undefined });
  });

  test('in a later region: what was changed before it stays, and that is said', async () => {
    world.noun.placements = [
      { accountId: '111122223333', region: 'us-east-1' },
      { accountId: '444455556666', region: 'eu-west-1' },
    ];
    world.provisioner.script({ outcome: 'succeed' }, { outcome: 'fail' });
    const { id } = await world.requested(world.target('half'), 'create');
    expect((await world.untilOver(id)).standing).toMatchObject({ state: 'failed', undone: 'part' });
  });

  test('a failed first deployment can be mended by an update, and a rolled back one is a normal start (F14, F23)', async () => {
    const target = world.target('mended');
    world.noun.templates.set(7, plainTemplate.replace('inputs.value', 'inputs.valeu'));
    const first = await world.requested(target, 'create', { minor: 7 });
    expect((await world.untilOver(first.id)).standing.state).toBe('failed');
    world.provisioner.script(
      { outcome: 'fail', reason: 'No export named no-such-export found.' },
      { outcome: 'succeed' },
    );
    const second = await world.requested(target, 'create', { minor: 1 });
    expect((await world.untilOver(second.id)).message).toContain('no-such-export');
    const third = await world.requested(target, 'create', { minor: 2 });
    expect((await world.untilOver(third.id)).standing.state).toBe('succeeded');
    expect(world.provisioner.begun.filter((begun) => begun.startsWith('delete'))).toEqual([]);
  });

  test('a failed update keeps the outputs of the last success', async () => {
    world.provisioner.script({ outcome: 'succeed', outputs: { Url: 'http://one' } }, { outcome: 'fail' });
    await deployed('keeps');
    const { id } = await world.requested(world.target('keeps'), 'update', { spec: 'second' });
    await world.untilOver(id);
    expect((await targetFind(world.tools.db, world.target('keeps').arn))?.outputs).toEqual({ Url: 'http://one' });
    expect((await deploymentOutputs(world.tools.db, id))?.outputs).toEqual({});
  });

  test('a provider that cannot be reached for a while is no failure', async () => {
    const refusal = { kind: 'unavailable', code: 'provider-unavailable', message: 'Gone.', remedy: 'Wait.' } as const;
    world.provisioner.unreachable(refusal);
    const { id } = await world.requested(world.target('patient'), 'create');
    await world.until(id, 'planning');
    world.provisioner.unreachable(undefined);
    world.provisioner.onAnswer(async (call) => {
      if (call !== 'start') return;
      world.provisioner.onAnswer(async () => {});
      world.provisioner.unreachable(refusal);
      setTimeout(() => world.provisioner.unreachable(undefined), 50);
    });
    expect((await world.untilOver(id)).standing.state).toBe('succeeded');
    expect(world.provisioner.begun).toEqual([`create ${id}`]);
  });
});

describe('cancel', () => {
  test('while the provider works: it is stopped, takes everything back, and the thing stays (F17)', async () => {
    world.provisioner.script({ outcome: 'hang' });
    const target = world.target('stopped');
    const { id } = await world.requested(target, 'create');
    await world.until(id, 'applying');
    await vi.waitFor(() => expect(world.provisioner.begun).toHaveLength(1));
    expect(await cancel(id)).toMatchObject({ ok: true, value: { standing: { state: 'cancelling' } } });
    expect(await world.untilOver(id)).toMatchObject({
      standing: { state: 'cancelled', cancellation: { by: 'ana' } },
      message: 'User initiated cancellation.',
    });
    expect(world.provisioner.has(stackOf('stopped'))).toBe(false);
    expect(world.noun.statuses(target.arn)).toEqual(['IN_PROGRESS', 'CANCELLING', 'CANCELLED']);

    const next = await world.requested(target, 'create');
    expect((await world.untilOver(next.id)).standing.state).toBe('succeeded');
  });

  test('before the provider was asked: nothing was touched', async () => {
    let render = () => {};
    const rendering = new Promise<void>((resolve) => {
      render = resolve;
    });
    world.provisioner.onCall(async (call) => {
      if (call === 'preview') await rendering;
    });
    const { id } = await world.requested(world.target('early'), 'create');
    await world.until(id, 'planning');
    await cancel(id);
    render();
    expect((await world.untilOver(id)).standing.state).toBe('cancelled');
    expect(world.provisioner.begun).toEqual([]);
    expect(await targetFind(world.tools.db, world.target('early').arn)).toMatchObject({ provisionedBy: undefined });
  });

  test('too late: what was finished first has succeeded', async () => {
    world.provisioner.script({ outcome: 'hang' });
    const { id } = await world.requested(world.target('late'), 'create');
    await world.until(id, 'applying');
    await vi.waitFor(() => expect(world.provisioner.begun).toHaveLength(1));
    world.provisioner.onCall(async (call) => {
      if (call === 'cancel') world.provisioner.finishNow(stackOf('late'));
    });
    await cancel(id);
    expect((await world.untilOver(id)).standing.state).toBe('succeeded');
  });

  test('twice is refused, and so is one where nothing runs', async () => {
    world.provisioner.script({ outcome: 'hang-for-ever' });
    const target = world.target('twice-cancelled');
    const cancelTarget = () =>
      world.tools.db.transaction().execute((tx) => cancelTargetDeployment(world.tools, tx, target.arn, ana));
    expect(await cancelTarget()).toMatchObject({ refusal: { kind: 'conflict', code: 'nothing-to-cancel' } });
    const { id } = await world.requested(target, 'create');
    await world.until(id, 'applying');
    expect((await cancelTarget()).ok).toBe(true);
    expect(await cancelTarget()).toMatchObject({ refusal: { code: 'deployment-not-cancellable' } });
    world.clock.forward(usualLimits.cancelMs);
    expect((await world.untilOver(id)).standing).toMatchObject({
      state: 'failed',
      undone: 'part',
      refusal: { code: 'deployment-late' },
    });
  });

  test('by itself, when the time limit is over, with the reason (F17)', async () => {
    world.provisioner.script({ outcome: 'hang' });
    const { id } = await world.requested(world.target('slow'), 'create');
    await world.until(id, 'applying');
    world.clock.forward(20 * minuteMs);
    const over = await world.untilOver(id);
    expect(over.standing.state).toBe('cancelled');
    expect(over.message).toBe(
      'The deployment took longer than its time limit of 20 minutes and was cancelled (timeout).',
    );
  });
});

describe('what waits for people', () => {
  const wanted: Verdict = {
    verdict: 'needs-approvals',
    waitsFor: 'owner (team shop)',
    approvals: [{ approvers: ['owner'], count: 1, noSelfApproval: false, reasons: [] }],
  };

  test('costs nothing: its work is over, and goes on as another piece of work', async () => {
    verdict = wanted;
    const { tools } = world;
    const { db } = tools;
    const { id, target } = await world.requested(world.target('asked'), 'create');
    const waiting = await world.until(id, 'waiting');
    expect(waiting.message).toBe(`waits for approval by owner (team shop): deuteron approval show ${id}`);
    expect(world.noun.told.get(target.arn)?.at(-1)).toMatchObject({ status: 'IN_PROGRESS', message: waiting.message });
    await vi.waitFor(async () => expect((await workUnderWay(db, 10)).map((work) => work.id)).not.toContain(id));
    expect(world.provisioner.begun).toEqual([]);

    verdict = { verdict: 'allow' };
    await db.transaction().execute((tx) => resumeDeployment(tools, tx, waiting, 'given'));
    const over = await world.untilOver(id);
    expect(over).toMatchObject({ standing: { state: 'succeeded' }, message: undefined });
    expect(world.noun.told.get(target.arn)?.at(-1)?.message).toBeUndefined();
  });

  test.each(['create', 'delete'] as const)('a cancelled %s ends, and nothing was touched', async (operation) => {
    const target = world.target(`cancelled-${operation}`);
    if (operation === 'delete') await deployed(`cancelled-${operation}`);
    world.provisioner.reset();
    verdict = wanted;
    const { id } = await world.requested(target, operation);
    await world.until(id, 'waiting');
    await cancel(id);
    const over = await world.untilOver(id);
    expect(over.standing.state).toBe(operation === 'create' ? 'cancelled' : 'failed');
    expect(world.provisioner.begun).toEqual([]);
    expect(world.noun.statuses(target.arn).at(-1)).toBe(operation === 'create' ? 'CANCELLED' : 'DELETE_FAILED');
  });

  test('nobody answers: it fails, and nothing was touched', async () => {
    verdict = wanted;
    const { id } = await world.requested(world.target('plan-late'), 'create');
    await world.until(id, 'waiting');
    world.clock.forward(usualLimits.approvalMs);
    await reviewWaiting({ ...world.tools, decide: async () => verdict, inspector: createInspector() });
    const over = await world.untilOver(id);
    expect(over.standing).toMatchObject({ state: 'failed', undone: 'all', refusal: { code: 'approval-late' } });
    expect(over.message).toContain('within 336 hours');
    expect(world.provisioner.begun).toEqual([]);
  });
});

describe('a verdict', () => {
  test('a plan that is denied fails with the reason', async () => {
    const refusal = {
      kind: 'forbidden',
      code: 'denied',
      message: 'Not on Fridays.',
      remedy: 'Come back on Monday.',
    } as const;
    verdict = { verdict: 'deny', refusal };
    const { id } = await world.requested(world.target('denied-plan'), 'create');
    expect(await world.untilOver(id)).toMatchObject({
      standing: { state: 'failed', refusal },
      message: 'Not on Fridays. Come back on Monday.',
    });
  });
});

describe('one change at a time', () => {
  test('a second one is refused and names the first', async () => {
    world.provisioner.script({ outcome: 'hang' });
    const { id } = await world.requested(world.target('busy'), 'create');
    const second = await world.request(world.target('busy'), 'update');
    expect(second).toMatchObject({
      refusal: { kind: 'conflict', code: 'deployment-busy', message: expect.stringContaining(id) },
    });
    await world.until(id, 'applying');
    await cancel(id);
    await world.untilOver(id);
  });

  test('of those that wait only the newest is carried out; a deletion waits for its turn (F16)', async () => {
    const target = world.target('queue');
    await deployed('queue');
    world.provisioner.script({ outcome: 'hang' });
    const change = (spec: string) => world.requested(target, 'update', { spec, whenBusy: 'queue' });
    const two = await change('replicas=2');
    await world.until(two.id, 'applying');
    const three = await change('replicas=3');
    const four = await change('replicas=4');
    expect(await world.find(three.id)).toMatchObject({
      standing: { state: 'superseded', by: four.id },
      message: expect.stringContaining(four.id),
    });
    expect(await world.status(four.id)).toBe('IN_PROGRESS');
    expect(world.noun.told.get(target.arn)?.at(-1)?.deploymentId).toBe(two.id);

    world.provisioner.script({ outcome: 'hang' });
    await vi.waitFor(() => expect(world.provisioner.begun).toHaveLength(2));
    world.provisioner.finishNow(stackOf('queue'));
    expect((await world.untilOver(two.id)).standing.state).toBe('succeeded');
    await world.until(four.id, 'applying');
    expect((await world.find(four.id)).initialState?.spec).toBe('replicas=2');

    const removal = await world.requested(target, 'delete', { whenBusy: 'queue' });
    expect(removal.standing.state).toBe('queued');
    expect(await world.request(target, 'update', { whenBusy: 'queue' })).toMatchObject({
      refusal: { code: 'target-being-deleted' },
    });
    await vi.waitFor(() => expect(world.provisioner.begun).toHaveLength(3));
    world.provisioner.finishNow(stackOf('queue'));
    expect((await world.untilOver(four.id)).standing.state).toBe('succeeded');
    expect((await world.untilOver(removal.id)).standing.state).toBe('succeeded');
    expect(world.provisioner.called('cancel')).toBe(0);
    expect(world.provisioner.begun.slice(1)).toEqual([`update ${two.id}`, `update ${four.id}`, `delete ${removal.id}`]);
    expect(await targetFind(world.tools.db, target.arn)).toBeUndefined();
  });

  test('a deploy sent while another is being cancelled is next (F17)', async () => {
    const target = world.target('fix');
    await deployed('fix');
    world.provisioner.script({ outcome: 'hang' });
    const broken = await world.requested(target, 'update', { spec: 'broken' });
    await world.until(broken.id, 'applying');
    await vi.waitFor(() => expect(world.provisioner.begun).toHaveLength(2));
    await cancel(broken.id);
    const fixed = await world.requested(target, 'update', { spec: 'fixed', whenBusy: 'queue' });
    expect((await world.untilOver(fixed.id)).standing.state).toBe('succeeded');
    expect((await world.find(broken.id)).standing.state).toBe('cancelled');
    expect(world.noun.statuses(target.arn).slice(2)).toEqual([
      'IN_PROGRESS',
      'CANCELLING',
      'CANCELLED',
      'IN_PROGRESS',
      'SUCCEEDED',
    ]);
  });

  test('one that waits can be cancelled without touching the one that runs', async () => {
    world.provisioner.script({ outcome: 'hang' });
    const running = await world.requested(world.target('line'), 'create');
    const waiting = await world.requested(world.target('line'), 'update', { whenBusy: 'queue' });
    await cancel(waiting.id);
    expect(await world.find(waiting.id)).toMatchObject({
      standing: { state: 'cancelled' },
      completedAt: expect.any(Date),
    });
    expect(await world.status(running.id)).toBe('IN_PROGRESS');
    await world.until(running.id, 'applying');
    await cancel(running.id);
    await world.untilOver(running.id);
  });
});

describe('deletion', () => {
  test('deletes what was provisioned, without the bundle (F18)', async () => {
    await deployed('gone');
    world.noun.broken = { kind: 'missing', code: 'bundle-missing', message: 'No bundle.', remedy: 'None.' };
    const target = world.target('gone');
    const { id } = await world.requested(target, 'delete');
    expect((await world.untilOver(id)).standing.state).toBe('succeeded');
    expect(world.provisioner.has(stackOf('gone'))).toBe(false);
    expect(world.noun.statuses(target.arn).slice(2)).toEqual(['DELETE_IN_PROGRESS', 'DELETE_COMPLETE']);
    expect(await targetFind(world.tools.db, target.arn)).toBeUndefined();
  });

  test('with an id of its own that is asked for again after its end is the same one', async () => {
    await deployed('once');
    const target = world.target('once');
    const id = '22222222-2222-4222-8222-222222222222' as DeploymentId;
    await world.requested(target, 'delete', { id });
    await world.untilOver(id);
    expect((await world.requested(target, 'delete', { id })).standing.state).toBe('succeeded');
    expect(await targetFind(world.tools.db, target.arn)).toBeUndefined();
  });

  test('with nothing provisioned is over when the request returns (F14)', async () => {
    const target = world.target('nothing');
    world.noun.templates.set(7, plainTemplate.replace('inputs.value', 'inputs.valeu'));
    const { id } = await world.requested(target, 'create', { minor: 7 });
    await world.untilOver(id);
    const removal = await world.requested(target, 'delete');
    expect(removal.standing.state).toBe('succeeded');
    expect(world.provisioner.calls).toEqual([]);
    expect(await targetFind(world.tools.db, target.arn)).toBeUndefined();
  });

  test('asked for twice is one deletion; one that fails can be asked for again or be followed by an update', async () => {
    await deployed('stuck');
    const target = world.target('stuck');
    world.provisioner.script({ outcome: 'fail', looks: 3, reason: 'The bucket is not empty' });
    const first = await world.requested(target, 'delete');
    expect((await world.requested(target, 'delete')).id).toBe(first.id);
    const over = await world.untilOver(first.id);
    expect(await world.status(first.id)).toBe('DELETE_FAILED');
    expect(over.message).toContain('The bucket is not empty');
    const update = await world.requested(target, 'update', { spec: 'again' });
    expect((await world.untilOver(update.id)).standing.state).toBe('succeeded');
    const last = await world.requested(target, 'delete');
    expect((await world.untilOver(last.id)).standing.state).toBe('succeeded');
  });

  test('that never ends fails at its time limit and says so', async () => {
    await deployed('endless');
    world.provisioner.script({ outcome: 'hang-for-ever' });
    const { id } = await world.requested(world.target('endless'), 'delete');
    await world.until(id, 'deleting');
    expect(await cancel(id)).toMatchObject({ refusal: { code: 'deployment-not-cancellable' } });
    world.clock.forward(20 * minuteMs);
    expect((await world.untilOver(id)).standing).toMatchObject({
      state: 'failed',
      refusal: { code: 'deployment-late' },
    });
  });
});
