import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { renderJob, runRenderJob } from '../../bundles/index.ts';
import { analyseStackChange } from '../../changes/index.ts';
import { accept } from '../../errors/index.ts';
import { createInspector } from '../../guard-rails/index.ts';
import type { Asking } from '../deployment-tools.ts';
import { requestDeployment } from '../request-deployment.ts';
import type { TargetRef, TargetState } from '../target-ref.ts';
import { targetFind } from '../target-store.ts';
import { type DeploymentWorld, deploymentWorld } from '../testing/deployment-world.ts';
import { adviseOnPlans } from '../verdicts/advise-on-plans.ts';
import { allowAll } from '../verdicts/verdict.ts';
import { describePlan, planMarkdown } from './describe-plan.ts';
import { type Plan, planSummary } from './plan.ts';
import type { PlanId } from './plan-id.ts';
import type { PlanRequestTools, RequestToPlan } from './plan-request.ts';
import { planFind } from './plan-store.ts';
import { applyPlannedChange, planChangeOnly, readPlannedChange } from './planned-change.ts';

let world: DeploymentWorld;
let tools: PlanRequestTools;
beforeAll(async () => {
  world = await deploymentWorld();
  await world.startEngine();
  tools = {
    ...world.tools,
    provisioners: { cloudformation: world.provisioner },
    renderer: {
      async render(bundle, part, data) {
        const job = renderJob(bundle, part, data);
        return job.ok ? runRenderJob(job.value) : job;
      },
    },
    analyse: async (change) => analyseStackChange(change),
    guardRails: [],
    inspector: createInspector(),
    decide: allowAll,
  };
});
afterAll(() => world.close());
beforeEach(() => {
  world.provisioner.reset();
  world.noun.reset();
});

const state = (spec: string): TargetState => ({ templateName: 'network', majorVersion: 1, minorVersion: 0, spec });

/** A request for a deployment, in the transaction that it is given or in one of its own. */
function asking(target: TargetRef, operation: 'create' | 'update' | 'delete', spec = 'one'): RequestToPlan {
  return (db, wants: Asking) => {
    const targetState = operation === 'delete' ? undefined : state(spec);
    const ask = (tx: typeof db) =>
      requestDeployment({ ...world.tools, asking: wants }, tx, {
        target,
        operation,
        targetState,
        requestedBy: undefined,
      });
    return db.isTransaction ? ask(db) : db.transaction().execute(ask);
  };
}

async function planned(request: RequestToPlan, kept?: object): Promise<Plan> {
  const plans = await planChangeOnly(tools, { request, kept, previews: 'never' });
  if (!plans.ok) throw new Error(plans.refusal.message);
  const [plan, ...more] = plans.value;
  if (!plan || more.length > 0) throw new Error(`${plans.value.length} plans, not one`);
  return plan;
}

async function deployed(name: string, spec: string) {
  const target = world.target(name);
  const operation = (await targetFind(world.tools.db, target.arn)) ? 'update' : 'create';
  const { id } = await world.requested(target, operation, { spec });
  expect((await world.untilOver(id)).standing.state).toBe('succeeded');
  return { id, target };
}

const apply = (id: PlanId, request: RequestToPlan) =>
  applyPlannedChange(tools, id, () => ({ toPlan: request, make: request }));

test('a plan of a creation leaves nothing behind, and is the plan of the deployment that follows', async () => {
  const target = world.target('new');
  const request = asking(target, 'create');
  const plan = await planned(request, { kept: true });
  expect(await targetFind(world.tools.db, target.arn)).toBeUndefined();
  expect(world.provisioner.calls).toEqual([]);
  expect(planSummary(plan)).toEqual({
    id: plan.id,
    operation: 'create',
    changeClass: 'compatible',
    verdict: 'in-place',
    flags: [],
    resources: { added: 1, updated: 0, replaced: 0, removed: 0, retained: 0, stateful: 0 },
    targets: [{ accountId: '111122223333', region: 'us-east-1' }],
  });
  expect(await readPlannedChange(tools, plan.id)).toMatchObject({ ok: true, value: { request: { kept: true } } });
  const applied = await apply(plan.id, request);
  if (!applied.ok || !applied.value) throw new Error('it was not applied');
  expect((await world.untilOver(applied.value.id)).standing.state).toBe('succeeded');
  expect(await planFind(world.tools.db, applied.value.id)).toMatchObject({ id: plan.id });
});

test('a plan is stale when something else was deployed since, and says what', async () => {
  const { target } = await deployed('stale', 'first');
  const request = asking(target, 'update', 'third');
  const plan = await planned(request, {});
  const { id } = await deployed('stale', 'second');
  expect(await apply(plan.id, request)).toMatchObject({
    ok: false,
    refusal: {
      kind: 'conflict',
      code: 'plan-stale',
      message: `The plan ${plan.id} is stale: something else was deployed meanwhile by the deployment ${id}.`,
    },
  });
});

test('other inputs, another version and another place are told too', async () => {
  const { target } = await deployed('told', 'first');
  const plan = await planned(asking(target, 'update', 'second'), {});
  world.noun.placements = [{ accountId: '111122223333', region: 'eu-west-1' }];
  const moved = await planned(asking(target, 'update', 'other'));
  expect(moved.notes).toEqual(['What lies in 111122223333 us-east-1 stays there, and is no longer changed.']);
  const refused = await apply(plan.id, asking(target, 'update', 'other'));
  expect(refused.ok ? '' : refused.refusal.message).toBe(
    `The plan ${plan.id} is stale: the input value was "second" and is "other"; the template renders differently (Bucket: replace, now add); where it is deployed was 111122223333/us-east-1 and is 111122223333/eu-west-1.`,
  );
});

