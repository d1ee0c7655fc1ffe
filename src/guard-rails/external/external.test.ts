import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtInRails } from '../built-in-rails.ts';
import { readParameters } from '../parameter-rule.ts';
import type { RailSetting } from '../rail-setting.ts';
import { railsInForce } from '../rails-in-force.ts';
import { blockingFindings, type RailReport } from '../report.ts';
import { rendered, thing } from '../testing/inspect-text.ts';
import { externalRails, type GuardRailPrograms } from './external-rails.ts';
import { createExternalInspection } from './inspect-externally.ts';
import { readGuardRailPrograms } from './read-programs.ts';
import type { ProgramLimits } from './run-program.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deuteron-programs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const template = `Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: PublicRead
      BucketName: !Sub "\${AWS::StackName}-files"
`;

let count = 0;
/** A program that is this JavaScript. */
function program(source: string): [string, ...string[]] {
  count += 1;
  const file = join(folder, `program-${count}.mjs`);
  writeFileSync(file, source);
  return [process.execPath, file];
}

async function look(
  rail: string,
  programs: GuardRailPrograms,
  {
    parameters = {},
    limits = {},
    shown = rendered(template),
  }: {
    parameters?: Record<string, unknown>;
    limits?: Partial<ProgramLimits>;
    shown?: ReturnType<typeof rendered>;
  } = {},
): Promise<RailReport> {
  const rails = [...builtInRails, ...externalRails(programs)];
  const read = readParameters(rail, rails.find(({ id }) => id === rail)?.parameters ?? {}, parameters);
  if (!read.ok) throw new Error(read.refusal.message);
  const setting: RailSetting = {
    scope: { unit: 'organization' },
    rail,
    effect: 'block',
    strict: false,
    parameters: read.value,
  };
  return createExternalInspection(programs, limits)(railsInForce(rails, [setting], thing, []), shown);
}

const messages = (report: RailReport) => blockingFindings(report).map(({ message }) => message);
const answer = (value: unknown, code = 0) =>
  program(`process.stdout.write(${JSON.stringify(JSON.stringify(value))}); process.exitCode = ${code};`);

describe('an own command', () => {
  test('is given the template and what it evaluates to, and its findings lead to the line', async () => {
    const echo = program(`
      let text = ''; for await (const piece of process.stdin) text += piece;
      const { contract, stackName, accountId, region, settings, resources, template } = JSON.parse(text);
      const told = [contract, stackName, accountId, region, settings, resources.Bucket.properties.BucketName, template.length];
      console.log(JSON.stringify({ findings: [
        { message: told.join(' '), logicalId: 'Bucket', property: 'BucketName', remedy: 'Mend it.' }, { message: 'a line', line: 3 } ] }));
    `);
    const report = await look('command:echo', { echo }, { parameters: { settings: '{"a":1}' } });
    expect(report.findings).toMatchObject([
      {
        rail: 'command:echo',
        message: `deuteron-guard-rail/1 shop-live 111122223333 eu-central-1 {"a":1} shop-live-files ${template.length}`,
        logicalId: 'Bucket',
        property: 'BucketName',
        remedy: 'Mend it.',
        position: { line: 6 },
      },
      { message: 'a line', position: { line: 3 } },
    ]);
  });

  const nesting = `Resources:
  Files: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: bucket.yaml, Parameters: {Access: PublicRead}}}
