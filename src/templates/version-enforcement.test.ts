import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeReport, reportMarkdown } from '../changes/index.ts';
import {
  checkTemplateVersion,
  deleteTemplateVersion,
  deprecateTemplateVersion,
  mayDeploy,
  publishTemplateVersion,
  readVersionReport,
  recommendedMinor,
  recommendTemplateVersion,
  reinstateTemplateVersion,
  shownStatusMessage,
  type TemplateVersion,
  templateVersionFind,
  updateTemplate,
  updateTemplateVersion,
  versionsListed,
  withdrawTemplateVersion,
} from './index.ts';
import {
  accepted,
  archive,
  environmentFiles,
  manifest,
  schemaOf,
  type TemplateWorld,
  templateWorld,
} from './testing/template-world.ts';

let world: TemplateWorld;
beforeAll(async () => {
  world = await templateWorld();
});
afterAll(() => world.close());

let names = 0;
async function newTemplate(): Promise<string> {
  names += 1;
  await world.template('environment', `base-${names}`);
  return `base-${names}`;
}
function bundle(resources: string): Record<string, string> {
  return { ...environmentFiles(), 'infrastructure/cloudformation.yaml': `Resources:\n${resources}` };
}
const queue = (properties = '') => `  Jobs:\n    Type: AWS::SQS::Queue\n    Properties: {${properties}}\n`;
const one = bundle(queue());
const tagged = bundle(queue('VisibilityTimeout: 60'));
const topic = bundle('  Topic:\n    Type: AWS::SNS::Topic\n');

describe('a version that is more than its number says', () => {
  async function breakingMinor(): Promise<TemplateVersion> {
    const name = await newTemplate();
    await world.publish('environment', name, one);
    return world.register('environment', name, topic, 1);
  }
  const forced = /^Version 1\.1 is data-affecting for whoever comes from 1\.0, .* environment: D-REPL .*Jobs/;

  test('is registered, and its status message and its report say so', async () => {
    const version = await breakingMinor();
    expect(version).toMatchObject({ status: 'DRAFT', statusMessage: expect.stringMatching(forced) });
    expect(accepted(await readVersionReport(world.tools, version))).toMatchObject({
      kind: 'compared',
      against: { major: 1, minor: 0 },
      bump: 'minor',
      comparison: { versionClass: 'data-affecting', requiredBump: 'major' },
    });
  });

  test('cannot be published where numbers are enforced', async () => {
    const version = await breakingMinor();
    expect(await publishTemplateVersion(world.tools, version)).toMatchObject({
      ok: false,
      refusal: {
        code: 'version-bump-too-small',
        message: expect.stringMatching(forced),
        remedy: 'Register the bundle as a new major version, or take back what forces one.',
      },
    });
    expect(await templateVersionFind(world.tools.db, version)).toMatchObject({ status: 'DRAFT' });
  });

  test('can be published where the template only warns, and by Proton, with the warning', async () => {
    const warned = await breakingMinor();
    const template = { kind: 'environment', name: warned.templateName } as const;
    expect(accepted(await updateTemplate(world.tools, template, { versionEnforcement: 'warn' }))).toMatchObject({
      versionEnforcement: 'warn',
    });
    const expected = { status: 'PUBLISHED', statusMessage: expect.stringMatching(forced) };
    expect(accepted(await publishTemplateVersion(world.tools, warned))).toMatchObject(expected);
    const byProton = await breakingMinor();
    expect(accepted(await updateTemplateVersion(world.tools, byProton, { status: 'PUBLISHED' }))).toMatchObject(
      expected,
    );
  });

  test('can be published as a new major version, without a warning', async () => {
    const { templateName } = await breakingMinor();
    const major = await world.register('environment', templateName, topic);
    expect(accepted(await publishTemplateVersion(world.tools, major))).toMatchObject({
      major: 2,
      status: 'PUBLISHED',
      statusMessage: '',
      report: { against: { major: 1, minor: 0 }, bump: 'major', comparison: { versionClass: 'data-affecting' } },
    });
  });
});

