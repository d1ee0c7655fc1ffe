import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStackCommand, DetectStackResourceDriftCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { commandLine } from '../src/cli/index.ts';
import type { Database } from '../src/database/index.ts';
import { emptyTestDatabase } from '../src/database/testing/index.ts';
import { settledStack, type TestCloud, testCloud } from '../src/simulated-cloud/testing/index.ts';

let database: Database;
let cloud: TestCloud;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deuteron-cloud-'));
  database = await emptyTestDatabase();
  cloud = await testCloud({ databaseUrl: database.url });
});
afterAll(async () => {
  await cloud?.close();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

const idle = async () => undefined;
const template = 'Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 1}}}';
const account = ['--account-id', '111111111111', '--region', 'eu-west-1'];

/** What `deuteron cloud <given>` prints. */
async function cloudSays(...given: readonly string[]): Promise<string> {
  const printed: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text) => printed.push(String(text)));
  vi.spyOn(console, 'error').mockImplementation((text) => printed.push(String(text)));
  const [first = '', ...rest] = given;
  const url = given.includes('--url') ? [] : ['--url', cloud.url];
  const program = commandLine({ server: idle, cloud: idle, check: idle, render: idle, doctor: idle }, '0.0.0');
  await program.parseAsync(['node', 'deuteron', 'cloud', first, ...url, ...rest]);
  return printed.join('\n');
}

test('a stack is made, looked at, broken, waited for and mended', async () => {
  const client = cloud.cloudFormation();
  expect(await cloudSays('stacks')).toBe('There is no stack.');
  expect(await cloudSays('clock', '--scale', '1', '--hold')).toMatch(/takes 1 s; the clock is held$/);
  expect(
    await cloudSays('fault', '--logical-id', 'Queue', '--operation', 'create', '--hang', '--stack', 'sh*'),
  ).toMatch(/^Fault \S+ is injected\. Clear it with: deuteron cloud clear \S+$/);
  await client.send(new CreateStackCommand({ StackName: 'shop', TemplateBody: template }));
  await cloudSays('advance', '3600');
  expect(await cloudSays('stacks')).toBe('CREATE_IN_PROGRESS  111111111111  eu-west-1  shop');
  expect(await cloudSays('faults')).toContain('"logicalId":"Queue"');
  expect(await cloudSays('clear')).toBe('Faults cleared: 1');
  expect(await cloudSays('stacks', ...account)).toBe('CREATE_COMPLETE  111111111111  eu-west-1  shop');
  expect(await cloudSays('clock', '--scale', '0', '--release')).toMatch(/resources are ready at once$/);
  expect(await cloudSays('requests', '--stack', 'shop')).toMatch(
    /^1 +\S+ +CreateStack +111111111111 +eu-west-1 +shop$/,
  );
  expect(JSON.parse(await cloudSays('look'))).toMatchObject({ simulated: true, faults: 0, stacksInFlight: [] });

  expect(await cloudSays('drift', 'shop', 'Queue', '--set', '{"DelaySeconds": 9}', ...account)).toBe(
    'Queue has drifted.',
  );
  const detect = new DetectStackResourceDriftCommand({ StackName: 'shop', LogicalResourceId: 'Queue' });
  expect((await client.send(detect)).StackResourceDrift?.StackResourceDriftStatus).toBe('MODIFIED');
});

test('calls are refused on demand, and what lies outside is given', async () => {
  const client = cloud.cloudFormation();
  await cloudSays(
    'fault',
    '--action',
    'CreateStack',
    '--code',
    'Throttling',
    '--message',
    'Rate exceeded',
    '--times',
    '1',
  );
  const TemplateURL = 'https://templates.s3.amazonaws.com/queue.yaml';
  const create = new CreateStackCommand({ StackName: 'fetched', TemplateURL });
  await expect(client.send(create)).rejects.toMatchObject({ name: 'Throttling' });
  const file = join(folder, 'queue.yaml');
  writeFileSync(file, template.replace('1}', '"{{resolve:ssm:/delay:1}}"}'));
  expect(await cloudSays('template', TemplateURL, file)).toMatch(/queue\.yaml has \d+ bytes\.$/);
  expect(await cloudSays('value', '/delay', '7', ...account)).toBe('/delay has version 1.');
  await client.send(create);
  expect((await settledStack(client, 'fetched')).StackStatus).toBe('CREATE_COMPLETE');
  expect(await cloudSays('value', '/delay', ...account)).toBe('/delay is removed.');
});

test('a "no" is said, with an exit code', async () => {
  expect(await cloudSays('drift', 'nobody', 'Queue', '--deleted', ...account)).toBe(
    'There is no resource Queue in a stack nobody.',
  );
  expect(process.exitCode).toBe(1);
  expect(await cloudSays('stacks', '--url', 'http://127.0.0.1:1')).toMatch(
    /^No simulated cloud answers at .* Start one/,
  );
  expect(process.exitCode).toBe(1);
});

test('every command shows an example in its help', () => {
  const program = commandLine({ server: idle, cloud: idle, check: idle, render: idle, doctor: idle }, '0.0.0');
  const commands = program.commands.find((command) => command.name() === 'cloud')?.commands ?? [];
  expect(commands.map((command) => command.name())).toMatchInlineSnapshot(`
    [
      "look",
      "stacks",
      "requests",
      "fault",
      "faults",
      "clear",
      "clock",
      "advance",
      "value",
      "drift",
      "template",
    ]
  `);
  for (const command of commands) {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    expect(help, command.name()).toMatch(/\nExample:\n {2}deuteron cloud /);
  }
});
