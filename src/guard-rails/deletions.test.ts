import { expect, test } from 'vitest';
import { analyseStackChange } from '../changes/index.ts';
import { builtInRails } from './built-in-rails.ts';
import { blockedBy } from './describe-report.ts';
import { inspectDeletion } from './inspect-plan.ts';
import { inspectTemplate } from './inspect-template.ts';
import type { RailSetting } from './rail-setting.ts';
import { railsInForce } from './rails-in-force.ts';
import { blockingFindings } from './report.ts';
import { inspectText, rendered, setting, someDay, thing } from './testing/inspect-text.ts';

const place = { accountId: '111122223333', region: 'eu-central-1' };

/** What the deletion of a stack with these resources comes to. */
function deletion(resources: string, settings: readonly RailSetting[], exceptions: readonly string[] = []) {
  const template = `Resources:\n${resources}`;
  const pseudo = { ...place, stackName: 'shop-live' };
  const lifted = exceptions.map((rail) => ({
    id: rail,
    rail,
    reason: 'r',
    expiresAt: new Date('2027-01-01T00:00:00Z'),
  }));
  const inForce = railsInForce(builtInRails, settings, thing, lifted, 'deletion');
  const analysis = analyseStackChange({ before: { template, secrets: [] }, pseudo });
  const planned = { targets: [{ ...place, analysis }], sourceOf: () => undefined, hide: (text: string) => text };
  return inspectDeletion(inForce, planned, rendered(template), someDay);
}

const blocked = (...given: Parameters<typeof deletion>) =>
  blockingFindings(deletion(...given)).map(({ rail, logicalId, message }) => `${rail} ${logicalId ?? ''}: ${message}`);

const table = (more: string, properties = '') =>
  `  T: {Type: 'AWS::DynamoDB::Table', ${more} Properties: {${properties} KeySchema: [{AttributeName: a, KeyType: HASH}], AttributeDefinitions: [{AttributeName: a, AttributeType: S}]}}`;

test.each([
  ['nothing said', '', ['no-data-loss T: It holds data and is removed.']],
  ['kept', 'DeletionPolicy: Retain,', []],
  ['left as a snapshot', 'DeletionPolicy: Snapshot,', []],
])('what holds data, %s', (_, policy, expected) => {
  expect(blocked(table(policy), [setting('no-data-loss', 'block')])).toEqual(expected);
});

test('more than may be removed at once', () => {
  const queues = ['A', 'B', 'C'].map((id) => `  ${id}: {Type: 'AWS::SQS::Queue'}`).join('\n');
  const most = (max: number) => [setting('removals-max', 'block', { parameters: { max } })];
  expect(blocked(queues, most(3))).toEqual([]);
  expect(blocked(queues, most(2))).toEqual(['removals-max : It removes 3 resources; at most 2 are allowed (A, B, C).']);
  expect(blocked(queues, most(2), ['removals-max'])).toEqual([]);
});

test('what its service protects', () => {
  const rail = [setting('protected-stays', 'block')];
  const on = 'DeletionProtectionEnabled: true,';
  expect(blocked(table('', on), rail)).toEqual(['protected-stays T: It is protected from deletion.']);
  expect(blocked(table('DeletionPolicy: Retain,', on), rail)).toEqual([]);
  expect(blocked(table(''), rail)).toEqual([]);
  const other = "\n  Elsewhere: {Type: 'Custom::Elsewhere', Properties: {ServiceToken: arn}}";
  const unknown = `${table('', 'DeletionProtectionEnabled: !GetAtt Elsewhere.On,')}${other}`;
  expect(blocked(unknown, rail)).toEqual([]);
  expect(blocked(unknown, [setting('protected-stays', 'block', { strict: true })])).toEqual([
    'protected-stays T: Perhaps it is protected from deletion.',
  ]);
});

test('whatever a template looks like, it can be deleted: every other rail, strict, and one that nobody knows', () => {
  const values = { number: 0, numbers: [22], texts: ['nothing-*'], text: 'nothing-*' };
  const others = builtInRails.filter(({ deletions }) => deletions === undefined);
  const settings = others.map(({ id, parameters }) => {
    const given = Object.fromEntries(Object.entries(parameters).map(([name, { kind }]) => [name, values[kind]]));
    return setting(id, 'block', { strict: true, parameters: given });
  });
  const unknown: RailSetting = { ...setting('no-open-ports', 'block', { strict: true }), rail: 'command:gone' };
  const bad = "  B: {Type: 'AWS::S3::Bucket', Properties: {AccessControl: PublicRead, BucketName: x}}";
  const made = railsInForce(builtInRails, [...settings, unknown], thing, []);
  expect(blockingFindings(inspectTemplate(made, rendered(`Resources:\n${bad}`), someDay)).length).toBeGreaterThan(5);
  expect(blocked(bad, [...settings, unknown])).toEqual([]);
});

test('a change is not held against what is about deletions', () => {
  const report = inspectText(`Resources:\n${table('', 'DeletionProtectionEnabled: true,')}`, [
    setting('protected-stays', 'block'),
  ]);
  expect([...report.passed, ...report.findings.map(({ rail }) => rail)]).not.toContain('protected-stays');
});

test('who is stopped is told both ways out', () => {
  const refusal = blockedBy(deletion(table(''), [setting('no-data-loss', 'block')]), 'deletion');
  expect(refusal).toMatchObject({ code: 'guard-rail-blocked' });
  expect(refusal?.remedy).toContain('deuteron guard-rail exception request');
  expect(refusal?.remedy).toContain('deuteron deployment abandon');
});
