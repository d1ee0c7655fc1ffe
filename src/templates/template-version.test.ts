import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { versionUsers } from '../fleet/version-users.ts';
import { bundleFind } from './bundle-store.ts';
import {
  type CreateVersionRequest,
  createTemplateVersion,
  deleteTemplate,
  deleteTemplateVersion,
  listTemplateVersions,
  recommendedVersion,
  type TemplateKind,
  type TemplateRef,
  templateVersionBundle,
  templateVersionFind,
  updateTemplateVersion,
  type VersionNumber,
  type VersionStatus,
  versionForUpdate,
  versionsListed,
  versionsRecommended,
  versionText,
} from './index.ts';
import { templateVersionArn } from './template.ts';
import { majorCount, versionInsert } from './template-version-store.ts';
import {
  accepted,
  environmentFiles,
  installation,
  manifest,
  schemaOf,
  type TemplateWorld,
  templateWorld,
} from './testing/template-world.ts';

let world: TemplateWorld;
let now = new Date('2026-11-25T08:00:00Z');
beforeAll(async () => {
  world = await templateWorld({ clock: { now: () => now }, usersOf: versionUsers });
});
afterAll(() => world.close());

let names = 0;
/** A template with these versions, e.g. `1.0P 1.1D`: published, draft, failed, in registration. */
async function templateWith(versions: string, kind: TemplateKind = 'environment'): Promise<TemplateRef> {
  names += 1;
  const ref = { kind, name: `kiosk-${names}` };
  await world.template(kind, ref.name);
  const letters: Record<string, VersionStatus> = {
    P: 'PUBLISHED',
    D: 'DRAFT',
    F: 'REGISTRATION_FAILED',
    R: 'REGISTRATION_IN_PROGRESS',
  };
  for (const each of versions.split(' ').filter(Boolean)) {
    const { major, minor } = numberOf(each.slice(0, -1));
    const arn = templateVersionArn(installation, ref, { major, minor });
    await majorCount(world.tools.db, ref, { major, minor });
    await versionInsert(world.tools.db, {
      kind,
      templateName: ref.name,
      major,
      minor,
      arn,
      registrationId: arn,
      status: letters[each.slice(-1)] ?? 'DRAFT',
      statusMessage: '',
      description: null,
      source: { bucket: 'b', key: 'k' },
      compatibleEnvironments: [],
      supportedComponentSources: [],
      schemaText: schemaOf(kind, ''),
      bundleDigest: null,
      findings: [],
      createdAt: now,
      lastModifiedAt: now,
    });
  }
  return ref;
}

function numberOf(text: string): VersionNumber {
  const [major = 0, minor = 0] = text.split('.').map(Number);
  return { major, minor };
}

function version({ kind, name }: TemplateRef, text: string) {
  return { kind, templateName: name, ...numberOf(text) };
}

function remove(ref: TemplateRef, text: string) {
  return deleteTemplateVersion(world.tools, version(ref, text));
}

function publish(ref: TemplateRef, text: string) {
  return updateTemplateVersion(world.tools, version(ref, text), { status: 'PUBLISHED' });
}

async function numbers(ref: TemplateRef): Promise<string> {
  return (await versionsListed(world.tools.db, ref)).map(versionText).join(' ');
}

/** An environment that is deployed at one version and wanted at another. */
async function environmentAt(name: string, ref: TemplateRef, deployed: string | null, target: string): Promise<void> {
  const [is, wanted] = [deployed === null ? null : numberOf(deployed), numberOf(target)];
  await sql`insert into environment (name, arn, template_name, target_major, target_minor, target_spec, deployed_major,
    deployed_minor, customer_managed, status, last_attempted_at, create_hash, created_at)
    values (${name}, ${`arn:${name}`}, ${ref.name}, ${wanted.major}, ${wanted.minor}, '', ${is?.major ?? null},
    ${is?.minor ?? null}, false, 'SUCCEEDED', ${now}, '', ${now})`.execute(world.tools.db);
}

