import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type CommandRun, runDeuteron } from './testing/run-deuteron.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'deuteron-rails-'));
afterAll(() => rmSync(folder, { recursive: true }));

function check(...words: readonly string[]): Promise<CommandRun> {
  const bundle = [join(root, 'examples', 'worker', 'v1'), '--kind', 'service'];
  const spec = [
    '--spec',
    join(root, 'examples', 'specs', 'orders.yaml'),
    '--output',
    'TopicArn=arn:aws:sns:us-east-1:1:t',
  ];
  return runDeuteron({}, 'guard-rail', 'check', ...bundle, ...spec, ...words);
}

function settings(text: string): string {
  const file = join(folder, 'guard-rails.yaml');
  writeFileSync(file, text);
  return file;
}

test('without settings nothing blocks', async () => {
  const { text, exitCode } = await check();
  expect(exitCode).toBe(0);
  expect(text).toMatch(/\n0 block, \d+ do not; \d+ guard rails passed\.$/);
});

test('what a file sets blocks, with the line of the template', async () => {
  const file = settings(
    'guardRails:\n  organization:\n    denied-types: {effect: block, parameters: {types: ["AWS::SQS::*"]}}\n',
  );
  const { text, exitCode } = await check('--settings', file);
  expect(exitCode).toBe(3);
  expect(text).toMatch(
    /^blocks {3}instance_infrastructure\/cloudformation\.yaml:\d+:\d+: denied-types: \w+ \(AWS::SQS::Queue\): /,
  );
});

test('the example can be applied', async () => {
  const file = join(root, 'examples', 'guard-rails', 'guard-rails.yaml');
  const there = await check('--settings', file, '--region', 'eu-north-1');
  expect(there.exitCode).toBe(0);
  const elsewhere = await check('--settings', file, '--region', 'ap-south-1');
  expect(elsewhere).toMatchObject({ exitCode: 3, text: expect.stringContaining('It goes to ap-south-1') });
});

test.each([
  { name: 'another file', text: 'units: {a: }', at: '1:1', message: 'no file of guard rails' },
  { name: 'both in one', text: 'guardRails: {}\nunits: {}', at: '2:1', message: 'no file of guard rails' },
  {
    name: 'a scope that is none',
    text: 'guardRails:\n  "a b":\n    no-open-ports: block',
    at: '3:5',
    message: "'a b' is no scope",
  },
  {
    name: 'a rail that is none',
    text: 'guardRails:\n  organization:\n    nothing: block',
    at: '3:5',
    message: "no guard rail 'nothing'",
  },
  {
    name: 'an effect that is none',
    text: 'guardRails:\n  organization:\n    no-open-ports: stop',
    at: '3:20',
    message: 'the text "stop"',
  },
  {
    name: 'no effect',
    text: 'guardRails:\n  organization:\n    no-open-ports: {strict: true}',
    at: '3:5',
    message: 'does not say its effect',
  },
  {
    name: 'a member too many',
    text: 'guardRails:\n  organization:\n    no-open-ports: {effect: warn, stric: true}',
    at: '3:35',
    message: "has no 'stric'",
  },
  {
    name: 'a parameter of another kind',
    text: 'guardRails:\n  organization:\n    no-open-ports: {effect: warn, parameters: {ports: all}}',
    at: '3:5',
    message: "takes a list of at most 500 numbers from 0 as 'ports'",
  },
  {
    name: 'a parameter that is missing',
    text: 'guardRails:\n  organization:\n    required-tags: warn',
    at: '3:5',
    message: "needs the parameter 'tags'",
  },
])('$name is refused with its place', async ({ text, at, message }) => {
  const checked = await check('--settings', settings(text));
  expect(checked.exitCode).toBe(1);
  expect(checked.text).toContain(`guard-rails.yaml:${at}: `);
  expect(checked.text).toContain(message);
});
