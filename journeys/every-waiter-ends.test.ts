import {
  CreateEnvironmentTemplateVersionCommand,
  CreateServiceCommand,
  CreateServiceTemplateVersionCommand,
  DeleteServiceCommand,
  UpdateAccountSettingsCommand,
  UpdateEnvironmentCommand,
  UpdateServiceInstanceCommand,
  UpdateServicePipelineCommand,
  waitUntilEnvironmentDeployed,
  waitUntilEnvironmentTemplateVersionRegistered,
  waitUntilServiceCreated,
  waitUntilServiceDeleted,
  waitUntilServiceInstanceDeployed,
  waitUntilServicePipelineDeployed,
  waitUntilServiceTemplateVersionRegistered,
} from '@aws-sdk/client-proton';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  environmentSpec,
  pipelineServiceBundle,
  queueInputs,
  queueTemplate,
  serviceSpec,
  topicTemplate,
} from './testing/bundles.ts';
import { createEnvironment, prepareEstate } from './testing/estate.ts';
import { serviceRole, startInstallation, type TestInstallation } from './testing/installation.ts';

const spec = serviceSpec('dev', { live: '' });
const missing = { s3: { bucket: 'deuteron', key: 'not-there.tar.gz' } };
let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation();
  const { platform } = world;
  await prepareEstate(platform);
  await platform.proton.send(new UpdateAccountSettingsCommand({ pipelineServiceRoleArn: serviceRole }));
  await platform.createTemplate('service', 'piped');
  const changed = topicTemplate.replace('AWS::SNS::Topic', 'AWS::SNS::Topic\n    Properties: {DisplayName: new}');
  for (const pipeline of [topicTemplate, changed]) {
    const files = pipelineServiceBundle(queueTemplate, pipeline, queueInputs);
    const major = pipeline === topicTemplate ? undefined : '1';
    const version = await platform.registerVersion({
      kind: 'service',
      name: 'piped',
      files,
      major,
      runsIn: ['base:1'],
    });
    if (pipeline === topicTemplate) await platform.publish('service', 'piped', version);
  }
  await platform.proton.send(
    new CreateServiceCommand({
      name: 'shop',
      templateName: 'piped',
      templateMajorVersion: '1',
      spec,
      repositoryId: 'owner/shop',
      branchName: 'main',
      repositoryConnectionArn:
        'arn:aws:codestar-connections:us-east-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef',
    }),
  );
  await waitUntilServiceCreated(platform.waiting, { name: 'shop' });
});
afterAll(() => world.close());
afterEach(() => world.cloud('faults', undefined, 'DELETE'));

function fails(type: string, operation: string) {
  return world.cloud('faults/resource', { type, operation, message: 'not today', timesMax: 1 });
}

test('EnvironmentTemplateVersionRegistered: a bundle that is not there', async () => {
  const { proton, waiting } = world.platform;
  const asked = { templateName: 'base', majorVersion: '1', source: missing };
  const { environmentTemplateVersion: made } = await proton.send(new CreateEnvironmentTemplateVersionCommand(asked));
  const version = { templateName: 'base', majorVersion: '1', minorVersion: made?.minorVersion };
  await expect(waitUntilEnvironmentTemplateVersionRegistered(waiting, version)).rejects.toThrow('REGISTRATION_FAILED');
});

test('ServiceTemplateVersionRegistered: a bundle that is not there', async () => {
  const { proton, waiting } = world.platform;
  const compatibleEnvironmentTemplates = [{ templateName: 'base', majorVersion: '1' }];
  const asked = { templateName: 'queue', majorVersion: '1', source: missing, compatibleEnvironmentTemplates };
  const { serviceTemplateVersion: made } = await proton.send(new CreateServiceTemplateVersionCommand(asked));
  const version = { templateName: 'queue', majorVersion: '1', minorVersion: made?.minorVersion };
  await expect(waitUntilServiceTemplateVersionRegistered(waiting, version)).rejects.toThrow('REGISTRATION_FAILED');
});

test('EnvironmentDeployed: a first deployment that fails, and its second try', async () => {
  const { proton, waiting } = world.platform;
  await fails('AWS::SNS::Topic', 'create');
  await createEnvironment(world.platform, 'stage');
  await expect(waitUntilEnvironmentDeployed(waiting, { name: 'stage' })).rejects.toThrow('not today');
  const again = { name: 'stage', deploymentType: 'CURRENT_VERSION', spec: environmentSpec() } as const;
  await proton.send(new UpdateEnvironmentCommand(again));
  await waitUntilEnvironmentDeployed(waiting, { name: 'stage' });
});

test('ServiceInstanceDeployed: an update that fails, and its second try', async () => {
  const { proton, waiting } = world.platform;
  const instance = { serviceName: 'shop', name: 'live' };
  const change = { deploymentType: 'CURRENT_VERSION', spec: serviceSpec('dev', { live: 'seconds: 9' }) } as const;
  await fails('AWS::SQS::Queue', 'update');
  await proton.send(new UpdateServiceInstanceCommand({ ...instance, ...change }));
  await expect(waitUntilServiceInstanceDeployed(waiting, instance)).rejects.toThrow('not today');
  await proton.send(new UpdateServiceInstanceCommand({ ...instance, ...change }));
  await waitUntilServiceInstanceDeployed(waiting, instance);
});

test('ServicePipelineDeployed: an update that fails, and its second try', async () => {
  const { proton, waiting } = world.platform;
  const change = { serviceName: 'shop', deploymentType: 'MINOR_VERSION', templateMinorVersion: '1', spec } as const;
  await fails('AWS::SNS::Topic', 'update');
  await proton.send(new UpdateServicePipelineCommand(change));
  await expect(waitUntilServicePipelineDeployed(waiting, { name: 'shop' })).rejects.toThrow('not today');
  await proton.send(new UpdateServicePipelineCommand(change));
  await waitUntilServicePipelineDeployed(waiting, { name: 'shop' });
});

test('ServiceDeleted: a deletion that fails, and its second try', async () => {
  const { proton, waiting } = world.platform;
  await fails('AWS::SQS::Queue', 'delete');
  await proton.send(new DeleteServiceCommand({ name: 'shop' }));
  await expect(waitUntilServiceDeleted(waiting, { name: 'shop' })).rejects.toThrow('DELETE_FAILED');
  await proton.send(new DeleteServiceCommand({ name: 'shop' }));
  await waitUntilServiceDeleted(waiting, { name: 'shop' });
});
