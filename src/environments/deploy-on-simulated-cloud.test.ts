import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../clock/index.ts';
import { eventsShown, planFind, renderingFind, targetFind } from '../deployments/index.ts';
import { type CloudFormationProvisioner, createCloudFormationProvisioner } from '../provisioners/index.ts';
import { type TestCloud, testCloud } from '../simulated-cloud/testing/index.ts';
import { cancelEnvironmentDeployment } from './cancel-environment-deployment.ts';
import { createEnvironment } from './create-environment.ts';
import { deleteEnvironment } from './delete-environment.ts';
import type { Environment } from './environment.ts';
import { environmentFind } from './environment-store.ts';
import { ana, type EnvironmentWorld, environmentWorld, roleArn } from './testing/environment-world.ts';
import { updateEnvironment } from './update-environment.ts';

const patience = { timeout: 30_000, interval: 20 };

let cloud: TestCloud;
let provisioner: CloudFormationProvisioner;
let world: EnvironmentWorld;
beforeAll(async () => {
  world = await environmentWorld({}, async (databaseUrl) => {
    cloud = await testCloud({ databaseUrl, clockScale: 0 });
    const credentials = { accessKeyId: 'SIM111122223333', secretAccessKey: 'any' };
    provisioner = createCloudFormationProvisioner({ clock: systemClock, endpoint: cloud.url, credentials });
    return provisioner;
  });
  await world.template('store', [
    { version: '1.0', schema, template: bucket('first') },
    { version: '1.1', schema, template: `${bucket('first')}  Topic: {Type: AWS::SNS::Topic}\n` },
    {
      version: '1.2',
      schema,
      template: `${bucket('first')}  Bad:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: !ImportValue no-such-export}\n`,
    },
  ]);
});
afterAll(async () => {
  await world.close();
  provisioner.close();
  await cloud.close();
});

const schema = `schema:
  format: {openapi: "3.0.0"}
  environment_input_type: In
  types:
    In:
      type: object
      properties: {name: {type: string}}
      required: [name]
`;

function bucket(label: string): string {
  return `Outputs:
  Name: {Value: !Ref Bucket}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: ${label}-{{ environment.inputs.name }}
`;
}

async function until(name: string, status: Environment['status']): Promise<Environment> {
  return vi.waitFor(async () => {
    const environment = await environmentFind(world.tools.db, name);
    if (environment?.status !== status) throw new Error(`it is ${environment?.status}: ${environment?.statusMessage}`);
    return environment;
  }, patience);
}

async function create(name: string, minorVersion = 0): Promise<void> {
  const spec = `proton: EnvironmentSpec\nspec: {name: ${name}}\n`;
  const request = { name, templateName: 'store', majorVersion: 1, minorVersion, spec, protonServiceRoleArn: roleArn };
  const created = await createEnvironment(world.tools, request, ana);
  expect(created).toMatchObject({ ok: true });
}

async function update(name: string, minorVersion: number): Promise<void> {
  const request = { name, deploymentType: 'MINOR_VERSION', minorVersion } as const;
  expect(await updateEnvironment(world.tools, request, ana)).toMatchObject({ ok: true });
}

async function stacks(name: string) {
  const { Stacks = [] } = await cloud
    .cloudFormation({ accountId: '111122223333', region: 'us-east-1' })
    .send(new DescribeStacksCommand({}));
  return Stacks.filter(({ StackName }) => StackName?.startsWith(`AWSProton-environment-${name}-`));
}

test('an environment is created, updated, found unchanged, and deleted', async () => {
  await create('whole');
  const { arn, lastSucceededId = '' } = await until('whole', 'SUCCEEDED');
  expect(await targetFind(world.tools.db, arn)).toMatchObject({ outputs: { Name: 'first-whole' } });
  expect((await eventsShown(world.tools.db, lastSucceededId)).map(({ status }) => status)).toContain('CREATE_COMPLETE');
  const [stack] = await stacks('whole');
  expect(stack?.Tags).toContainEqual({ Key: 'proton:environment', Value: arn });

  await update('whole', 1);
  const updated = await until('whole', 'SUCCEEDED');
  expect(updated.deployed).toMatchObject({ minor: 1 });
  expect(await planFind(world.tools.db, updated.lastSucceededId ?? '')).toMatchObject({
    changeClass: 'compatible',
    targets: [{ analysis: { resources: [{ logicalId: 'Topic', impact: 'add' }] } }],
  });

  await updateEnvironment(world.tools, { name: 'whole', deploymentType: 'CURRENT_VERSION' }, ana);
  const same = await until('whole', 'SUCCEEDED');
  expect(await planFind(world.tools.db, same.lastSucceededId ?? '')).toMatchObject({ changeClass: 'none' });

  expect(await deleteEnvironment(world.tools, 'whole', ana)).toMatchObject({ ok: true });
  await vi.waitFor(async () => expect(await environmentFind(world.tools.db, 'whole')).toBeUndefined(), patience);
  expect(await stacks('whole')).toEqual([]);
});

