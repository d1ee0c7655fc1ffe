import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../api/testing/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import { createTemplate } from '../templates/index.ts';
import { accepted, archive, environmentFiles } from '../templates/testing/template-world.ts';
import { templateCommands } from './template-commands.ts';
import { versionCommands } from './version-commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'version-registry-'));
const stack = (text: string) => ({ ...environmentFiles(), 'infrastructure/cloudformation.yaml': text });
const bundles: Record<string, Record<string, string>> = {
  queue: stack('Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n'),
  slower: stack('Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties: {DelaySeconds: 5}\n'),
  topic: stack('Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n'),
  role: stack('Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\nOutputs:\n  Arn: {Value: !GetAtt Jobs.Arn}\n'),
  broken: { ...stack('Resources: {}\n'), 'schema/schema.yaml': 'schema: {}\n' },
};
let api: TestApi;
beforeAll(async () => {
  for (const [name, files] of Object.entries(bundles)) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name, path)), { recursive: true });
      writeFileSync(join(folder, name, path), text);
    }
  }
  writeFileSync(join(folder, 'queue.tar.gz'), await archive(bundles.queue ?? {}));
  api = await startTestApi();
  vi.stubEnv('AWS_ACCESS_KEY_ID', api.key.id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', api.key.secret);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await api.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  process.exitCode = 0;
  vi.restoreAllMocks();
});

let names = 0;
async function newTemplate(): Promise<string> {
  names += 1;
  const name = `base-${names}`;
  accepted(await createTemplate(api.registry, 'environment', { name, customerManaged: false }, 'ana' as PrincipalId));
  return name;
}

async function run(command: string, ...given: readonly string[]) {
  const said: string[] = [];
  process.exitCode = 0;
  vi.spyOn(console, 'log').mockImplementation((text) => void said.push(String(text)));
  vi.spyOn(console, 'error').mockImplementation((text) => void said.push(String(text)));
  const commands = command === 'check' ? templateCommands() : versionCommands();
  const known = given.map((each) => (each in bundles || each === 'queue.tar.gz' ? join(folder, each) : each));
  const asked = command === 'check' && !given.includes('--against') ? [] : ['--endpoint-url', api.url];
  await commands.parseAsync(['node', 'deuteron', command, ...known, '--kind', 'environment', ...asked]);
  vi.restoreAllMocks();
  return { exitCode: process.exitCode, text: said.join('\n').replaceAll(`${folder}/`, '') };
}

test('a version from its bundle to its withdrawal', async () => {
  const name = await newTemplate();
  expect(await run('register', name, 'queue', '--description', 'the first')).toEqual({
    exitCode: 0,
    text: '1.0    DRAFT  the first',
  });
  expect((await run('publish', name, '1.0')).text).toBe('1.0    PUBLISHED, recommended  the first');
  expect((await run('register', name, 'queue.tar.gz', '--major', '1')).text).toBe('1.1    DRAFT');
  expect((await run('publish', name, '1.1')).text).toBe('1.1    PUBLISHED, recommended');
  expect((await run('recommend', name, '1.0')).text).toContain('recommended');
  expect((await run('deprecate', name, '1.0', '--reason', 'It is slow.')).text).toBe(
    '1.0    PUBLISHED, deprecated  the first\nDeprecated: nothing new is deployed at this version. It is slow.',
  );
  expect((await run('withdraw', name, '1.0')).text).toContain('withdrawn');
  expect((await run('list', name, '--major', '1')).text).toBe(
    '1.1    PUBLISHED, recommended\n1.0    PUBLISHED, withdrawn  the first',
  );
  expect((await run('reinstate', name, '1.0')).text).toBe('1.0    PUBLISHED  the first');
});

