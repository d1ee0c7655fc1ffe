import {
  CreateServiceCommand,
  GetServiceTemplateVersionCommand,
  UpdateServiceInstanceCommand,
  waitUntilServiceCreated,
  waitUntilServiceInstanceDeployed,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packBundle } from '../demo/pack-bundle.ts';
import { type ApiRequest, callApi } from '../src/cli/api-client.ts';
import type { Result } from '../src/errors/index.ts';
import { serviceBundle, serviceSpec } from './testing/bundles.ts';
import { prepareEstate } from './testing/estate.ts';
import { startInstallation, type TestInstallation } from './testing/installation.ts';

const template = 'worker';
const stack = (name: string) => serviceBundle(`Resources:\n  ${name}:\n    Type: AWS::SQS::Queue\n`);
const [jobs, tasks] = [stack('Jobs'), stack('Tasks')];
const path = `/templates/service/${template}/versions`;

let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation();
  await prepareEstate(world.platform);
  await world.platform.createTemplate('service', template, { pipeline: false });
});
afterAll(() => world.close());

interface Version {
  readonly version: string;
  readonly status: string;
  readonly statusMessage: string;
}

async function ask(
  method: ApiRequest['method'],
  asked: string,
  more: Partial<ApiRequest> = {},
): Promise<Result<{ version: Version }>> {
  return callApi(world.administrator, { method, path: `${path}${asked}`, ...more });
}

/** Registers by the native API, and answers with what became of it. */
async function register(files: typeof jobs, majorVersion?: string): Promise<Version> {
  const query = { majorVersion, compatibleEnvironments: ['base:1'] };
  let answer = await ask('POST', '', { body: await packBundle(files), query });
  while (answer.ok && answer.value.version.status === 'REGISTRATION_IN_PROGRESS') {
    await new Promise((resolve) => setTimeout(resolve, 50));
    answer = await ask('GET', `/${answer.value.version.version}`);
  }
  if (!answer.ok) throw new Error(answer.refusal.message);
  return answer.value.version;
}

async function shownByProton(major: string, minor: string) {
  const { serviceTemplateVersion } = await world.platform.proton.send(
    new GetServiceTemplateVersionCommand({ templateName: template, majorVersion: major, minorVersion: minor }),
  );
  return serviceTemplateVersion;
}

test('a breaking change does not become a minor version, unless Proton publishes it, and then it warns', async () => {
  const { platform } = world;
  expect(await register(jobs)).toMatchObject({ version: '1.0', status: 'DRAFT', statusMessage: '' });
  expect(await ask('POST', '/1.0/publish')).toMatchObject({ ok: true });

  const why = 'instance: D-REPL deletes the Queue Jobs: Tasks takes its place';
  expect(await register(tasks, '1')).toMatchObject({ version: '1.1', statusMessage: expect.stringContaining(why) });
  expect(await ask('POST', '/1.1/publish')).toMatchObject({
    ok: false,
    refusal: {
      code: 'version-bump-too-small',
      message: expect.stringContaining(why),
      remedy: expect.stringContaining('new major version'),
    },
  });

  const again = { kind: 'service', name: template, files: tasks, major: '1', runsIn: ['base:1'] } as const;
  const number = await platform.registerVersion(again);
  await platform.publish('service', template, number);
  expect(await shownByProton('1', '2')).toMatchObject({
    status: 'PUBLISHED',
    statusMessage: expect.stringContaining(why),
  });
  expect(await ask('POST', '/1.2/withdraw', { body: { reason: 'It loses the queue.' } })).toMatchObject({ ok: true });

  expect(await register(tasks)).toMatchObject({ version: '2.0', statusMessage: '' });
  expect(await ask('POST', '/2.0/publish')).toMatchObject({ ok: true, value: { version: { status: 'PUBLISHED' } } });
  expect(await shownByProton('2', '0')).toMatchObject({ status: 'PUBLISHED', statusMessage: '' });
});

test('what is withdrawn or deprecated is published for Proton, and refused where something would be deployed', async () => {
  const { proton, waiting } = world.platform;
  const spec = serviceSpec('dev', { one: '' });
  const create = (name: string, minor: string) =>
    proton.send(
      new CreateServiceCommand({
        name,
        templateName: template,
        templateMajorVersion: '1',
        templateMinorVersion: minor,
        spec,
      }),
    );
  expect(await shownByProton('1', '2')).toMatchObject({
    status: 'PUBLISHED',
    statusMessage: expect.stringMatching(/^Withdrawn: nothing is deployed .* It loses the queue\.\n/),
    recommendedMinorVersion: '0',
  });
  await expect(create('lost', '2')).rejects.toMatchObject({
    name: 'ConflictException',
    message: expect.stringContaining('1.2 was withdrawn'),
  });

  await create('orders', '0');
  await waitUntilServiceCreated(waiting, { name: 'orders' });
  expect(await ask('POST', '/1.0/deprecate', { body: {} })).toMatchObject({ ok: true });
  await expect(create('late', '0')).rejects.toMatchObject({ message: expect.stringContaining('1.0 is deprecated') });
  const instance = { serviceName: 'orders', name: 'one' };
  await proton.send(new UpdateServiceInstanceCommand({ ...instance, deploymentType: 'CURRENT_VERSION', spec }));
  await waitUntilServiceInstanceDeployed(waiting, instance);
  await expect(
    proton.send(
      new UpdateServiceInstanceCommand({ ...instance, deploymentType: 'MINOR_VERSION', templateMinorVersion: '2' }),
    ),
  ).rejects.toMatchObject({ message: expect.stringContaining('withdrawn') });
  expect(await ask('POST', '/1.0/withdraw', { body: {} })).toMatchObject({ ok: true });
  await expect(
    proton.send(new UpdateServiceInstanceCommand({ ...instance, deploymentType: 'CURRENT_VERSION', spec })),
  ).rejects.toMatchObject({ message: expect.stringContaining('withdrawn') });
  await proton.send(
    new UpdateServiceInstanceCommand({ ...instance, deploymentType: 'MAJOR_VERSION', templateMajorVersion: '2' }),
  );
  await waitUntilServiceInstanceDeployed(waiting, instance);
});
