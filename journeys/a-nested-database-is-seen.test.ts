/**
 * Nested stacks: a database in one is replaced by an input, and the plan says so, with its line and the input, and waits
 * for whoever answers for data; a public bucket in one is stopped by a guard rail; one from elsewhere is never passed over:
 * the provider decides what it does.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  CreateEnvironmentCommand,
  DeleteEnvironmentCommand,
  GetEnvironmentCommand,
  UpdateEnvironmentCommand,
  waitUntilEnvironmentDeployed,
} from '@aws-sdk/client-proton';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { environmentBundle } from './testing/bundles.ts';
import { deploymentEnd, type GovernedEstate, startGovernedEstate, waitingPlan } from './testing/governed-estate.ts';
import { serviceRole } from './testing/installation.ts';

const url = (path: string) => `https://templates.s3.amazonaws.com/${path}`;
const vault = `Resources:
  Data:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ${url('database.yaml')}
      Parameters:
        Encrypted: "{{ environment.inputs.encrypted | lower }}"
  Files:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ${url('bucket.yaml')}
      Parameters:
        Access: "{{ environment.inputs.access }}"
Outputs:
  Address: {Value: !GetAtt Data.Outputs.Address}
`;
const database = `Parameters:
  Encrypted: {Type: String}
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: "20"
      MasterUsername: owner
      ManageMasterUserPassword: true
      StorageEncrypted: !Ref Encrypted
Outputs:
  Address: {Value: !GetAtt Db.Endpoint.Address}
`;
const bucket = `Parameters:
  Access: {Type: String}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: !Ref Access
`;
const inputs = '{encrypted: {type: boolean, default: false}, access: {type: string, default: Private}}';
const children = { 'infrastructure/database.yaml': database, 'infrastructure/bucket.yaml': bucket };
const files = { ...environmentBundle(vault, inputs), ...children };
const spec = (given: string) => `proton: EnvironmentSpec\nspec: {${given}}\n`;

let estate: GovernedEstate;
const folder = mkdtempSync(join(tmpdir(), 'deuteron-nested-'));
beforeAll(async () => {
  estate = await startGovernedEstate();
  const { world } = estate;
  await estate.addUnit('bank');
  await estate.assign('decentralized', 'bank');
  for (const [path, body] of Object.entries({ 'database.yaml': database, 'bucket.yaml': bucket }))
    await world.cloud('objects', { url: url(path), body }, 'PUT');
  await world.platform.createTemplate('environment', 'vault');
  const version = await world.platform.registerVersion({ kind: 'environment', name: 'vault', files });
  await world.platform.publish('environment', 'vault', version);
  await world.platform.proton.send(
    new CreateEnvironmentCommand({
      name: 'safe',
      templateName: 'vault',
      templateMajorVersion: '1',
      spec: spec(''),
      protonServiceRoleArn: serviceRole,
      tags: [
        { key: 'deuteron:owner', value: 'bank-team' },
        { key: 'deuteron:data-owner', value: 'keepers' },
      ],
    }),
  );
  await waitUntilEnvironmentDeployed(world.platform.waiting, { name: 'safe' });
}, 120_000);
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await estate.close();
});

function fileWith(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const planOf = (name: string, given: string, ...more: readonly string[]) =>
  estate.deuteron(
    ...['administrator', 'environment', 'plan', name, '--spec', fileWith('spec.yaml', spec(given))],
    ...more,
  );
const plan = (given: string, ...more: readonly string[]) => planOf('safe', given, ...more);

async function newest(name = 'safe') {
  const { environment } = await estate.world.platform.proton.send(new GetEnvironmentCommand({ name }));
  const { lastAttemptedDeploymentId: id = '', deploymentStatus = '', deploymentStatusMessage = '' } = environment ?? {};
  return { id, status: deploymentStatus, message: deploymentStatusMessage };
}

async function update(given: string, name = 'safe') {
  const before = (await newest(name)).id;
  const asked = { name, deploymentType: 'CURRENT_VERSION', spec: spec(given) } as const;
  await (await estate.proton('bank-dev')).send(new UpdateEnvironmentCommand(asked));
  return vi.waitFor(
    async () => {
      const now = await newest(name);
      const moves = now.status === 'IN_PROGRESS' && !now.message.startsWith('waits for approval');
      if (now.id === before || moves) throw new Error(`${now.status} ${now.message}`);
      return now;
    },
    { timeout: 30_000, interval: 50 },
  );
}

test('a database in a nested stack that an input replaces is told with its line and the input', async () => {
  const { text, exitCode } = await plan('encrypted: true');
  expect(text).toMatch(/^data-affecting: updates environment\/safe with vault 1\.0 \(data-at-risk\)/);
  expect(text).toMatch(/replace +Data\/Db \(AWS::RDS::DBInstance\)/);
  expect(text).toMatch(
    /in the nested stack Data: replaces the DBInstance Db because StorageEncrypted changes from false to true.* at infrastructure\/database\.yaml:12 \(inputs read there: environment\.inputs\.encrypted\)/,
  );
  expect(text).not.toContain('They disagree');
  expect(exitCode).toBe(4);
  const same = await plan('');
  expect(same).toMatchObject({ exitCode: 0, text: expect.stringContaining('nothing changes\n') });
});

test('and it waits for whoever answers for the data', async () => {
  const { id, message } = await update('encrypted: true');
  expect(message).toMatch(/^waits for approval by data-owner \(team keepers\)/);
  const { text } = await estate.deuteron('dana', 'approval', 'show', id);
  expect(text).toContain('Data/Db (AWS::RDS::DBInstance)');
  const seen = await waitingPlan(estate, 'dana', id);
  await estate.deuteron('dana', 'approval', 'approve', id, seen);
  expect(await deploymentEnd(estate, id)).toMatchObject({ status: 'SUCCEEDED' });
  const { text: after } = await plan('encrypted: true');
  expect(after).toMatch(/^none: /);
});

test('a deletion names what lies in nested stacks and would be lost', async () => {
  const { text, exitCode } = await estate.deuteron('administrator', 'environment', 'plan', 'safe', '--delete');
  expect(exitCode).toBe(4);
  expect(text).toMatch(/remove +Data\/Db \(AWS::RDS::DBInstance\)/);
  expect(text).toMatch(/What cannot be undone:\n(.*\n)* {2}in the nested stack Data: deletes the DBInstance Db/);
});

test('a public bucket in a nested stack is stopped, with the line of its template and the input', async () => {
  const set = await estate.deuteron('administrator', 'guard-rail', 'set', 'no-public-bucket', 'block');
  expect(set.exitCode).toBe(0);
  const { status, message } = await update('encrypted: true, access: PublicRead');
  expect(status).toBe('FAILED');
  expect(message).toContain('infrastructure/bucket.yaml:7:7: ');
  expect(message).toContain('no-public-bucket: Files/Bucket (AWS::S3::Bucket), AccessControl');
  expect(message).toContain('environment.inputs.access');
  for (const [path, text] of Object.entries(files)) fileWith(join('bundle', path), text);
  const checked = await estate.deuteron(
    ...['administrator', 'guard-rail', 'check', join(folder, 'bundle'), '--kind', 'environment'],
    ...['--spec', fileWith('public.yaml', spec('access: PublicRead'))],
  );
  expect(checked.text).toMatch(/warns +infrastructure\/bucket\.yaml:7:7: no-public-bucket: Files\/Bucket/);
});

test('what was deployed before templates of nested stacks were kept is unknown, and not no change', async () => {
  const { db } = estate.world.database;
  await sql`update deployment_rendering set child_templates = null`.execute(db);
  const { text, exitCode } = await plan('encrypted: true', '--previews', 'never');
  expect(text).toMatch(/^breaking: /);
  expect(text).toMatch(/conditional-replace +Data \(AWS::CloudFormation::Stack\)/);
  expect(text).toContain('not looked into: its template was not kept when it was deployed (rule, undecided)');
  expect(exitCode).toBe(3);
});

test('with what it says, the provider decides what nobody kept', async () => {
  const { text, exitCode } = await plan('encrypted: true');
  expect(text).toMatch(/^none: /);
  expect(text).toContain('The provider says: no change');
  expect(exitCode).toBe(0);
});

test('a nested stack from elsewhere is told by the plan and by a guard rail', async () => {
  const { platform } = estate.world;
  const elsewhere = environmentBundle(vault.replaceAll(url(''), 'https://elsewhere.example/v1/'), inputs);
  const version = await platform.registerVersion({ kind: 'environment', name: 'vault', major: '1', files: elsewhere });
  await platform.publish('environment', 'vault', version);
  const { text } = await plan('encrypted: true', '--minor', version.minor);
  expect(text).toContain('its template is not in the bundle (https://elsewhere.example/v1/database.yaml)');
  expect(text).toMatch(/warns +infrastructure\/cloudformation\.yaml:2:3: no-unseen-stack: Data/);
});

/** A nested stack whose template lies elsewhere: only the provider can look into it. */
const remote = url('remote/table.yaml');
const tableKeyed = (key: string) => `Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: ${key}, AttributeType: S}]
      KeySchema: [{AttributeName: ${key}, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
`;
const remoteFiles = environmentBundle(
  `Resources:
  Store: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "${remote}"}}
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: "{{ environment.inputs.title }}"}}
`,
  '{title: {type: string, default: first}}',
);

