import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { accept, refuse } from '../errors/index.ts';
import {
  deleteTemplate,
  deleteTemplateVersion,
  resumeRegistrations,
  templateVersionBundle,
  templateVersionFind,
} from './index.ts';
import { registerVersion } from './register-version.ts';
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
  await world.template('environment', 'network');
  await world.publish('environment', 'network', environmentFiles());
});
afterAll(() => world.close());

let names = 0;
async function newTemplate(kind: 'environment' | 'service' = 'environment', customerManaged = false): Promise<string> {
  names += 1;
  const name = `template-${names}`;
  await world.template(kind, name, customerManaged);
  return name;
}

const terraform = {
  'schema/schema.yaml': schemaOf('environment', 'size: {type: integer, default: 1}'),
  'infrastructure/manifest.yaml': manifest('terraform'),
  'infrastructure/main.tf': 'resource "aws_sqs_queue" "q" {\n  name = "q-${var.environment.inputs.size}"\n}\n',
};
const codebuild = {
  'schema/schema.yaml': schemaOf('environment', 'size: {type: integer, default: 1}'),
  'infrastructure/manifest.yaml': manifest('codebuild'),
  'infrastructure/up.sh': 'echo up\n',
  'infrastructure/down.sh': 'echo down\n',
};
const serviceWithoutPipeline = {
  'schema/schema.yaml': schemaOf('service', 'port: {type: integer, default: 80}'),
  'instance_infrastructure/manifest.yaml': manifest('cloudformation'),
  'instance_infrastructure/cloudformation.yaml':
    'Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: q-{{ service_instance.inputs.port }}\n',
};
const schemaOnly = { 'schema/schema.yaml': schemaOf('environment', 'VpcId: {type: string}', 'VpcId') };

describe('a good bundle becomes a draft', () => {
  test.each([
    { name: 'CloudFormation', kind: 'environment', files: environmentFiles() },
    { name: 'Terraform', kind: 'environment', files: terraform },
    { name: 'CodeBuild', kind: 'environment', files: codebuild },
    { name: 'a service without pipeline', kind: 'service', files: serviceWithoutPipeline, customerManaged: true },
    { name: 'an environment of its owner', kind: 'environment', files: schemaOnly, customerManaged: true },
  ] as const)('$name', async ({ kind, files, ...rest }) => {
    const begun = await world.begin(kind, await newTemplate(kind, 'customerManaged' in rest), files);
    expect(begun).toMatchObject({ major: 1, minor: 0, status: 'REGISTRATION_IN_PROGRESS', schemaText: null });
    const version = await world.ended(begun);
    expect(version).toMatchObject({ status: 'DRAFT', statusMessage: '', schemaText: files['schema/schema.yaml'] });
    const bundle = accepted(await templateVersionBundle(world.tools.db, version));
    expect([...bundle.files.keys()]).toEqual(Object.keys(files).sort());
  });
});

