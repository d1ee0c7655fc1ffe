import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateEnvironmentCommand,
  CreateServiceCommand,
  GetEnvironmentCommand,
  ListDeploymentsCommand,
  UpdateAccountSettingsCommand,
  UpdateEnvironmentCommand,
  waitUntilEnvironmentDeployed,
  waitUntilServiceCreated,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandRun, environmentOf, runDeuteron } from '../src/cli/testing/run-deuteron.ts';
import {
  environmentBundle,
  pipelineServiceBundle,
  queueInputs,
  queueTemplate,
  serviceBundle,
  serviceSpec,
  topicTemplate,
} from './testing/bundles.ts';
import { serviceRole, startInstallation, type TestInstallation } from './testing/installation.ts';

const inputs =
  '{encrypted: {type: boolean, default: false}, size: {type: integer, default: 20}, password: {type: string, format: password, default: quiet-please}}';
const database = `Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      MasterUsername: owner
      MasterUserPassword: "{{ environment.inputs.password }}"
      StorageEncrypted: {{ environment.inputs.encrypted | lower }}
      AllocatedStorage: "{{ environment.inputs.size }}"
Outputs:
  Address: {Value: !GetAtt Db.Endpoint.Address}
`;
const spec = (given: string) => `proton: EnvironmentSpec\nspec: {${given}}\n`;

let world: TestInstallation;
const folder = mkdtempSync(join(tmpdir(), 'deuteron-plans-'));
beforeAll(async () => {
  world = await startInstallation();
  const { platform } = world;
  await platform.createTemplate('environment', 'ledger');
  await platform.registerVersion({ kind: 'environment', name: 'ledger', files: environmentBundle(database, inputs) });
  await platform.publish('environment', 'ledger', { major: '1', minor: '0' });
  await platform.proton.send(
    new CreateEnvironmentCommand({
      name: 'books',
      templateName: 'ledger',
      templateMajorVersion: '1',
      spec: spec('size: 20'),
      protonServiceRoleArn: serviceRole,
    }),
  );
  await waitUntilEnvironmentDeployed(platform.waiting, { name: 'books' });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await world.close();
});
function deuteron(...words: readonly string[]): Promise<CommandRun> {
  return runDeuteron(environmentOf(world.administrator), ...words);
}

function specFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function deploymentIds(): Promise<readonly string[]> {
  const { deployments = [] } = await world.platform.proton.send(new ListDeploymentsCommand({}));
  return deployments.map(({ id }) => id ?? '');
}

async function deploy(given: string): Promise<string> {
  const { proton, waiting } = world.platform;
  await proton.send(
    new UpdateEnvironmentCommand({ name: 'books', deploymentType: 'CURRENT_VERSION', spec: spec(given) }),
  );
  await waitUntilEnvironmentDeployed(waiting, { name: 'books' });
  const { environment } = await proton.send(new GetEnvironmentCommand({ name: 'books' }));
  return environment?.lastDeploymentSucceededAt ? ((await deploymentIds())[0] ?? '') : '';
}

const planId = (text: string) => /Plan (sha256:[0-9a-f]{64})/.exec(text)?.[1] ?? '';

test('a database that would be replaced is told before anybody deploys, and nothing stays behind', async () => {
  const before = await deploymentIds();
  const encrypted = specFile('encrypted.yaml', spec('encrypted: true'));
  const plan = await deuteron('environment', 'plan', 'books', '--spec', encrypted);
  expect(plan.text).toMatch(/^data-affecting: updates environment\/books with ledger 1\.0 \(data-at-risk\)/);
  expect(plan.text).toContain('StorageEncrypted changes from false to true; its content would be lost');
  expect(plan.text).toContain('The provider says: modify Db, replaced');
  expect(plan.text).not.toContain('They disagree');
  expect(plan.text).not.toContain('quiet-please');
  expect(plan.exitCode).toBe(4);
  const { exitCode, text } = await deuteron('environment', 'plan', 'books', '--spec', encrypted, '--json');
  expect(JSON.parse(text)).toMatchObject({ changeClass: 'data-affecting', operation: 'update' });
  expect(exitCode).toBe(4);
  expect(await deploymentIds()).toEqual(before);
});

test('a plan that is stale is refused with what changed; the new one is applied', async () => {
  const bigger = specFile('bigger.yaml', spec('size: 40'));
  const plan = await deuteron('environment', 'plan', 'books', '--spec', bigger);
  expect(plan.exitCode).toBe(0);
  await deploy('size: 30');

  const stale = await deuteron('plan', 'apply', planId(plan.text));
  expect(stale.exitCode).toBe(1);
  expect(stale.text).toContain('is stale: something else was deployed meanwhile by the deployment');
  const now = /\(plan (sha256:[0-9a-f]{64})\)/.exec(stale.text)?.[1] ?? '';
  expect((await deuteron('plan', 'show', now)).text).toContain('AllocatedStorage changes from 30 to 40');

  const applied = await deuteron('plan', 'apply', now);
  expect(applied).toMatchObject({ exitCode: 0, text: expect.stringContaining('IN_PROGRESS') });
  const id = /deployment (\S+) of/.exec(applied.text)?.[1] ?? '';
  await waitUntilEnvironmentDeployed(world.platform.waiting, { name: 'books' });
  expect(planId((await deuteron('deployment', 'plan', id)).text)).toBe(now);
  expect((await deuteron('plan', 'apply', now)).text).toContain('is stale');
});

