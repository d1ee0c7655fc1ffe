import {
  CreateServiceCommand,
  GetServiceCommand,
  ListDeploymentsCommand,
  UpdateServiceCommand,
  UpdateServiceInstanceCommand,
  waitUntilServiceCreated,
  waitUntilServiceInstanceDeployed,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareEstate } from './testing/estate.ts';
import { startInstallation, type TestInstallation } from './testing/installation.ts';

let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation();
  await prepareEstate(world.platform);
});
afterAll(() => world.close());

const reported = `proton: ServicSpec
pipeline: {}
instances:
  - name: "qa 1"
    environment: nowhere
    spec: {seconds: "80"}
  - environment: dev
  - name: qa1
  - name: qa1
`;

const sound = `# written by a team
proton: "ServiceSpec"
instances:
  - environment: dev   # first the place
    name: qa1
    spec:
      seconds: 080
  - {name: qa2, environment: dev, spec: {}}
`;

function create(name: string, spec: string) {
  return world.platform.proton.send(
    new CreateServiceCommand({ name, templateName: 'queue', templateMajorVersion: '1', spec }),
  );
}

async function changes(): Promise<number> {
  const { requests } = (await world.cloud('requests?limit=10000')) as { requests: unknown[] };
  return requests.length;
}

test('F10: everything that is wrong is said at once, with line and path, and nothing is begun', async () => {
  const { proton } = world.platform;
  const before = await changes();
  const error = await create('wrong', reported).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ name: 'ValidationException' });
  const { message } = error as Error;
  for (const said of [
    'spec:1:9: proton: found the text "ServicSpec", expected ServiceSpec',
    'spec:4:11: instances[0].name: found the text "qa 1"',
    'spec:5:18: instances[0].environment: The instance',
    'nowhere, which does not exist',
    'spec:6:21: instances[0].spec.seconds: found the text "80", expected an integer',
    'spec:7:5: instances[1].name: is missing',
    'spec:8:5: instances[2].environment: is missing',
    'spec:9:5: instances[3].name: the name "qa1" stands at line 8 already',
  ])
    expect(message).toContain(said);
  await expect(create('wrong', 'proton: ServiceSpec\ninstances: {}\n')).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('spec:2:12: instances: found a map, expected a list of instances'),
  });
  await expect(proton.send(new GetServiceCommand({ name: 'wrong' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  expect(await changes()).toBe(before);
});

test('F10: what GetService gave goes back by UpdateService without any effect, comments and order kept', async () => {
  const { proton, waiting } = world.platform;
  await create('round', sound);
  await waitUntilServiceCreated(waiting, { name: 'round' });
  const instance = { serviceName: 'round', name: 'qa2' };
  const faster = sound.replace('spec: {}', 'spec: {seconds: 5}');
  await proton.send(new UpdateServiceInstanceCommand({ ...instance, deploymentType: 'CURRENT_VERSION', spec: faster }));
  await waitUntilServiceInstanceDeployed(waiting, instance);

  const { service: before } = await proton.send(new GetServiceCommand({ name: 'round' }));
  const deploymentsBefore = await proton.send(new ListDeploymentsCommand({ serviceName: 'round' }));
  const changesBefore = await changes();
  expect(before?.spec).toContain('# first the place');
  expect(before?.spec).toContain('seconds: 080');
  expect(before?.spec).toContain('seconds: 5');
  await proton.send(new UpdateServiceCommand({ name: 'round', spec: before?.spec }));
  const { service: after } = await proton.send(new GetServiceCommand({ name: 'round' }));
  expect(after).toEqual(before);
  const { deployments } = await proton.send(new ListDeploymentsCommand({ serviceName: 'round' }));
  expect(deployments).toEqual(deploymentsBefore.deployments);
  expect(await changes()).toBe(changesBefore);
});