test('a nested stack from elsewhere that does not change asks nobody', async () => {
  const { world } = estate;
  await world.cloud('objects', { url: remote, body: tableKeyed('one') }, 'PUT');
  await world.platform.createTemplate('environment', 'remote');
  const version = await world.platform.registerVersion({ kind: 'environment', name: 'remote', files: remoteFiles });
  await world.platform.publish('environment', 'remote', version);
  await world.platform.proton.send(
    new CreateEnvironmentCommand({
      name: 'away',
      templateName: 'remote',
      templateMajorVersion: '1',
      spec: spec(''),
      protonServiceRoleArn: serviceRole,
      tags: [
        { key: 'deuteron:owner', value: 'bank-team' },
        { key: 'deuteron:data-owner', value: 'keepers' },
      ],
    }),
  );
  await waitUntilEnvironmentDeployed(world.platform.waiting, { name: 'away' });
  const { text, exitCode } = await planOf('away', 'title: second');
  expect(text).toMatch(/^compatible: updates environment\/away/);
  expect(text).not.toMatch(/R-NESTED|Store\//);
  expect(exitCode).toBe(0);
  expect(await update('title: second', 'away')).toMatchObject({ status: 'SUCCEEDED' });
});

test('one whose template was exchanged at its address waits for whoever answers for the data in it', async () => {
  await estate.world.cloud('objects', { url: remote, body: tableKeyed('two') }, 'PUT');
  const { text, exitCode } = await planOf('away', 'title: second');
  expect(text).toMatch(/^data-affecting: updates environment\/away .*\(data-at-risk\)/);
  expect(text).toMatch(/replace +Store\/Table \(AWS::DynamoDB::Table\)/);
  expect(text).toContain('in the nested stack Store: replaces AWS::DynamoDB::Table Table; its content would be lost');
  expect(text).not.toContain('They disagree');
  expect(exitCode).toBe(4);
  const { id, message } = await update('title: second', 'away');
  expect(message).toMatch(/^waits for approval by data-owner \(team keepers\)/);
  await estate.deuteron('dana', 'approval', 'approve', id, await waitingPlan(estate, 'dana', id));
  expect(await deploymentEnd(estate, id)).toMatchObject({ status: 'SUCCEEDED' });
  const { text: after } = await planOf('away', 'title: second');
  expect(after).toMatch(/^none: /);
});

test('it is deleted by those who may, and its data with it', async () => {
  await (await estate.proton('bank-dev')).send(new DeleteEnvironmentCommand({ name: 'safe' }));
  await vi.waitFor(async () => expect((await newest()).message).toMatch(/^waits for approval by data-owner/), {
    timeout: 30_000,
    interval: 50,
  });
});