describe('numbers', () => {
  function create(
    templateName: string,
    request: Partial<CreateVersionRequest> = {},
    kind: TemplateKind = 'environment',
  ) {
    return createTemplateVersion(world.tools, kind, { templateName, source: { bucket: 'b', key: 'none' }, ...request });
  }

  test('are never given twice, even after a version was deleted', async () => {
    const { kind, name } = await templateWith('');
    expect(versionText(accepted(await create(name)))).toBe('1.0');
    expect(versionText(accepted(await create(name, { majorVersion: 1 })))).toBe('1.1');
    const last = accepted(await create(name, { majorVersion: 1 }));
    await world.ended(last);
    accepted(await deleteTemplateVersion(world.tools, last));
    expect(versionText(accepted(await create(name, { majorVersion: 1 })))).toBe('1.3');
    const second = accepted(await create(name));
    expect(versionText(second)).toBe('2.0');
    accepted(await deleteTemplateVersion(world.tools, second));
    expect(versionText(accepted(await create(name))), 'a major is not given twice either').toBe('3.0');
    expect(await numbers({ kind, name })).toBe('1.0 1.1 1.3 3.0');
  });

  test('many at the same time get one each', async () => {
    const { name } = await templateWith('1.0P');
    const made = await Promise.all(Array.from({ length: 10 }, () => create(name, { majorVersion: 1 })));
    expect(new Set(made.map((each) => versionText(accepted(each)))).size).toBe(10);
  });

  test.each([
    {
      name: 'a template that is not there',
      template: 'nowhere',
      request: {},
      refusal: { kind: 'missing', code: 'template-missing' },
    },
    {
      name: 'a major far ahead',
      request: { majorVersion: 7 },
      refusal: { kind: 'missing', code: 'template-major-missing' },
    },
    {
      name: 'a major of twenty digits',
      request: { majorVersion: 1e19 },
      refusal: { kind: 'missing', code: 'template-major-missing' },
    },
    {
      name: 'a reserved tag',
      request: { tags: [{ key: 'aws:a', value: '' }] },
      refusal: { kind: 'invalid', code: 'tag-reserved' },
    },
  ])('$name is refused and leaves no version behind', async ({ template, request, refusal }) => {
    const ref = await templateWith('1.0P');
    expect(await create(template ?? ref.name, request)).toMatchObject({ ok: false, refusal });
    expect(await numbers(ref)).toBe('1.0');
  });

  test('there are never more versions than there may be', async () => {
    const ref = await templateWith('1.0P 1.1P');
    const tools = { ...world.tools, limits: { templates: 1_000, versionsPerTemplate: 3 } };
    const request = { templateName: ref.name, source: { bucket: 'b', key: 'none' } };
    const made = await Promise.all([1, 2, 3].map(() => createTemplateVersion(tools, 'environment', request)));
    expect(made.filter((each) => each.ok)).toHaveLength(1);
    expect(made.find((each) => !each.ok)).toMatchObject({ refusal: { kind: 'limit', code: 'template-version-limit' } });
  });

  test('environments that a service version runs in must exist, by template and major', async () => {
    const [service, environment] = [await templateWith('', 'service'), await templateWith('1.0P 3.0R')];
    const withEnvironment = (templateName: string, majorVersion: number) =>
      create(service.name, { compatibleEnvironments: [{ templateName, majorVersion }] }, 'service');
    expect(await withEnvironment('nowhere', 1)).toMatchObject({ refusal: { code: 'compatible-environment-missing' } });
    expect(await withEnvironment(environment.name, 2)).toMatchObject({
      refusal: {
        kind: 'invalid',
        code: 'compatible-environment-missing',
        message: expect.stringContaining('no major version 2'),
        remedy: expect.stringContaining('1, 3'),
      },
    });
    const made = accepted(await withEnvironment(environment.name, 3));
    const change = { compatibleEnvironments: [{ templateName: environment.name, majorVersion: 9 }] };
    expect(await updateTemplateVersion(world.tools, made, change)).toMatchObject({
      refusal: { code: 'compatible-environment-missing' },
    });
  });

  describe('a request sent twice', () => {
    test('makes one version; with other parameters it is refused; after eight hours it makes another', async () => {
      const { name } = await templateWith('');
      const request = { clientToken: 'token-1', description: 'one' };
      const first = accepted(await create(name, request));
      await world.ended(first);
      expect(accepted(await create(name, request))).toMatchObject({ arn: first.arn, status: 'REGISTRATION_FAILED' });
      expect(await create(name, { ...request, description: 'other' })).toMatchObject({
        refusal: { kind: 'invalid', message: expect.stringContaining('IdempotentParameterMismatch') },
      });
      now = new Date(now.getTime() + 8 * 60 * 60_000 + 1);
      expect(versionText(accepted(await create(name, request)))).toBe('2.0');
    });

    test('at the same time makes one version', async () => {
      const { name } = await templateWith('');
      const made = await Promise.all([1, 2, 3, 4].map(() => create(name, { clientToken: 'at-once' })));
      expect(new Set(made.map((each) => accepted(each).arn)).size).toBe(1);
    });

    test('makes another when the first one was deleted', async () => {
      const { name } = await templateWith('');
      const first = accepted(await create(name, { clientToken: 'token-2' }));
      accepted(await deleteTemplateVersion(world.tools, first));
      expect(versionText(accepted(await create(name, { clientToken: 'token-2' })))).toBe('2.0');
    });
  });
});

