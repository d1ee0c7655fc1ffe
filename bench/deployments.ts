import {
  CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { ListServiceInstanceProvisionedResourcesCommand } from '@aws-sdk/client-proton';
import { sql } from 'kysely';
import { instanceName, prepareEstate } from '../demo/example-estate.ts';
import type { Platform } from '../demo/platform.ts';
import { type Db, openDatabase } from '../src/database/index.ts';
import { type Awaited, lookMs, startAndAwait, type Work } from './await-work.ts';
import type { Baseline, Figure, MeasureContext, Measured } from './figure.ts';
import { accountId, type ServerProcess, startServer } from './server-process.ts';
import { median, percentile } from './statistics.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';
import { workersIn } from './worker-services.ts';

const warmUps = 10;
const sequentialCount = 50;
const parallels = [
  { size: 50, rounds: 3 },
  { size: 200, rounds: 2 },
] as const;
/** To which the stacks go that are made without Deuteron. */
const otherAccount = '444455556666';

/**
 * How many deployments a second, and how long one takes, through the Proton API; beside it the same stacks made by
 * whoever talks to the cloud without Deuteron: the same templates and tags, in another account of the same simulated cloud.
 */
export async function measureDeployments({ say }: MeasureContext): Promise<Measured> {
  const folder = temporaryFolder();
  const database = await openDatabase({ folder });
  if (!database.ok) throw new Error(database.refusal.message);
  const { db, url } = database.value;
  const server = await startServer('--database-url', url, '--data-folder', folder);
  const platform = server.platform();
  const cloud = openCloud(server, db);
  const deployments = workersIn(platform, db);
  try {
    await prepareEstate(platform, accountId);
    const both = async (names: readonly string[]) => {
      const ours = await startAndAwait(deployments, names);
      const stacks = await cloud.stacksOf(platform, names);
      return { deployments: ours, stacks: await startAndAwait(stacks, names) };
    };
    say(`${warmUps} deployments to warm up`);
    for (let index = 0; index < warmUps; index += 1) await both([`warm-up-${index}`]);

    say(`${sequentialCount} deployments, one at a time`);
    const sequential: Rounds = { deployments: [], stacks: [] };
    for (let index = 0; index < sequentialCount; index += 1) addRound(sequential, await both([`single-${index}`]));

    const parallel: Figure[] = [];
    for (const { size, rounds } of parallels) {
      const seen: Rounds = { deployments: [], stacks: [] };
      for (let round = 1; round <= rounds; round += 1) {
        say(`${size} deployments at once, ${round} of ${rounds}`);
        addRound(seen, await both(Array.from({ length: size }, (_, index) => `of-${size}-${round}-${index}`)));
      }
      parallel.push(...figuresOf(`${size} at once`, size, seen, `${size} asked for at one moment`));
    }
    return {
      figures: [...figuresOf('one at a time', 1, sequential, 'each asked for when the last was over'), ...parallel],
      notes: ['A deployment is CreateService with one instance of examples/worker: a stack of two queues.'],
    };
  } finally {
    platform.close();
    cloud.close();
    await server.stop();
    await database.value.close();
    removeFolder(folder);
  }
}

/** The simulated cloud, looked at in Deuteron's account and written to in another one. */
function openCloud({ cloudUrl: endpoint }: ServerProcess, db: Db) {
  const settings = { endpoint, region: 'us-east-1', maxAttempts: 1 };
  const credentials = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: 'simulated' });
  const theirs = new CloudFormationClient({ ...settings, credentials: credentials('SIMULATEDCLOUDACCESS') });
  const ours = new CloudFormationClient({ ...settings, credentials: credentials(`AKIASIM${otherAccount}`) });

  /** The request that makes the stack of an instance once more. */
  async function requestOf({ proton }: Platform, serviceName: string): Promise<CreateStackCommandInput> {
    const { provisionedResources = [] } = await proton.send(
      new ListServiceInstanceProvisionedResourcesCommand({ serviceName, serviceInstanceName: instanceName }),
    );
    const stackId = provisionedResources[0]?.identifier;
    const { Stacks: [stack] = [] } = await theirs.send(new DescribeStacksCommand({ StackName: stackId }));
    const { TemplateBody } = await theirs.send(new GetTemplateCommand({ StackName: stackId }));
    if (!stack?.StackName) throw new Error(`${serviceName} has no stack`);
    return { StackName: stack.StackName, TemplateBody, Tags: stack.Tags };
  }

  return {
    /** To make the stacks that Deuteron made for services once more, by the names of the services. */
    async stacksOf(platform: Platform, serviceNames: readonly string[]): Promise<Work> {
      const requests = new Map<string, CreateStackCommandInput>();
      for (const name of serviceNames) requests.set(name, await requestOf(platform, name));
      const serviceOf = new Map([...requests].map(([name, { StackName = '' }]) => [StackName, name]));
      return {
        async start(name) {
          await ours.send(new CreateStackCommand(requests.get(name)!));
        },
        async underWay() {
          const { rows } = await sql<{ name: string; status: string }>`
            select name, status from simulated_cloud.stack
            where account_id = ${otherAccount} and status <> 'CREATE_COMPLETE'`.execute(db);
          const failed = rows.find(({ status }) => status !== 'CREATE_IN_PROGRESS');
          if (failed) throw new Error(`the stack ${failed.name} is ${failed.status}`);
          return new Set(rows.map(({ name }) => serviceOf.get(name) ?? name));
        },
      };
    },
    close() {
      theirs.destroy();
      ours.destroy();
    },
  };
}

interface Rounds {
  readonly deployments: Awaited[];
  readonly stacks: Awaited[];
}

function addRound(rounds: Rounds, { deployments, stacks }: { deployments: Awaited; stacks: Awaited }): void {
  rounds.deployments.push(deployments);
  rounds.stacks.push(stacks);
}

function figuresOf(name: string, size: number, rounds: Rounds, how: string): Figure[] {
  const perSecond = (of: readonly Awaited[]) => size / median(of.map(({ seconds }) => seconds));
  const latencies = (of: readonly Awaited[]) => of.flatMap((round) => round.latencies);
  const looked = `${how}, looked after every ${lookMs} ms by one query of the database for what is in progress`;
  const rate: Figure = {
    name: `${name}, deployments`,
    unit: '/s',
    better: 'more',
    value: perSecond(rounds.deployments),
    samples: rounds.deployments.length,
    how: `their number through the median time from the first CreateService until the last has succeeded; ${looked}`,
    baseline: directly(perSecond(rounds.stacks), rounds.stacks.length, looked),
  };
  const [ours, theirs] = [latencies(rounds.deployments), latencies(rounds.stacks)];
  const waits = [0.5, 0.99].map(
    (share): Figure => ({
      name: `${name}, one takes, p${share * 100}`,
      unit: 'ms',
      better: 'less',
      value: percentile(ours, share) * 1000,
      samples: ours.length,
      how: `time from CreateService until it is no more in progress; ${looked}`,
      baseline: directly(percentile(theirs, share) * 1000, theirs.length, looked),
    }),
  );
  return [rate, ...waits];
}

function directly(value: number, samples: number, how: string): Baseline {
  return {
    name: 'the same stacks, made directly',
    value,
    samples,
    how: `CreateStack with the same templates and tags in another account of the same simulated cloud, until it is no more in progress; ${how}`,
  };
}
