import { expect, test } from 'vitest';
import { readTerraformPlan, tooManyBytes } from './read-plan.ts';
import { planText } from './testing/plan-text.ts';

const refused = [
  ['nothing', '', 'terraform-plan-unreadable'],
  ['the binary plan', 'PK\u0003\u0004tfplan', 'terraform-plan-unreadable'],
  ['a list', '[]', 'terraform-plan-unreadable'],
  ['null', 'null', 'terraform-plan-unreadable'],
  ['another file', '{"name":"deuteron"}', 'terraform-plan-unreadable'],
  ['a state', '{"format_version":"1.0","values":{}}', 'terraform-plan-unreadable'],
  ['the log of a plan', '{"@level":"info","@message":"Terraform 1.11"}', 'terraform-plan-unreadable'],
  ['a format to come', '{"format_version":"2.0"}', 'terraform-plan-version'],
  ['a format gone by', '{"format_version":"0.2"}', 'terraform-plan-version'],
  [
    'a resource without address',
    '{"format_version":"1.2","resource_changes":[{"type":"x"}]}',
    'terraform-plan-unreadable',
  ],
  ['a change that is a list', '{"format_version":"1.2","resource_changes":[7]}', 'terraform-plan-unreadable'],
  ['no actions', planText({ 'aws_vpc.main': {} }), 'terraform-plan-unreadable'],
  ['unknown actions', planText({ 'aws_vpc.main': { actions: ['explode'] } }), 'terraform-plan-unreadable'],
  [
    'actions by a name that objects have',
    planText({ 'aws_vpc.main': { actions: ['constructor'] } }),
    'terraform-plan-unreadable',
  ],
  [
    'unknown actions of an output',
    planText({}, { output_changes: { a: { actions: ['x'] } } }),
    'terraform-plan-unreadable',
  ],
] as const;
test.each(refused)('%s is refused', (_name, text, code) => {
  const read = readTerraformPlan(text);
  expect(read.ok ? 'read' : read.refusal.code).toBe(code);
});

test('values nested without end are refused', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
  for (const marks of ['{}', '{"tags":true}']) {
    const text = planText({
      'aws_vpc.main': { actions: ['create'], after: { tags: 'HERE' }, after_sensitive: 'MARKS' },
    })
      .replace('"HERE"', nested(5000))
      .replace('"MARKS"', marks);
    const read = readTerraformPlan(text);
    expect(read.ok ? 'read' : read.refusal.code).toBe('terraform-plan-too-large');
  }
});

test('a file is refused by its size alone', () => {
  const { refusal } = tooManyBytes(500_000_000);
  expect(refusal).toMatchObject({ kind: 'limit', code: 'terraform-plan-too-large' });
  expect(refusal.message).toContain('500000000');
});

test('unknown members are passed over, and odd ones do no harm', () => {
  const after = JSON.parse('{"__proto__":{"polluted":true},"constructor":"x","cidr_block":"10.0.0.0/16"}') as object;
  const read = readTerraformPlan(
    planText(
      { 'aws_vpc.main': { actions: ['create'], after, replace_paths: 'all', importing: null, identity: 1 } },
      { brand_new: { member: [] }, resource_drift: null, output_changes: [], checks: 'none', deferred_changes: {} },
    ),
  );
  expect(read.ok && read.value.resources).toMatchObject([{ action: 'create', after: { constructor: 'x' } }]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('data sources are read, whatever is planned for them', () => {
  const read = readTerraformPlan(planText({ 'data.aws_ami.latest': { actions: ['read'] } }));
  expect(read.ok && read.value.resources.map(({ action }) => action)).toEqual(['read']);
});
