import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describePlanJudgement, planJudgementJson, planJudgementMarkdown } from './describe-plan.ts';
import { judgePlan } from './judge-plan.ts';
import { readTerraformPlan } from './read-plan.ts';
import { planText } from './testing/plan-text.ts';

function judge(text: string, context = {}) {
  const plan = readTerraformPlan(text);
  if (!plan.ok) throw new Error(plan.refusal.message);
  return judgePlan(plan.value, context);
}

/** What Terraform 1.11.4 printed for its built-in provider: every action that exists there. */
const realPlan = readFileSync(join(import.meta.dirname, 'testing', 'built-in-provider-plan.json'), 'utf8');

test('a plan that a real Terraform made', async () => {
  const judged = judge(realPlan);
  await expect(`${describePlanJudgement(judged)}\n`).toMatchFileSnapshot('golden/built-in-provider-plan.txt');
  await expect(`${planJudgementMarkdown(judged)}\n`).toMatchFileSnapshot('golden/built-in-provider-plan.md');
});

test('secrets of a plan are shown in no form', () => {
  const hidden = judge(
    planText(
      {
        'aws_db_instance.main': {
          actions: ['update'],
          before: { password: 'first-secret', tags: { note: 'first-secret' }, port: 5432 },
          after: { password: 'second-secret', tags: { note: 'has second-secret inside' }, port: 6543 },
          before_sensitive: { password: true },
          after_sensitive: { password: true, port: true },
        },
      },
      {
        output_changes: {
          key: {
            actions: ['update'],
            before: 'old-key-text',
            after: 'new-key-text',
            before_sensitive: true,
            after_sensitive: true,
          },
        },
      },
    ),
  );
  for (const judged of [judge(realPlan), hidden]) {
    const texts = [
      JSON.stringify(planJudgementJson(judged)),
      describePlanJudgement(judged),
      planJudgementMarkdown(judged),
    ];
    for (const text of texts) expect(text).not.toMatch(/hunter2|-secret|-key-text|6543/);
  }
});

const size = {
  allocated_storage: 100,
  engine: 'postgres',
  engine_version: '16.3',
  identifier: 'orders',
  deletion_protection: false,
};
const cases = [
  [
    'a database that is replaced',
    {
      'aws_db_instance.main': {
        actions: ['delete', 'create'],
        before: size,
        after: { ...size, storage_encrypted: true },
        replace_paths: [['storage_encrypted']],
      },
    },
    'data-affecting',
    'data-at-risk',
    { 'aws_db_instance.main': 'replace' },
  ],
  [
    'a database that is guarded',
    { 'aws_db_instance.main': { actions: ['delete'], before: { ...size, deletion_protection: true } } },
    'data-affecting',
    'fails',
    { 'aws_db_instance.main': 'remove' },
  ],
  [
    'a name that both would have',
    {
      'aws_lb_target_group.web': {
        actions: ['create', 'delete'],
        before: { name: 'web', port: 80 },
        after: { name: 'web', port: 81 },
        replace_paths: [['port']],
      },
    },
    'breaking',
    'fails',
    { 'aws_lb_target_group.web': 'replace' },
  ],
  [
    'the same, deleted first',
    {
      'aws_lb_target_group.web': {
        actions: ['delete', 'create'],
        before: { name: 'web', port: 80 },
        after: { name: 'web', port: 81 },
        replace_paths: [['port']],
      },
    },
    'breaking',
    'replacement',
    { 'aws_lb_target_group.web': 'replace' },
  ],
  [
    'an engine with another major version',
    { 'aws_db_instance.main': { actions: ['update'], before: size, after: { ...size, engine_version: '17.1' } } },
    'data-affecting',
    'data-at-risk',
    { 'aws_db_instance.main': 'update-interrupt' },
  ],
  [
    'more storage',
    { 'aws_db_instance.main': { actions: ['update'], before: size, after: { ...size, allocated_storage: 200 } } },
    'compatible',
    'interruption',
    { 'aws_db_instance.main': 'update-interrupt' },
  ],
  [
    'a new task definition',
    {
      'aws_ecs_task_definition.web': {
        actions: ['delete', 'create'],
        before: { family: 'web', cpu: '256' },
        after: { family: 'web', cpu: '512' },
        replace_paths: [['cpu']],
      },
    },
    'compatible',
    'in-place',
    { 'aws_ecs_task_definition.web': 'replace' },
  ],
  [
    'what is moved',
    {
      'module.a.aws_vpc.main': {
        actions: ['no-op'],
        before: { id: '1' },
        after: { id: '1' },
        previous_address: 'aws_vpc.main',
      },
    },
    'compatible',
    'no-change',
    { 'module.a.aws_vpc.main': 'none' },
  ],
  [
    'what is left over',
    { 'aws_db_instance.main': { actions: ['delete'], before: size, deposed: 'abcd1234' } },
    'data-affecting',
    'data-at-risk',
    { 'aws_db_instance.main (deposed)': 'remove' },
  ],
] as const;
test.each(cases)('%s', (_name, resources, versionClass, verdict, impacts) => {
  const judged = judge(planText(resources));
  expect(judged).toMatchObject({ versionClass, verdict });
  expect(Object.fromEntries(judged.resources.map(({ logicalId, impact }) => [logicalId, impact]))).toEqual(impacts);
});

