import {
  CreateServiceCommand,
  CreateServiceInstanceCommand,
  CreateServiceTemplateCommand,
  DeleteEnvironmentCommand,
  DeleteServiceCommand,
  GetDeploymentCommand,
  GetEnvironmentCommand,
  GetServiceCommand,
  GetServiceInstanceCommand,
  ListServiceInstancesCommand,
  ListTagsForResourceCommand,
  UpdateAccountSettingsCommand,
  UpdateServiceCommand,
  UpdateServiceInstanceCommand,
  UpdateServicePipelineCommand,
  waitUntilEnvironmentDeployed,
  waitUntilServiceCreated,
  waitUntilServiceDeleted,
  waitUntilServiceInstanceDeployed,
  waitUntilServicePipelineDeployed,
  waitUntilServiceUpdated,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { pipelineServiceBundle, queueInputs, queueTemplate, serviceSpec, topicTemplate } from './testing/bundles.ts';
import { createEnvironment, createQueueService, prepareEstate } from './testing/estate.ts';
import { serviceRole, startInstallation, type TestInstallation } from './testing/installation.ts';

const patience = { timeout: 20_000, interval: 50 };
const repository = {
  repositoryId: 'owner/shop',
  branchName: 'main',
  repositoryConnectionArn: `arn:aws:codestar-connections:us-east-1:111122223333:connection/${'1234'.repeat(2)}-1234-1234-1234-${'1234'.repeat(3)}`,
};
let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation();
  const { platform } = world;
  await prepareEstate(platform);
  await platform.proton.send(new UpdateAccountSettingsCommand({ pipelineServiceRoleArn: serviceRole }));
  await platform.proton.send(new CreateServiceTemplateCommand({ name: 'piped' }));
  const files = pipelineServiceBundle(queueTemplate, topicTemplate, queueInputs);
  const version = await platform.registerVersion({ kind: 'service', name: 'piped', files, runsIn: ['base:1'] });
  await platform.publish('service', 'piped', version);
});
afterAll(() => world.close());

async function service(name: string) {
  return (await world.platform.proton.send(new GetServiceCommand({ name }))).service;
}

async function instances(serviceName: string): Promise<Record<string, string | undefined>> {
  const { serviceInstances = [] } = await world.platform.proton.send(new ListServiceInstancesCommand({ serviceName }));
  return Object.fromEntries(serviceInstances.map(({ name, deploymentStatus }) => [name, deploymentStatus]));
}

function createPiped(name: string, spec: string) {
  return world.platform.proton.send(
    new CreateServiceCommand({ name, templateName: 'piped', templateMajorVersion: '1', spec, ...repository }),
  );
}

function update(name: string, wanted: Readonly<Record<string, string>>) {
  return world.platform.proton.send(new UpdateServiceCommand({ name, spec: serviceSpec('dev', wanted) }));
}

function queueFails(operation: 'create' | 'delete') {
  const fault = { type: 'AWS::SQS::Queue', operation, message: 'no queue today', timesMax: 1 };
  return world.cloud('faults/resource', fault);
}

test('a service without instances has its pipeline, and gets instances later', async () => {
  const { proton, waiting } = world.platform;
  await createPiped('empty', 'proton: ServiceSpec\ninstances: []\n');
  await waitUntilServicePipelineDeployed(waiting, { name: 'empty' });
  await waitUntilServiceCreated(waiting, { name: 'empty' });
  const { environment } = await proton.send(new GetEnvironmentCommand({ name: 'dev' }));
  const pipeline = (await service('empty'))?.pipeline;
  await update('empty', { first: '' });
  await waitUntilServiceUpdated(waiting, { name: 'empty' });
  const added = await proton.send(new GetServiceInstanceCommand({ serviceName: 'empty', name: 'first' }));
  expect(added.serviceInstance?.deploymentStatus).toBe('SUCCEEDED');
  const id = added.serviceInstance?.lastSucceededDeploymentId;
  const { deployment } = await proton.send(new GetDeploymentCommand({ id }));
  expect(deployment?.targetState?.serviceInstance, 'what it was deployed beside').toMatchObject({
    lastSuccessfulEnvironmentDeploymentId: environment?.lastSucceededDeploymentId,
    lastSuccessfulServicePipelineDeploymentId: pipeline?.lastSucceededDeploymentId,
  });
});

