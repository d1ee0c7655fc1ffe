import { afterAll, describe, expect, test } from 'vitest';
import { makeBundle } from '../bundles/index.ts';
import { environmentFiles, manifest } from './testing/template-world.ts';
import { analysisInThisThread, VersionAnalysisPool } from './version-analysis.ts';

const encoder = new TextEncoder();
function bundle(stack: string) {
  const files = { ...environmentFiles(), 'infrastructure/cloudformation.yaml': stack };
  return makeBundle(new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)])));
}
const before = bundle('Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n');
const after = bundle('Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n');
const pair = { kind: 'environment', before, after } as const;
const schemaText = environmentFiles()['schema/schema.yaml'] ?? '';
const check = {
  kind: 'environment',
  version: { major: 2, minor: 0, schemaText, steps: {} },
  bundle: after,
  known: [{ major: 1, minor: 0, schemaText, steps: {} }],
  bundles: [{ major: 1, minor: 0, bundle: before }],
  stored: [{ arn: 'env', from: { major: 1, minor: 0 }, part: { kind: 'environment' }, spec: 'proton: 1' }],
} as const;

describe('a thread', () => {
  const pool = new VersionAnalysisPool();
  afterAll(() => pool.close());
  test('says of two versions what this one says', async () => {
    const comparison = await pool.compare(pair);
    expect(comparison).toEqual(await analysisInThisThread.compare(pair));
    expect(comparison.versionClass).toBe('data-affecting');
  });
  test('says of upgrades what this one says', async () => {
    const findings = await pool.checkUpgrade(check);
    expect(findings).toEqual(await analysisInThisThread.checkUpgrade(check));
    expect(findings).toMatchObject([{ rule: 'upgrade-stored' }]);
  });
});

test('Terraform is compared by what its modules declare', async () => {
  const module = (type: string) => {
    const files: Record<string, string> = {
      ...environmentFiles('name: {type: string, default: jobs}'),
      'infrastructure/manifest.yaml': manifest('terraform'),
      'infrastructure/main.tf': `resource "${type}" "it" {\n  name = var.environment.inputs.name\n}\n`,
    };
    delete files['infrastructure/cloudformation.yaml'];
    return makeBundle(new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)])));
  };
  const terraform = { kind: 'environment', before: module('aws_sqs_queue'), after: module('aws_sns_topic') } as const;
  const comparison = await analysisInThisThread.compare(terraform);
  expect(comparison.requiredBump).toBe('major');
  expect(JSON.stringify(comparison.parts)).toContain('aws_sqs_queue');
});

test('what a thread does not find out in time counts as breaking, and is told', async () => {
  const pool = new VersionAnalysisPool({ timeMsMax: 1 });
  // seconds of work: a busy machine may look at its clock late
  const stored = Array.from({ length: 60_000 }, (_, index) => ({ ...check.stored[0], arn: `env-${index}` }));
  expect(await pool.compare(pair)).toEqual({
    versionClass: 'breaking',
    requiredBump: 'major',
    parts: [],
    notes: [expect.stringMatching(/^The versions were not compared: it took longer than 1 ms\./)],
  });
  expect(await pool.checkUpgrade({ ...check, stored })).toMatchObject([
    { rule: 'upgrade-uncertain', severity: 'warning' },
  ]);
  await pool.close();
});