describe('publishing', () => {
  test.each([
    { from: 'D', status: 'PUBLISHED', becomes: 'PUBLISHED' },
    { from: 'P', status: 'PUBLISHED', becomes: 'PUBLISHED' },
    { from: 'P', status: undefined, becomes: 'PUBLISHED' },
    { from: 'P', status: 'DRAFT', refused: { kind: 'invalid', code: 'version-status-not-possible' } },
    { from: 'D', status: 'DRAFT', refused: { kind: 'invalid', code: 'version-status-not-possible' } },
    { from: 'D', status: 'REGISTRATION_FAILED', refused: { kind: 'invalid', code: 'version-status-not-possible' } },
    { from: 'F', status: 'PUBLISHED', refused: { kind: 'conflict', code: 'version-not-ready' } },
    { from: 'R', status: 'PUBLISHED', refused: { kind: 'conflict', code: 'version-not-ready' } },
  ] as const)('$from asked to be $status', async ({ from, status, ...expected }) => {
    const ref = await templateWith(`1.0${from}`);
    const updated = await updateTemplateVersion(world.tools, version(ref, '1.0'), { status, description: 'new' });
    if ('refused' in expected) expect(updated).toMatchObject({ ok: false, refusal: expected.refused });
    else expect(accepted(updated)).toMatchObject({ status: expected.becomes, description: 'new' });
  });

  test('golden case 1: what is recommended follows what is published, never what is a draft', async () => {
    const ref = await templateWith('1.0P 1.1P 1.2D 2.0D');
    const recommended = async () =>
      versionText(recommendedVersion(await versionsListed(world.tools.db, ref)) ?? { major: 0, minor: 0 });
    const from = (type: 'MINOR_VERSION' | 'MAJOR_VERSION', listed: Parameters<typeof versionForUpdate>[0]) =>
      versionText(accepted(versionForUpdate(listed, type, { major: 1, minor: 0 }, {})));
    expect(await recommended()).toBe('1.1');
    accepted(await publish(ref, '2.0'));
    expect(await recommended()).toBe('2.0');
    const listed = await versionsListed(world.tools.db, ref);
    expect(from('MINOR_VERSION', listed)).toBe('1.1');
    expect(from('MAJOR_VERSION', listed)).toBe('2.0');
    await environmentAt('golden-1', ref, '1.0', '1.0');
    expect(await remove(ref, '1.1')).toMatchObject({
      refusal: { kind: 'conflict', code: 'template-version-recommended' },
    });
    accepted(await publish(ref, '1.2'));
    expect(accepted(await remove(ref, '1.1'))).toMatchObject({ major: 1, minor: 1 });
    expect(from('MINOR_VERSION', await versionsListed(world.tools.db, ref))).toBe('1.2');
  });

  test('publishing a lower version than the recommended one recommends nothing new', async () => {
    const ref = await templateWith('1.0P 1.1D 2.0P');
    accepted(await publish(ref, '1.1'));
    const published = (await versionsRecommended(world.tools.db, ref.kind, [ref.name])).get(ref.name) ?? [];
    expect(recommendedVersion(published)).toMatchObject({ major: 2, minor: 0 });
    expect(published.map(versionText).sort()).toEqual(['1.1', '2.0']);
  });
});