describe('a bundle with errors ends as REGISTRATION_FAILED, and the message says all of them', () => {
  test('F1: the bundle of the other kind', async () => {
    const { status, statusMessage } = await world.register('service', await newTemplate('service'), environmentFiles());
    expect(status).toBe('REGISTRATION_FAILED');
    expect(statusMessage).toContain('environment_input_type');
    expect(statusMessage).toContain('expected the bundle of a service template');
    expect(statusMessage).toContain('schema/schema.yaml');
  });

  test('several errors, one a line, each with file, line and column', async () => {
    const version = await world.register('environment', await newTemplate(), {
      ...environmentFiles(),
      'infrastructure/cloudformation.yaml':
        'Resources:\n  A: {{ environment.inputs.nope }}\n  B: {{ environment.inputs.neither }}\n',
    });
    expect(version.status).toBe('REGISTRATION_FAILED');
    const lines = version.statusMessage.split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(2);
    for (const line of lines) expect(line).toMatch(/^[\w./]+:\d+:\d+: \S/);
    expect(version.statusMessage).toContain('infrastructure/cloudformation.yaml:2:');
    expect(version.statusMessage).toContain('infrastructure/cloudformation.yaml:3:');
    expect(version.findings.length).toBe(lines.length);
  });

  test.each([
    { name: 'no archive', bundle: Buffer.from('not an archive') },
    { name: 'nothing at all', bundle: new Uint8Array() },
    { name: 'an empty archive', bundle: {} },
    { name: 'F2: a member outside of it', bundle: { '../escape.txt': 'x', ...environmentFiles() } },
    { name: 'F2: a member with an absolute path', bundle: { '/etc/escape': 'x', ...environmentFiles() } },
    {
      name: 'F3: a schema that is an alias bomb',
      bundle: { ...environmentFiles(), 'schema/schema.yaml': aliasBomb() },
    },
    {
      name: 'F8: a template without end',
      bundle: {
        ...environmentFiles(),
        'infrastructure/cloudformation.yaml':
          'A: "{% for i in range(999999999) %}x{% endfor %}"\nB: "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"\n',
      },
    },
    {
      name: 'a template nested a hundred thousand times',
      bundle: { ...environmentFiles(), 'infrastructure/cloudformation.yaml': `A: ${'['.repeat(100_000)}\n` },
    },
    {
      name: 'a schema that is binary',
      bundle: { ...environmentFiles(), 'schema/schema.yaml': '\0\u0001\ufffe' },
    },
  ])('hostile: $name', async ({ bundle }) => {
    const version = await world.register('environment', await newTemplate(), bundle);
    expect(version.status, version.statusMessage).toBe('REGISTRATION_FAILED');
    expect(version.statusMessage).not.toBe('');
    expect(version.statusMessage).not.toContain('fault of Deuteron');
    expect(version.bundleDigest).toBeNull();
    expect(await templateVersionBundle(world.tools.db, version)).toMatchObject({
      refusal: { code: 'version-without-bundle' },
    });
  });

  function aliasBomb(): string {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const below =
        level === 0
          ? '{leaf: x, twig: x}'
          : `[${Array(7)
              .fill(`*s${level - 1}`)
              .join(', ')}]`;
      return `n${level}: &s${level} ${below}`;
    });
    return `${levels.join('\n')}\n`;
  }
});

describe('a bundle that cannot be fetched', () => {
  test('is told with its place and what to do', async () => {
    const name = await newTemplate();
    const version = await world.register('environment', name, () =>
      Promise.resolve(
        refuse({ kind: 'missing', code: 'ObjectNotFound', message: 'There is none.', remedy: 'Upload it.' }),
      ),
    );
    expect(version).toMatchObject({
      status: 'REGISTRATION_FAILED',
      statusMessage: `The bundle s3://bundles/${version.source.key} cannot be fetched: There is none. Upload it. Then register a new version.`,
    });
  });

  const away = () =>
    refuse({ kind: 'unavailable', code: 'ObjectSourceUnavailable', message: 'S3 is away.', remedy: '' });

  test('now is fetched later', async () => {
    let asked = 0;
    const bytes = await archive(environmentFiles());
    const version = await world.register('environment', await newTemplate(), async () => {
      asked += 1;
      return asked < 3 ? away() : accept(bytes);
    });
    expect(version.status).toBe('DRAFT');
    expect(asked).toBe(3);
  });

  test('for longer than clients wait is given up', async () => {
    const version = await world.begin('environment', await newTemplate(), () => new Promise(() => undefined));
    const tools = { db: world.tools.db, fetchObject: async () => away() };
    const at = (minutes: number) => ({ now: () => new Date(version.createdAt.getTime() + minutes * 60_000) });
    expect(await registerVersion({ ...tools, clock: at(3) }, version)).toMatchObject({
      refusal: { kind: 'unavailable' },
    });
    expect(await registerVersion({ ...tools, clock: at(5) }, version)).toMatchObject({ refusal: { kind: 'invalid' } });
  });
});

