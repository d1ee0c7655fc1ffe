import fc from 'fast-check';
import { expect, test } from 'vitest';
import { builtInRails } from './built-in-rails.ts';
import { effects } from './guard-rail.ts';
import { inspectPlan } from './inspect-plan.ts';
import { inspectTemplate } from './inspect-template.ts';
import { readParameters } from './parameter-rule.ts';
import type { RailSetting } from './rail-setting.ts';
import { railsInForce } from './rails-in-force.ts';
import { blockingFindings, joinReports } from './report.ts';
import { rendered, setting, someDay, thing } from './testing/inspect-text.ts';

const template = `
Resources:
  Bucket: {Type: 'AWS::S3::Bucket', Properties: {AccessControl: PublicRead}}
  Disk: {Type: 'AWS::EC2::Volume', Properties: {AvailabilityZone: a, Encrypted: !GetAtt Other.Encrypted}}
  Ssh: {Type: 'AWS::EC2::SecurityGroupIngress', Properties: {GroupId: g, IpProtocol: tcp, FromPort: 20, ToPort: 25, CidrIp: 0.0.0.0/0}}
  Queue: {Type: 'AWS::SQS::Queue', Properties: {QueueName: orders}}
  Other: {Type: 'Custom::Other', Properties: {ServiceToken: arn}}
`;

/** Every rail with some parameters; a list of texts may be empty. */
const anySetting = fc
  .record({
    rail: fc.constantFrom(...builtInRails),
    unit: fc.constantFrom('organization', 'shop', 'elsewhere'),
    environmentClass: fc.constantFrom(undefined, 'production', 'sandbox'),
    effect: fc.constantFrom(...effects),
    strict: fc.boolean(),
    number: fc.nat(3),
    numbers: fc.array(fc.constantFrom(20, 22, 80), { maxLength: 2 }),
    texts: fc.array(fc.constantFrom('AWS::SQS::*', 'eu-*', 'team', 'AWS::S3::Bucket'), { maxLength: 2 }),
  })
  .map(({ rail, unit, environmentClass, effect, strict, ...values }): RailSetting => {
    const given = { number: values.number, numbers: values.numbers, texts: values.texts, text: 'shop-*' };
    const parameters = Object.entries(rail.parameters).map(([name, { kind }]) => [name, given[kind]]);
    const read = readParameters(rail.id, rail.parameters, Object.fromEntries(parameters));
    if (!read.ok) throw new Error(read.refusal.message);
    const scope = environmentClass
      ? { unit, within: { kind: 'environment-class', id: environmentClass } as const }
      : { unit };
    return { scope, rail: rail.id, effect, strict, parameters: read.value };
  });

function blocked(settings: readonly RailSetting[]): ReadonlySet<string> {
  const inForce = railsInForce(builtInRails, settings, thing, []);
  const ofTemplate = inspectTemplate(inForce, rendered(template), someDay);
  const analysis = {
    known: true,
    changeClass: 'data-affecting',
    verdict: 'data-at-risk',
    flags: [],
    resources: [
      { logicalId: 'Bucket', type: 'AWS::S3::Bucket', typeClass: 'stateful', impact: 'replace' },
      { logicalId: 'Queue', type: 'AWS::SQS::Queue', typeClass: 'identity', impact: 'conditional-replace' },
    ],
    unchanged: 0,
    findings: [],
  } as const;
  const targets = [{ accountId: '111122223333', region: 'eu-central-1', analysis }];
  const ofPlan = inspectPlan(inForce, { targets, sourceOf: () => undefined, hide: (text) => text });
  const report = joinReports(ofTemplate, ofPlan);
  return new Set(
    blockingFindings(report).map(({ rail, logicalId, property, message }) =>
      JSON.stringify([rail, logicalId, property, message]),
    ),
  );
}

function expectAllOf(less: ReadonlySet<string>, more: ReadonlySet<string>) {
  expect([...less].filter((each) => !more.has(each))).toEqual([]);
}

test('one more setting never lets more through', () => {
  fc.assert(
    fc.property(fc.array(anySetting, { maxLength: 6 }), anySetting, (settings, another) => {
      expectAllOf(blocked(settings), blocked([...settings, another]));
    }),
    { numRuns: 150 },
  );
});

test('a stricter setting never lets more through', () => {
  fc.assert(
    fc.property(fc.array(anySetting, { minLength: 1, maxLength: 6 }), fc.nat(5), (settings, index) => {
      const at = index % settings.length;
      const stricter = settings.map((each, position) =>
        position === at ? { ...each, effect: 'block' as const, strict: true } : each,
      );
      expectAllOf(blocked(settings), blocked(stricter));
    }),
    { numRuns: 150 },
  );
});

test('what a scope above wants, no scope below takes back', () => {
  const above = setting('no-public-bucket', 'block');
  const below = setting('no-public-bucket', 'off', { unit: 'shop' });
  expect(blocked([above, below])).toEqual(blocked([above]));
  expect(blocked([above]).size).toBe(1);
});

test('what cannot be known blocks only where it is strict', () => {
  const unknownDisk = (strict: boolean) => [...blocked([setting('encrypted-at-rest', 'block', { strict })])];
  expect(unknownDisk(false)).toEqual([]);
  expect(unknownDisk(true)).toEqual([expect.stringContaining('Disk')]);
});

test('a template that nobody can evaluate is not passed in silence', () => {
  const inForce = railsInForce(builtInRails, [setting('encrypted-at-rest', 'block', { strict: true })], thing, []);
  const report = inspectTemplate(inForce, rendered('Resources: [}'), someDay);
  expect(report.passed).toEqual([]);
  expect(blockingFindings(report)).toMatchObject([{ rail: 'encrypted-at-rest', isUnknown: true }]);
});

test('a setting for a rail that this server does not know is not passed in silence', () => {
  const unknown: RailSetting = { ...setting('no-open-ports', 'block', { strict: true }), rail: 'command:gone' };
  const report = inspectTemplate(railsInForce(builtInRails, [unknown], thing, []), rendered(template), someDay);
  expect(blockingFindings(report)).toMatchObject([{ rail: 'command:gone' }]);
});

test('an exception lifts its rail and no other', () => {
  const settings = [setting('no-public-bucket', 'block'), setting('no-open-ports', 'block')];
  const exception = {
    id: 'e1',
    rail: 'no-public-bucket',
    reason: 'a web site',
    expiresAt: new Date('2027-01-01T00:00:00Z'),
  };
  const report = inspectTemplate(railsInForce(builtInRails, settings, thing, [exception]), rendered(template), someDay);
  expect(blockingFindings(report).map(({ rail }) => rail)).toEqual(['no-open-ports']);
  expect(report.exceptions).toEqual([{ id: 'e1', rail: 'no-public-bucket', expiresAt: '2027-01-01T00:00:00.000Z' }]);
});
