import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBundle } from '../bundles/index.ts';
import { checkUpgrade } from './check-upgrade.ts';
import { deleteTemplateVersion, knownVersions, type StoredSpec } from './index.ts';
import { registerVersion } from './register-version.ts';
import {
  accepted,
  archive,
  environmentFiles,
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
  await world.template('environment', `net-${names}`);
  return `net-${names}`;
}

function bundle(input: string, steps: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [name = ''] = input.split(':');
  return {
    ...environmentFiles(),
    'schema/schema.yaml': schemaOf('environment', input),
    'infrastructure/cloudformation.yaml': `Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: q-{{ environment.inputs.${name} }}\n`,
    ...steps,
  };
}
const one = bundle("size: {type: string, default: 'x'}");
const renamed = "width: {type: string, default: 'x'}";
const rename = { 'migrations/1-to-2.yaml': 'ops:\n  - rename: {from: /size, to: /width}\n' };

describe('a new major version', () => {
  test('with a step that fits is a draft without a word', async () => {
    const name = await newTemplate();
    await world.publish('environment', name, one);
    expect(await world.register('environment', name, bundle(renamed, rename))).toMatchObject({
      major: 2,
      status: 'DRAFT',
      statusMessage: '',
    });
  });

  test('without a step that it needs is a draft with a warning, which holds the step', async () => {
    const name = await newTemplate();
    await world.publish('environment', name, one);
    const version = await world.register('environment', name, bundle(renamed));
    expect(version).toMatchObject({ status: 'DRAFT', findings: [{ rule: 'upgrade-missing', severity: 'warning' }] });
    expect(version.statusMessage).toContain('migrations/1-to-2.yaml');
    expect(version.statusMessage).toContain('- rename: { from: /size, to: /width }');
  });

  test('without a step that nobody needs is a draft without a word', async () => {
    const name = await newTemplate();
    await world.publish('environment', name, one);
    expect(await world.register('environment', name, one)).toMatchObject({ status: 'DRAFT', statusMessage: '' });
  });

  test.each([
    { name: 'that is malformed', text: 'ops:\n  - renam: {from: /size, to: /width}\n', said: 'no operation "renam"' },
    {
      name: 'that names what is not there',
      text: 'ops:\n  - rename: {from: /sise, to: /width}\n',
      said: 'Did you mean /size?',
    },
    { name: 'that leaves an input over', text: 'ops: []\n', said: 'size: it is still there' },
  ])('with a step $name is refused, with its place', async ({ text, said }) => {
    const name = await newTemplate();
    await world.publish('environment', name, one);
    const version = await world.register('environment', name, bundle(renamed, { 'migrations/1-to-2.yaml': text }));
    expect(version.status).toBe('REGISTRATION_FAILED');
    expect(version.statusMessage).toContain('migrations/1-to-2.yaml:');
    expect(version.statusMessage).toContain(said);
  });

  test('with other files in migrations/ is none of our business', async () => {
    const name = await newTemplate();
    await world.publish('environment', name, one);
    const files = { 'migrations/0001_users.yaml': '[', 'migrations/0001-users.sql': 'create table users ()' };
    expect(
      await world.register('environment', name, bundle("size: {type: string, default: 'x'}", files)),
    ).toMatchObject({ status: 'DRAFT', statusMessage: '' });
  });
});

