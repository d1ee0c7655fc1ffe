import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { templateDiffCommand } from './template-diff-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'template-diff-'));
const manifest =
  'infrastructure:\n  templates:\n    - file: stack.yaml\n      rendering_engine: jinja\n      template_language: cloudformation\n';
const schema = (inputs: string) => `schema:
  format: {openapi: "3.0.0"}
  service_input_type: Inputs
  types:
    Inputs: {type: object, properties: {${inputs}}}
`;
const queue = (properties: string) => `Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {${properties}, QueueName: "{{ environment.outputs.Prefix }}-jobs"}
Outputs:
  JobsArn: {Value: !GetAtt Jobs.Arn}
`;
function bundle(name: string, inputs: string, properties: string): Record<string, string> {
  return {
    [`${name}/schema/schema.yaml`]: schema(inputs),
    [`${name}/instance_infrastructure/manifest.yaml`]: manifest,
    [`${name}/instance_infrastructure/stack.yaml`]: queue(properties),
  };
}
const seconds = 'seconds: {type: integer, minimum: 0, maximum: 43200, default: 30}';
const key = 'key: {type: string, format: password, default: quiet-please}';
const visibility = 'VisibilityTimeout: "{{ service_instance.inputs.seconds }}"';
const files: Record<string, string> = {
  ...bundle('old', seconds, visibility),
  ...bundle('same', `${seconds.replace('type', 'title: Seconds, type')}`, `${visibility.replaceAll('"', "'")}`),
  ...bundle('longer', seconds.replace('30', '60'), visibility),
  ...bundle('without', '', 'VisibilityTimeout: 30'),
  ...bundle('shorter', seconds, `${visibility}, MessageRetentionPeriod: 60`),
  ...bundle('locked', `${seconds}, ${key}`, `${visibility}, KmsMasterKeyId: "{{ service_instance.inputs.key }}"`),
  'spec.yaml': 'proton: ServiceSpec\ninstances:\n  - {name: live, environment: production, spec: {seconds: 90}}\n',
};
const hcl = manifest.replace('stack.yaml', '"*"').replace('jinja', 'hcl').replace('cloudformation', 'terraform');
function terraform(name: string, inputs: string, days: string): Record<string, string> {
  return {
    [`${name}/schema/schema.yaml`]: schema(inputs),
    [`${name}/instance_infrastructure/manifest.yaml`]: hcl,
    [`${name}/instance_infrastructure/main.tf`]: `resource "aws_sqs_queue" "jobs" {\n  message_retention_seconds = ${days} * 86400\n  delay_seconds = var.service_instance.inputs.seconds\n}\n`,
  };
}
Object.assign(files, {
  ...terraform('hcl', seconds, '4'),
  ...terraform('hcl-default', seconds.replace('30', '60'), '4'),
  ...terraform('hcl-days', seconds, '2'),
  ...terraform('hcl-wrong', seconds, '} 2'),
});
beforeAll(() => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  process.exitCode = 0;
  vi.restoreAllMocks();
});

async function diff(before: string, after: string, ...flags: readonly string[]) {
  const said: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void said.push(line));
  vi.spyOn(console, 'error').mockImplementation((line) => void said.push(line));
  const given = flags.map((flag) => (flag === 'spec.yaml' ? join(folder, flag) : flag));
  const folders = [join(folder, before), join(folder, after)];
  await templateDiffCommand().parseAsync(['node', 'diff', ...folders, '--kind', 'service', ...given]);
  return { said: said.join('\n').replaceAll(folder, ''), code: process.exitCode ?? 0 };
}

test.each([
  ['same', 0, 'compatible: may be published as a patch version.'],
  ['longer', 0, 'compatible: may be published as a minor version.'],
  ['without', 3, 'breaking: may be published as a major version.'],
  ['shorter', 4, 'data-affecting: may be published as a major version.'],
] as const)('%s ends with %i', async (after, code, headline) => {
  const told = await diff('old', after);
  expect(told.code).toBe(code);
  expect(told.said.split('\n')[0]).toBe(headline);
});

test.each([
  ['hcl', 0, 'compatible: may be published as a patch version.', ''],
  [
    'hcl-default',
    0,
    'compatible: may be published as a minor version.',
    'updates aws_sqs_queue.jobs because delay_seconds',
  ],
  ['hcl-days', 4, 'data-affecting: may be published as a major version.', 'deletes what is older'],
] as const)('a configuration of Terraform: %s ends with %i', async (after, code, headline, told) => {
  const { said, ...rest } = await diff('hcl', after);
  expect(rest.code).toBe(code);
  expect(said.split('\n')[0]).toBe(headline);
  expect(said).toContain(told);
});

test('a configuration that is no HCL is said, with an exit code of its own', async () => {
  expect(await diff('hcl', 'hcl-wrong')).toMatchObject({ code: 2, said: expect.stringContaining('not valid HCL') });
});

test('a person reads what happens, why, and what said so', async () => {
  const { said } = await diff('old', 'shorter', '--spec', 'spec.yaml');
  await expect(`${said}\n`).toMatchFileSnapshot('golden/template-diff.txt');
});

test('a pull request gets a table', async () => {
  const { said } = await diff('old', 'without', '--markdown');
  await expect(`${said}\n`).toMatchFileSnapshot('golden/template-diff.md');
});

test('a machine gets the same as data', async () => {
  const { said } = await diff('old', 'longer', '--json', '--spec', 'spec.yaml');
  expect(JSON.parse(said)).toMatchObject({
    versionClass: 'compatible',
    requiredBump: 'minor',
    parts: [
      {
        part: 'instance',
        resources: [{ logicalId: 'Jobs', impact: 'update-in-place' }],
        instance: { verdict: 'no-change' },
      },
    ],
  });
});

test('a secret input is shown in no form', async () => {
  for (const form of ['--json', '--markdown'])
    expect((await diff('old', 'locked', form)).said).not.toContain('quiet-please');
  const { said } = await diff('old', 'locked', '--spec', 'spec.yaml');
  expect(said).toContain('KmsMasterKeyId');
  expect(said).not.toContain('quiet-please');
});

test('what cannot be read is said, with an exit code of its own', async () => {
  expect(await diff('old', 'nowhere')).toMatchObject({ code: 2 });
  expect(await diff('old', 'same', '--spec', '/nowhere.yaml')).toMatchObject({ code: 2 });
  expect((await diff('old', 'same', '--spec', 'spec.yaml', '--instance', 'other')).said).toContain('no instance other');
});
