import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { upgradeInputsCommand } from './upgrade-inputs-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'upgrade-inputs-'));
const schema = (inputs: string) => `schema:
  format: {openapi: "3.0.0"}
  service_input_type: Inputs
  pipeline_input_type: Pipeline
  types:
    Inputs: {type: object, properties: {${inputs}}}
    Pipeline: {type: object, properties: {stage: {type: string}}}
`;
const files = {
  'v1/schema/schema.yaml': schema('path: {type: string}'),
  'v2/schema/schema.yaml': schema('healthPath: {type: string}'),
  'v2/migrations/1-to-2.yaml': 'ops:\n  - rename: {from: /path, to: /healthPath}\n',
  'v3/schema/schema.yaml': `${schema('healthPath: {type: string}, owner: {type: string}')}`,
  'v3/migrations/2-to-3.yaml': 'ops:\n  - ask: {at: /owner, question: Who owns it?, role: owner}\n',
  'bad/schema/schema.yaml': schema(''),
  'bad/migrations/1-to-2.yaml': 'ops:\n  - renam: {from: /path, to: /healthPath}\n',
  'spec.yaml':
    'proton: ServiceSpec\npipeline: {stage: one}\ninstances:\n  - name: live\n    environment: production\n    spec:\n      path: /ready # probe\n',
};
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

async function run(...given: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void out.push(`${line}\n`));
  vi.spyOn(console, 'error').mockImplementation((line) => void err.push(`${line}\n`));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  const paths = given.map((each) =>
    each.replace(/(^|=)(v\d|bad|nope|spec\.yaml)$/, (_, before, name) => `${before}${join(folder, name)}`),
  );
  await upgradeInputsCommand().parseAsync(['node', 'upgrade-inputs', ...paths, '--kind', 'service']);
  return { out: out.join(''), err: err.join('').replaceAll(folder, ''), code: process.exitCode ?? 0 };
}

test('the spec goes to standard output, what was done to standard error', async () => {
  const { out, err, code } = await run('v1', 'v2', '--from', '1', '--to', '2', '--spec', 'spec.yaml');
  expect(code).toBe(0);
  expect(out).toBe(
    files['spec.yaml'].replace('{stage: one}', '{ stage: one }').replace('path: /ready', 'healthPath: /ready'),
  );
  expect(err).toBe(
    'pipeline: nothing to do on the way; the inputs fit as they are.\nlive:\n  1.x to 2.0: rename /path to /healthPath: "/ready" (migrations/1-to-2.yaml:2:5)\n',
  );
});

test('several versions at once, with an answer, as JSON', async () => {
  const given = [
    'v1',
    'v2',
    'v3',
    '--from',
    '1.2',
    '--to',
    '3.1',
    '--spec',
    'spec.yaml',
    '--instance',
    'live',
    '--json',
  ];
  const { out, code } = await run(...given, '--answer', '/owner=team-a');
  expect(code).toBe(0);
  const { spec, parts } = JSON.parse(out);
  expect(spec).toContain('owner: team-a');
  expect(parts).toMatchObject([
    { part: 'live', trace: [{ outcome: 'done' }, { outcome: 'done', detail: 'answered "team-a"' }] },
  ]);
});

test.each([
  {
    name: 'a question without an answer',
    given: ['v1', 'v2', 'v3', '--from', '1', '--to', '3'],
    said: '/owner (owner): Who owns it?',
    code: 1,
  },
  {
    name: 'an instance that the spec does not have',
    given: ['v1', 'v2', '--from', '1', '--to', '2', '--instance', 'other'],
    said: 'no instance named other',
    code: 1,
  },
  {
    name: 'a folder that is not there',
    given: ['v1', 'nope', '--from', '1', '--to', '2'],
    said: '/nope cannot be read',
    code: 2,
  },
  {
    name: 'a step with errors',
    given: ['v1', 'bad', '--from', '1', '--to', '2'],
    said: 'migrations/1-to-2.yaml:2:5: upgrade-file',
    code: 2,
  },
  {
    name: 'a version without a folder',
    given: ['v1', '--from', '1', '--to', '2'],
    said: 'No folder is given for version 2.0; there are 1.0.',
    code: 2,
  },
])('$name is refused', async ({ given, said, code }) => {
  const refused = await run(...given, '--spec', 'spec.yaml');
  expect(refused.err).toContain(said);
  expect(refused).toMatchObject({ out: '', code });
  const asJson = await run(...given, '--spec', 'spec.yaml', '--json');
  expect(JSON.parse(asJson.err).error.message).toContain(said.split(':')[0]);
  expect(asJson).toMatchObject({ out: '', code });
});

test('another number for a folder', async () => {
  const { code } = await run('v1', '2.7=v2', '--from', '1', '--to', '2.7', '--spec', 'spec.yaml');
  expect(code).toBe(0);
});
