import {
  CreateServiceCommand,
  GetServiceInstanceCommand,
  UpdateServiceInstanceCommand,
  waitUntilServiceCreated,
  waitUntilServiceInstanceDeployed,
} from '@aws-sdk/client-proton';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchSigned } from '../src/cli/api-client.ts';
import { queueInputs, serviceBundle, serviceSpec } from './testing/bundles.ts';
import { prepareEstate } from './testing/estate.ts';
import { startInstallation, type TestInstallation } from './testing/installation.ts';

const template = 'ticker';
const queue = (properties: string, besides = '') =>
  `Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {${properties}}\n${besides}`;
const seconds = 'VisibilityTimeout: {{ service_instance.inputs.seconds }}';
const named = `{% if service_instance.inputs.name is defined %}, QueueName: "{{ service_instance.inputs.name }}"{% endif %}`;
const newInputs = '{seconds: {type: integer, default: 30, maximum: 60}, name: {type: string}, old: {type: boolean}}';
const versions = [
  ['1', serviceBundle(queue(seconds), queueInputs)],
  ['1', serviceBundle(queue(`${seconds}, DelaySeconds: 5`), queueInputs)],
  [undefined, serviceBundle(queue(`${seconds}, DelaySeconds: 5`), newInputs)],
] as const;
/** What is not named keeps its queue; who gives a name gets another one, and its messages are lost. */
const draft = serviceBundle(
  queue(`${seconds}, DelaySeconds: 5${named}`, '  Alerts: {Type: AWS::SNS::Topic}\n'),
  newInputs,
);

let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation();
  const { platform } = world;
  await prepareEstate(platform);
  await platform.createTemplate('service', template, { pipeline: false });
  for (const [major, files] of versions) {
    const made = await platform.registerVersion({ kind: 'service', name: template, files, major, runsIn: ['base:1'] });
    await platform.publish('service', template, made);
  }
  const { proton, waiting } = platform;
  const spec = serviceSpec('dev', {
    plain: 'seconds: 45',
    newer: 'seconds: 50',
    newest: 'seconds: 20, name: held, old: true',
    slow: 'seconds: 90',
  });
  const first = spec.replace(', name: held, old: true', '');
  await proton.send(
    new CreateServiceCommand({
      name: 'clock',
      templateName: template,
      templateMajorVersion: '1',
      templateMinorVersion: '0',
      spec: first,
    }),
  );
  await waitUntilServiceCreated(waiting, { name: 'clock' });
  await goTo('newer', '1', '1');
  await goTo('newest', '2', '0', spec);
});
afterAll(() => world.close());

async function goTo(name: string, major: string, minor: string, spec?: string) {
  const { proton, waiting } = world.platform;
  const instance = { serviceName: 'clock', name };
  const { serviceInstance: now } = await proton.send(new GetServiceInstanceCommand(instance));
  const deploymentType = now?.templateMajorVersion === major ? 'MINOR_VERSION' : 'MAJOR_VERSION';
  const version = { templateMajorVersion: major, templateMinorVersion: minor };
  await proton.send(new UpdateServiceInstanceCommand({ ...instance, deploymentType, ...version, spec }));
  await waitUntilServiceInstanceDeployed(waiting, instance);
}

async function preview(version: string) {
  const { proton } = world.platform;
  const credentials = await proton.config.credentials();
  const path = `/templates/service/${template}/versions/${version}/preview`;
  const query = { format: 'json', groupBy: 'deployed' };
  const response = await fetchSigned({ endpoint: world.deuteron.url, ...credentials }, { method: 'GET', path, query });
  return response.json() as Promise<{
    things: { instance: string; outcome: string; resources?: { logicalId: string; impact: string }[] }[];
    summary: { groups: unknown[]; advice: string[] };
  }>;
}

async function physicalIds(name: string): Promise<Record<string, string>> {
  const { rows } = await sql<{ logicalId: string; physicalId: string }>`
    select resource->>'logicalId' as "logicalId", resource->>'physicalId' as "physicalId"
    from deployment_target, jsonb_array_elements(resources) provisioned, jsonb_array_elements(provisioned->'resources') resource
    where arn like ${`%service-instance/${name}`}`.execute(world.deuteron.db);
  return Object.fromEntries(rows.map(({ logicalId, physicalId }) => [logicalId, physicalId]));
}

test('what the preview of a draft says of instances at three versions is what happens to them', async () => {
  const { platform } = world;
  const files = draft;
  const made = await platform.registerVersion({
    kind: 'service',
    name: template,
    files,
    major: '2',
    runsIn: ['base:1'],
  });
  const { things, summary } = await preview(`${made.major}.${made.minor}`);
  expect(Object.fromEntries(things.map(({ instance, outcome }) => [instance, outcome]))).toEqual({
    plain: 'in-place',
    newer: 'in-place',
    newest: 'data-at-risk',
    slow: 'fails',
  });
  expect(summary.groups).toMatchObject([
    { outcome: 'fails', by: { deployed: '1.0' } },
    { outcome: 'data-at-risk', by: { deployed: '2.0' } },
    { outcome: 'in-place', count: 1 },
    { outcome: 'in-place', count: 1 },
  ]);
  expect(summary.advice[0]).toContain('clock/slow');

  for (const { instance, outcome, resources = [] } of things) {
    const before = await physicalIds(instance);
    const deployed = goTo(instance, made.major, made.minor);
    if (outcome === 'fails') {
      await expect(deployed).rejects.toThrow('seconds');
      expect(await physicalIds(instance), instance).toEqual(before);
      continue;
    }
    await deployed;
    const after = await physicalIds(instance);
    const impacts = Object.fromEntries(resources.map(({ logicalId, impact }) => [logicalId, impact]));
    expect(impacts.Alerts, instance).toBe('add');
    expect(after.Alerts, instance).toEqual(expect.any(String));
    expect(after.Queue !== before.Queue, instance).toBe(impacts.Queue === 'replace');
  }
  const again = await preview(`${made.major}.${made.minor}`);
  expect(again.things.map(({ instance, outcome }) => `${instance} ${outcome}`).toSorted()).toEqual([
    'newer already-there',
    'newest already-there',
    'plain already-there',
    'slow fails',
  ]);
});
