import { isDeepStrictEqual } from 'node:util';
import {
  GetResourcesSummaryCommand,
  GetServiceInstanceCommand,
  ListDeploymentsCommand,
  type ListDeploymentsCommandInput,
  ListServiceInstancesCommand,
  type ListServiceInstancesCommandInput,
  type ProtonClient,
} from '@aws-sdk/client-proton';
import pg from 'pg';
import { prepareEstate } from '../demo/example-estate.ts';
import { openDatabase } from '../src/database/index.ts';
import type { Figure, MeasureContext, Measured } from './figure.ts';
import { instanceCount, instancesPerService, seedFleet, serviceCount } from './seed-fleet.ts';
import { accountId, startServer } from './server-process.ts';
import { percentile } from './statistics.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

const warmUps = 50;
const calls = 300;
const pageSize = 100;

/** One question, asked of the API and of the database; both answer with the same, in the same order. */
interface Question {
  readonly name: string;
  /** @param turn which call it is, for questions that are asked of another thing each time */
  readonly api: (turn: number) => Promise<readonly unknown[]>;
  readonly sql: (turn: number) => Promise<readonly unknown[]>;
}

/** What a person waits for lists and things in a fleet of 10,000 instances; beside it the SQL that reads the same rows. */
export async function measureListAndGet({ say }: MeasureContext): Promise<Measured> {
  const folder = temporaryFolder();
  const database = await openDatabase({ folder });
  if (!database.ok) throw new Error(database.refusal.message);
  const { db, url } = database.value;
  const server = await startServer('--database-url', url, '--data-folder', folder);
  const platform = server.platform();
  const session = new pg.Client({ connectionString: url });
  try {
    say(`seeding ${instanceCount} service instances`);
    await prepareEstate(platform, accountId);
    await seedFleet(platform, db);
    await session.connect();
    const figures: Figure[] = [];
    for (const question of await questions(platform.proton, session)) {
      say(`${question.name}, ${calls} times`);
      figures.push(...(await askOften(question)));
    }
    figures.push(...(await askHealth(server.url)));
    return {
      figures,
      notes: [
        `${instanceCount} instances in ${serviceCount} services, 3 deployments each, pages of ${pageSize}; the API by signed HTTP requests of the AWS SDK, whose own time is in it.`,
      ],
    };
  } finally {
    await session.end().catch(() => undefined);
    platform.close();
    await server.stop();
    await database.value.close();
    removeFolder(folder);
  }
}

async function askOften({ name, api, sql }: Question): Promise<Figure[]> {
  const times = { api: [] as number[], sql: [] as number[] };
  for (let turn = 0; turn < warmUps + calls; turn += 1) {
    const asked = await timed(() => api(turn));
    const read = await timed(() => sql(turn));
    if (turn < warmUps) {
      if (!isDeepStrictEqual(asked.answer, read.answer) || asked.answer.length === 0) {
        throw new Error(`${name}: the API answers ${brief(asked.answer)}, the SQL ${brief(read.answer)}`);
      }
      continue;
    }
    times.api.push(asked.ms);
    times.sql.push(read.ms);
  }
  return [0.5, 0.99].map((share) => ({
    name: `${name}, p${share * 100}`,
    unit: 'ms',
    better: 'less',
    value: percentile(times.api, share),
    samples: calls,
    how: `one call after the other by the AWS SDK, each followed by the SQL; ${warmUps} calls before were not counted, their answers were compared`,
    baseline: {
      name: 'plain SQL of the same rows',
      value: percentile(times.sql, share),
      samples: calls,
      how: 'one query by pg in the process that asks, on one session of the same database',
    },
  }));
}

async function timed<Answer>(ask: () => Promise<Answer>): Promise<{ answer: Answer; ms: number }> {
  const begun = performance.now();
  const answer = await ask();
  return { answer, ms: performance.now() - begun };
}

function brief(answer: readonly unknown[]): string {
  return `${answer.length} rows beginning with ${JSON.stringify(answer.slice(0, 3))}`;
}

async function askHealth(url: string): Promise<Figure[]> {
  const times: number[] = [];
  for (let turn = 0; turn < warmUps + calls; turn += 1) {
    const { ms } = await timed(async () => (await fetch(`${url}/health`)).text());
    if (turn >= warmUps) times.push(ms);
  }
  return [0.5, 0.99].map((share) => ({
    name: `GET /health, p${share * 100}`,
    unit: 'ms',
    better: 'less',
    value: percentile(times, share),
    samples: calls,
    how: 'fetch of the same server: no signature, no SQL; what a request costs at least',
  }));
}

/** The columns of what ListServiceInstances shows. */
const summary = `service_name, name, arn, environment_name, template_name, deployed_major, deployed_minor,
  deployment_status, deployment_status_message, last_attempted_deployment_id, last_succeeded_deployment_id,
  last_deployment_attempted_at, last_deployment_succeeded_at, created_at`;
const deploymentSummary = `id, target_arn, target_created_at, target_kind, environment_name, service_name,
  service_instance_name, component_name, state, created_at, modified_at, completed_at`;

