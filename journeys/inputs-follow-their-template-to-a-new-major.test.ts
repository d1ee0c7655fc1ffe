import {
  CreateServiceCommand,
  DeleteServiceTemplateVersionCommand,
  GetServiceCommand,
  GetServiceInstanceCommand,
  UpdateServiceInstanceCommand,
  waitUntilServiceCreated,
  waitUntilServiceInstanceDeployed,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serviceBundle } from './testing/bundles.ts';
import { prepareEstate } from './testing/estate.ts';
import { startInstallation, type TestInstallation } from './testing/installation.ts';

const template = 'ticker';
const queue = (input: string) =>
  `Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      VisibilityTimeout: {{ service_instance.inputs.${input} }}\n`;
const seconds = '{type: integer, default: 30, minimum: 0}';
const versions = [
  serviceBundle(queue('seconds'), `{seconds: ${seconds}}`),
  {
    ...serviceBundle(queue('timeout'), `{timeout: ${seconds}}`),
    'migrations/1-to-2.yaml': 'ops:\n  - rename: {from: /seconds, to: /timeout}\n',
  },
  {
    ...serviceBundle(queue('timeout'), `{timeout: ${seconds}, owner: {type: string}}`),
    'migrations/2-to-3.yaml': `ops:\n  - ask: {at: /owner, question: Who owns it?}\n`,
  },
  {
    ...serviceBundle(queue('visibility'), `{visibility: ${seconds}, owner: {type: string}}`),
    'migrations/2-to-4.yaml': `ops:\n  - rename: {from: /timeout, to: /visibility}\n  - compute: {at: /owner, expr: "instance.service + '-' + instance.environment"}\n`,
  },
];

let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation();
  const { platform } = world;
  await prepareEstate(platform);
  await platform.createTemplate('service', template, { pipeline: false });
  for (const [index, files] of versions.entries()) {
    await platform.registerVersion({ kind: 'service', name: template, files, runsIn: ['base:1'] });
    await platform.publish('service', template, { major: String(index + 1), minor: '0' });
  }
});
afterAll(() => world.close());

async function goTo(name: string, templateMajorVersion: string): Promise<string> {
  const { proton, waiting } = world.platform;
  const instance = { serviceName: 'clock', name };
  const deploymentType = 'MAJOR_VERSION';
  await proton.send(new UpdateServiceInstanceCommand({ ...instance, deploymentType, templateMajorVersion }));
  await waitUntilServiceInstanceDeployed(waiting, instance);
  const { serviceInstance } = await proton.send(new GetServiceInstanceCommand(instance));
  return `${serviceInstance?.templateMajorVersion}.0: ${serviceInstance?.spec}`;
}

test('an instance goes to a new major without a spec, and its inputs follow, over a version that was deleted too', async () => {
  const { proton, waiting } = world.platform;
  const spec = `proton: ServiceSpec
instances:
  - name: one
    environment: dev
    spec:
      seconds: 45 # as long as a tick
  - name: two
    environment: dev
    spec:
      seconds: 50
`;
  await proton.send(
    new CreateServiceCommand({ name: 'clock', templateName: template, templateMajorVersion: '1', spec }),
  );
  await waitUntilServiceCreated(waiting, { name: 'clock' });

  const upgraded = spec.replace('seconds: 45', 'timeout: 45');
  expect(await goTo('one', '2')).toBe(`2.0: ${upgraded}`);
  const { service } = await proton.send(new GetServiceCommand({ name: 'clock' }));
  expect(service?.spec, 'the other instance keeps its inputs').toBe(upgraded);

  await expect(goTo('one', '3')).rejects.toMatchObject({
    message: expect.stringContaining('/owner (owner): Who owns it?'),
  });
  expect(await goTo('one', '4')).toContain('visibility: 45 # as long as a tick\n      owner: clock-dev');

  await proton.send(
    new DeleteServiceTemplateVersionCommand({ templateName: template, majorVersion: '2', minorVersion: '0' }),
  );
  expect(await goTo('two', '4')).toContain('visibility: 50\n      owner: clock-dev');
});
