import {
  DeleteEnvironmentCommand,
  DeleteServiceCommand,
  GetEnvironmentCommand,
  GetResourcesSummaryCommand,
  ListServiceInstanceProvisionedResourcesCommand,
  ListTagsForResourceCommand,
  waitUntilServiceDeleted,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { tellMainStory } from '../demo/story.ts';
import { installation, startInstallation, type TestInstallation } from './testing/installation.ts';

let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation();
});
afterAll(() => world.close());

test('templates are registered, an environment and services deployed, a version updated, everything deleted', async () => {
  const { platform } = world;
  const { proton } = platform;
  const told: string[] = [];
  await tellMainStory(platform, installation.accountId, (what) => told.push(what));
  expect(told).toContain('environment sandbox: SUCCEEDED');
  expect(told).toContain('service shop: ACTIVE');

  const { counts } = await proton.send(new GetResourcesSummaryCommand({}));
  expect(counts).toMatchObject({
    environmentTemplates: { total: 1 },
    serviceTemplates: { total: 2 },
    environments: { total: 1, failed: 0, upToDate: 1 },
    services: { total: 2, upToDate: 1, behindMinor: 1 },
    serviceInstances: { total: 3, upToDate: 2, behindMinor: 1 },
    pipelines: { total: 1, behindMinor: 1 },
  });

  const { provisionedResources = [] } = await proton.send(
    new ListServiceInstanceProvisionedResourcesCommand({ serviceName: 'shop', serviceInstanceName: 'live' }),
  );
  expect(provisionedResources).toMatchObject([
    {
      provisioningEngine: 'CLOUDFORMATION',
      name: expect.stringMatching(/^AWSProton-service-instance-shop-live-[0-9a-f]{8}$/),
    },
  ]);
  const { tags = [] } = await proton.send(
    new ListTagsForResourceCommand({
      resourceArn: `arn:aws:proton:us-east-1:${installation.accountId}:service/shop/service-instance/live`,
    }),
  );
  expect(tags.map(({ key }) => key)).toEqual([
    'aws:proton:account',
    'aws:proton:environment',
    'aws:proton:service',
    'aws:proton:service-instance',
    'aws:proton:template',
  ]);

  await expect(proton.send(new DeleteEnvironmentCommand({ name: 'sandbox' }))).rejects.toMatchObject({
    name: 'ConflictException',
  });
  for (const name of ['shop', 'orders']) {
    await proton.send(new DeleteServiceCommand({ name }));
    await waitUntilServiceDeleted(platform.waiting, { name });
  }
  await proton.send(new DeleteEnvironmentCommand({ name: 'sandbox' }));
  await vi.waitFor(
    () =>
      expect(proton.send(new GetEnvironmentCommand({ name: 'sandbox' }))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      }),
    { timeout: 20_000, interval: 100 },
  );
  expect(await proton.send(new DeleteEnvironmentCommand({ name: 'sandbox' }))).not.toHaveProperty('environment');
});
