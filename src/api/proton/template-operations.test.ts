import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrincipalId } from '../../organization/index.ts';
import {
  accepted,
  environmentFiles,
  manifest,
  schemaOf,
  type TemplateWorld,
  templateWorld,
} from '../../templates/testing/template-world.ts';
import type { OperationHandler, OperationInputs, OperationName, OperationOutputs } from './operation.ts';
import { serializeOutput } from './serialize-output.ts';
import { templateOperations } from './template-operations.ts';

const context = { caller: { id: 'ana' as PrincipalId, name: 'ana', kind: 'person' }, requestId: 'r-1' } as const;

let world: TemplateWorld;
let operations: ReturnType<typeof templateOperations>;
let seconds = 0;
beforeAll(async () => {
  world = await templateWorld({ clock: { now: () => new Date(1_700_000_000_000 + 1_000 * seconds) } });
  operations = templateOperations(world.tools);
});
afterAll(() => world.close());

type Name = keyof typeof operations & OperationName;

/** Asks as the door does, once the input has passed the API model. */
async function ask<Asked extends Name>(name: Asked, input: OperationInputs[Asked]) {
  return (operations[name] as OperationHandler<Asked>)(input, context);
}

/** The answer as it goes over the wire. */
async function answer<Asked extends Name>(name: Asked, input: OperationInputs[Asked]): Promise<unknown> {
  return JSON.parse(serializeOutput(name, accepted(await ask(name, input)) as OperationOutputs[Asked]));
}

const source = { s3: { bucket: 'bundles', key: 'bundle' } };

describe('the wire, answer by answer', () => {
  test('an environment template and its versions', async () => {
    const said: string[] = [];
    const say = async <Asked extends Name>(name: Asked, input: OperationInputs[Asked]) =>
      said.push(`${name} ${JSON.stringify(input)}\n${JSON.stringify(await answer(name, input), null, 2)}\n`);

    const name = 'network';
    world.bucket.set('bundle', environmentFiles());
    await say('CreateEnvironmentTemplate', { name, description: 'VPC and cluster' });
    seconds = 1;
    await say('CreateEnvironmentTemplateVersion', { templateName: name, source, description: 'first' });
    const first = { templateName: name, majorVersion: '1', minorVersion: '0' };
    await world.ended({ kind: 'environment', templateName: name, major: 1, minor: 0 });
    await say('GetEnvironmentTemplateVersion', first);
    await say('GetEnvironmentTemplate', { name });
    seconds = 2;
    await say('UpdateEnvironmentTemplateVersion', { ...first, status: 'PUBLISHED' });
    await say('ListEnvironmentTemplates', {});
    await say('ListEnvironmentTemplateVersions', { templateName: name });
    await say('ListEnvironmentTemplateVersions', { templateName: name, majorVersion: '1', maxResults: 1 });
    await say('DeleteEnvironmentTemplateVersion', first);
    await say('DeleteEnvironmentTemplateVersion', first);
    await say('UpdateEnvironmentTemplate', { name, displayName: 'Network' });
    await say('DeleteEnvironmentTemplate', { name });
    await say('DeleteEnvironmentTemplate', { name });
    await expect(said.join('\n')).toMatchFileSnapshot('golden/environment-template.txt');
  });

  test('a service template without pipeline, and its version', async () => {
    await world.template('environment', 'cluster');
    await world.publish('environment', 'cluster', environmentFiles());
    world.bucket.set('service', {
      'schema/schema.yaml': schemaOf('service', 'port: {type: integer, default: 80}'),
      'instance_infrastructure/manifest.yaml': manifest('cloudformation'),
      'instance_infrastructure/cloudformation.yaml': 'Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n',
    });
    accepted(
      await ask('CreateServiceTemplate', { name: 'web', displayName: 'Web', pipelineProvisioning: 'CUSTOMER_MANAGED' }),
    );
    accepted(
      await ask('CreateServiceTemplateVersion', {
        templateName: 'web',
        majorVersion: '1',
        source: { s3: { bucket: 'bundles', key: 'service' } },
        compatibleEnvironmentTemplates: [{ templateName: 'cluster', majorVersion: '1' }],
        supportedComponentSources: ['DIRECTLY_DEFINED'],
      }),
    );
    await world.ended({ kind: 'service', templateName: 'web', major: 1, minor: 0 });
    const version = { templateName: 'web', majorVersion: '1', minorVersion: '0' };
    expect(await answer('UpdateServiceTemplateVersion', { ...version, status: 'PUBLISHED' })).toMatchObject({
      serviceTemplateVersion: {
        arn: 'arn:aws:proton:us-east-1:111122223333:service-template/web:1.0',
        status: 'PUBLISHED',
        statusMessage: '',
        recommendedMinorVersion: '0',
        compatibleEnvironmentTemplates: [{ templateName: 'cluster', majorVersion: '1' }],
        supportedComponentSources: ['DIRECTLY_DEFINED'],
        schema: expect.stringContaining('service_input_type'),
      },
    });
    expect(await answer('ListServiceTemplates', {})).toMatchObject({
      templates: [
        { name: 'web', displayName: 'Web', pipelineProvisioning: 'CUSTOMER_MANAGED', recommendedVersion: '1.0' },
      ],
    });
    expect(await answer('UpdateServiceTemplateVersion', { ...version, supportedComponentSources: [] })).toMatchObject({
      serviceTemplateVersion: {
        supportedComponentSources: [],
        compatibleEnvironmentTemplates: [{ templateName: 'cluster' }],
      },
    });
  });
});

