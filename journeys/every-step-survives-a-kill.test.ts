import {
  CreateEnvironmentTemplateVersionCommand,
  CreateServiceCommand,
  DeleteEnvironmentCommand,
  DeleteServiceCommand,
  UpdateAccountSettingsCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-proton';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { packBundle } from '../demo/pack-bundle.ts';
import { deleteWorkflow } from '../src/deployments/running/delete-workflow.ts';
import { deployWorkflow } from '../src/deployments/running/deploy-workflow.ts';
import { serviceWorkflow } from '../src/services/index.ts';
import { registerVersionWorkflow } from '../src/templates/index.ts';
import { type KillPoint, killPoints } from '../src/workflows/testing/kill-points.ts';
import {
  environmentBundle,
  pipelineServiceBundle,
  queueInputs,
  queueTemplate,
  topicTemplate,
} from './testing/bundles.ts';
import { createEnvironment, prepareEstate } from './testing/estate.ts';
import { serviceRole, startInstallation, type TestInstallation } from './testing/installation.ts';
import { endWorkers, startWorker, type Worker } from './testing/start-worker.ts';

/**
 * All work is begun at once, each piece stands still at a point of its own, then the one process that does it all is
 * killed, and another takes over: one death at every point of every workflow.
 */
let home: TestInstallation;
let cloudUrl: string;
beforeAll(async () => {
  home = await startInstallation({ role: 'api' });
  cloudUrl = home.deuteron.cloudUrl ?? '';
  const worker = await started();
  await prepareEstate(home.platform);
  await preparePipelines();
  worker.signal('SIGTERM');
  expect(await worker.ended).toBe(0);
}, 60_000);
afterAll(async () => {
  endWorkers();
  await home.close();
});

/** A service template `built`, whose pipeline is another one whenever its instances are. */
async function preparePipelines(): Promise<void> {
  const { platform } = home;
  await platform.proton.send(new UpdateAccountSettingsCommand({ pipelineServiceRoleArn: serviceRole }));
  await platform.createTemplate('service', 'built', { pipeline: true });
  const files = pipelineServiceBundle(queueTemplate, pipelineTemplate, queueInputs);
  const version = await platform.registerVersion({ kind: 'service', name: 'built', files, runsIn: ['base:1'] });
  await platform.publish('service', 'built', version);
}

const pipelineTemplate = `Resources:
  Releases:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: "to{% for instance in service_instances %} {{ instance.name }}{% endfor %}"
`;

const builtSpec = (instance: string) =>
  `proton: ServiceSpec\npipeline: {}\ninstances:\n  - {name: ${instance}, environment: dev, spec: {}}\n`;
const repository = {
  repositoryId: 'harbour/orders',
  branchName: 'main',
  repositoryConnectionArn: 'arn:aws:codestar-connections:us-east-1:111122223333:connection/1',
};

const patience = { timeout: 60_000, interval: 50 };
const name = ({ step, moment }: KillPoint) => `${step}-${moment}`;

async function started(points?: ReadonlyMap<string, KillPoint>): Promise<Worker> {
  const worker = startWorker(home.database.url, cloudUrl, points);
  await worker.url;
  return worker;
}

async function textFound(query: ReturnType<typeof sql<{ value: string }>>): Promise<string> {
  const found = await query.execute(home.database.db);
  const value = found.rows[0]?.value;
  if (value === undefined) throw new Error('it is not there');
  return value;
}

function deploymentOf(environment: string, operation: string): Promise<string> {
  return textFound(sql`select id as value from deployment
    where environment_name = ${environment} and service_name is null and operation = ${operation}`);
}

function workOf(service: string): Promise<string> {
  return textFound(sql`select work->>'workId' as value from service where name = ${service}`);
}

/** Every piece of work reaches its point; the process is killed; another one ends everything. */
async function dieEverywhere(
  points: ReadonlyMap<string, KillPoint>,
  whileAllStand: () => Promise<void>,
): Promise<void> {
  const dying = await started(points);
  await vi.waitFor(() => {
    const missing = [...points].filter(([id]) => !dying.held.has(id)).map(([, point]) => name(point));
    expect(missing).toEqual([]);
  }, patience);
  await whileAllStand();
  dying.signal('SIGKILL');
  await dying.ended;
  const next = await started();
  await vi.waitFor(async () => {
    const left = await sql`
      select id from deployment where completed_at is null
      union all select name from service where work is not null
      union all select registration_id from template_version where status = 'REGISTRATION_IN_PROGRESS'`.execute(
      home.database.db,
    );
    expect(left.rows).toEqual([]);
  }, patience);
  next.signal('SIGTERM');
  await next.ended;
}

/** Stack names of the calls that the cloud accepted, as often as it did. */
async function accepted(action: string): Promise<string[]> {
  const { requests } = (await home.cloud(`requests?action=${action}&limit=1000`)) as {
    requests: { stackName?: string; error?: string }[];
  };
  return requests.filter(({ error }) => !error).map(({ stackName = '' }) => stackName);
}

test('creating: no effect comes twice, and none is missing', async () => {
  const { platform } = home;
  const before = (await accepted('CreateStack')).length;
  const points = new Map<string, KillPoint>();
  for (const point of killPoints(deployWorkflow)) {
    await createEnvironment(platform, name(point));
    points.set(await deploymentOf(name(point), 'create'), point);
  }
  for (const point of killPoints(serviceWorkflow)) {
    const named = { name: name(point), templateName: 'built', templateMajorVersion: '1', ...repository };
    await platform.proton.send(new CreateServiceCommand({ ...named, spec: builtSpec('first') }));
    points.set(await workOf(name(point)), point);
  }
  const key = 'again.tar.gz';
  const Body = await packBundle(environmentBundle(topicTemplate));
  await platform.s3.send(new PutObjectCommand({ Bucket: 'deuteron', Key: key, Body }));
  for (const point of killPoints(registerVersionWorkflow)) {
    const asked = { templateName: 'base', majorVersion: '1', source: { s3: { bucket: 'deuteron', key } } };
    const made = await platform.proton.send(new CreateEnvironmentTemplateVersionCommand(asked));
    const minor = Number(made.environmentTemplateVersion?.minorVersion);
    points.set(
      await textFound(
        sql`select registration_id as value from template_version where template_name = 'base' and minor_version = ${minor}`,
      ),
      point,
    );
  }

  await dieEverywhere(points, async () => {
    const made = (await accepted('CreateStack')).join(' ');
    const begun = killPoints(deployWorkflow)
      .map(name)
      .filter((each) => made.includes(each));
    expect(begun).toEqual(['apply-in', 'apply-after', 'settled-before', 'settled-in', 'settled-after']);
  });

  const states = await sql<{ state: string; number: number }>`
    select state, count(*)::int as number from deployment group by state`.execute(home.database.db);
  const services = killPoints(serviceWorkflow).length;
  const deployments = 1 + killPoints(deployWorkflow).length + 2 * services;
  expect(states.rows).toEqual([{ state: 'succeeded', number: deployments }]);
  expect(await serviceStatuses()).toEqual(['ACTIVE']);
  const versions = await sql<{ status: string; number: number }>`select status, count(*)::int as number
    from template_version where template_name = 'base' group by status order by status`.execute(home.database.db);
  expect(versions.rows).toEqual([
    { status: 'DRAFT', number: killPoints(registerVersionWorkflow).length },
    { status: 'PUBLISHED', number: 1 },
  ]);
  const made = await accepted('CreateStack');
  expect(made).toHaveLength(before + deployments - 1);
  expect(new Set(made).size).toBe(made.length);
  expect(await accepted('UpdateStack')).toEqual([]);
}, 120_000);

test('updating services: no effect comes twice, and none is missing', async () => {
  const { platform } = home;
  const before = { created: (await accepted('CreateStack')).length };
  const points = new Map<string, KillPoint>();
  for (const point of killPoints(serviceWorkflow)) {
    await platform.proton.send(new UpdateServiceCommand({ name: name(point), spec: builtSpec('second') }));
    points.set(await workOf(name(point)), point);
  }

  await dieEverywhere(points, async () => {
    const changed = await accepted('UpdateStack');
    const begun = killPoints(serviceWorkflow)
      .map(name)
      .filter((each) => changed.some((stack) => stack.includes(`-${each}-`)));
    expect(begun).toEqual(['provision-pipeline-after', 'settled-before', 'settled-in', 'settled-after']);
  });

  const services = killPoints(serviceWorkflow).length;
  expect(await serviceStatuses()).toEqual(['ACTIVE']);
  const instances = await sql<{ name: string; number: number }>`
    select name, count(*)::int as number from service_instance group by name`.execute(home.database.db);
  expect(instances.rows).toEqual([{ name: 'second', number: services }]);
  const created = (await accepted('CreateStack')).slice(before.created);
  expect(created.every((stack) => stack.includes('-second-'))).toBe(true);
  for (const stacks of [created, await accepted('UpdateStack'), await accepted('DeleteStack')]) {
    expect(stacks).toHaveLength(services);
    expect(new Set(stacks).size).toBe(services);
  }
}, 120_000);

async function serviceStatuses(): Promise<string[]> {
  const found = await sql<{ status: string }>`select distinct status from service`.execute(home.database.db);
  return found.rows.map(({ status }) => status);
}

test('deleting: no effect comes twice, and none is missing', async () => {
  const { platform } = home;
  const before = (await accepted('DeleteStack')).length;
  const points = new Map<string, KillPoint>();
  const environments = killPoints(deployWorkflow).map(name);
  for (const [index, point] of killPoints(deleteWorkflow).entries()) {
    const environment = environments[index] ?? '';
    await platform.proton.send(new DeleteEnvironmentCommand({ name: environment }));
    points.set(await deploymentOf(environment, 'delete'), point);
  }
  for (const point of killPoints(serviceWorkflow)) {
    await platform.proton.send(new DeleteServiceCommand({ name: name(point) }));
    points.set(await workOf(name(point)), point);
  }

  await dieEverywhere(points, async () => {
    const deleted = await accepted('DeleteStack');
    const begun = killPoints(deleteWorkflow)
      .map((point, index) => ({ point: name(point), environment: environments[index] ?? '' }))
      .filter(({ environment }) => deleted.some((each) => each.includes(environment)))
      .map(({ point }) => point);
    expect(begun).toEqual(['remove-in', 'remove-after', 'settled-before', 'settled-in', 'settled-after']);
  });

  const gone = killPoints(deleteWorkflow).length + 2 * killPoints(serviceWorkflow).length;
  const deleted = (await accepted('DeleteStack')).slice(before);
  expect(deleted).toHaveLength(gone);
  expect(new Set(deleted).size).toBe(gone);
  const left = await sql<{ name: string }>`select name from service`.execute(home.database.db);
  expect(left.rows).toEqual([]);
  const standing = await sql<{ name: string }>`select name from environment order by name`.execute(home.database.db);
  const rest = [...environments.slice(killPoints(deleteWorkflow).length), 'dev'];
  expect(standing.rows.map((row) => row.name).sort()).toEqual(rest.sort());
}, 120_000);
