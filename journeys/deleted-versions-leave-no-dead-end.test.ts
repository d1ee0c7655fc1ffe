import {
  CreateServiceCommand,
  DeleteServiceTemplateVersionCommand,
  GetServiceInstanceCommand,
  UpdateServiceInstanceCommand,
  waitUntilServiceCreated,
  waitUntilServiceInstanceDeployed,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queueInputs, queueTemplate, serviceBundle, serviceSpec } from './testing/bundles.ts';
import { prepareEstate } from './testing/estate.ts';
import { startInstallation, type TestInstallation } from './testing/installation.ts';

const template = 'kiosk';
let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation();
  const { platform } = world;
  await prepareEstate(platform);
  await platform.createTemplate('service', template, { pipeline: false });
  for (const major of ['1', '2', '3', '4', '5']) {
    await register(undefined, 1);
    if (major === '4') await register(major, 29);
    if (major === '5') await register(major, 28);
  }
  for (const version of ['4.9', '4.24', '4.25', '4.26', '4.27', '4.28', '4.29', '5.0', '5.28']) {
    const [major = '', minor = ''] = version.split('.');
    await platform.publish('service', template, { major, minor });
  }
});
afterAll(() => world.close());

async function register(major: string | undefined, count: number): Promise<void> {
  const files = serviceBundle(queueTemplate, queueInputs);
  const version = { kind: 'service', name: template, files, major, runsIn: ['base:1'] } as const;
  await Promise.all(Array.from({ length: count }, () => world.platform.registerVersion(version)));
}

/** Updates an instance; resolves with the version that it has then. */
async function update(
  name: string,
  deploymentType: 'MINOR_VERSION' | 'MAJOR_VERSION',
  wanted: { templateMajorVersion?: string; templateMinorVersion?: string } = {},
): Promise<string> {
  const { proton, waiting } = world.platform;
  const instance = { serviceName: 'shop', name };
  await proton.send(new UpdateServiceInstanceCommand({ ...instance, deploymentType, ...wanted }));
  await waitUntilServiceInstanceDeployed(waiting, instance);
  const { serviceInstance } = await proton.send(new GetServiceInstanceCommand(instance));
  return `${serviceInstance?.templateMajorVersion}.${serviceInstance?.templateMinorVersion}`;
}

function remove(majorVersion: string, minorVersion: number) {
  return world.platform.proton.send(
    new DeleteServiceTemplateVersionCommand({
      templateName: template,
      majorVersion,
      minorVersion: String(minorVersion),
    }),
  );
}

test('F12: with 4.24 to 4.28 gone, an instance on 4.9 goes to the newest minor, the newest major, and a chosen one', async () => {
  const { proton, waiting } = world.platform;
  const spec = serviceSpec('dev', { qa: '', next: '', chosen: '' });
  const version = { templateMajorVersion: '4', templateMinorVersion: '9' };
  await proton.send(new CreateServiceCommand({ name: 'shop', templateName: template, ...version, spec }));
  await waitUntilServiceCreated(waiting, { name: 'shop' });
  await expect(remove('4', 9)).rejects.toMatchObject({ name: 'ConflictException' });
  for (const minor of [24, 25, 26, 27, 28]) await remove('4', minor);

  expect(await update('qa', 'MINOR_VERSION')).toBe('4.29');
  expect(await update('next', 'MAJOR_VERSION')).toBe('5.28');
  const five = { templateMajorVersion: '5', templateMinorVersion: '0' };
  expect(await update('chosen', 'MAJOR_VERSION', five)).toBe('5.0');
  for (const [major, minor] of [
    ['4', 29],
    ['5', 28],
    ['5', 0],
  ] as const)
    await expect(remove(major, minor)).rejects.toMatchObject({ name: 'ConflictException' });
  expect(await update('qa', 'MAJOR_VERSION')).toBe('5.28');
  await remove('4', 9);
});