describe('what is not there', () => {
  const version = { templateName: 'web', majorVersion: '4', minorVersion: '28' };

  test('a version: in the words that Proton used', async () => {
    expect(await ask('GetServiceTemplateVersion', version)).toMatchObject({
      refusal: {
        kind: 'missing',
        message:
          'The requested service template version does not exist: arn:aws:proton:us-east-1:111122223333:service-template/web:4.28',
      },
    });
    expect(await ask('UpdateServiceTemplateVersion', version)).toMatchObject({ refusal: { kind: 'missing' } });
    expect(await answer('DeleteServiceTemplateVersion', version)).toEqual({});
  });

  test('a version with numbers of twenty digits', async () => {
    const huge = { ...version, majorVersion: '12345678901234567890', minorVersion: '99999999999999999999' };
    expect(await ask('GetServiceTemplateVersion', huge)).toMatchObject({ refusal: { kind: 'missing' } });
    expect(await answer('DeleteServiceTemplateVersion', huge)).toEqual({});
    expect(
      await answer('ListServiceTemplateVersions', { templateName: 'web', majorVersion: huge.majorVersion }),
    ).toEqual({
      templateVersions: [],
    });
  });

  test.each([
    ['GetServiceTemplate', { name: 'nowhere' }],
    ['UpdateServiceTemplate', { name: 'nowhere' }],
    ['ListServiceTemplateVersions', { templateName: 'nowhere' }],
    ['ListEnvironmentTemplateVersions', { templateName: 'web' }],
  ] as const)('a template: %s', async (name, input) => {
    expect(await ask(name, input as never)).toMatchObject({ refusal: { kind: 'missing', code: 'template-missing' } });
  });
});

test('a list of a hundred templates says of each what it recommends', async () => {
  for (let index = 0; index < 30; index += 1) await world.template('service', `many-${index}`);
  const answered = (await answer('ListServiceTemplates', { maxResults: 100 })) as {
    templates: { name: string; recommendedVersion?: string }[];
  };
  expect(answered.templates.filter(({ recommendedVersion }) => recommendedVersion !== undefined)).toEqual([
    expect.objectContaining({ name: 'web', recommendedVersion: '1.0' }),
  ]);
});
