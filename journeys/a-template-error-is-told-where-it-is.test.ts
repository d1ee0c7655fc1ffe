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

test('F7: at registration: file, line, column, what, and what to do, for everything at once', async () => {
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

test('F7: at deployment: what only shows then names template, line, column and input, and is kept with the deployment', async () => {
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
  expect(serviceInstance?.deploymentStatusMessage).toContain('environment.outputs.TopicArn');
  const { requests } = (await world.cloud('requests?limit=10000')) as { requests: { stackName?: string }[] };
  expect(requests.filter(({ stackName }) => stackName?.includes('service-instance'))).toEqual([]);
});

test('F38: before the provider: what it would certainly refuse ends with template line and input, and asks it nothing', async () => {
  const { platform } = world;
  const { proton } = platform;
  await platform.createTemplate('service', 'pair', { pipeline: false });
  const template = `Resources:
  A:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: !Sub "peer of \${B}"}
  B:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: !Sub "peer of \${ {{- service_instance.inputs.peer -}} }"
`;
  const files = serviceBundle(template, '{peer: {type: string, default: "AWS::Region"}}');
  await platform.publish(
    'service',
    'pair',
    await platform.registerVersion({ kind: 'service', name: 'pair', files, runsIn: ['base:1'] }),
  );
  const create = (name: string, inputs: string) =>
    proton.send(
      new CreateServiceCommand({
        name,
        templateName: 'pair',
        templateMajorVersion: '1',
        spec: serviceSpec('dev', { one: inputs }),
      }),
    );
  const requests = async () => ((await world.cloud('requests?limit=10000')) as { requests: unknown[] }).requests.length;
  const before = await requests();
  await create('mutual', 'peer: A');
  await expect(waitUntilServiceCreated(platform.waiting, { name: 'mutual' })).rejects.toThrow();
  expect(await requests()).toBe(before);
  const { serviceInstance } = await proton.send(new GetServiceInstanceCommand({ serviceName: 'mutual', name: 'one' }));
  const message = serviceInstance?.deploymentStatusMessage;
  expect(message).toContain('instance_infrastructure/cloudformation.yaml:4:');
  expect(message).toContain('Circular dependency between resources: [A, B]');
  expect(message).toContain('A -> B (Fn::Sub, line 4); B -> A (Fn::Sub, line 8)');
  expect(message).toContain('service_instance.inputs.peer');

  await create('plain', '');
  await waitUntilServiceCreated(platform.waiting, { name: 'plain' });
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