test('what Proton was asked for has a plan too', async () => {
  const id = await deploy('encrypted: true, size: 40');
  const plan = await deuteron('deployment', 'plan', id, '--markdown');
  expect(plan).toMatchObject({ exitCode: 4, text: expect.stringContaining('### Plan: data-affecting') });
  expect(plan.text).toContain('| Db | AWS::RDS::DBInstance | replace |');
});

test('a creation adds everything, a deletion tells what is lost, and both leave nothing behind', async () => {
  const created = await deuteron(
    ...['environment', 'plan', 'fresh', '--create', '--template', 'ledger', '--major', '1'],
    ...['--spec', specFile('fresh.yaml', spec('')), '--service-role', serviceRole],
  );
  expect(created).toMatchObject({
    exitCode: 0,
    text: expect.stringMatching(/^compatible: creates environment\/fresh/),
  });
  expect(created.text).toContain('add                 Db (AWS::RDS::DBInstance)');
  await expect(world.platform.proton.send(new GetEnvironmentCommand({ name: 'fresh' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  const deleted = await deuteron('environment', 'plan', 'books', '--delete');
  expect(deleted.exitCode).toBe(4);
  expect(deleted.text).toContain('What cannot be undone:\n  deletes the DBInstance Db');
});

test('an instance and a whole service are planned, and what is refused for real is refused here', async () => {
  const { platform } = world;
  await platform.createTemplate('service', 'worker', { pipeline: false });
  const files = serviceBundle(queueTemplate, queueInputs);
  await platform.registerVersion({ kind: 'service', name: 'worker', files, runsIn: ['ledger:1'] });
  await platform.publish('service', 'worker', { major: '1', minor: '0' });
  const one = serviceSpec('books', { live: 'seconds: 30' });
  const service = { name: 'jobs', templateName: 'worker', templateMajorVersion: '1', spec: one };
  await platform.proton.send(new CreateServiceCommand(service));
  await waitUntilServiceCreated(platform.waiting, { name: 'jobs' });

  const longer = specFile('longer.yaml', serviceSpec('books', { live: 'seconds: 60' }));
  const plan = await deuteron('instance', 'plan', 'jobs', 'live', '--spec', longer);
  expect(plan).toMatchObject({ exitCode: 0, text: expect.stringContaining('VisibilityTimeout changes from 30 to 60') });

  const two = specFile('two.yaml', serviceSpec('books', { live: 'seconds: 30', spare: 'seconds: 10' }));
  const added = await deuteron('instance', 'plan', 'jobs', 'spare', '--create', '--spec', two);
  expect(added).toMatchObject({ exitCode: 0, text: expect.stringContaining('creates service/jobs') });
  const last = await deuteron('instance', 'plan', 'jobs', 'live', '--delete');
  expect(last.text).toContain('without an instance');
  expect(last.text).toContain('deuteron service plan jobs --delete');
  expect((await deuteron('instance', 'plan', 'jobs', 'nobody')).text).toContain('does not exist');
  const whole = await deuteron('service', 'plan', 'jobs', '--spec', two);
  expect(whole).toMatchObject({
    exitCode: 0,
    text: expect.stringMatching(/^compatible: creates service\/jobs.*spare/),
  });
  expect(whole.text).toContain('Would be applied at once.');
  expect(whole.text).toMatch(/\n\nNote: These plans are for reading: .* UpdateService, not by their ids\.$/);
  const other = specFile('other.yaml', serviceSpec('books', { spare: 'seconds: 10' }));
  const swapped = await deuteron('service', 'plan', 'jobs', '--spec', other, '--json');
  expect(swapped.exitCode).toBe(4);
  expect(JSON.parse(swapped.text).plans).toMatchObject([
    { operation: 'create', targetArn: expect.stringContaining('spare'), advice: { verdict: 'allow' } },
    { operation: 'delete', targetArn: expect.stringContaining('live'), advice: { verdict: 'allow' } },
  ]);
  const fresh = ['--create', '--template', 'worker', '--major', '1', '--spec', two, '--markdown'];
  expect((await deuteron('service', 'plan', 'more', ...fresh)).text.match(/^### Plan: compatible$/gm)).toHaveLength(2);
  expect(await deuteron('service', 'plan', 'jobs')).toMatchObject({ exitCode: 2 });
  const applied = await deuteron('plan', 'apply', planId(added.text));
  expect(applied.exitCode).toBe(0);
});

test('the pipeline of a whole service is not planned, and that is said', async () => {
  const { platform } = world;
  await platform.proton.send(new UpdateAccountSettingsCommand({ pipelineServiceRoleArn: serviceRole }));
  await platform.createTemplate('service', 'piped');
  const files = pipelineServiceBundle(queueTemplate, topicTemplate, queueInputs);
  await platform.registerVersion({ kind: 'service', name: 'piped', files, runsIn: ['ledger:1'] });
  await platform.publish('service', 'piped', { major: '1', minor: '0' });
  const spec = specFile('piped.yaml', `${serviceSpec('books', { live: 'seconds: 30' })}pipeline: {}\n`);
  const repository = ['--branch', 'main', '--repository', 'shop/piped'];
  const connection = [
    '--connection',
    'arn:aws:codestar-connections:us-east-1:111122223333:connection/00000000-0000-0000-0000-000000000000',
  ];
  const creation = ['--create', '--template', 'piped', '--major', '1', '--spec', spec, ...repository, ...connection];
  const { text, exitCode } = await deuteron('service', 'plan', 'piped', ...creation);
  expect(text).toMatch(/^compatible: creates service\/piped\/service-instance\/live/);
  expect(exitCode).toBe(0);
  expect(text).toContain('Note: The pipeline is deployed last and is not planned yet');
});
