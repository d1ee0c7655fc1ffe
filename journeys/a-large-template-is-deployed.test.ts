import {
  CreateEnvironmentCommand,
  DeleteEnvironmentCommand,
  GetEnvironmentCommand,
  ListEnvironmentOutputsCommand,
  waitUntilEnvironmentDeployed,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { environmentBundle, environmentSpec } from './testing/bundles.ts';
import { serviceRole, startInstallation, type TestInstallation } from './testing/installation.ts';

/** Fits into a bundle, and is rendered to more than CloudFormation takes inline (51,200 bytes). */
const template = `Resources:
  Topic:
    Type: AWS::SNS::Topic
{% for number in range(400) %}
  Parameter{{ loop.index }}:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Value: "{{ environment.inputs.filling }}"}
{% endfor %}
Outputs:
  TopicArn:
    Value: !Ref Topic
`;

let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation();
  const { platform } = world;
  await platform.createTemplate('environment', 'wide');
  const files = environmentBundle(template, '{filling: {type: string, default: "lorem ipsum dolor sit amet"}}');
  const version = await platform.registerVersion({ kind: 'environment', name: 'wide', files });
  await platform.publish('environment', 'wide', version);
});
afterAll(() => world.close());

test('a template that is too large to be sent is fetched by the cloud, and deleting needs none', async () => {
  const { proton, waiting } = world.platform;
  await proton.send(
    new CreateEnvironmentCommand({
      name: 'dev',
      templateName: 'wide',
      templateMajorVersion: '1',
      spec: environmentSpec(),
      protonServiceRoleArn: serviceRole,
    }),
  );
  await waitUntilEnvironmentDeployed(waiting, { name: 'dev' });
  const { outputs } = await proton.send(new ListEnvironmentOutputsCommand({ environmentName: 'dev' }));
  expect(outputs).toMatchObject([{ key: 'TopicArn', valueString: expect.stringContaining(':sns:') }]);
  await proton.send(new DeleteEnvironmentCommand({ name: 'dev' }));
  await vi.waitFor(
    () =>
      expect(proton.send(new GetEnvironmentCommand({ name: 'dev' }))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      }),
    { timeout: 20_000, interval: 100 },
  );
});
