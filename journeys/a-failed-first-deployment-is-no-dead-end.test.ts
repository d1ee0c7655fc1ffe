import {
  CreateServiceCommand,
  DeleteServiceCommand,
  GetServiceCommand,
  GetServiceInstanceCommand,
  UpdateServiceInstanceCommand,
  waitUntilServiceCreated,
  waitUntilServiceDeleted,
  waitUntilServiceInstanceDeployed,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queueInputs, queueTemplate, serviceBundle, serviceSpec } from './testing/bundles.ts';
import { prepareEstate } from './testing/estate.ts';
import { startInstallation, type TestInstallation } from './testing/installation.ts';

// Public roadmap issues 26, 46 and 81: services that could be neither updated nor deleted.
let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation();
  const { platform } = world;
  await prepareEstate(platform);
  await platform.createTemplate('service', 'broken', { pipeline: false });
  const broken = queueTemplate.replace(
    'Properties:',
    'Properties:\n      QueueName: {{ environment.outputs.NoSuchOutput }}',
  );
  await platform.publish(
    'service',
    'broken',
    await platform.registerVersion({
      kind: 'service',
      name: 'broken',
      files: serviceBundle(broken, queueInputs),
      runsIn: ['base:1'],
    }),
  );
});
afterAll(() => world.close());

async function createBroken(name: string): Promise<void> {
  const { proton, waiting } = world.platform;
  await proton.send(
    new CreateServiceCommand({
      name,
      templateName: 'broken',
      templateMajorVersion: '1',
      spec: serviceSpec('dev', { one: '' }),
    }),
  );
  await expect(waitUntilServiceCreated(waiting, { name })).rejects.toThrow();
  const { service } = await proton.send(new GetServiceCommand({ name }));
  expect(service).toMatchObject({ status: 'CREATE_FAILED', statusMessage: expect.stringContaining('one') });
}

test('F14: it can be moved forward with a version that is mended', async () => {
  const { platform } = world;
  const { proton } = platform;
  await createBroken('forward');
  const { serviceInstance: failed } = await proton.send(
    new GetServiceInstanceCommand({ serviceName: 'forward', name: 'one' }),
  );
  expect(failed).toMatchObject({
    deploymentStatus: 'FAILED',
    deploymentStatusMessage: expect.stringMatching(
      /^instance_infrastructure\/cloudformation\.yaml:5:21: .*environment\.outputs\.NoSuchOutput/,
    ),
    templateMajorVersion: '1',
    templateMinorVersion: '0',
  });
  await platform.publish(
    'service',
    'broken',
    await platform.registerVersion({
      kind: 'service',
      name: 'broken',
      files: serviceBundle(queueTemplate, queueInputs),
      major: '1',
      runsIn: ['base:1'],
    }),
  );
  await proton.send(
    new UpdateServiceInstanceCommand({ serviceName: 'forward', name: 'one', deploymentType: 'MINOR_VERSION' }),
  );
  await waitUntilServiceInstanceDeployed(platform.waiting, { serviceName: 'forward', name: 'one' });
  const { serviceInstance } = await proton.send(new GetServiceInstanceCommand({ serviceName: 'forward', name: 'one' }));
  expect(serviceInstance).toMatchObject({
    deploymentStatus: 'SUCCEEDED',
    templateMajorVersion: '1',
    templateMinorVersion: '1',
  });
});

test('F14: it can be retried as it is, and deleted although its template is broken', async () => {
  const { proton, waiting } = world.platform;
  const spec = serviceSpec('dev', { one: '' });
  await proton.send(
    new CreateServiceCommand({
      name: 'retry',
      templateName: 'broken',
      templateMajorVersion: '1',
      templateMinorVersion: '0',
      spec,
    }),
  );
  await expect(waitUntilServiceCreated(waiting, { name: 'retry' })).rejects.toThrow();
  await proton.send(
    new UpdateServiceInstanceCommand({ serviceName: 'retry', name: 'one', deploymentType: 'CURRENT_VERSION', spec }),
  );
  await expect(waitUntilServiceInstanceDeployed(waiting, { serviceName: 'retry', name: 'one' })).rejects.toThrow();
  await proton.send(new DeleteServiceCommand({ name: 'retry' }));
  await waitUntilServiceDeleted(waiting, { name: 'retry' });
  const { requests } = (await world.cloud('requests?limit=10000')) as { requests: { stackName?: string }[] };
  expect(requests.filter(({ stackName }) => stackName?.includes('-retry-'))).toEqual([]);
});

test('F36: a first create that the provider failed is created anew by the next deployment', async () => {
  const { platform } = world;
  const { proton } = platform;
  await world.cloud('faults/resource', { type: 'AWS::SQS::Queue', message: 'No.', timesMax: 1 });
  await proton.send(
    new CreateServiceCommand({
      name: 'again',
      templateName: 'queue',
      templateMajorVersion: '1',
      spec: serviceSpec('dev', { one: '' }),
    }),
  );
  await expect(waitUntilServiceCreated(platform.waiting, { name: 'again' })).rejects.toThrow();
  await proton.send(
    new UpdateServiceInstanceCommand({
      serviceName: 'again',
      name: 'one',
      deploymentType: 'CURRENT_VERSION',
      spec: serviceSpec('dev', { one: 'seconds: 5' }),
    }),
  );
  await waitUntilServiceInstanceDeployed(platform.waiting, { serviceName: 'again', name: 'one' });
  const { service } = await proton.send(new GetServiceCommand({ name: 'again' }));
  expect(service?.spec).toContain('seconds: 5');
});