test('additions that fail are taken back; the pipeline stands as before and the next update goes through', async () => {
  const { waiting } = world.platform;
  await createPiped('shop', serviceSpec('dev', { live: '' }));
  await waitUntilServiceCreated(waiting, { name: 'shop' });
  const before = await service('shop');
  await queueFails('create');
  await update('shop', { live: '', next: '' });
  await expect(waitUntilServiceUpdated(waiting, { name: 'shop' })).rejects.toThrow('UPDATE_FAILED_CLEANUP_COMPLETE');
  const after = await service('shop');
  expect(after?.pipeline).toEqual(before?.pipeline);
  expect(after?.spec).toBe(before?.spec);
  expect(await instances('shop')).toEqual({ live: 'SUCCEEDED' });
  await update('shop', { live: '', next: '' });
  await waitUntilServiceUpdated(waiting, { name: 'shop' });
  expect(await instances('shop')).toEqual({ live: 'SUCCEEDED', next: 'SUCCEEDED' });
});

test('an instance that fails to be added alone is kept and mended; the waiter ends', async () => {
  const { proton, waiting } = world.platform;
  await createQueueService(world.platform, 'kept', { live: '' });
  await queueFails('create');
  const spec = serviceSpec('dev', { next: '' });
  await proton.send(new CreateServiceInstanceCommand({ serviceName: 'kept', name: 'next', spec }));
  const meanwhile = { serviceName: 'kept', name: 'live', deploymentType: 'CURRENT_VERSION' } as const;
  await expect(proton.send(new UpdateServiceInstanceCommand(meanwhile))).rejects.toMatchObject({
    name: 'ConflictException',
    message: expect.stringContaining('UPDATE_IN_PROGRESS'),
  });
  await expect(waitUntilServiceUpdated(waiting, { name: 'kept' })).rejects.toThrow('UPDATE_FAILED');
  expect(await instances('kept')).toEqual({ live: 'SUCCEEDED', next: 'FAILED' });
  const failed = await proton.send(new GetServiceInstanceCommand({ serviceName: 'kept', name: 'next' }));
  expect(failed.serviceInstance).not.toHaveProperty('lastDeploymentSucceededAt');
  await proton.send(new UpdateServiceInstanceCommand({ ...meanwhile, name: 'next' }));
  await waitUntilServiceInstanceDeployed(waiting, { serviceName: 'kept', name: 'next' });
});

test('a service whose first instance failed is ACTIVE when instance and pipeline are mended', async () => {
  const { proton, waiting } = world.platform;
  await queueFails('create');
  const spec = serviceSpec('dev', { live: '' });
  await createPiped('mended', spec);
  await expect(waitUntilServiceCreated(waiting, { name: 'mended' })).rejects.toThrow('CREATE_FAILED');
  const { pipeline } = (await service('mended')) ?? {};
  expect(pipeline).toMatchObject({
    deploymentStatus: 'FAILED',
    deploymentStatusMessage: expect.stringContaining('failed to deploy - canceling pipeline deployment'),
  });
  const change = { serviceName: 'mended', deploymentType: 'CURRENT_VERSION' } as const;
  await proton.send(new UpdateServiceInstanceCommand({ ...change, name: 'live' }));
  await waitUntilServiceInstanceDeployed(waiting, { serviceName: 'mended', name: 'live' });
  expect((await service('mended'))?.status, 'the pipeline is still missing').toBe('CREATE_FAILED');
  await proton.send(new UpdateServicePipelineCommand({ ...change, spec }));
  await waitUntilServicePipelineDeployed(waiting, { name: 'mended' });
  const mended = await service('mended');
  expect(mended?.status).toBe('ACTIVE');
  expect(mended).not.toHaveProperty('statusMessage');
  const resourceArn = `${mended?.pipeline?.arn}/01234567-89ab-cdef-0123-456789abcdef`;
  const { tags = [] } = await proton.send(new ListTagsForResourceCommand({ resourceArn }));
  expect(tags, "a pipeline's ARN with an id, as Proton's guide shows it").toContainEqual({
    key: 'aws:proton:service',
    value: mended?.arn,
  });
});