test('a compatible version is published without a word, as what it is', async () => {
  const name = await newTemplate();
  expect((await world.publish('environment', name, one)).report).toEqual({ kind: 'first' });
  const version = await world.register('environment', name, tagged, 1);
  expect(accepted(await publishTemplateVersion(world.tools, version))).toMatchObject({
    status: 'PUBLISHED',
    statusMessage: '',
    report: { comparison: { versionClass: 'compatible', requiredBump: 'minor' } },
  });
});

test('what was published meanwhile is what a version is compared with when it is published', async () => {
  const name = await newTemplate();
  await world.publish('environment', name, one);
  const between = await world.register('environment', name, topic, 1);
  const last = await world.register('environment', name, topic, 1);
  expect(last.report).toMatchObject({ against: { minor: 0 }, comparison: { requiredBump: 'major' } });
  accepted(await updateTemplateVersion(world.tools, between, { status: 'PUBLISHED' }));
  expect(accepted(await publishTemplateVersion(world.tools, last))).toMatchObject({
    statusMessage: '',
    report: { against: { minor: 1 }, comparison: { versionClass: 'compatible', requiredBump: 'patch' } },
  });
});

test('a report is kept with its version, also when the version before it is deleted', async () => {
  const name = await newTemplate();
  const first = await world.publish('environment', name, one);
  const second = await world.publish('environment', name, tagged, 1);
  accepted(await deleteTemplateVersion(world.tools, first));
  expect(accepted(await readVersionReport(world.tools, second))).toEqual(second.report);
});

test('a version that was registered before there were reports gets one when it is asked for', async () => {
  const name = await newTemplate();
  await world.publish('environment', name, one);
  const second = await world.publish('environment', name, tagged, 1);
  const { report } = second;
  await world.tools.db
    .withTables<{ template_version: { report: null; arn: string } }>()
    .updateTable('template_version')
    .set({ report: null })
    .where('arn', '=', second.arn)
    .execute();
  expect(accepted(await readVersionReport(world.tools, second))).toEqual(report);
});

test('a minor that can no longer live in an environment is breaking, until the draft is given it again', async () => {
  const { tools } = world;
  const { db } = tools;
  const environment = await newTemplate();
  await world.publish('environment', environment, one);
  await world.template('service', 'lives', true);
  const files = {
    'schema/schema.yaml': schemaOf('service', 'size: {type: string, default: x}'),
    'instance_infrastructure/manifest.yaml': manifest('cloudformation'),
    'instance_infrastructure/cloudformation.yaml': `Resources:\n${queue()}`,
  };
  const compatibleEnvironments = [{ templateName: environment, majorVersion: 1 }];
  const first = await world.register('service', 'lives', files);
  accepted(await updateTemplateVersion(tools, first, { compatibleEnvironments }));
  accepted(await publishTemplateVersion(tools, first));
  const second = await world.register('service', 'lives', files, 1);
  expect(second).toMatchObject({ status: 'DRAFT', report: { comparison: { versionClass: 'breaking' } } });
  expect(await publishTemplateVersion(tools, second)).toMatchObject({
    refusal: {
      code: 'version-bump-too-small',
      message: expect.stringContaining(
        `instance: I-ENV the version can no longer live in the environment ${environment}:1.`,
      ),
    },
  });
  accepted(await updateTemplateVersion(tools, second, { compatibleEnvironments }));
  expect(accepted(await publishTemplateVersion(tools, second))).toMatchObject({
    status: 'PUBLISHED',
    statusMessage: '',
  });
  expect(await templateVersionFind(db, second)).toMatchObject({ report: { comparison: { requiredBump: 'patch' } } });
});

test('what a person reads of a report', async () => {
  const name = await newTemplate();
  await world.publish('environment', name, one);
  const version = await world.register('environment', name, topic, 1);
  const report = accepted(await readVersionReport(world.tools, version));
  const texts = [describeReport(version, report), reportMarkdown(version, report)];
  await expect(`${texts.join('\n\n---\n\n')}\n`).toMatchFileSnapshot('golden/version-report.txt');
});

