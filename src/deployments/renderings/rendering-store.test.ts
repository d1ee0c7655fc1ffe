import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDeletionPlan } from '../plans/plan.ts';
import { planDifference } from '../plans/plan-difference.ts';
import { type DeploymentWorld, deploymentWorld } from '../testing/deployment-world.ts';
import { deployedFind } from './deployed-store.ts';
import type { DeploymentRendering } from './rendering.ts';
import { renderingGet, renderingUpsert } from './rendering-store.ts';

let world: DeploymentWorld;
beforeAll(async () => {
  world = await deploymentWorld();
  await world.startEngine();
});
afterAll(() => world.close());

async function deployed(name: string) {
  const target = world.target(name);
  const { id } = await world.requested(target, 'create', { spec: name });
  await world.untilOver(id);
  const { db } = world.tools;
  const rendering = await renderingGet(db, id);
  const keep = (childTemplates: DeploymentRendering['childTemplates']) =>
    renderingUpsert(db, id, { ...rendering, childTemplates });
  return { target, id, rendering, keep };
}

test('templates of nested stacks are kept with a rendering, each text once', async () => {
  const { db } = world.tools;
  const [one, other] = [await deployed('one'), await deployed('other')];
  expect(one.rendering.childTemplates).toEqual({});
  await Promise.all([
    one.keep({ 'a.yaml': 'first', 'deep/b.yaml': 'second' }),
    other.keep({ 'c.yaml': 'second', 'd.yaml': 'first', 'e.yaml': 'first' }),
  ]);
  expect(await renderingGet(db, one.id)).toMatchObject({
    childTemplates: { 'a.yaml': 'first', 'deep/b.yaml': 'second' },
  });
  expect((await renderingGet(db, other.id)).childTemplates).toEqual({
    'c.yaml': 'second',
    'd.yaml': 'first',
    'e.yaml': 'first',
  });
  const { rows } = await sql<{ text: string }>`select text from child_template order by text`.execute(db);
  expect(rows).toEqual([{ text: 'first' }, { text: 'second' }]);
});

test('what was kept is what is deployed: another nested template makes a plan stale, and none that was kept is unknown', async () => {
  const { db } = world.tools;
  const { target, keep, rendering } = await deployed('stale');
  const planned = async () => {
    const now = await deployedFind(db, target.arn);
    return makeDeletionPlan({ operation: 'delete', targetArn: target.arn, deployed: now }, rendering, []);
  };
  const without = await planned();
  await keep({ 'a.yaml': 'first' });
  const first = await planned();
  await keep({ 'a.yaml': 'second' });
  const second = await planned();
  expect(new Set([without.id, first.id, second.id]).size).toBe(3);
  expect(planDifference(first, second)).toEqual([expect.stringContaining('something else was deployed meanwhile')]);
  await keep(undefined);
  expect(await deployedFind(db, target.arn)).toMatchObject({
    state: 'rendered',
    rendering: { template: rendering.template },
  });
  expect(await deployedFind(db, target.arn)).not.toHaveProperty('rendering.childTemplates');
  expect((await planned()).id).toBe(without.id);
});
