import {
  CancelEnvironmentDeploymentCommand,
  CancelServiceInstanceDeploymentCommand,
  GetEnvironmentCommand,
  GetServiceInstanceCommand,
  UpdateServiceInstanceCommand,
  waitUntilServiceInstanceDeployed,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { serviceSpec } from './testing/bundles.ts';
import { createEnvironment, createQueueService, prepareEstate } from './testing/estate.ts';
import { startInstallation, type TestInstallation } from './testing/installation.ts';

const patience = { timeout: 20_000, interval: 50 };
let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation();
  await prepareEstate(world.platform);
});
afterAll(() => world.close());

/** Nothing can be cancelled at the provider before the provider works on it. */
async function providerWorks(action: string): Promise<void> {
  await vi.waitFor(async () => {
    const { stacksInFlight } = (await world.cloud('')) as { stacksInFlight: unknown[] };
    expect(stacksInFlight, action).toHaveLength(1);
  }, patience);
}

test('F17: an update that hangs is cancelled, taken back, and the next one goes through', async () => {
  const { proton, waiting } = world.platform;
  await createQueueService(world.platform, 'shop', { live: 'seconds: 10' });
  const update = (seconds: number) =>
    proton.send(
      new UpdateServiceInstanceCommand({
        serviceName: 'shop',
        name: 'live',
        deploymentType: 'CURRENT_VERSION',
        spec: serviceSpec('dev', { live: `seconds: ${seconds}` }),
      }),
    );
  const fault = (await world.cloud('faults/resource', {
    type: 'AWS::SQS::Queue',
    operation: 'update',
    hang: true,
    timesMax: 1,
  })) as { id: string };
  await update(20);
  await providerWorks('the update');
  await expect(update(30)).rejects.toMatchObject({ name: 'ConflictException' });
  const { serviceInstance: cancelling } = await proton.send(
    new CancelServiceInstanceDeploymentCommand({ serviceName: 'shop', serviceInstanceName: 'live' }),
  );
  expect(cancelling?.deploymentStatus).toBe('CANCELLING');
  await vi.waitFor(async () => {
    const { serviceInstance } = await proton.send(new GetServiceInstanceCommand({ serviceName: 'shop', name: 'live' }));
    expect(serviceInstance).toMatchObject({
      deploymentStatus: 'CANCELLED',
      deploymentStatusMessage: 'User initiated cancellation.',
    });
    expect(serviceInstance?.spec).toContain('seconds: 10');
  }, patience);
  expect(fault.id).toBeTruthy();
  await update(30);
  await waitUntilServiceInstanceDeployed(waiting, { serviceName: 'shop', name: 'live' });
  const { requests } = (await world.cloud('requests?action=CancelUpdateStack')) as { requests: unknown[] };
  expect(requests).toHaveLength(1);
});

test('a first create that is cancelled leaves nothing in the cloud', async () => {
  const { proton } = world.platform;
  await world.cloud('faults/resource', { type: 'AWS::SNS::Topic', operation: 'create', hang: true, timesMax: 1 });
  await createEnvironment(world.platform, 'second');
  await providerWorks('the creation');
  await proton.send(new CancelEnvironmentDeploymentCommand({ environmentName: 'second' }));
  await vi.waitFor(async () => {
    const { environment } = await proton.send(new GetEnvironmentCommand({ name: 'second' }));
    expect(environment?.deploymentStatus).toBe('CANCELLED');
  }, patience);
});
