import { GetEnvironmentCommand, UpdateEnvironmentCommand, waitUntilEnvironmentDeployed } from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { environmentBundle, topicTemplate } from './testing/bundles.ts';
import { prepareEstate } from './testing/estate.ts';
import { startInstallation, type TestInstallation } from './testing/installation.ts';

let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation();
  await prepareEstate(world.platform);
});
afterAll(() => world.close());

test('F23: after a failed update the next version deploys, without a deletion in between (roadmap 46)', async () => {
  const { platform } = world;
  const { proton } = platform;
  const broken = topicTemplate.replace('Value: !Ref Topic', 'Value: {"Fn::ImportValue": "no-such-export"}');
  await platform.publish(
    'environment',
    'base',
    await platform.registerVersion({ kind: 'environment', name: 'base', files: environmentBundle(broken), major: '1' }),
  );
  await proton.send(new UpdateEnvironmentCommand({ name: 'dev', deploymentType: 'MINOR_VERSION' }));
  await expect(waitUntilEnvironmentDeployed(platform.waiting, { name: 'dev' })).rejects.toThrow();
  const { environment: failed } = await proton.send(new GetEnvironmentCommand({ name: 'dev' }));
  expect(failed).toMatchObject({
    deploymentStatus: 'FAILED',
    templateMinorVersion: '0',
    deploymentStatusMessage: expect.stringContaining('no-such-export'),
  });

  await platform.publish(
    'environment',
    'base',
    await platform.registerVersion({
      kind: 'environment',
      name: 'base',
      files: environmentBundle(topicTemplate.replace('TopicArn', 'Topic')),
      major: '1',
    }),
  );
  await proton.send(new UpdateEnvironmentCommand({ name: 'dev', deploymentType: 'MINOR_VERSION' }));
  await waitUntilEnvironmentDeployed(platform.waiting, { name: 'dev' });
  const { environment } = await proton.send(new GetEnvironmentCommand({ name: 'dev' }));
  expect(environment).toMatchObject({ deploymentStatus: 'SUCCEEDED', templateMinorVersion: '2' });
  const { requests } = (await world.cloud('requests?action=DeleteStack')) as { requests: unknown[] };
  expect(requests).toEqual([]);
});
