import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateEnvironmentCommand,
  CreateServiceCommand,
  GetEnvironmentCommand,
  GetServiceCommand,
  GetServiceInstanceCommand,
  ListEnvironmentOutputsCommand,
  ListServiceInstanceOutputsCommand,
  ListServiceInstancesCommand,
  type Output,
  UpdateAccountSettingsCommand,
  UpdateServiceInstanceCommand,
  waitUntilEnvironmentDeployed,
  waitUntilServiceCreated,
  waitUntilServiceInstanceDeployed,
} from '@aws-sdk/client-proton';
import { readFolder } from './pack-bundle.ts';
import type { Platform } from './platform.ts';

/** One thing that happened, for whoever tells the story. */
export type Tell = (what: string, details?: readonly string[]) => void;

const examples = join(import.meta.dirname, '..', 'examples');
const spec = (name: string) => readFileSync(join(examples, 'specs', `${name}.yaml`), 'utf8');
const bundle = (name: string) => readFolder(join(examples, ...name.split('/')));

const accountRole = (accountId: string, name: string) => `arn:aws:iam::${accountId}:role/${name}`;

/**
 * The main job: templates are registered, an environment and two services with several instances are deployed from them,
 * a second version is published and one instance is moved to it. Throws when any of it does not succeed.
 */
export async function tellMainStory(platform: Platform, accountId: string, tell: Tell): Promise<void> {
  const { proton, waiting } = platform;

  await platform.createTemplate('environment', 'network');
  await platform.publish(
    'environment',
    'network',
    await platform.registerVersion({ kind: 'environment', name: 'network', files: bundle('network/v1') }),
  );
  tell('environment template network 1.0 registered and published');
  for (const name of ['web-service', 'worker']) {
    if (name === 'worker') await platform.createTemplate('service', name, { pipeline: false });
    else await platform.createTemplate('service', name);
    const version = await platform.registerVersion({
      kind: 'service',
      name,
      files: bundle(`${name}/v1`),
      runsIn: ['network:1'],
    });
    await platform.publish('service', name, version);
    tell(`service template ${name} ${version.major}.${version.minor} registered and published`);
  }

  await proton.send(new UpdateAccountSettingsCommand({ pipelineServiceRoleArn: accountRole(accountId, 'pipelines') }));
  await proton.send(
    new CreateEnvironmentCommand({
      name: 'sandbox',
      templateName: 'network',
      templateMajorVersion: '1',
      spec: spec('network'),
      protonServiceRoleArn: accountRole(accountId, 'deuteron'),
    }),
  );
  await waitUntilEnvironmentDeployed(waiting, { name: 'sandbox' });
  const { environment } = await proton.send(new GetEnvironmentCommand({ name: 'sandbox' }));
  const { outputs } = await proton.send(new ListEnvironmentOutputsCommand({ environmentName: 'sandbox' }));
  tell(`environment sandbox: ${environment?.deploymentStatus}`, outputLines(outputs));

  await proton.send(
    new CreateServiceCommand({
      name: 'shop',
      templateName: 'web-service',
      templateMajorVersion: '1',
      spec: spec('shop'),
      repositoryId: 'example/shop',
      repositoryConnectionArn: `arn:aws:codestar-connections:us-east-1:${accountId}:connection/00000000-0000-0000-0000-000000000000`,
      branchName: 'main',
    }),
  );
  await proton.send(
    new CreateServiceCommand({
      name: 'orders',
      templateName: 'worker',
      templateMajorVersion: '1',
      spec: spec('orders'),
    }),
  );
  for (const name of ['shop', 'orders']) {
    await waitUntilServiceCreated(waiting, { name });
    const { service } = await proton.send(new GetServiceCommand({ name }));
    const { serviceInstances = [] } = await proton.send(new ListServiceInstancesCommand({ serviceName: name }));
    const parts = serviceInstances.map(
      (each) =>
        `instance ${each.name}: ${each.deploymentStatus}, version ${each.templateMajorVersion}.${each.templateMinorVersion}`,
    );
    tell(`service ${name}: ${service?.status}`, [
      ...parts,
      ...(service?.pipeline ? [`pipeline: ${service.pipeline.deploymentStatus}`] : []),
    ]);
  }

  const next = await platform.registerVersion({
    kind: 'service',
    name: 'web-service',
    files: bundle('web-service/v1.1'),
    major: '1',
    runsIn: ['network:1'],
  });
  await platform.publish('service', 'web-service', next);
  tell(`service template web-service ${next.major}.${next.minor} published: it adds an alarm`);
  await proton.send(
    new UpdateServiceInstanceCommand({ serviceName: 'shop', name: 'trial', deploymentType: 'MINOR_VERSION' }),
  );
  await waitUntilServiceInstanceDeployed(waiting, { serviceName: 'shop', name: 'trial' });
  const { serviceInstance: trial } = await proton.send(
    new GetServiceInstanceCommand({ serviceName: 'shop', name: 'trial' }),
  );
  const trialOutputs = await proton.send(
    new ListServiceInstanceOutputsCommand({ serviceName: 'shop', serviceInstanceName: 'trial' }),
  );
  if (trial?.templateMinorVersion !== next.minor)
    throw new Error(`shop/trial is at ${trial?.templateMajorVersion}.${trial?.templateMinorVersion}`);
  tell(
    `instance shop/trial updated to ${trial.templateMajorVersion}.${trial.templateMinorVersion}; shop/live stays at 1.0`,
    outputLines(trialOutputs.outputs),
  );
}

function outputLines(outputs: readonly Output[] | undefined): string[] {
  return (outputs ?? []).map(({ key, valueString }) => `${key} = ${valueString}`);
}
