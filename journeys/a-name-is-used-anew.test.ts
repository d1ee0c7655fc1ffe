/** An environment is deleted, and another unit makes one of the same name: it is another thing, and tells nothing of the first. */
import {
  CreateEnvironmentCommand,
  DeleteEnvironmentCommand,
  GetDeploymentCommand,
  GetEnvironmentCommand,
  ListDeploymentsCommand,
  ListEnvironmentOutputsCommand,
  ProtonClient,
  waitUntilEnvironmentDeployed,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiAccess, type ApiRequest, fetchSigned } from '../src/cli/api-client.ts';
import { environmentBundle, environmentSpec, topicTemplate } from './testing/bundles.ts';
import { installation, serviceRole, startInstallation, type TestInstallation } from './testing/installation.ts';

let world: TestInstallation;
let olive: ApiAccess;
let gustav: ApiAccess;
const name = 'prod';
const arn = `arn:aws:proton:${installation.region}:${installation.accountId}:environment/${name}`;

async function ask(access: ApiAccess, request: ApiRequest) {
  const response = await fetchSigned(access, request);
  const text = await response.text();
  return { status: response.status, text, answer: text.startsWith('{') ? JSON.parse(text) : undefined };
}
async function done(request: ApiRequest, access = world.administrator) {
  const answer = await ask(access, request);
  if (answer.status >= 300) throw new Error(`${request.method} ${request.path}: ${answer.text}`);
  return answer.answer;
}
async function platformOf(unit: string, person: string): Promise<ApiAccess> {
  await done({ method: 'PUT', path: `/units/${unit}`, body: {} });
  await done({ method: 'PUT', path: `/teams/${unit}-platform`, body: { kind: 'platform', unit } });
  await done({ method: 'POST', path: '/principals', body: { name: person } });
  await done({ method: 'PUT', path: `/teams/${unit}-platform/members/${person}`, body: { role: 'lead' } });
  const { accessKey } = await done({ method: 'POST', path: '/access-keys', body: { principal: person } });
  return { endpoint: world.deuteron.url, accessKeyId: accessKey.id, secretAccessKey: accessKey.secret };
}
const protonOf = ({ endpoint, accessKeyId, secretAccessKey }: ApiAccess) =>
  new ProtonClient({ endpoint, region: installation.region, credentials: { accessKeyId, secretAccessKey } });

async function makeEnvironment(as: ApiAccess): Promise<string> {
  const proton = protonOf(as);
  await proton.send(
    new CreateEnvironmentCommand({
      name,
      templateName: 'network',
      templateMajorVersion: '1',
      spec: environmentSpec(),
      protonServiceRoleArn: serviceRole,
    }),
  );
  await waitUntilEnvironmentDeployed({ client: proton, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { name });
  const { environment } = await proton.send(new GetEnvironmentCommand({ name }));
  return environment!.lastSucceededDeploymentId!;
}

beforeAll(async () => {
  world = await startInstallation();
  const { platform } = world;
  await platform.createTemplate('environment', 'network');
  const files = environmentBundle(topicTemplate);
  const version = await platform.registerVersion({ kind: 'environment', name: 'network', files });
  await platform.publish('environment', 'network', version);
  olive = await platformOf('orchard', 'olive');
  gustav = await platformOf('garden', 'gustav');
}, 180_000);
afterAll(() => world.close());

test('deployments, outputs, plans, decisions, exceptions and events of the first are not the second’s', async () => {
  const first = await makeEnvironment(olive);
  const plan = await done(
    { method: 'POST', path: `/environments/${name}/plan`, body: { operation: 'update', spec: environmentSpec() } },
    olive,
  );
  const asked = await done(
    {
      method: 'POST',
      path: '/guard-rail-exceptions',
      body: { resource: arn, rail: 'no-public-bucket', reason: 'for olive alone' },
    },
    olive,
  );
  const decisionOf = `/decisions/${first}`;
  const reads = [
    `/deployments/${first}/plan`,
    `/plans/${plan.plan.id}`,
    `/guard-rail-exceptions/${asked.exception.id}`,
    decisionOf,
  ];
  for (const path of reads) expect(await ask(olive, { method: 'GET', path }), path).toMatchObject({ status: 200 });

  await protonOf(olive).send(new DeleteEnvironmentCommand({ name }));
  const isGone = () =>
    protonOf(olive)
      .send(new GetEnvironmentCommand({ name }))
      .then(
        () => false,
        () => true,
      );
  await expect.poll(isGone, { timeout: 60_000, interval: 200 }).toBe(true);
  const second = await makeEnvironment(gustav);
  const proton = protonOf(gustav);

  const { deployments } = await proton.send(new ListDeploymentsCommand({ environmentName: name }));
  expect(deployments?.map(({ id }) => id)).toEqual([second]);
  await expect(proton.send(new GetDeploymentCommand({ id: first }))).rejects.toThrow(/does not exist/);
  const outputs = new ListEnvironmentOutputsCommand({ environmentName: name, deploymentId: first });
  await expect(proton.send(outputs)).rejects.toThrow(/ResourceNotFound|deployment/i);
  for (const path of reads) expect(await ask(gustav, { method: 'GET', path }), path).toMatchObject({ status: 404 });
  expect(await ask(gustav, { method: 'POST', path: `/plans/${plan.plan.id}/apply`, body: {} })).toMatchObject({
    status: 404,
  });
  const listed = async (as: ApiAccess, path: string, query = {}) =>
    (await ask(as, { method: 'GET', path, query })).text;
  expect(await listed(gustav, '/guard-rail-exceptions')).not.toContain('for olive alone');
  const told = await listed(gustav, '/events', { limit: '1000' });
  expect(told).toContain(second);
  expect(told).not.toContain(first);
  expect(
    JSON.parse(told).events.filter(({ detail }: { detail: { status: string } }) => detail.status === 'DELETED'),
  ).toEqual([]);

  const all = await listed(world.administrator, '/events', { limit: '1000' });
  expect(all).toContain(first);
  expect(await ask(world.administrator, { method: 'GET', path: `/deployments/${first}/plan` })).toMatchObject({
    status: 200,
  });
}, 180_000);