test('what is deferred is undecided, and is never taken for nothing', () => {
  const change = { actions: ['delete', 'create'], before: size, after: size, after_unknown: {} };
  const deferred = [
    {
      reason: 'provider_config_unknown',
      resource_change: { address: 'aws_db_instance.main', mode: 'managed', type: 'aws_db_instance', change },
    },
  ];
  const judged = judge(planText({}, { complete: false, deferred_changes: deferred }));
  expect(judged).toMatchObject({ versionClass: 'data-affecting', resources: [{ impact: 'conditional-replace' }] });
  expect(judged.findings.every(({ evidence }) => evidence.certainty === 'undecided')).toBe(true);
  expect(judge(planText({}, { complete: false })).verdict).toBe('replacement');
  expect(judge(planText({}, { errored: true })).verdict).toBe('fails');
});

test('drift is told, with what the plan does about it', () => {
  const drift = {
    address: 'aws_db_instance.main',
    mode: 'managed',
    type: 'aws_db_instance',
    change: { actions: ['update'], before: size, after: { ...size, multi_az: true } },
  };
  const judged = judge(
    planText(
      { 'aws_db_instance.main': { actions: ['update'], before: { ...size, multi_az: true }, after: size } },
      { resource_drift: [drift] },
    ),
  );
  expect(judged.findings.find(({ code }) => code === 'R-DRIFT')?.message).toMatch(/multi_az.*writes over/);
});

test('a reader of an output that goes is told', () => {
  const text = planText({}, { output_changes: { url: { actions: ['delete'], before: 'https://a', after: null } } });
  expect(judge(text)).toMatchObject({ versionClass: 'breaking', verdict: 'no-change', flags: [] });
  const outputReaders = [{ output: 'url', reader: 'shop' }];
  expect(judge(text, { outputReaders })).toMatchObject({ verdict: 'fails', flags: ['breaks-consumer'] });
});

test('so many deleted and created ones are told as they are', () => {
  const numbers = Array.from({ length: 1200 }, (_, index) => index);
  const resources = Object.fromEntries(
    numbers.map((index): [string, Readonly<Record<string, unknown>>] => [
      `aws_subnet.${index % 2 ? 'old' : 'new'}${index}`,
      index % 2 ? { actions: ['delete'], before: { vpc_id: 'v' } } : { actions: ['create'], after: { vpc_id: 'v' } },
    ]),
  );
  const codes = new Set(judge(planText(resources)).findings.map(({ code }) => code));
  expect([...codes].sort()).toEqual(['R-ADD', 'R-REMOVE']);
});
