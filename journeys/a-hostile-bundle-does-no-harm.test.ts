import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import {
  CreateEnvironmentTemplateVersionCommand,
  GetEnvironmentTemplateVersionCommand,
  ListEnvironmentTemplateVersionsCommand,
  waitUntilEnvironmentTemplateVersionRegistered,
} from '@aws-sdk/client-proton';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type Header, pack } from 'tar-stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { environmentBundle, topicTemplate } from './testing/bundles.ts';
import { startInstallation, type TestInstallation } from './testing/installation.ts';

type Member = Partial<Header> & { readonly name: string; readonly text?: string };

let world: TestInstallation;
let outside: string;
beforeAll(async () => {
  outside = mkdtempSync(join(tmpdir(), 'deuteron-outside-'));
  world = await startInstallation();
  await world.platform.createTemplate('environment', 'base');
});
afterAll(async () => {
  await world.close();
  rmSync(outside, { recursive: true, force: true });
});

const sound = Object.entries(environmentBundle(topicTemplate)).map(([name, text]): Member => ({ name, text }));

function files(replaced: Readonly<Record<string, string>>): Member[] {
  return Object.entries({ ...environmentBundle(topicTemplate), ...replaced }).map(([name, text]) => ({ name, text }));
}

/** Registers an archive of these members; resolves with what became of the version. */
async function register(members: readonly Member[]) {
  const { proton, s3, waiting } = world.platform;
  const archive = pack();
  for (const { text, ...header } of members) archive.entry(header, text ?? '');
  archive.finalize();
  const source = { bucket: 'deuteron', key: 'bundle.tar.gz' };
  await s3.send(
    new PutObjectCommand({ Bucket: source.bucket, Key: source.key, Body: gzipSync(await buffer(archive)) }),
  );
  const { environmentTemplateVersion: begun } = await proton.send(
    new CreateEnvironmentTemplateVersionCommand({ templateName: 'base', source: { s3: source } }),
  );
  const version = {
    templateName: 'base',
    majorVersion: begun?.majorVersion ?? '',
    minorVersion: begun?.minorVersion ?? '',
  };
  await waitUntilEnvironmentTemplateVersionRegistered(waiting, version).catch(() => undefined);
  const { environmentTemplateVersion } = await proton.send(new GetEnvironmentTemplateVersionCommand(version));
  return environmentTemplateVersion;
}

/** The server answers, and takes the next bundle. */
afterEach(async () => {
  expect((await fetch(`${world.deuteron.url}/ready`)).status).toBe(200);
  expect(await register(sound)).toMatchObject({ status: 'DRAFT' });
});

describe('F2: an archive that would write outside of its folder is refused as a whole, naming the member', () => {
  const climbing = '../escape.txt';
  const absolute = () => join(outside, 'escape.txt');
  const link = 'infrastructure/link.yaml';
  const cases: readonly { readonly name: string; readonly member: () => Member; readonly says: () => string }[] = [
    { name: 'a member that climbs', member: () => ({ name: climbing, text: 'x' }), says: () => climbing },
    { name: 'an absolute member', member: () => ({ name: absolute(), text: 'x' }), says: absolute },
    {
      name: 'a symlink that leaves the root',
      member: () => ({ name: link, type: 'symlink', linkname: '/etc/hostname' }),
      says: () => link,
    },
    {
      name: 'a hard link',
      member: () => ({ name: link, type: 'link', linkname: 'schema/schema.yaml' }),
      says: () => link,
    },
    {
      name: 'a device node',
      member: () => ({ name: link, type: 'character-device', devmajor: 1, devminor: 3 }),
      says: () => link,
    },
  ];
  test.each(cases)('$name', async ({ member, says }) => {
    const version = await register([...sound, member()]);
    expect(version?.status).toBe('REGISTRATION_FAILED');
    expect(version?.statusMessage).toContain(JSON.stringify(says()));
    expect(existsSync(absolute())).toBe(false);
    for (const folder of [process.cwd(), tmpdir()]) expect(existsSync(join(folder, climbing))).toBe(false);
  });
});

test('F3: a schema of 17 million values in 500 bytes is refused with the limit', async () => {
  const level = (n: number) =>
    `n${n}: &s${n} [${Array(7)
      .fill(`*s${n - 1}`)
      .join(', ')}]`;
  const bomb = ['seed: &s0 {leaf: x, twig: x, bud: x}', ...[1, 2, 3, 4, 5, 6, 7, 8].map(level)].join('\n');
  const version = await register(files({ 'schema/schema.yaml': `${bomb}\n` }));
  expect(version?.status).toBe('REGISTRATION_FAILED');
  expect(version?.statusMessage).toMatch(/^schema\/schema\.yaml:\d+:\d+: The file expands to more than 100000 values/);
});

describe('F8: a template that reaches for the host, or would never end', () => {
  test.each([
    { line: "A: \"{{ ''.constructor.constructor('return process')().env }}\"", says: "no attribute 'constructor'" },
    { line: 'B: "{{ \'\'.__class__.__mro__ }}"', says: "no attribute '__class__'" },
    { line: 'C: "{% for i in range(999999999) %}x{% endfor %}"', says: 'Range too big' },
    { line: 'D: "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"', says: 'calls nested more than' },
    { line: 'E: "{% include \'/etc/passwd\' %}"', says: 'files of its own bundle' },
  ])('$line', async ({ line, says }) => {
    const version = await register(
      files({ 'infrastructure/cloudformation.yaml': `${topicTemplate}Metadata:\n  ${line}\n` }),
    );
    expect(version?.status).toBe('REGISTRATION_FAILED');
    expect(version?.statusMessage).toMatch(/^infrastructure\/cloudformation\.yaml:8:/);
    expect(version?.statusMessage).toContain(says);
  });
});

test('none of them became a version that can be deployed', async () => {
  const { templateVersions = [] } = await world.platform.proton.send(
    new ListEnvironmentTemplateVersionsCommand({ templateName: 'base', maxResults: 100 }),
  );
  const states = templateVersions.map(({ status }) => status);
  expect(states.filter((status) => status === 'REGISTRATION_FAILED')).toHaveLength(11);
  expect(new Set(states)).toEqual(new Set(['REGISTRATION_FAILED', 'DRAFT']));
});