describe('deleting', () => {
  test('answers with what was deleted, and with nothing the second time, nor for numbers that cannot be', async () => {
    const ref = await templateWith('1.0D');
    expect(accepted(await remove(ref, '1.0'))).toMatchObject({ major: 1, minor: 0 });
    expect(accepted(await remove(ref, '1.0'))).toBeUndefined();
    const huge = { ...version(ref, '1.0'), major: 1e19 };
    expect(accepted(await deleteTemplateVersion(world.tools, huge))).toBeUndefined();
    expect(await templateVersionFind(world.tools.db, huge)).toBeUndefined();
  });

  test.each([
    { name: 'deployed', deployed: '1.0', target: '1.0' },
    { name: 'wanted, and never yet deployed', deployed: null, target: '1.0' },
    { name: 'deployed, while another is on its way', deployed: '1.0', target: '1.1' },
    { name: 'on its way, while another is deployed', deployed: '1.1', target: '1.0' },
  ])('a version that is $name is refused, naming who uses it', async ({ deployed, target }) => {
    const ref = await templateWith('1.0P 1.1P');
    await environmentAt(ref.name, ref, deployed, target);
    expect(await remove(ref, '1.0')).toMatchObject({
      refusal: {
        kind: 'conflict',
        code: 'template-version-in-use',
        message: expect.stringContaining(`arn:${ref.name}`),
      },
    });
    expect(await numbers(ref)).toBe('1.0 1.1');
  });

  test('F12: deleted minors leave no holes to fall into, and what is deployed stays', async () => {
    const ref = await templateWith('4.9P 4.24P 4.25P 4.26P 4.27P 4.28P 4.29P 5.0P 5.28P');
    await environmentAt('shop-qa', ref, '4.9', '4.9');
    for (const minor of [24, 25, 26, 27, 28]) accepted(await remove(ref, `4.${minor}`));
    expect(await numbers(ref)).toBe('4.9 4.29 5.0 5.28');
    const listed = await versionsListed(world.tools.db, ref);
    const to = (type: 'MINOR_VERSION' | 'MAJOR_VERSION', wanted = {}) =>
      versionText(accepted(versionForUpdate(listed, type, numberOf('4.9'), wanted)));
    expect(to('MINOR_VERSION')).toBe('4.29');
    expect(to('MAJOR_VERSION')).toBe('5.28');
    expect(to('MAJOR_VERSION', { major: 5, minor: 0 })).toBe('5.0');
    await sql`update environment set target_major = 5, target_minor = 28, deployed_major = 5, deployed_minor = 28
      where name = 'shop-qa'`.execute(world.tools.db);
    expect(await remove(ref, '5.28')).toMatchObject({ refusal: { kind: 'conflict' } });
    accepted(await remove(ref, '5.0'));
    expect(await remove(ref, '5.28')).toMatchObject({ refusal: { kind: 'conflict' } });
  });

  test('F13: the version that is deployed keeps its own bundle, whatever was published since', async () => {
    const ref = await templateWith('');
    const files = (name: string) => ({
      'schema/schema.yaml': schemaOf('environment', ''),
      'infrastructure/manifest.yaml': manifest('codebuild').replace('./down.sh', `./drop.sh ${name}`),
    });
    const first = await world.publish('environment', ref.name, files('old-name'));
    const second = await world.publish('environment', ref.name, files('new-name'));
    await environmentAt('yard-live', ref, '1.0', '1.0');
    const manifestOf = async (each: typeof first) => {
      const bundle = accepted(await templateVersionBundle(world.tools.db, each));
      expect(bundle.digest).toBe(each.bundleDigest);
      return new TextDecoder().decode(bundle.files.get('infrastructure/manifest.yaml'));
    };
    expect(await manifestOf(first)).toContain('./drop.sh old-name');
    expect(await manifestOf(second)).toContain('./drop.sh new-name');
    expect(await remove(ref, '1.0')).toMatchObject({ refusal: { code: 'template-version-in-use' } });
  });

  test('equal bundles are stored once, and live as long as one version has them', async () => {
    const ref = await templateWith('');
    const one = await world.register('environment', ref.name, environmentFiles());
    const two = await world.register('environment', ref.name, environmentFiles(), 1);
    expect(two.bundleDigest).toBe(one.bundleDigest);
    accepted(await remove(ref, '1.0'));
    expect(await bundleFind(world.tools.db, two.bundleDigest ?? '')).toBeDefined();
    accepted(await remove(ref, '1.1'));
    expect(await bundleFind(world.tools.db, two.bundleDigest ?? '')).toBeUndefined();
    const three = await world.register('environment', ref.name, environmentFiles());
    expect(three).toMatchObject({ status: 'DRAFT', bundleDigest: one.bundleDigest });
  });

  test('every version can be deleted in some order, and then the template', async () => {
    const ref = await templateWith('1.0P 1.1F 1.2D 2.0P 2.1P 3.0D');
    for (const each of ['1.2', '1.1', '2.0', '3.0', '1.0', '2.1']) accepted(await remove(ref, each));
    expect(accepted(await deleteTemplate(world.tools, ref))).toMatchObject({ name: ref.name });
  });
});