test('an instance whose deletion failed keeps its name until a later update has deleted it', async () => {
  const { waiting } = world.platform;
  await createQueueService(world.platform, 'left', { live: '', old: '' });
  await queueFails('delete');
  await update('left', { live: '' });
  await expect(waitUntilServiceUpdated(waiting, { name: 'left' })).rejects.toThrow('UPDATE_COMPLETE_CLEANUP_FAILED');
  await expect(update('left', { live: '', old: '' })).rejects.toMatchObject({
    name: 'ConflictException',
    message: expect.stringContaining('DELETE_FAILED'),
  });
  await update('left', { live: '' });
  await waitUntilServiceUpdated(waiting, { name: 'left' });
  await update('left', { live: '', old: '' });
  await waitUntilServiceUpdated(waiting, { name: 'left' });
  expect(await instances('left')).toEqual({ live: 'SUCCEEDED', old: 'SUCCEEDED' });
});

test('a service is not deleted under a running deployment, and is deleted after it', async () => {
  const { proton, waiting } = world.platform;
  await createQueueService(world.platform, 'busy', { live: '' });
  const fault = { type: 'AWS::SQS::Queue', operation: 'update', hang: true, timesMax: 1 };
  const { id } = (await world.cloud('faults/resource', fault)) as { id: string };
  const change = { serviceName: 'busy', name: 'live', deploymentType: 'CURRENT_VERSION' } as const;
  const spec = serviceSpec('dev', { live: 'seconds: 77' });
  await proton.send(new UpdateServiceInstanceCommand({ ...change, spec }));
  await vi.waitFor(async () => {
    const { stacksInFlight } = (await world.cloud('')) as { stacksInFlight: unknown[] };
    expect(stacksInFlight).toHaveLength(1);
  }, patience);
  await expect(proton.send(new DeleteServiceCommand({ name: 'busy' }))).rejects.toMatchObject({
    name: 'ConflictException',
    message: expect.stringContaining('live (IN_PROGRESS)'),
  });
  expect((await service('busy'))?.status).toBe('ACTIVE');
  await world.cloud(`faults/${id}`, undefined, 'DELETE');
  await waitUntilServiceInstanceDeployed(waiting, { serviceName: 'busy', name: 'live' });
  await proton.send(new DeleteServiceCommand({ name: 'busy' }));
  await waitUntilServiceDeleted(waiting, { name: 'busy' });
});

test('a service that is created twice at once is created once', async () => {
  const spec = serviceSpec('dev', { live: '' });
  const asked = { name: 'twin', templateName: 'queue', templateMajorVersion: '1', spec };
  const [one, two] = await Promise.all([1, 2].map(() => world.platform.proton.send(new CreateServiceCommand(asked))));
  expect(one?.service?.createdAt).toEqual(two?.service?.createdAt);
  await waitUntilServiceCreated(world.platform.waiting, { name: 'twin' });
});

test('a client token of an update counts for its parameters, also after later updates', async () => {
  const { proton, waiting } = world.platform;
  await createQueueService(world.platform, 'token', { live: '' });
  const send = async (clientToken: string, seconds: number) => {
    const spec = serviceSpec('dev', { live: `seconds: ${seconds}` });
    const change = {
      serviceName: 'token',
      name: 'live',
      deploymentType: 'CURRENT_VERSION',
      clientToken,
      spec,
    } as const;
    const { serviceInstance } = await proton.send(new UpdateServiceInstanceCommand(change));
    await waitUntilServiceInstanceDeployed(waiting, { serviceName: 'token', name: 'live' });
    return serviceInstance?.lastAttemptedDeploymentId;
  };
  await send('first', 1);
  await expect(send('first', 2)).rejects.toThrow('IdempotentParameterMismatch');
  const later = await send('second', 3);
  expect(await send('first', 1)).toBe(later);
});

test('nothing is placed into an environment that is being deleted', async () => {
  await createEnvironment(world.platform, 'leaving');
  await waitUntilEnvironmentDeployed(world.platform.waiting, { name: 'leaving' });
  const fault = { type: 'AWS::SNS::Topic', operation: 'delete', hang: true, timesMax: 1 };
  const { id } = (await world.cloud('faults/resource', fault)) as { id: string };
  await world.platform.proton.send(new DeleteEnvironmentCommand({ name: 'leaving' }));
  const spec = serviceSpec('leaving', { live: '' });
  const asked = { name: 'late', templateName: 'queue', templateMajorVersion: '1', spec };
  await expect(world.platform.proton.send(new CreateServiceCommand(asked))).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('is being deleted'),
  });
  await world.cloud(`faults/${id}`, undefined, 'DELETE');
});