async function questions(proton: ProtonClient, session: pg.Client): Promise<Question[]> {
  const instances = async (input: ListServiceInstancesCommandInput) => {
    const { serviceInstances = [] } = await proton.send(
      new ListServiceInstancesCommand({ maxResults: pageSize, ...input }),
    );
    return serviceInstances.map(({ serviceName, name }) => `${serviceName}/${name}`);
  };
  const instanceRows = async (rest: string, values: unknown[] = []) => {
    const { rows } = await session.query(`select ${summary} from service_instance ${rest} limit ${pageSize}`, values);
    return rows.map(({ service_name, name }) => `${service_name}/${name}`);
  };
  const deployments = async (input: ListDeploymentsCommandInput) => {
    const listed = await proton.send(new ListDeploymentsCommand({ maxResults: pageSize, ...input }));
    return (listed.deployments ?? []).map(({ id }) => id);
  };
  const deploymentRows = async (rest: string, values: unknown[] = []) => {
    const { rows } = await session.query(
      `select ${deploymentSummary} from deployment ${rest} limit ${pageSize}`,
      values,
    );
    return rows.map(({ id }) => id);
  };
  const someService = (turn: number) => `service-${String((turn * 37) % serviceCount).padStart(4, '0')}`;
  const someName = (turn: number) => `instance-${String(turn % instancesPerService).padStart(2, '0')}`;

  const middle = await tokenBehind(proton, instanceCount / 2, {});
  const newestFirst = { sortBy: 'createdAt', sortOrder: 'DESCENDING' } as const;
  const middleNewest = await tokenBehind(proton, instanceCount / 2, newestFirst);
  return [
    {
      name: 'ListServiceInstances, first page',
      api: () => instances({}),
      sql: () => instanceRows('order by service_name, name'),
    },
    {
      name: 'ListServiceInstances, a page in the middle',
      api: () => instances({ nextToken: middle.token }),
      sql: () =>
        instanceRows('where (service_name, name) > ($1, $2) order by service_name, name', [
          middle.last.serviceName,
          middle.last.name,
        ]),
    },
    {
      name: 'ListServiceInstances, newest first',
      api: () => instances(newestFirst),
      sql: () => instanceRows('order by created_at desc, service_name, name'),
    },
    {
      name: 'ListServiceInstances, newest first, in the middle',
      api: () => instances({ ...newestFirst, nextToken: middleNewest.token }),
      sql: () =>
        instanceRows('where created_at < $1 order by created_at desc, service_name, name', [
          middleNewest.last.createdAt,
        ]),
    },
    {
      name: 'ListServiceInstances, those that failed',
      api: () => instances({ filters: [{ key: 'deploymentStatus', value: 'FAILED' }] }),
      sql: () => instanceRows(`where deployment_status = 'FAILED' order by service_name, name`),
    },
    {
      name: 'ListServiceInstances, of one service',
      api: (turn) => instances({ serviceName: someService(turn) }),
      sql: (turn) => instanceRows('where service_name = $1 order by service_name, name', [someService(turn)]),
    },
    {
      name: 'GetServiceInstance',
      async api(turn) {
        const asked = { serviceName: someService(turn), name: someName(turn) };
        const { serviceInstance } = await proton.send(new GetServiceInstanceCommand(asked));
        return [serviceInstance?.arn, serviceInstance?.spec];
      },
      async sql(turn) {
        const { rows } = await session.query('select * from service_instance where service_name = $1 and name = $2', [
          someService(turn),
          someName(turn),
        ]);
        return [rows[0]?.arn, rows[0]?.deployed_spec];
      },
    },
    {
      name: 'ListDeployments, first page',
      api: () => deployments({}),
      sql: () => deploymentRows('order by created_at desc, id desc'),
    },
    {
      name: 'ListDeployments, of one instance',
      api: (turn) => deployments({ serviceName: someService(turn), serviceInstanceName: someName(turn) }),
      sql: (turn) =>
        deploymentRows('where service_name = $1 and service_instance_name = $2 order by created_at desc, id desc', [
          someService(turn),
          someName(turn),
        ]),
    },
    {
      name: 'GetResourcesSummary',
      async api() {
        const { counts } = await proton.send(new GetResourcesSummaryCommand({}));
        const { total, failed, upToDate, behindMinor } = counts?.serviceInstances ?? {};
        return [counts?.services?.total, total, failed, upToDate, behindMinor];
      },
      async sql() {
        const { rows } = await session.query(`
          select (select count(*)::int from service) as services, count(*)::int as total,
            count(*) filter (where deployment_status in ('FAILED', 'DELETE_FAILED'))::int as failed,
            count(*) filter (where deployed_minor = newest.minor)::int as current,
            count(*) filter (where deployed_minor < newest.minor)::int as behind
          from service_instance join (
            select template_name, major_version as major, max(minor_version) as minor from template_version
            where kind = 'service' and status = 'PUBLISHED' group by template_name, major_version
          ) newest on newest.template_name = service_instance.template_name and newest.major = deployed_major`);
        return [rows[0].services, rows[0].total, rows[0].failed, rows[0].current, rows[0].behind];
      },
    },
  ];
}

/** Turns pages until so many instances lie behind. */
async function tokenBehind(proton: ProtonClient, count: number, input: ListServiceInstancesCommandInput) {
  let seen = 0;
  for (let token: string | undefined; ; ) {
    const page = await proton.send(
      new ListServiceInstancesCommand({ ...input, maxResults: pageSize, nextToken: token }),
    );
    const last = page.serviceInstances?.at(-1);
    token = page.nextToken;
    seen += page.serviceInstances?.length ?? 0;
    if (!last || !token) throw new Error(`the list of instances ended after ${seen}`);
    if (seen >= count) return { token, last };
  }
}
