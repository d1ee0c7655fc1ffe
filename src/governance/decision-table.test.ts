import { beforeAll, expect, test } from 'vitest';
import { decide } from './decisions/decide.ts';
import type { Policies } from './rules/policies.ts';
import { shippedModels } from './rules/shipped-rules.ts';
import { aligned, decisionTable, rowRequest, showVerdict } from './testing/decision-table.ts';
import { people, saturday } from './testing/example-estate.ts';
import { testPolicies } from './testing/test-policies.ts';

// how the tables are read: golden/README.txt

test.each(shippedModels)('the decisions of %s', async (model) => {
  const policies = await testPolicies({ organization: model });
  await expect(decisionTable(policies)).toMatchFileSnapshot(`golden/decisions-${model}.txt`);
});

test('the decisions where no model is assigned', async () => {
  await expect(decisionTable(await testPolicies())).toMatchFileSnapshot('golden/decisions-unassigned.txt');
});

const all = {} as Record<(typeof shippedModels)[number], Policies>;
beforeAll(async () => {
  for (const model of shippedModels) all[model] = await testPolicies({ organization: model });
});

type Who = keyof typeof people;
const instance = { verb: 'instance:update', kind: 'service-instance', environmentClass: 'production' } as const;
const template = { verb: 'template:publish', kind: 'service-template' } as const;

/** What is written of the four models, line by line: who asks, and what he is told under each. */
const described: readonly (readonly [
  what: string,
  row: Parameters<typeof rowRequest>[0],
  who: Who,
  centralized: string,
  goldenPath: string,
  embedded: string,
  decentralized: string,
])[] = [
  ['an owner publishes', template, 'owner', 'no', 'platform', 'embedded-engineer', 'yes'],
  ['the platform team publishes', template, 'platform', 'yes', 'yes', 'yes', 'no'],
  ['the engineer publishes', template, 'engineer', 'no', 'platform', 'yes', 'yes'],
  [
    'an owner makes a test environment',
    { verb: 'environment:create', kind: 'environment', environmentClass: 'test' },
    'owner',
    'no',
    'yes',
    'yes',
    'yes',
  ],
  [
    'an owner makes one for production',
    { verb: 'environment:create', kind: 'environment', environmentClass: 'production' },
    'owner',
    'no',
    'no',
    'yes',
    'yes',
  ],
  ['an owner makes an instance', { ...instance, verb: 'instance:create' }, 'owner', 'platform*', 'yes', 'yes', 'yes'],
  [
    'an owner updates, compatible',
    { ...instance, changeClass: 'compatible' },
    'owner',
    'platform*',
    'yes',
    'yes',
    'yes',
  ],
  [
    'an owner updates, breaking',
    { ...instance, environmentClass: 'test', changeClass: 'breaking' },
    'owner',
    'platform*',
    'owner',
    'embedded-engineer',
    'yes, tell platform',
  ],
  [
    'an owner updates, breaking, in production',
    { ...instance, changeClass: 'breaking' },
    'owner',
    'platform*',
    'owner + environment-owner',
    'embedded-engineer',
    'yes, tell platform',
  ],
  [
    'an owner updates, with data',
    { ...instance, changeClass: 'data-affecting' },
    'owner',
    'platform* + data-owner',
    'data-owner + owner|environment-owner|platform',
    'data-owner + embedded-engineer',
    'data-owner',
  ],
  [
    'an owner attaches a component',
    { verb: 'component:attach', kind: 'component', environmentClass: 'test' },
    'owner',
    'no',
    'yes',
    'yes',
    'yes',
  ],
  [
    'an owner wants an exception',
    { ...instance, verb: 'guard-rail:except' },
    'owner',
    'security* + platform*',
    'security|platform*',
    'security*',
    'security*',
  ],
  ['an owner deletes', { ...instance, verb: 'instance:delete' }, 'owner', 'platform*', 'yes', 'yes', 'yes'],
  [
    'an owner deletes what holds data',
    { ...instance, verb: 'instance:delete', statefulTouched: 1 },
    'owner',
    'platform* + data-owner',
    'data-owner',
    'data-owner',
    'data-owner',
  ],
  ['a stranger updates', { ...instance, changeClass: 'compatible' }, 'stranger', 'no', 'no', 'no', 'no'],
];

test.each(described)('%s: as the models are described', (_, row, who, ...expected) => {
  const told = shippedModels.map((model) => showVerdict(decide(all[model], rowRequest(row, people[who]))));
  expect(told).toEqual(expected);
});

test('centralized: production changes in its window only, and no approval opens it', () => {
  const request = rowRequest({ ...instance, changeClass: 'compatible' }, people.owner);
  const decided = decide(all.centralized, { ...request, at: saturday });
  expect(decided).toMatchObject({
    verdict: 'deny',
    reasons: [
      {
        rule: 'centralized/production-window',
        message: expect.stringMatching(/ It is Saturday after \d+ o'clock now, in the time zone UTC\.$/),
      },
    ],
  });
  const inTest = rowRequest({ ...instance, environmentClass: 'test', changeClass: 'compatible' }, people.owner);
  expect(decide(all.centralized, { ...inTest, at: saturday }).verdict).toBe('needs-approvals');
});

test('the window is one of the time zone', () => {
  const request = rowRequest({ ...instance, changeClass: 'compatible' }, people.owner);
  const evening = { ...request, at: new Date('2026-11-24T23:30:00Z') };
  expect(decide(all.centralized, evening).verdict).toBe('deny');
  // half past nine on Wednesday
  expect(decide(all.centralized, { ...evening, timeZone: 'Australia/Brisbane' }).verdict).toBe('needs-approvals');
});

test('golden path: quotas end self-service', () => {
  const request = rowRequest(
    { verb: 'environment:create', kind: 'environment', environmentClass: 'test' },
    people.owner,
  );
  expect(decide(all['golden-path'], { ...request, owned: 9 }).verdict).toBe('allow');
  expect(decide(all['golden-path'], { ...request, owned: 10 }).verdict).toBe('deny');
});

test('a mixture: each unit by its own model, production of the free ones by the golden path', async () => {
  const mixture = await testPolicies({
    organization: 'golden-path',
    networks: 'centralized',
    data: 'embedded',
    labs: 'decentralized',
    'labs/environment-class:production': 'golden-path',
  });
  const lines = ['shop', 'networks', 'data', 'labs'].flatMap((unit) =>
    ['test', 'production'].flatMap((environmentClass) =>
      (['compatible', 'breaking', 'data-affecting'] as const).map((changeClass) => {
        const request = rowRequest({ ...instance, environmentClass, changeClass }, people.owner);
        const resource = { ...request.resource, unitPath: ['organization', unit] };
        const verdict = decide(mixture, { ...request, resource });
        return [unit, environmentClass, changeClass, `${verdict.model} of ${verdict.modelScope}`, showVerdict(verdict)];
      }),
    ),
  );
  await expect(aligned([['unit', 'class', 'change', 'ruled by', 'an owner is told'], ...lines])).toMatchFileSnapshot(
    'golden/mixture.txt',
  );
});
