import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateEnvironmentCommand,
  CreateServiceCommand,
  ListServiceInstancesCommand,
  waitUntilEnvironmentDeployed,
} from '@aws-sdk/client-proton';
import { readFolder } from '../demo/pack-bundle.ts';
import type { Platform } from '../demo/platform.ts';
import { accountId } from './server-process.ts';

const examples = join(import.meta.dirname, '..', 'examples');
export const environmentName = 'sandbox';

/** Registers the examples `network` and `worker`, publishes them, and deploys an environment. */
export async function prepareEstate(platform: Platform): Promise<void> {
  const bundle = (name: string) => readFolder(join(examples, ...name.split('/')));
  await platform.createTemplate('environment', 'network');
  const network = { kind: 'environment', name: 'network', files: bundle('network/v1') } as const;
  await platform.publish('environment', 'network', await platform.registerVersion(network));
  await platform.createTemplate('service', 'worker', { pipeline: false });
  const worker = { kind: 'service', name: 'worker', files: bundle('worker/v1'), runsIn: ['network:1'] } as const;
  await platform.publish('service', 'worker', await platform.registerVersion(worker));
  await platform.proton.send(
    new CreateEnvironmentCommand({
      name: environmentName,
      templateName: 'network',
      templateMajorVersion: '1',
      spec: readFileSync(join(examples, 'specs', 'network.yaml'), 'utf8'),
      protonServiceRoleArn: `arn:aws:iam::${accountId}:role/deuteron`,
    }),
  );
  await waitUntilEnvironmentDeployed(platform.waiting, { name: environmentName });
}

export const instanceName = 'live';

/** Creates a service of one instance, a queue with a dead-letter queue. */
export async function createWorker({ proton }: Platform, name: string): Promise<void> {
  const spec = readFileSync(join(examples, 'specs', 'orders.yaml'), 'utf8');
  await proton.send(new CreateServiceCommand({ name, templateName: 'worker', templateMajorVersion: '1', spec }));
}

/** The workers whose deployment is under way. @throws when one has failed */
export async function workersUnderWay({ proton }: Platform): Promise<ReadonlySet<string>> {
  const filter = (value: string) => ({ filters: [{ key: 'deploymentStatus' as const, value }], maxResults: 100 });
  const { serviceInstances: failed = [] } = await proton.send(new ListServiceInstancesCommand(filter('FAILED')));
  if (failed[0]) throw new Error(`${failed[0].serviceName}: ${failed[0].deploymentStatusMessage}`);
  const { serviceInstances = [] } = await proton.send(new ListServiceInstancesCommand(filter('IN_PROGRESS')));
  return new Set(serviceInstances.map(({ serviceName }) => serviceName ?? ''));
}
