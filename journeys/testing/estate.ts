import {
  CreateEnvironmentCommand,
  CreateServiceCommand,
  waitUntilEnvironmentDeployed,
  waitUntilServiceCreated,
} from '@aws-sdk/client-proton';
import type { Platform } from '../../demo/platform.ts';
import {
  environmentBundle,
  environmentSpec,
  queueInputs,
  queueTemplate,
  serviceBundle,
  serviceSpec,
  topicTemplate,
} from './bundles.ts';
import { serviceRole } from './installation.ts';

/** Templates `base` (environment) and `queue` (service), each with a published 1.0, and a deployed environment `dev`. */
export async function prepareEstate(platform: Platform): Promise<void> {
  await platform.createTemplate('environment', 'base');
  await platform.publish(
    'environment',
    'base',
    await platform.registerVersion({ kind: 'environment', name: 'base', files: environmentBundle(topicTemplate) }),
  );
  await platform.createTemplate('service', 'queue', { pipeline: false });
  const files = serviceBundle(queueTemplate, queueInputs);
  await platform.publish(
    'service',
    'queue',
    await platform.registerVersion({ kind: 'service', name: 'queue', files, runsIn: ['base:1'] }),
  );
  await createEnvironment(platform, 'dev');
  await waitUntilEnvironmentDeployed(platform.waiting, { name: 'dev' });
}

export async function createEnvironment({ proton }: Platform, name: string): Promise<void> {
  await proton.send(
    new CreateEnvironmentCommand({
      name,
      templateName: 'base',
      templateMajorVersion: '1',
      spec: environmentSpec(),
      protonServiceRoleArn: serviceRole,
    }),
  );
}

export async function createQueueService(
  platform: Platform,
  name: string,
  instances: Readonly<Record<string, string>>,
): Promise<void> {
  const spec = serviceSpec('dev', instances);
  await platform.proton.send(
    new CreateServiceCommand({ name, templateName: 'queue', templateMajorVersion: '1', spec }),
  );
  await waitUntilServiceCreated(platform.waiting, { name });
}
