import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateEnvironmentCommand,
  DeleteEnvironmentCommand,
  GetEnvironmentCommand,
  ListDeploymentsCommand,
  UpdateEnvironmentCommand,
  waitUntilEnvironmentDeployed,
} from '@aws-sdk/client-proton';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ApiAccess, fetchSigned } from '../src/cli/api-client.ts';
import { environmentOf, runDeuteron } from '../src/cli/testing/run-deuteron.ts';
import { systemClock } from '../src/clock/index.ts';
import { expireExceptions } from '../src/guard-rails/index.ts';
import { environmentBundle, environmentSpec } from './testing/bundles.ts';
import { serviceRole, startInstallation, type TestInstallation } from './testing/installation.ts';

const inputs = '{network: {type: string, default: 10.0.0.0/8}}';
const template = `Resources:
  Gate:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: administration
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: "{{ environment.inputs.network }}"}
`;

let world: TestInstallation;
let administrator: ApiAccess;
let other: ApiAccess;
const folder = mkdtempSync(join(tmpdir(), 'deuteron-guard-rails-'));

async function ask<Answer>(
  access: ApiAccess,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  body?: object,
): Promise<Answer> {
  const answer = await fetchSigned(access, { method, path, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return text === '' ? (undefined as Answer) : JSON.parse(text);
}

beforeAll(async () => {
  world = await startInstallation();
  const { platform } = world;
  ({ administrator } = world);
  await ask(administrator, 'POST', '/principals', { name: 'security-lead', kind: 'person' });
  await ask(administrator, 'PUT', '/teams/administrators/members/security-lead', {});
  const issued = await ask<{ accessKey: { id: string; secret: string } }>(administrator, 'POST', '/access-keys', {
    principal: 'security-lead',
  });
  other = {
    endpoint: administrator.endpoint,
    accessKeyId: issued.accessKey.id,
    secretAccessKey: issued.accessKey.secret,
  };
  await platform.createTemplate('environment', 'network');
  await platform.registerVersion({ kind: 'environment', name: 'network', files: environmentBundle(template, inputs) });
  await platform.publish('environment', 'network', { major: '1', minor: '0' });
  await platform.proton.send(
    new CreateEnvironmentCommand({
      name: 'base',
      templateName: 'network',
      templateMajorVersion: '1',
      spec: environmentSpec('network: 0.0.0.0/0'),
      protonServiceRoleArn: serviceRole,
    }),
  );
  await waitUntilEnvironmentDeployed(platform.waiting, { name: 'base' });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await world.close();
});
const deuteron = (access: ApiAccess, ...words: readonly string[]) => runDeuteron(environmentOf(access), ...words);

/** Deploys the environment with the gate open for a network, and waits for how that ends. */
async function deploy(network: string): Promise<{ id: string; status: string; message: string }> {
  const { proton } = world.platform;
  const spec = environmentSpec(`network: ${network}`);
  await proton.send(new UpdateEnvironmentCommand({ name: 'base', deploymentType: 'CURRENT_VERSION', spec }));
  await waitUntilEnvironmentDeployed({ ...world.platform.waiting, maxWaitTime: 60 }, { name: 'base' }).catch(
    () => undefined,
  );
  const { environment } = await proton.send(new GetEnvironmentCommand({ name: 'base' }));
  const { deployments = [] } = await proton.send(new ListDeploymentsCommand({ environmentName: 'base' }));
  return {
    id: deployments[0]?.id ?? '',
    status: environment?.deploymentStatus ?? '',
    message: environment?.deploymentStatusMessage ?? '',
  };
}

async function newestDeployment(): Promise<string> {
  const { deployments = [] } = await world.platform.proton.send(
    new ListDeploymentsCommand({ environmentName: 'base' }),
  );
  return deployments[0]?.id ?? '';
}

const place = 'infrastructure/cloudformation.yaml:7:';

test('a new installation warns, and says where and why', async () => {
  const report = await deuteron(administrator, 'guard-rail', 'report', await newestDeployment());
  expect(report.exitCode).toBe(0);
  expect(report.text).toMatch(/^warns {4}infrastructure\/cloudformation\.yaml:7:\d+: no-open-ports: Gate /);
  expect(report.text).toContain(
    'It lets the whole internet reach port 22. (inputs read there: environment.inputs.network)',
  );
  expect(report.text).toMatch(/Passed: .*no-administrator/);
  const plan = await deuteron(administrator, 'deployment', 'plan', await newestDeployment());
  expect(plan.text).toContain('Guard rails:\n  warns    infrastructure/cloudformation.yaml:7:');
});

test('an exception is granted by somebody else, lifts its rail, and at its end the next deployment is stopped', async () => {
  const settings = join(folder, 'guard-rails.yaml');
  writeFileSync(settings, 'guardRails:\n  organization:\n    no-open-ports: block\n');
  const applied = await deuteron(administrator, 'apply', '-f', settings, '--yes');
  expect(applied).toMatchObject({
    exitCode: 0,
    text: expect.stringContaining('+ guard rail no-open-ports in organization: block'),
  });
  expect((await deuteron(administrator, 'apply', '-f', settings, '--plan')).text).toBe('Nothing changes.');

  const stopped = await deploy('0.0.0.0/0');
  expect(stopped.status).toBe('FAILED');
  expect(stopped.message).toContain(`${place}`);
  expect(stopped.message).toContain(
    'Guard rail no-open-ports: Gate (AWS::EC2::SecurityGroup), SecurityGroupIngress/0: It lets',
  );
  expect(stopped.message).toContain('environment.inputs.network');
  const report = await deuteron(administrator, 'guard-rail', 'report', stopped.id);
  expect(report).toMatchObject({ exitCode: 1, text: expect.stringMatching(/^blocks /) });
  const why = await deuteron(administrator, 'why', stopped.id);
  expect(why.text.split('\n')).toEqual([
    'Stopped by guard rails:',
    expect.stringMatching(
      /^ {2}no-open-ports: Gate \(AWS::EC2::SecurityGroup\), SecurityGroupIngress\/0: It lets .*22\.$/,
    ),
    `All of it, with remedies: deuteron guard-rail report ${stopped.id}`,
  ]);
  const spec = join(folder, 'open.yaml');
  writeFileSync(spec, environmentSpec('network: 0.0.0.0/0'));
  const planned = await deuteron(administrator, 'environment', 'plan', 'base', '--spec', spec);
  expect(planned).toMatchObject({ exitCode: 1, text: expect.stringContaining('Guard rail no-open-ports') });

  const asked = await deuteron(
    ...([administrator, 'guard-rail', 'exception', 'request', 'environment/base', 'no-open-ports'] as const),
    ...['--reason', 'a public jump host', '--days', '3'],
  );
  const id = /grant (\S+)$/.exec(asked.text)?.[1] ?? '';
  const own = await deuteron(administrator, 'guard-rail', 'exception', 'grant', id);
  expect(own).toMatchObject({ exitCode: 1, text: expect.stringContaining('somebody else grants it') });
  expect((await deploy('0.0.0.0/0')).status).toBe('FAILED');
  const granted = await deuteron(other, 'guard-rail', 'exception', 'grant', id, '--note', 'until the tunnel is there');
  expect(granted).toMatchObject({
    exitCode: 0,
    text: expect.stringContaining('no-open-ports for environment/base: granted'),
  });

  const lifted = await deploy('0.0.0.0/0');
  expect(lifted).toMatchObject({ status: 'SUCCEEDED' });
  const used = await deuteron(administrator, 'guard-rail', 'report', lifted.id);
  expect(used.text).toContain(`Exception ${id} lifts no-open-ports until `);
  expect(used.exitCode).toBe(0);

  const { db } = world.database;
  await expireExceptions({ db, clock: systemClock });
  await sql`update guard_rail_exception set expires_at = now() - interval '1 second' where id = ${id}`.execute(db);
  const again = await deploy('0.0.0.0/0');
  expect(again).toMatchObject({ status: 'FAILED', message: expect.stringContaining('no-open-ports') });
  await expireExceptions({ db, clock: systemClock });
  const listed = await deuteron(administrator, 'guard-rail', 'exception', 'list', '--resource', 'environment/base');
  expect(listed.text).toContain(`${id}  expired by security-lead  no-open-ports for environment/base`);
  const { rows } = await sql<{ type: string; state: string | null }>`
    select type, detail ->> 'state' as state from event where type like 'Deuteron Guard Rail%' order by told`.execute(
    db,
  );
  expect(rows.map(({ type, state }) => `${type}: ${state}`)).toEqual([
    'Deuteron Guard Rail Exception State Change: requested',
    'Deuteron Guard Rail Exception State Change: granted',
    'Deuteron Guard Rail Exception Ends Soon: null',
    'Deuteron Guard Rail Exception State Change: expired',
  ]);
  const audit = await ask<{ entries: { verb: string }[] }>(administrator, 'GET', '/audit');
  const verbs = audit.entries.map(({ verb }) => verb);
  for (const verb of ['ApplyGuardRails', 'RequestException', 'GrantException', 'ExpireException'])
    expect(verbs).toContain(`deuteron:${verb}`);
  expect((await deploy('10.0.0.0/8')).status).toBe('SUCCEEDED');
});

test('a rail of a class holds only there, and off below takes back nothing from above', async () => {
  const set = (...words: string[]) => deuteron(administrator, 'guard-rail', 'set', ...words);
  expect(
    (
      await set(
        'allowed-regions',
        'block',
        '--scope',
        'organization/environment-class:production',
        '--parameter',
        'regions=["eu-*"]',
      )
    ).exitCode,
  ).toBe(0);
  expect((await deploy('10.0.0.0/16')).status).toBe('SUCCEEDED');
  await ask(administrator, 'PUT', '/resources', { resource: 'environment/base', environmentClass: 'production' });
  const stopped = await deploy('10.0.0.0/24');
  expect(stopped).toMatchObject({ status: 'FAILED', message: expect.stringContaining('allowed are eu-*') });
  expect((await set('no-open-ports', 'off', '--scope', 'organization/environment-class:production')).text).toBe(
    'It was so already.',
  );
  expect((await set('no-such-rail', 'block')).text).toContain("There is no guard rail 'no-such-rail'");
  expect((await set('required-tags', 'block')).text).toContain("needs the parameter 'tags'");
  expect((await set('no-open-ports', 'block', '--scope', 'nowhere')).text).toContain("There is no unit 'nowhere'");
  expect((await deuteron(administrator, 'guard-rail', 'list', '--set')).text).toContain(
    'organization/environment-class:production: block, regions ["eu-*"], version 1',
  );
  expect((await deuteron(administrator, 'guard-rail', 'history', 'allowed-regions')).text).toMatch(
    /administrator: organization\/environment-class:production: block/,
  );
});

test('what AWS Config says is not to be had in a simulated cloud, and that is said', async () => {
  const asked = await deuteron(administrator, 'guard-rail', 'compliance', 'environment/base');
  expect(asked).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('The simulated cloud has no compliance rules.'),
  });
  const missing = await deuteron(administrator, 'guard-rail', 'compliance', 'environment/nothing');
  expect(missing.exitCode).toBe(1);
});

