import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCases, readPlanCases } from './case-folder.ts';
import { predict, predictPlan } from './predict.ts';
import { Scores } from './score.ts';

const cases = readCases(join(import.meta.dirname, 'cases'));
const plans = readPlanCases(join(import.meta.dirname, 'cases'));

test.each(cases.map((mutation) => [mutation.id, mutation] as const))('%s', (_id, mutation) => {
  const scores = new Scores();
  scores.add(mutation, predict(mutation));
  expect(scores.misses.filter((miss) => !miss.includes('(accepted)'))).toEqual([]);
});

test.each(plans.map((plan) => [plan.id, plan] as const))('%s', (_id, plan) => {
  const scores = new Scores();
  scores.add(plan, predictPlan(plan));
  expect(scores.misses).toEqual([]);
});

test.each(cases.map((mutation) => [mutation.id, mutation] as const))(
  '%s: the old version against itself',
  (_id, mutation) => {
    const itself = { ...mutation, after: { ...mutation.before, migrations: [] } };
    const context = { ...mutation.instance.context, environmentOutputs: undefined };
    const said = predict({ ...itself, instance: { ...mutation.instance, context } });
    expect(said).toMatchObject({ versionClass: 'compatible', requiredBump: 'patch', verdict: 'no-change', flags: [] });
    expect([...said.resources.values()].filter((impact) => impact !== 'none')).toEqual([]);
  },
);

test('what is called milder than it is, is dangerous', () => {
  const [mutation] = cases.filter(({ labels }) => labels.instance === 'data-at-risk');
  const scores = new Scores();
  const mild = { ...predict(mutation!), verdict: 'in-place', versionClass: 'compatible' } as const;
  scores.add(mutation!, mild);
  expect(scores.dangerous).toHaveLength(2);
  expect(scores.line()).toMatch(/^mutations: version 0\/1, instance 0\/1 \(lenient 0\/1\), .*, dangerous 2$/);
});
