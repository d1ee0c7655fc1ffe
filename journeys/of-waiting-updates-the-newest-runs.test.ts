import {
  DeleteServiceCommand,
  GetServiceCommand,
  GetServiceInstanceCommand,
  ListDeploymentsCommand,
  UpdateServiceInstanceCommand,
  waitUntilServiceDeleted,
  waitUntilServiceInstanceDeployed,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { serviceSpec } from './testing/bundles.ts';
import { createQueueService, prepareEstate } from './testing/estate.ts';
import { startInstallation, type TestInstallation } from './testing/installation.ts';

const patience = { timeout: 20_000, interval: 50 };
const instance = { serviceName: 'shop', name: 'live' };

let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation({ whenBusy: 'queue' });
  await prepareEstate(world.platform);
  await createQueueService(world.platform, 'shop', { live: 'seconds: 1' });
});
afterAll(() => world.close());

async function update(seconds: number): Promise<void> {
  const spec = serviceSpec('dev', { live: `seconds: ${seconds}` });
  const asked = { ...instance, deploymentType: 'CURRENT_VERSION', spec } as const;
  await world.platform.proton.send(new UpdateServiceInstanceCommand(asked));
}

/** Where each deployment of the instance stands, newest first. */
async function deployments(): Promise<string[]> {
  const { deployments: listed = [] } = await world.platform.proton.send(
    new ListDeploymentsCommand({ serviceName: 'shop', serviceInstanceName: 'live' }),
  );
  return listed.map(({ deploymentStatus = '' }) => deploymentStatus);
}

async function calls(action: string): Promise<number> {
  const { requests } = (await world.cloud(`requests?action=${action}&limit=10000`)) as {
    requests: { stackName?: string; error?: string }[];
  };
  return requests.filter(({ stackName, error }) => stackName?.includes('-shop-live-') && !error).length;
}

test('F16: the running update ends by itself, the newest of those that wait follows it, and then the deletion', async () => {
  const { proton, waiting } = world.platform;
  const hang = { type: 'AWS::SQS::Queue', operation: 'update', hang: true, timesMax: 1 };
  const { id } = (await world.cloud('faults/resource', hang)) as { id: string };
  await update(2);
  await vi.waitFor(async () => {
    const { stacksInFlight } = (await world.cloud('')) as { stacksInFlight: unknown[] };
    expect(stacksInFlight).toHaveLength(1);
  }, patience);
  await update(3);
  await update(4);
  expect(await deployments()).toEqual(['IN_PROGRESS', 'CANCELLED', 'IN_PROGRESS', 'SUCCEEDED']);

  await world.cloud(`faults/${id}`, undefined, 'DELETE');
  await vi.waitFor(async () => expect(await deployments()).not.toContain('IN_PROGRESS'), patience);
  await waitUntilServiceInstanceDeployed(waiting, instance);
  expect(await deployments()).toEqual(['SUCCEEDED', 'CANCELLED', 'SUCCEEDED', 'SUCCEEDED']);
  const { serviceInstance } = await proton.send(new GetServiceInstanceCommand(instance));
  expect(serviceInstance?.spec).toContain('seconds: 4');
  expect(await calls('CancelUpdateStack')).toBe(0);

  const again = (await world.cloud('faults/resource', hang)) as { id: string };
  await update(5);
  await proton.send(new DeleteServiceCommand({ name: 'shop' }));
  expect(await calls('DeleteStack')).toBe(0);
  await world.cloud(`faults/${again.id}`, undefined, 'DELETE');
  await waitUntilServiceDeleted(waiting, { name: 'shop' });
  expect(await calls('CancelUpdateStack')).toBe(0);
  expect(await calls('DeleteStack')).toBe(1);
  await expect(proton.send(new GetServiceCommand({ name: 'shop' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});