describe('lists', () => {
  async function listed(ref: TemplateRef, major: number | undefined, maxResults: number): Promise<string[]> {
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = accepted(await listTemplateVersions(world.tools.db, ref, major, { maxResults, nextToken }));
      found.push(...page.items.map(versionText));
      nextToken = page.nextToken;
    } while (nextToken);
    return found;
  }

  test.each([
    { major: undefined, expected: ['10.1', '9.0', '1.10'], reason: 'one entry for each major, its highest version' },
    { major: 1, expected: ['1.10', '1.9', '1.2', '1.0'], reason: 'numbers are compared as numbers' },
    { major: 4, expected: [], reason: 'a major that is not there has no minors' },
    { major: 1e19, expected: [], reason: 'nor has one that cannot be' },
  ])('of major $major: $reason', async ({ major, expected }) => {
    const ref = await templateWith('1.0P 1.2P 1.9P 1.10D 9.0F 10.0P 10.1R');
    for (const size of [1, 2, 100]) expect(await listed(ref, major, size)).toEqual(expected);
  });

  test('a page token of another list is refused', async () => {
    const ref = await templateWith('1.0P 1.1P 2.0P');
    const { nextToken } = accepted(await listTemplateVersions(world.tools.db, ref, 1, { maxResults: 1 }));
    expect(await listTemplateVersions(world.tools.db, ref, undefined, { nextToken })).toMatchObject({
      refusal: { kind: 'invalid', code: 'InvalidPageToken' },
    });
  });
});