describe('a step that says "pure: true"', () => {
  const pure = { 'migrations/1-to-2.yaml': `pure: true\n${rename['migrations/1-to-2.yaml']}` };

  test('is believed when both versions render the same', async () => {
    const name = await newTemplate();
    await world.publish('environment', name, one);
    expect(await world.register('environment', name, bundle(renamed, pure))).toMatchObject({
      status: 'DRAFT',
      findings: [],
    });
  });

  test('is doubted when they do not, with the inputs that show it', async () => {
    const name = await newTemplate();
    await world.publish('environment', name, one);
    const other = bundle(renamed, pure);
    const stack = other['infrastructure/cloudformation.yaml']?.replace('q-', 'queue-') ?? '';
    const version = await world.register('environment', name, {
      ...other,
      'infrastructure/cloudformation.yaml': stack,
    });
    expect(version).toMatchObject({ status: 'DRAFT', findings: [{ rule: 'upgrade-impure', severity: 'warning' }] });
    expect(version.statusMessage).toMatch(
      /says "pure: true", but of \d+ sets of inputs \d+ render another environment/,
    );
    expect(version.statusMessage).toMatch(/With made-up inputs \{.*\}: .*QueueName/);
  });

  test('is doubted when inputs in use show it, and says whose', async () => {
    const stored: StoredSpec = {
      arn: 'arn:dev',
      from: { major: 1, minor: 0 },
      part: { kind: 'environment' },
      spec: 'proton: EnvironmentSpec\nspec: {size: rare}\n',
    };
    const files = (text: string, steps = {}): Record<string, string> => ({
      ...bundle(text, steps),
      'infrastructure/cloudformation.yaml': `Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {DelaySeconds: {% if environment.inputs.${text.split(':')[0]} == "rare" %}${Object.keys(steps).length}{% else %}5{% endif %}}\n`,
    });
    const texts = (bundleFiles: Record<string, string>) =>
      makeBundle(new Map(Object.entries(bundleFiles).map(([path, text]) => [path, new TextEncoder().encode(text)])));
    const old = files("size: {type: string, default: 'x'}");
    const now = files(renamed, pure);
    const schemas = [old, now].map((each) => each['schema/schema.yaml'] ?? '');
    const [found] = checkUpgrade({
      kind: 'environment',
      version: { major: 2, minor: 0, schemaText: schemas[1] ?? '', steps: pure },
      bundle: texts(now),
      known: [{ major: 1, minor: 0, schemaText: schemas[0] ?? '', steps: {} }],
      bundles: [{ major: 1, minor: 0, bundle: texts(old) }],
      stored: [stored],
    });
    expect(found).toMatchObject({ rule: 'upgrade-impure', message: expect.stringContaining('the inputs of arn:dev') });
  });
});

test('a version is tried on the specs in use', async () => {
  const name = await newTemplate();
  await world.publish('environment', name, one);
  const spec = (size: string) => `proton: EnvironmentSpec\nspec: {size: ${size}}\n`;
  const stored = ['short', 'much-too-long', 'also-too-long'].map(
    (size): StoredSpec => ({
      arn: `arn:${size}`,
      from: { major: 1, minor: 0 },
      part: { kind: 'environment' },
      spec: spec(size),
    }),
  );
  const begun = await world.begin(
    'environment',
    name,
    bundle('width: {type: string, default: x, maxLength: 5}', rename),
  );
  await world.ended(begun);
  const files = bundle('width: {type: string, default: x, maxLength: 5}', rename);
  const fetchObject = async () => ({ ok: true as const, value: await archive(files) });
  await world.database.db
    .withTables<{ template_version: { arn: string; status: string } }>()
    .updateTable('template_version')
    .set({ status: 'REGISTRATION_IN_PROGRESS' })
    .where('arn', '=', begun.arn)
    .execute();
  const tools = { db: world.database.db, clock: world.tools.clock, fetchObject, storedSpecs: async () => stored };
  accepted(await registerVersion(tools, begun));
  const { findings } = await world.ended(begun);
  const [inUse] = findings.filter(({ rule }) => rule === 'upgrade-stored');
  expect(inUse).toMatchObject({ severity: 'warning' });
  expect(inUse?.message).toContain('Of 3 specs in use at older major versions, 2 cannot be upgraded');
  expect(inUse?.message).toContain('arn:much-too-long (version 1.0)');
});

test('schema and steps of a deleted version stay', async () => {
  const name = await newTemplate();
  await world.publish('environment', name, one);
  const two = await world.publish('environment', name, bundle(renamed, rename));
  await world.publish('environment', name, bundle(renamed));
  const ref = { kind: 'environment', name } as const;
  const before = await knownVersions(world.database.db, ref);
  accepted(await deleteTemplateVersion(world.tools, two));
  expect(await knownVersions(world.database.db, ref)).toEqual(before);
  expect(before.map(({ major, steps }) => [major, steps.length])).toEqual([
    [1, 0],
    [2, 1],
    [3, 0],
  ]);
});