test('an exception is for what is deployed, and ends with it', async () => {
  const request = (resource: string) =>
    deuteron(administrator, 'guard-rail', 'exception', 'request', resource, 'no-open-ports', '--reason', 'a trial');
  expect((await request('environment-template/network')).text).toContain('that could have an exception');
  expect((await request('environment/nothing')).exitCode).toBe(1);
  const id = /grant (\S+)$/.exec((await request('environment/base')).text)?.[1] ?? '';
  expect((await deuteron(other, 'guard-rail', 'exception', 'grant', id)).exitCode).toBe(0);
  await world.platform.proton.send(new DeleteEnvironmentCommand({ name: 'base' }));
  const gone = () => world.platform.proton.send(new GetEnvironmentCommand({ name: 'base' }));
  await vi.waitFor(() => expect(gone()).rejects.toMatchObject({ name: 'ResourceNotFoundException' }), 30_000);
  const listed = await deuteron(administrator, 'guard-rail', 'exception', 'list', '--state', 'revoked', '--json');
  const { rows } = await sql<{ state: string; note: string }>`
    select state, note from guard_rail_exception where id = ${id}`.execute(world.database.db);
  expect(rows).toEqual([{ state: 'revoked', note: 'The resource was deleted.' }]);
  expect(listed.exitCode).toBe(0);
});
