import {
  CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStacksCommand,
  type StackStatus,
} from '@aws-sdk/client-cloudformation';
import { ListServiceInstanceProvisionedResourcesCommand } from '@aws-sdk/client-proton';
import type { Platform } from '../demo/platform.ts';
import { type Awaited, lookMs, startAndAwait, type Work } from './await-work.ts';
import { createWorker, instanceName, prepareEstate, workersUnderWay } from './example-estate.ts';
import type { Baseline, Figure, MeasureContext, Measured } from './figure.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { median, percentile } from './statistics.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

const warmUps = 10;
const sequentialCount = 50;
const parallelRounds = 3;
/** As many as one page of a list shows, and no more. */
const parallelSize = 50;

/**
 * How many deployments a second, and how long one takes, through the Proton API; beside it the same stacks made by
 * whoever talks to the cloud without Deuteron: the same templates and tags, in another account of the same simulated cloud.
 */
export async function measureDeployments({ say }: MeasureContext): Promise<Measured> {
  const folder = temporaryFolder();
  const server = await startServer('--data-folder', folder);
  const platform = server.platform();
  const cloud = openCloud(server);
  const deployments: Work = {
    start: (name) => createWorker(platform, name),
    underWay: () => workersUnderWay(platform),
  };
  try {
    await prepareEstate(platform);
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

    const parallel: Rounds = { deployments: [], stacks: [] };
    for (let round = 1; round <= parallelRounds; round += 1) {
      say(`${parallelSize} deployments at once, ${round} of ${parallelRounds}`);
      addRound(parallel, await both(Array.from({ length: parallelSize }, (_, index) => `round-${round}-${index}`)));
    }
    return {
      figures: [
        ...figuresOf('one at a time', 1, sequential, 'each asked for when the last was over'),
        ...figuresOf(`${parallelSize} at once`, parallelSize, parallel, `${parallelSize} asked for at one moment`),
      ],
      notes: ['A deployment is CreateService with one instance of examples/worker: a stack of two queues.'],
    };
  } finally {
    platform.close();
    cloud.close();
    await server.stop();
    removeFolder(folder);
  }
}

/** The simulated cloud, looked at in Deuteron's account and written to in another one. */
function openCloud({ cloudUrl: endpoint }: ServerProcess) {
  const settings = { endpoint, region: 'us-east-1', maxAttempts: 1 };
  const credentials = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: 'simulated' });
  const theirs = new CloudFormationClient({ ...settings, credentials: credentials('SIMULATEDCLOUDACCESS') });
  const ours = new CloudFormationClient({ ...settings, credentials: credentials('AKIASIM444455556666') });

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
      const listed = async (status: StackStatus) => {
        const { StackSummaries = [] } = await ours.send(new ListStacksCommand({ StackStatusFilter: [status] }));
        return StackSummaries.map(({ StackName = '' }) => serviceOf.get(StackName) ?? StackName);
      };
      return {
        async start(name) {
          await ours.send(new CreateStackCommand(requests.get(name)!));
        },
        async underWay() {
          const [failed] = await listed('ROLLBACK_COMPLETE');
          if (failed) throw new Error(`the stack of ${failed} failed`);
          return new Set(await listed('CREATE_IN_PROGRESS'));
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
  const looked = `${how}, looked after every ${lookMs} ms by one list of what is in progress`;
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