test('what changes between the request and the work ends the deployment, and nothing is touched', async () => {
  const { target } = await deployed('raced', 'first');
  const plan = await planned(asking(target, 'update', 'second'), {});
  const begun = world.provisioner.begun.length;
  let id: string | undefined;
  await asking(
    target,
    'update',
    'changed meanwhile',
  )(world.tools.db, {
    expectedPlan: plan.id,
    told: (deployment) => {
      id = deployment.id;
    },
  });
  const over = await world.untilOver(id as never);
  expect(over.standing).toMatchObject({ state: 'failed', refusal: { code: 'plan-stale' }, undone: 'all' });
  expect(over.message).toContain('the input value was "second" and is "changed meanwhile"');
  expect(world.provisioner.begun).toHaveLength(begun);
});

test('a deletion is planned from what was deployed, also when its bundle is broken', async () => {
  const { target, id } = await deployed('gone', 'first');
  world.noun.broken = { kind: 'invalid', code: 'part-missing', message: 'broken', remedy: 'none' };
  const request = asking(target, 'delete');
  const plan = await planned(request, {});
  expect(plan).toMatchObject({ operation: 'delete', changeClass: 'data-affecting', deployedBy: id });
  expect(plan.irreversible).toEqual(['deletes the Bucket Bucket; its content would be lost']);
  const applied = await apply(plan.id, request);
  if (!applied.ok || !applied.value) throw new Error('it was not applied');
  expect((await world.untilOver(applied.value.id)).standing.state).toBe('succeeded');
  expect(await planFind(world.tools.db, applied.value.id)).toMatchObject({ id: plan.id });
});

test('what was never provisioned has nothing to lose', async () => {
  const target = world.target('never');
  world.noun.broken = { kind: 'invalid', code: 'part-missing', message: 'broken', remedy: 'none' };
  const { id } = await world.requested(target, 'create');
  await world.untilOver(id);
  const plan = await planned(asking(target, 'delete'));
  expect(plan).toMatchObject({ changeClass: 'none', targets: [] });
  const undecided = { ...tools, decide: () => Promise.reject(new Error('nothing is known of where it is')) };
  const wanted = { request: asking(target, 'delete'), asks: 'ada', isApplied: false };
  expect(await adviseOnPlans(undecided, [plan], wanted)).toEqual([{ verdict: 'allow', asks: 'ada', rules: [] }]);
});

test('a request that is refused has no plan, and one that provisions nothing neither', async () => {
  const { target } = await deployed('refused', 'first');
  world.provisioner.script({ outcome: 'hang' });
  const { id } = await world.requested(target, 'update', { spec: 'second' });
  await world.until(id, 'applying');
  const previews = 'never' as const;
  expect(await planChangeOnly(tools, { request: asking(target, 'update'), previews })).toMatchObject({
    refusal: { code: 'deployment-busy' },
  });
  expect(await planChangeOnly(tools, { request: async () => accept(undefined), previews })).toMatchObject({
    refusal: { code: 'nothing-to-plan' },
  });
  expect(await apply('sha256:unknown' as PlanId, asking(target, 'update'))).toMatchObject({
    refusal: { code: 'plan-missing' },
  });
  world.provisioner.finishNow(`${(await targetFind(world.tools.db, target.arn))?.resources[0]?.name}`);
});

test('who reads a plan is told what would become of it, and nothing of it is asked for', async () => {
  const { target } = await deployed('advised', 'first');
  const request = asking(target, 'update', 'second');
  const plan = await planned(request);
  const refusal = { kind: 'forbidden', code: 'not-permitted', message: 'Not on Fridays.', remedy: 'Wait.' } as const;
  const denied = { ...tools, decide: async () => ({ verdict: 'deny', refusal }) as const };
  const wanted = { request, asks: 'ada', isApplied: true };
  const [advice] = await adviseOnPlans(denied, [plan], wanted);
  expect(advice).toEqual({ verdict: 'deny', asks: 'ada', message: 'Not on Fridays.', rules: [] });
  expect(describePlan(plan, advice)).toContain(
    '\n\nWere it asked for by ada now (rules and people may change until it is):\n  Would be denied: Not on Fridays.\n\nPlan ',
  );
  expect(await adviseOnPlans(tools, [plan], wanted)).toEqual([{ verdict: 'allow', asks: 'ada', rules: [] }]);

  const seen: unknown[] = [];
  const decide: typeof tools.decide = async (_db, _plan, { expectedPlan }) => {
    seen.push(expectedPlan);
    return { verdict: 'allow' };
  };
  await adviseOnPlans({ ...tools, decide }, [plan], wanted);
  await adviseOnPlans({ ...tools, decide }, [plan], { ...wanted, isApplied: false });
  expect(seen).toEqual([plan.id, undefined]);

  world.provisioner.script({ outcome: 'hang' });
  const { id } = await world.requested(target, 'update', { spec: 'third' });
  await world.until(id, 'applying');
  expect(await adviseOnPlans(tools, [plan], wanted)).toMatchObject([
    { verdict: 'refused', message: expect.stringContaining('only one can run at a time') },
  ]);
  world.provisioner.finishNow(`${(await targetFind(world.tools.db, target.arn))?.resources[0]?.name}`);
});

test('a person at a terminal and a pull request read the same', async () => {
  const { target } = await deployed('shown', 'first');
  const plan = await planned(asking(target, 'update', 'second'));
  const shown = (text: string) => text.replace(/sha256:[0-9a-f]{64}/g, 'sha256:...');
  await expect(`${shown(describePlan(plan))}\n`).toMatchFileSnapshot('golden/plan.txt');
  await expect(`${shown(planMarkdown(plan))}\n`).toMatchFileSnapshot('golden/plan.md');
});
