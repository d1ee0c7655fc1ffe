import {
  CreateServiceCommand,
  GetDeploymentCommand,
  GetServiceInstanceCommand,
  GetServiceTemplateVersionCommand,
  waitUntilServiceCreated,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { environmentBundle, queueInputs, serviceBundle, serviceSpec, topicTemplate } from './testing/bundles.ts';
import { prepareEstate } from './testing/estate.ts';
import { startInstallation, type TestInstallation } from './testing/installation.ts';

let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation();
  await prepareEstate(world.platform);
});
afterAll(() => world.close());

async function registrationFailure(
  version: string,
  files: Parameters<typeof world.platform.registerVersion>[0]['files'],
  name = 'queue',
): Promise<string> {
  const { platform } = world;
  await expect(
    platform.registerVersion({ kind: 'service', name, files, major: version.split('.')[0], runsIn: ['base:1'] }),
  ).rejects.toThrow();
  const [majorVersion, minorVersion] = version.split('.');
  const { serviceTemplateVersion } = await platform.proton.send(
    new GetServiceTemplateVersionCommand({ templateName: name, majorVersion, minorVersion }),
  );
  expect(serviceTemplateVersion?.status).toBe('REGISTRATION_FAILED');
  return serviceTemplateVersion?.statusMessage ?? '';
}

test('at registration: file, line, column, what, and what to do, for everything at once', async () => {
  const template =
    'Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: {{ service_instance.inputs.secnds }}\n      Tags: {{ servce.name }}\n';
  const message = await registrationFailure('1.1', serviceBundle(template, queueInputs));
  expect(message).toContain('instance_infrastructure/cloudformation.yaml:5:24');
  expect(message).toContain('Did you mean service_instance.inputs.seconds?');
  expect(message).toContain('instance_infrastructure/cloudformation.yaml:6:16');
});

test('F1: an environment bundle sent as a version of a service template says what it is', async () => {
  const message = await registrationFailure('1.2', environmentBundle(topicTemplate));
  expect(message).toContain('found environment_input_type');
  expect(message).toContain('expected the bundle of a service template');
  expect(message).toContain('schema/schema.yaml');
});

test('at deployment: what only shows then names template, line, column and input, and is kept with the deployment', async () => {
  const { platform } = world;
  const { proton } = platform;
  await platform.createTemplate('service', 'reader', { pipeline: false });
  const template =
    'Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: {{ environment.outputs.ClusterArn }}\n';
  await platform.publish(
    'service',
    'reader',
    await platform.registerVersion({
      kind: 'service',
      name: 'reader',
      files: serviceBundle(template),
      runsIn: ['base:1'],
    }),
  );
  await proton.send(
    new CreateServiceCommand({
      name: 'r',
      templateName: 'reader',
      templateMajorVersion: '1',
      spec: serviceSpec('dev', { one: '' }),
    }),
  );
  await expect(waitUntilServiceCreated(platform.waiting, { name: 'r' })).rejects.toThrow();

  const { serviceInstance } = await proton.send(new GetServiceInstanceCommand({ serviceName: 'r', name: 'one' }));
  expect(serviceInstance).toMatchObject({ deploymentStatus: 'FAILED' });
  expect(serviceInstance?.deploymentStatusMessage).toContain('instance_infrastructure/cloudformation.yaml:5:21');
  expect(serviceInstance?.deploymentStatusMessage).toContain('environment.outputs.ClusterArn');
  const { deployment } = await proton.send(
    new GetDeploymentCommand({ id: serviceInstance?.lastAttemptedDeploymentId }),
  );
  expect(deployment).toMatchObject({
    deploymentStatus: 'FAILED',
    deploymentStatusMessage: serviceInstance?.deploymentStatusMessage,
  });
});

test('at the provider: its own message, with the line of the template that made the resource', async () => {
  const { platform } = world;
  const { proton } = platform;
  await world.cloud('faults/resource', {
    type: 'AWS::SQS::Queue',
    message: 'The queue is not to be had.',
    timesMax: 1,
  });
  await proton.send(
    new CreateServiceCommand({
      name: 'q',
      templateName: 'queue',
      templateMajorVersion: '1',
      spec: serviceSpec('dev', { one: '' }),
    }),
  );
  await expect(waitUntilServiceCreated(platform.waiting, { name: 'q' })).rejects.toThrow();
  const { serviceInstance } = await proton.send(new GetServiceInstanceCommand({ serviceName: 'q', name: 'one' }));
  expect(serviceInstance?.deploymentStatusMessage).toContain('The queue is not to be had.');
  expect(serviceInstance?.deploymentStatusMessage).toContain('instance_infrastructure/cloudformation.yaml:2');
});