test('F6: a cloud that gives back ? for what is not ASCII changes nothing: our own text is compared', async () => {
  const title = 'brûlée 静かな港 🚦 Smørrebrød — “zweimal”';
  const template = `${bucket('first')}    Metadata:\n      Title: "${title}"\n`;
  await world.template('signs', [{ version: '1.0', schema, template }]);
  const spec = 'proton: EnvironmentSpec\nspec: {name: signs} # 静か\n';
  const request = { name: 'signs', templateName: 'signs', majorVersion: 1, spec, protonServiceRoleArn: roleArn };
  expect(await createEnvironment(world.tools, request, ana)).toMatchObject({ ok: true });
  const { lastSucceededId: first = '' } = await until('signs', 'SUCCEEDED');
  await cloud.control('PUT', '/templates', { garbled: true });

  const again = await updateEnvironment(world.tools, { name: 'signs', deploymentType: 'CURRENT_VERSION' }, ana);
  expect(again).toMatchObject({ ok: true });
  const { lastSucceededId: second = '' } = await until('signs', 'SUCCEEDED');
  await cloud.control('PUT', '/templates', { garbled: false });
  expect(second).not.toBe(first);
  expect(await planFind(world.tools.db, second)).toMatchObject({ changeClass: 'none', verdict: 'no-change' });
  const [before, after] = await Promise.all([first, second].map((id) => renderingFind(world.tools.db, id)));
  expect(before?.template).toContain(title);
  expect(after).toMatchObject({ template: before?.template, templateDigest: before?.templateDigest });
  const { requests } = (await cloud.control('GET', '/requests?reads=true')) as { requests: { action: string }[] };
  const asked = requests.map(({ action }) => action);
  expect(asked).toContain('DescribeStacks');
  expect(asked).not.toContain('GetTemplate');
});

test('an import that does not exist fails the update with its name and template line; a good version follows (F23)', async () => {
  await create('imports');
  await until('imports', 'SUCCEEDED');
  await update('imports', 2);
  const failed = await until('imports', 'FAILED');
  expect(failed.statusMessage).toMatch(/infrastructure\/cloudformation\.yaml:10:\d+: .*no-such-export/s);
  expect(failed.deployed).toMatchObject({ minor: 0 });
  await update('imports', 1);
  expect((await until('imports', 'SUCCEEDED')).deployed).toMatchObject({ minor: 1 });
});

test('a first create that fails is created anew by the next deployment (F36)', async () => {
  await create('anew', 2);
  await until('anew', 'FAILED');
  await update('anew', 1);
  await until('anew', 'SUCCEEDED');
  expect((await stacks('anew')).map(({ StackStatus }) => StackStatus)).toEqual(['CREATE_COMPLETE']);
});

test('a role revoked in mid-flight ends the deployment with what helps; when it is back, the next one goes on', async () => {
  await create('revoked');
  await until('revoked', 'SUCCEEDED');
  const stackName = 'AWSProton-environment-revoked-*';
  const hanging = (await cloud.control('POST', '/faults/resource', { stackName, logicalId: 'Topic', hang: true })) as {
    id: string;
  };
  await update('revoked', 1);
  const statuses = async () => (await stacks('revoked')).map(({ StackStatus }) => StackStatus);
  await vi.waitFor(async () => expect(await statuses()).toEqual(['UPDATE_IN_PROGRESS']), patience);
  const refusal = {
    action: 'DescribeStacks',
    code: 'AccessDenied',
    message: 'not authorized',
    httpStatus: 403,
    roleArn,
  };
  const denied = (await cloud.control('POST', '/faults/call', refusal)) as { id: string };
  const { statusMessage, deployed } = await until('revoked', 'FAILED');
  expect(statusMessage).toContain('DescribeStacks in account 111122223333, region us-east-1: not authorized');
  expect(statusMessage).toContain(`must allow DescribeStacks to the role ${roleArn}`);
  expect(deployed).toMatchObject({ minor: 0 });

  for (const { id } of [denied, hanging]) await cloud.control('DELETE', `/faults/${id}`);
  await update('revoked', 1);
  expect((await until('revoked', 'SUCCEEDED')).deployed).toMatchObject({ minor: 1 });
  expect(await statuses()).toEqual(['UPDATE_COMPLETE']);
});

test('a session that ends in mid-flight is renewed, and the deployment does not notice', async () => {
  await create('renewed');
  await until('renewed', 'SUCCEEDED');
  const over = { action: 'DescribeStacks', code: 'ExpiredToken', message: 'it is over', httpStatus: 403, roleArn };
  await cloud.control('POST', '/faults/call', { ...over, timesMax: 1 });
  await update('renewed', 1);
  expect((await until('renewed', 'SUCCEEDED')).deployed).toMatchObject({ minor: 1 });
});

test('a cancelled create leaves no stack; a cancelled update the old one (F17)', async () => {
  await create('kept');
  await until('kept', 'SUCCEEDED');
  await cloud.control('PATCH', '/clock', { scale: 1 }); // a bucket and a topic now take their time
  await create('stopped');
  await update('kept', 1);
  const statuses = async () =>
    [...(await stacks('stopped')), ...(await stacks('kept'))].map(({ StackStatus }) => StackStatus);
  await vi.waitFor(
    async () => expect(await statuses()).toEqual(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS']),
    patience,
  );
  for (const name of ['stopped', 'kept']) {
    expect(await cancelEnvironmentDeployment(world.tools, name, ana)).toMatchObject({ ok: true });
  }
  await until('stopped', 'CANCELLED');
  expect((await until('kept', 'CANCELLED')).deployed).toMatchObject({ minor: 0 });
  expect(await statuses()).toEqual(['UPDATE_ROLLBACK_COMPLETE']);
});
