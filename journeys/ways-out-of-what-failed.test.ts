import { CloudFormationClient, DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DeleteEnvironmentCommand,
  type Environment,
  GetDeploymentCommand,
  GetEnvironmentCommand,
  UpdateEnvironmentCommand,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type CommandRun, environmentOf, runDeuteron } from '../src/cli/testing/run-deuteron.ts';
import { environmentBundle } from './testing/bundles.ts';
import { createEnvironment, prepareEstate } from './testing/estate.ts';
import { installation, startInstallation, type TestInstallation } from './testing/installation.ts';

/** Whatever fails at the provider has a way out that a person finds in the message, and that deletes nothing unasked. */
let home: TestInstallation;
beforeAll(async () => {
  home = await startInstallation();
  const { platform } = home;
  await prepareEstate(platform);
  for (const name of ['stuck', 'lost']) await createEnvironment(platform, name);
  for (const name of ['stuck', 'lost']) await until(name, 'SUCCEEDED');
  const version = { kind: 'environment', name: 'base', files: environmentBundle(secondTemplate), major: '1' } as const;
  await platform.publish('environment', 'base', await platform.registerVersion(version));
}, 60_000);
afterAll(() => home.close());

const secondTemplate = `Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: second}
  Failing:
    Type: AWS::SNS::Topic
    DependsOn: Topic
Outputs:
  TopicArn:
    Value: !Ref Topic
`;

function deuteron(...words: readonly string[]): Promise<CommandRun> {
  return runDeuteron(environmentOf(home.administrator), ...words);
}

async function environment(name: string): Promise<Environment | undefined> {
  try {
    return (await home.platform.proton.send(new GetEnvironmentCommand({ name }))).environment;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

function until(name: string, status: string): Promise<Environment> {
  return vi.waitFor(
    async () => {
      const found = await environment(name);
      if (found?.deploymentStatus !== status) throw new Error(`${found?.deploymentStatus}, not ${status}`);
      return found;
    },
    { timeout: 30_000, interval: 50 },
  );
}

async function message(id: string | undefined): Promise<string> {
  const { deployment } = await home.platform.proton.send(new GetDeploymentCommand({ id }));
  return deployment?.deploymentStatusMessage ?? '';
}

/** Calls of the cloud that it accepted, on stacks of this environment. */
async function accepted(name: string): Promise<string[]> {
  const { requests } = (await home.cloud('requests?limit=10000')) as {
    requests: { action: string; stackName?: string; error?: string }[];
  };
  return requests
    .filter(({ stackName, error }) => !error && stackName?.startsWith(`AWSProton-environment-${name}-`))
    .map(({ action }) => action);
}

test('F22: a rollback that is stuck is continued without the resource that cannot be brought back', async () => {
  const { proton } = home.platform;
  const fails = { logicalId: 'Failing', operation: 'create', message: 'it cannot be made', timesMax: 1 };
  const stays = { logicalId: 'Topic', operation: 'update', phase: 'rollback', message: 'nobody knows it any more' };
  for (const fault of [fails, stays]) await home.cloud('faults/resource', fault);
  const before = await environment('stuck');
  const version = { templateMajorVersion: '1', templateMinorVersion: '1' };
  await proton.send(new UpdateEnvironmentCommand({ name: 'stuck', deploymentType: 'MINOR_VERSION', ...version }));
  const failed = await until('stuck', 'FAILED');
  expect(failed.deploymentStatusMessage).toContain('deuteron deployment recover');

  const id = failed.lastAttemptedDeploymentId ?? '';
  const recovery = await deuteron('deployment', 'recover', id, '--skip', 'Topic');
  expect(recovery).toMatchObject({ exitCode: 0, text: expect.stringContaining('brings back what stood before') });
  const after = await until('stuck', 'SUCCEEDED');
  expect(after).toMatchObject({ templateMinorVersion: before?.templateMinorVersion });
  expect(await message(after.lastSucceededDeploymentId)).toContain('Topic');
  expect(await accepted('stuck')).toEqual(['CreateStack', 'UpdateStack', 'ContinueUpdateRollback']);

  const again = await deuteron('deployment', 'recover', after.lastAttemptedDeploymentId ?? '');
  expect(again).toMatchObject({ exitCode: 1, text: expect.stringContaining('is SUCCEEDED') });
  await home.cloud('faults', undefined, 'DELETE');
}, 60_000);

test('F21: a deletion of what the provider has forgotten fails, and is abandoned by who answers for it', async () => {
  const { proton } = home.platform;
  const cloud = new CloudFormationClient({
    endpoint: home.deuteron.cloudUrl,
    region: installation.region,
    credentials: { accessKeyId: `TESTSIM${installation.accountId}`, secretAccessKey: 'any' },
  });
  const { Stacks = [] } = await cloud.send(new DescribeStacksCommand({}));
  const StackName = Stacks.find((stack) => stack.StackName?.includes('-lost-'))?.StackName;
  await cloud.send(new DeleteStackCommand({ StackName }));
  await vi.waitFor(() => expect(cloud.send(new DescribeStacksCommand({ StackName }))).rejects.toThrow('not exist'));
  await home.cloud('clock/advance', { seconds: 91 * 24 * 3_600 });
  cloud.destroy();

  await proton.send(new DeleteEnvironmentCommand({ name: 'lost' }));
  const failed = await until('lost', 'DELETE_FAILED');
  expect(failed.deploymentStatusMessage).toContain('cannot be proved');
  expect(failed.deploymentStatusMessage).toMatch(/Last known: Topic \(AWS::SNS::Topic\) arn:aws:sns:\S+/);
  const [, id = ''] = /deuteron deployment abandon (\S+)/.exec(failed.deploymentStatusMessage ?? '') ?? [];

  const unsigned = await deuteron('deployment', 'abandon', 'd-none', '--reason', 'no such thing');
  expect(unsigned).toMatchObject({ exitCode: 1, text: expect.stringContaining('does not exist') });
  const abandoned = await deuteron('deployment', 'abandon', id, '--reason', 'looked for it: nothing is left');
  expect(abandoned.exitCode).toBe(0);
  expect(abandoned.text).toContain('Abandoned by administrator: looked for it: nothing is left');
  expect(await environment('lost')).toBeUndefined();
  const { text } = await deuteron('audit', 'list', '--verb', 'deuteron:AbandonDeletion');
  expect(text).toContain(`deployment/${id}`);
}, 60_000);