describe('minors of one major', () => {
  const small = 'size: {type: integer, default: 1}';

  test('one that takes what its predecessors took is a draft, and a breaking one fails, naming the input', async () => {
    const name = await newTemplate();
    await world.register('environment', name, environmentFiles(small));
    const wider = await world.register('environment', name, environmentFiles(`${small}, more: {type: string}`), 1);
    expect(wider).toMatchObject({ major: 1, minor: 1, status: 'DRAFT' });
    const breaking = await world.register('environment', name, environmentFiles('size: {type: string}'), 1);
    expect(breaking).toMatchObject({ major: 1, minor: 2, status: 'REGISTRATION_FAILED' });
    await expect(breaking.statusMessage).toMatchFileSnapshot('golden/incompatible-minor.txt');
  });

  test('the same break is no break in a new major', async () => {
    const name = await newTemplate();
    await world.register('environment', name, environmentFiles(small));
    const next = await world.register('environment', name, environmentFiles('size: {type: string}'));
    expect(next).toMatchObject({ major: 2, minor: 0, status: 'DRAFT' });
  });

  test('every earlier minor counts, not only the one before', async () => {
    const name = await newTemplate();
    await world.register('environment', name, environmentFiles(`${small}, old: {type: string}`));
    expect((await world.register('environment', name, environmentFiles(small), 1)).statusMessage).toContain('old');
    const third = await world.register('environment', name, environmentFiles(small), 1);
    expect(third.statusMessage, 'a version that failed counts for nothing, 1.0 still does').toContain('1.0');
  });

  test('an earlier minor that is registered later is compared with the later one', async () => {
    const name = await newTemplate();
    await world.register('environment', name, environmentFiles(small));
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const bytes = await archive(environmentFiles(`${small}, gone: {type: string}`));
    const slow = await world.begin('environment', name, () => released.then(() => accept(bytes)), 1);
    const quick = await world.register('environment', name, environmentFiles(small), 1);
    expect(quick).toMatchObject({ minor: 2, status: 'DRAFT' });
    release();
    const ended = await world.ended(slow);
    expect(ended).toMatchObject({ minor: 1, status: 'REGISTRATION_FAILED' });
    expect(ended.statusMessage).toContain('in version 1.2, which was registered meanwhile');
  });

  test('a breaking minor fails whichever of two is registered first', async () => {
    const name = await newTemplate();
    const begun = [
      await world.begin('environment', name, environmentFiles(small), 1),
      await world.begin('environment', name, environmentFiles('size: {type: string}'), 1),
    ];
    const ended = await Promise.all(begun.map((each) => world.ended(each)));
    expect(ended.map(({ status }) => status).sort()).toEqual(['DRAFT', 'REGISTRATION_FAILED']);
  });
});

describe('what happens meanwhile', () => {
  test('the version is deleted: nothing is made of it', async () => {
    const name = await newTemplate();
    let asked = 0;
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const bytes = await archive(environmentFiles());
    const version = await world.begin('environment', name, () => {
      asked += 1;
      return released.then(() => accept(bytes));
    });
    await vi.waitFor(() => expect(asked).toBe(1));
    accepted(await deleteTemplateVersion(world.tools, version));
    accepted(await deleteTemplate(world.tools, { kind: 'environment', name }));
    await world.template('environment', name);
    const successor = await world.register('environment', name, {});
    expect(successor).toMatchObject({ major: 1, minor: 0, status: 'REGISTRATION_FAILED' });
    release();
    const next = await world.register('environment', name, environmentFiles(), 1);
    expect(next.status).toBe('DRAFT');
    const { status, registrationId } = (await templateVersionFind(world.tools.db, successor)) ?? {};
    expect({ status, registrationId }).toEqual({
      status: 'REGISTRATION_FAILED',
      registrationId: successor.registrationId,
    });
  });

  test('the process ends: the next one goes on', async () => {
    const name = await newTemplate();
    const bytes = await archive(environmentFiles());
    let asked = 0;
    const version = await world.begin('environment', name, () => {
      asked += 1;
      return asked === 1 ? new Promise(() => undefined) : Promise.resolve(accept(bytes));
    });
    await vi.waitFor(() => expect(asked).toBe(1));
    await world.restartEngine();
    await resumeRegistrations(world.tools.db, world.tools.engine);
    expect(await world.ended(version)).toMatchObject({ status: 'DRAFT' });
    expect(asked).toBe(2);
  });
});