`;
  const bucket =
    'Parameters: {Access: {Type: String}}\nResources:\n  B: {Type: AWS::S3::Bucket, Properties: {AccessControl: !Ref Access}}\n';
  const nested = rendered(nesting, { children: { 'bucket.yaml': bucket }, folder: 'instance_infrastructure' });

  test('is shown each nested stack as a template of its own, with what its parent gives it', async () => {
    const echo = program(`
      let text = ''; for await (const piece of process.stdin) text += piece;
      const { nested = '', resources, template } = JSON.parse(text);
      console.log(JSON.stringify({ findings: [
        { message: [nested, template.length, resources.B?.properties.AccessControl ?? ''].join(' '), logicalId: Object.keys(resources)[0] },
        ...(nested ? [{ message: 'a line', line: 3 }] : []) ] }));
    `);
    const report = await look('command:echo', { echo }, { shown: nested });
    expect(report.findings).toMatchObject([
      {
        message: ` ${nesting.length} `,
        logicalId: 'Files',
        position: { file: 'instance_infrastructure/cloudformation.yaml' },
      },
      {
        message: `Files ${bucket.length} PublicRead`,
        logicalId: 'Files/B',
        position: { file: 'instance_infrastructure/bucket.yaml', line: 3 },
      },
      { message: 'a line', logicalId: 'Files', position: { file: 'instance_infrastructure/bucket.yaml', line: 3 } },
    ]);
  });

  test('that is missing is told once, however many stacks there are', async () => {
    const report = await look('command:gone', { gone: [join(folder, 'not-there')] }, { shown: nested });
    expect(messages(report)).toEqual([expect.stringContaining('guard-rail-tool-missing')]);
  });

  test('that finds nothing has passed', async () => {
    expect(await look('command:fine', { fine: answer({ findings: [] }) })).toMatchObject({
      findings: [],
      passed: ['command:fine'],
    });
  });

  test('knows nothing of our environment, and its folder goes with it', async () => {
    process.env.DEUTERON_SEALING_KEY = 'never-told';
    const nosy = program(`
      import { writeFileSync } from 'node:fs';
      writeFileSync('left-behind', 'x');
      console.log(JSON.stringify({ findings: [{ message: JSON.stringify({ names: Object.keys(process.env).sort(), cwd: process.cwd() }) }] }));
    `);
    const [told = '{}'] = messages(await look('command:nosy', { nosy }));
    delete process.env.DEUTERON_SEALING_KEY;
    const { names, cwd } = JSON.parse(told);
    expect(names).toEqual(['HOME', 'LANG', 'PATH', 'TMPDIR']);
    expect(existsSync(cwd)).toBe(false);
  });

  test.each([
    { name: 'does not end', source: 'setInterval(() => {}, 1000)', limits: { ms: 300 }, why: 'it took too long' },
    {
      name: 'writes without end',
      source: "for (;;) process.stdout.write('x'.repeat(10000))",
      limits: { outputBytes: 20_000 },
      why: 'it wrote too much',
    },
    { name: 'fails', source: "console.error('no licence'); process.exit(3)", why: 'no licence' },
    { name: 'says nothing of why', source: 'process.exit(3)', why: 'exit code 3' },
    { name: 'writes no JSON', source: "console.log('all is well')", why: 'its answer cannot be read' },
    { name: 'has no findings', source: 'console.log("{}")', why: 'its answer has no findings' },
    {
      name: 'has a finding without words',
      source: 'console.log(JSON.stringify({findings: [{}]}))',
      why: 'a finding has no message',
    },
    {
      name: 'is ended',
      source: "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)",
      why: 'it was ended',
    },
  ])('that $name blocks, and says so', async ({ source, limits, why }) => {
    const report = await look('command:bad', { bad: program(source) }, { limits });
    expect(report.passed).toEqual([]);
    expect(messages(report)).toEqual([
      expect.stringContaining(`guard-rail-tool-failed: command:bad could not look: ${why}`),
    ]);
  });
});

test.each(['cfn-lint', 'cloudformation-guard', 'opa'])('%s that is not there blocks, and is no pass', async (rail) => {
  const parameters = {
    'cfn-lint': {},
    'cloudformation-guard': { rules: 'rule x {}' },
    opa: { policy: 'package deuteron' },
  }[rail];
  const report = await look(rail, { [rail]: [join(folder, 'not-there')] }, { parameters });
  expect(report.passed).toEqual([]);
  expect(messages(report)).toEqual([expect.stringContaining(`guard-rail-tool-missing: the program of ${rail}`)]);
});

/** What cfn-lint 1.51 answers to such a template, shortened. */
const lintAnswer = [
  {
    Level: 'Error',
    Location: {
      Path: ['Resources', 'Bucket', 'Properties', 'AccessControl'],
      Start: { ColumnNumber: 7, LineNumber: 5 },
    },
    Message: "A bucket with 'AccessControl' set should also have at least one 'OwnershipControl' configured",
    Rule: { Id: 'E3045' },
  },
  {
    Level: 'Warning',
    Location: { Path: null, Start: { ColumnNumber: 1, LineNumber: 1 } },
    Message: 'legacy',
    Rule: { Id: 'W3045' },
  },
];

test('findings of cfn-lint lead to the line, and rules can be ignored', async () => {
  const programs = { 'cfn-lint': answer(lintAnswer, 6) };
  const report = await look('cfn-lint', programs);
  expect(report.findings).toMatchObject([
    {
      message: expect.stringMatching(/^E3045: /),
      logicalId: 'Bucket',
      property: 'AccessControl',
      position: { line: 5 },
    },
    { message: 'W3045: legacy', position: { line: 1 } },
  ]);
  expect(messages(await look('cfn-lint', programs, { parameters: { ignore: ['W'] } }))).toHaveLength(1);
  expect(messages(await look('cfn-lint', { 'cfn-lint': answer([], 1) }))).toEqual([
    expect.stringContaining('tool-failed'),
  ]);
});

/** What cfn-guard 3.1.1 answers, shortened: one clause that compares, one that misses something. */
const guardAnswer = [
  {
    name: 'template',
    status: 'FAIL',
    not_compliant: [
      {
        Rule: {
          name: 'bucket_private',
          messages: { custom_message: null, error_message: null },
          checks: [
            {
              Clause: {
                Binary: {
                  context: ' %buckets[*].Properties.AccessControl EQUALS  "Private"',
                  messages: { custom_message: 'Buckets are private', error_message: 'Value="PublicRead"' },
                  check: {
                    Resolved: { from: { path: '/Resources/Bucket/Properties/AccessControl', value: 'PublicRead' } },
                  },
                },
              },
            },
            {
              Clause: {
                Unary: {
                  check: {
                    UnResolved: { value: { traversed_to: { path: '/Resources/Bucket/Properties', value: {} } } },
                  },
                  context: ' %buckets[*].Properties.BucketEncryption EXISTS  ',
                  messages: { custom_message: '', error_message: 'missing' },
                },
              },
            },
          ],
        },
      },
    ],
  },
];

test('findings of CloudFormation Guard lead to the line, without values of the template', async () => {
  const programs = { 'cloudformation-guard': answer(guardAnswer, 19) };
  const report = await look('cloudformation-guard', programs, { parameters: { rules: 'rule x {}' } });
  expect(report.findings).toMatchObject([
    {
      message: 'bucket_private: Buckets are private',
      logicalId: 'Bucket',
      property: 'AccessControl',
      position: { line: 5 },
    },
    {
      message: 'bucket_private: %buckets[*].Properties.BucketEncryption EXISTS',
      logicalId: 'Bucket',
      position: { line: 2 },
    },
  ]);
  expect(JSON.stringify(report)).not.toContain('PublicRead');
  const none = await look(
    'cloudformation-guard',
    { 'cloudformation-guard': answer([]) },
    { parameters: { rules: 'x' } },
  );
  expect(messages(none)).toEqual([expect.stringContaining('it looked at no template')]);
});

test('denials of OPA are texts or objects, and a query of nothing is no pass', async () => {
  const parameters = { policy: 'package deuteron' };
  const result = (value?: unknown) => answer(value === undefined ? {} : { result: [{ expressions: [{ value }] }] });
  const denied = await look('opa', { opa: result(['no', { message: 'public', logicalId: 'Bucket' }]) }, { parameters });
  expect(denied.findings).toMatchObject([{ message: 'no' }, { message: 'public', position: { line: 2 } }]);
  expect((await look('opa', { opa: result([]) }, { parameters })).passed).toEqual(['opa']);
  for (const value of [undefined, true, [1]])
    expect(messages(await look('opa', { opa: result(value) }, { parameters }))).toEqual([
      expect.stringContaining('tool-failed'),
    ]);
});

test('programs are read from a file, as lists of words', () => {
  const read = (text: string) => {
    const file = join(folder, 'programs.json');
    writeFileSync(file, text);
    return readGuardRailPrograms(file);
  };
  expect(read('{"no-friday": ["/bin/no-friday", "--strict"]}')).toEqual({
    ok: true,
    value: { 'no-friday': ['/bin/no-friday', '--strict'] },
  });
  for (const wrong of ['', '[]', '{"A B": ["x"]}', '{"a": "x y"}', '{"a": []}', '{"a": [1]}'])
    expect(read(wrong)).toMatchObject({ ok: false, refusal: { code: 'guard-rail-programs-wrong' } });
});