test('a bundle is checked as the version that it would be, and nothing is kept', async () => {
  const name = await newTemplate();
  await world.publish('environment', name, one);
  const { tools } = world;
  const template = { kind: 'environment', name } as const;
  const check = async (files: Record<string, string>, major?: number) =>
    checkTemplateVersion(tools, template, await archive(files), major);
  expect(accepted(await check(topic, 1))).toMatchObject({
    major: 1,
    minor: 1,
    report: { bump: 'minor', comparison: { requiredBump: 'major' } },
  });
  expect(accepted(await check(topic))).toMatchObject({ major: 2, minor: 0, report: { bump: 'major' } });
  const broken = accepted(await check({ ...topic, 'schema/schema.yaml': 'schema: {}\n' }, 1));
  expect(broken.report).toBeUndefined();
  expect(broken.findings.some(({ severity }) => severity === 'error')).toBe(true);
  expect(await check(topic, 7)).toMatchObject({ refusal: { code: 'template-major-missing' } });
  expect(await versionsListed(tools.db, template)).toHaveLength(1);
});

describe('what may be deployed', () => {
  async function threeVersions() {
    const name = await newTemplate();
    await world.publish('environment', name, one);
    const middle = await world.publish('environment', name, tagged, 1);
    const last = await world.publish('environment', name, one, 1);
    const listed = () => versionsListed(world.tools.db, { kind: 'environment', name });
    return { middle, last, listed };
  }

  test('a deprecated version takes nothing new, and serves what is at it', async () => {
    const { last, listed } = await threeVersions();
    const changed = accepted(await deprecateTemplateVersion(world.tools, last, 'Use 1.1.'));
    expect(shownStatusMessage(changed)).toBe('Deprecated: nothing new is deployed at this version. Use 1.1.');
    expect(changed.status).toBe('PUBLISHED');
    expect(recommendedMinor(await listed(), 1)).toBe(1);
    expect(mayDeploy(await listed(), last)).toMatchObject({ refusal: { code: 'version-deprecated' } });
    expect(mayDeploy(await listed(), last, { major: 1, minor: 0 })).toMatchObject({ ok: false });
    expect(mayDeploy(await listed(), last, last)).toMatchObject({ ok: true });
  });

  test('a withdrawn version takes nothing at all, until it is reinstated', async () => {
    const { last, listed } = await threeVersions();
    const changed = accepted(await withdrawTemplateVersion(world.tools, last));
    expect(shownStatusMessage(changed)).toBe('Withdrawn: nothing is deployed at this version any more.');
    expect(mayDeploy(await listed(), last, last)).toMatchObject({ refusal: { code: 'version-withdrawn' } });
    expect(await deprecateTemplateVersion(world.tools, last)).toMatchObject({ refusal: { code: 'version-withdrawn' } });
    const again = accepted(await reinstateTemplateVersion(world.tools, last));
    expect(shownStatusMessage(again)).toBe('');
    expect(recommendedMinor(await listed(), 1)).toBe(2);
    expect(mayDeploy(await listed(), last)).toMatchObject({ ok: true });
  });

  test('a version that is recommended by name is so until a higher one is published', async () => {
    const { middle, last, listed } = await threeVersions();
    accepted(await recommendTemplateVersion(world.tools, last));
    accepted(await recommendTemplateVersion(world.tools, middle));
    expect(recommendedMinor(await listed(), 1)).toBe(1);
    await world.publish('environment', middle.templateName, one, 1);
    expect(recommendedMinor(await listed(), 1)).toBe(3);
  });

  const refused = [
    { name: 'recommending a deprecated version', prepare: deprecateTemplateVersion },
    { name: 'recommending a withdrawn version', prepare: withdrawTemplateVersion },
  ];
  test.each(refused)('$name is refused', async ({ prepare }) => {
    const { last } = await threeVersions();
    accepted(await prepare(world.tools, last));
    expect(await recommendTemplateVersion(world.tools, last)).toMatchObject({ refusal: { code: 'version-not-ready' } });
  });

  test('a draft can be withdrawn, and then not be published; it can neither be recommended nor deprecated', async () => {
    const { middle } = await threeVersions();
    const draft = await world.register('environment', middle.templateName, one, 1);
    for (const action of [recommendTemplateVersion, deprecateTemplateVersion])
      expect(await action(world.tools, draft)).toMatchObject({ refusal: { code: 'version-not-ready' } });
    accepted(await withdrawTemplateVersion(world.tools, draft));
    expect(await publishTemplateVersion(world.tools, draft)).toMatchObject({ refusal: { code: 'version-withdrawn' } });
  });
});
