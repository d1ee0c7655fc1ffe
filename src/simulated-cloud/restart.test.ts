import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CloudFormationClient, CreateStackCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { emptyTestDatabase } from '../database/testing/index.ts';
import { startSimulatedCloud } from './index.ts';
import { allEvents, eventLines, settledStack, type TestCloud, testCloud } from './testing/index.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

async function newDatabase(): Promise<Database> {
  const database = await emptyTestDatabase();
  opened.push(database);
  return database;
}

async function newCloud(options: Parameters<typeof testCloud>[0]): Promise<TestCloud> {
  const cloud = await testCloud(options);
  opened.push(cloud);
  return cloud;
}

/** A cloud in a process of its own, to be killed. */
async function cloudProcess(databaseUrl: string, clockScale: number) {
  const program = `
    import { startSimulatedCloud } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
    const cloud = await startSimulatedCloud(${JSON.stringify({ databaseUrl, clockScale })});
    console.log(cloud.ok ? cloud.value.url : cloud.refusal.message);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  opened.push({ close: async () => void child.kill('SIGKILL') });
  const [url] = (await once(child.stdout, 'data')) as [Buffer];
  const client = new CloudFormationClient({
    endpoint: String(url).trim(),
    region: 'eu-west-1',
    credentials: { accessKeyId: 'TESTSIM111111111111', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  return {
    client,
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
      client.destroy();
    },
  };
}

const chain = (label: string) => `
Resources:
${[1, 2, 3, 4, 5, 6]
  .map(
    (index) => `
  Q${index}:
    Type: AWS::SQS::Queue
    ${index > 1 ? `DependsOn: Q${index - 1}` : ''}
    Properties: {Tags: [{Key: label, Value: ${label}}]}`,
  )
  .join('')}`;

test('a cloud that is killed goes on where it stood: nothing is done twice, nothing is lost', async () => {
  const database = await newDatabase();
  const first = await cloudProcess(database.url, 0.002);
  const input = { StackName: 'chain', TemplateBody: chain('a'), ClientRequestToken: 'create-1' };
  const { StackId } = await first.client.send(new CreateStackCommand(input));
  await someEvent(first.client, 'chain', 'Q2');
  await first.kill();

  const second = await newCloud({ databaseUrl: database.url, clockScale: 0 });
  const client = second.cloudFormation();
  expect(await client.send(new CreateStackCommand(input))).toMatchObject({ StackId });
  expect((await settledStack(client, 'chain')).StackStatus).toBe('CREATE_COMPLETE');
  const lines = eventLines(await allEvents(client, 'chain'));
  expect(new Set(lines).size, 'every event is there once').toBe(lines.length);
  expect(lines).toHaveLength(2 + 6 * 3);
  const { requests } = (await second.control('GET', '/requests?action=CreateStack')) as { requests: object[] };
  expect(requests, 'the call before the kill and the one after it').toHaveLength(2);
});

async function someEvent(client: CloudFormationClient, stackName: string, logicalId: string): Promise<void> {
  for (;;) {
    const events = await allEvents(client, stackName);
    if (events.some((event) => event.LogicalResourceId === logicalId)) return;
  }
}

test('an update that is killed in the middle of its rollback is rolled back to the end', async () => {
  const database = await newDatabase();
  const first = await newCloud({ databaseUrl: database.url });
  await first.cloudFormation().send(new CreateStackCommand({ StackName: 'chain', TemplateBody: chain('a') }));
  await settledStack(first.cloudFormation(), 'chain');
  await first.control('POST', '/faults/resource', { logicalId: 'Q4', phase: 'forward', message: 'broken' });
  await first.control('POST', '/faults/resource', { logicalId: 'Q2', phase: 'rollback', hang: true });
  await first.cloudFormation().send(new UpdateStackCommand({ StackName: 'chain', TemplateBody: chain('b') }));
  await someEventLine(first, 'chain UPDATE_ROLLBACK_IN_PROGRESS');
  await first.close();

  const second = await newCloud({ databaseUrl: database.url });
  await second.control('DELETE', '/faults');
  expect((await settledStack(second.cloudFormation(), 'chain')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
});

async function someEventLine(cloud: TestCloud, start: string): Promise<void> {
  for (;;) {
    const lines = eventLines(await allEvents(cloud.cloudFormation(), 'chain'));
    if (lines.some((line) => line.startsWith(start))) return;
  }
}

test('a cloud whose database sessions are cut goes on when the database is back', async () => {
  const database = await newDatabase();
  const cloud = await newCloud({ databaseUrl: database.url });
  await cloud.control('POST', '/faults/resource', { logicalId: 'Q3', hang: true });
  const client = cloud.cloudFormation();
  await client.send(new CreateStackCommand({ StackName: 'chain', TemplateBody: chain('a') }));
  await someEvent(client, 'chain', 'Q3');
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(database.db);
  await cloud.control('DELETE', '/faults');
  expect((await settledStack(client, 'chain')).StackStatus).toBe('CREATE_COMPLETE');
});

test('the same seed gives the same ids on another database', async () => {
  const ids = [];
  for (const seed of ['one', 'one', 'two']) {
    const { url: databaseUrl } = await newDatabase();
    const cloud = await newCloud({ databaseUrl, seed });
    const client = cloud.cloudFormation();
    const TemplateBody = 'Resources: {Q: {Type: AWS::SQS::Queue}}\nOutputs: {Url: {Value: !Ref Q}}';
    await client.send(new CreateStackCommand({ StackName: 'same', TemplateBody }));
    const { StackId, Outputs } = await settledStack(client, 'same');
    ids.push([StackId, Outputs?.[0]?.OutputValue]);
  }
  expect(ids[1]).toEqual(ids[0]);
  expect(ids[2]).not.toEqual(ids[0]);
});

test('a second process is refused while the first runs the cloud of a database', async () => {
  const database = await newDatabase();
  await newCloud({ databaseUrl: database.url });
  const refused = await startSimulatedCloud({ databaseUrl: database.url, claimSecondsMax: 0.2 });
  expect(refused).toMatchObject({ ok: false, refusal: { code: 'simulated-cloud-in-use' } });
});