test('a minor that is breaking is not published, unless the template only warns', async () => {
  const name = await newTemplate();
  await run('register', name, 'queue');
  await run('publish', name, '1.0');
  expect((await run('register', name, 'topic', '--major', '1')).text).toMatch(
    /^1\.1 {4}DRAFT\nVersion 1\.1 is data-aff/,
  );
  const report = await run('report', name, '1.1');
  expect(report.text).toMatch(/^1\.1 after 1\.0: a minor version, at least a major one is needed\.\ndata-affecting/);
  expect((await run('report', name, '1.1', '--markdown')).text).toMatch(/^### Version 1\.1 after 1\.0\n/);
  expect(JSON.parse((await run('report', name, '1.1', '--json')).text)).toMatchObject({
    report: { requiredBump: 'major' },
  });
  expect(await run('publish', name, '1.1')).toEqual({
    exitCode: 1,
    text: expect.stringMatching(/^Version 1\.1 is data-affecting .* D-REPL .* Register the bundle as a new major/),
  });
  expect((await run('enforcement', name, 'warn')).text).toBe(`${name}: warn`);
  expect(await run('publish', name, '1.1')).toMatchObject({ exitCode: 0, text: expect.stringContaining('PUBLISHED') });
});

test('what cannot be read or is not there is refused', async () => {
  expect(await run('register', 'none', 'queue')).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('does not exist'),
  });
  expect(await run('register', 'none', '/nowhere')).toMatchObject({ exitCode: 2 });
  expect(await run('report', 'none', '1.0')).toMatchObject({ exitCode: 1 });
});

describe('a bundle is checked', () => {
  const folders = [
    { name: 'alone', bundle: 'queue', against: [], exitCode: 0, says: 'It may be registered.' },
    { name: 'with errors', bundle: 'broken', against: [], exitCode: 1, says: 'It has errors and would be refused.' },
    {
      name: 'a compatible one',
      bundle: 'slower',
      against: ['--against', 'queue'],
      exitCode: 0,
      says: 'It may be a minor version after queue.',
    },
    {
      name: 'a breaking one',
      bundle: 'queue',
      against: ['--against', 'role'],
      exitCode: 3,
      says: 'It must not be a minor version after role.',
    },
    {
      name: 'a data-affecting one',
      bundle: 'topic',
      against: ['--against', 'queue'],
      exitCode: 4,
      says: 'It must not be a minor version after queue.',
    },
    {
      name: 'a data-affecting one as a major version',
      bundle: 'topic',
      against: ['--against', 'queue', '--bump', 'major'],
      exitCode: 0,
      says: 'It may be a major version after queue.',
    },
  ];
  test.each(folders)('$name: exit code $exitCode', async ({ bundle, against, exitCode, says }) => {
    const checked = await run('check', bundle, ...against);
    expect(checked.text).toContain(says);
    expect(checked.exitCode).toBe(exitCode);
  });

  test('for a pull request', async () => {
    const { text } = await run('check', 'topic', '--against', 'queue', '--markdown');
    await expect(`${text}\n`).toMatchFileSnapshot('golden/template-check.md');
    expect((await run('check', 'broken', '--markdown')).text).toMatch(/\| schema\/schema\.yaml:\d+:\d+ \| error \|/);
  });

  test('against what is on the server', async () => {
    const name = await newTemplate();
    expect((await run('check', 'queue', '--against', name)).text).toContain('It may be registered.');
    await run('register', name, 'queue');
    expect(await run('check', 'topic', '--against', name)).toEqual({
      exitCode: 4,
      text: expect.stringContaining(`It must not be a minor version after ${name} 1.0.`),
    });
    await run('publish', name, '1.0');
    expect(await run('check', 'topic', '--against', name)).toMatchObject({ exitCode: 4 });
    expect(await run('check', 'topic', '--against', name, '--bump', 'major')).toMatchObject({ exitCode: 0 });
    const { text } = await run('check', 'slower', '--against', name, '--json', '--major', '1');
    expect(JSON.parse(text)).toMatchObject({
      may: 'accepted',
      bump: 'minor',
      against: `${name} 1.0`,
      comparison: { requiredBump: 'minor' },
    });
    expect(await run('check', 'slower', '--against', 'none')).toMatchObject({ exitCode: 2 });
  });
});
