import { setTimeout as delay } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../clock/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import { settledStack, type TestCloud, testCloud } from '../../simulated-cloud/testing/index.ts';
import type { Observation } from '../provisioner.ts';
import { type CloudFormationProvisioner, createCloudFormationProvisioner } from './cloudformation-provisioner.ts';
import { tokenlessService } from './testing/tokenless-service.ts';

const placement = { accountId: '111122223333', region: 'us-east-1' };
const credentials = { accessKeyId: 'SIM111122223333', secretAccessKey: 'any' };
/** It stands still: nothing here may end only because patience does. */
const clock: Clock = { now: () => new Date('2026-01-01T00:00:00Z') };

let database: Awaited<ReturnType<typeof testDatabase>>;
let cloud: TestCloud;
let tokenless: Awaited<ReturnType<typeof tokenlessService>>;
const provisioners: CloudFormationProvisioner[] = [];
beforeAll(async () => {
  database = await testDatabase();
  cloud = await testCloud({ databaseUrl: database.url, clockScale: 0 });
  tokenless = await tokenlessService(cloud.url);
});
afterAll(async () => {
  for (const provisioner of provisioners) provisioner.close();
  await tokenless.close();
  await cloud.close();
  await database.close();
});

function provisionerAt(endpoint: string): CloudFormationProvisioner {
  const provisioner = createCloudFormationProvisioner({ clock, endpoint, credentials });
  provisioners.push(provisioner);
  return provisioner;
}

let lastToken = 0;
const newToken = () => {
  lastToken += 1;
  return `d-${lastToken}`;
};

async function ended(look: () => ReturnType<CloudFormationProvisioner['observe']>): Promise<Observation> {
  for (;;) {
    const seen = await look();
    if (!seen.ok) throw new Error(seen.refusal.message);
    if (seen.value.state !== 'in-progress') return seen.value;
    await delay(10);
  }
}

async function apply(provisioner: CloudFormationProvisioner, stackName: string, template: string) {
  const token = newToken();
  const subject = { placement, stackName };
  for (;;) {
    const started = await provisioner.start({ ...subject, token, template, parameters: {}, tags: {} });
    if (!started.ok) throw new Error(started.refusal.message);
    if (started.value.begun === 'yes') break;
    await delay(10);
  }
  return ended(() => provisioner.observe(subject, token, 'apply'));
}

async function remove(provisioner: CloudFormationProvisioner, stackName: string) {
  const token = newToken();
  const subject = { placement, stackName };
  const removed = await provisioner.remove({ ...subject, token });
  if (!removed.ok) throw new Error(removed.refusal.message);
  return ended(() => provisioner.observe(subject, token, 'delete'));
}

const queue = (delaySeconds: number, more = '') =>
  `Resources:\n  Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: ${delaySeconds}}}\nOutputs:\n  Delay: {Value: "${delaySeconds}"}\n${more}`;
const bad = `${queue(3)}\n  Other: {Value: !ImportValue nobody-exports-this}\n`;

describe.each([
  { service: 'that keeps tokens', isTokenless: false },
  { service: 'that keeps no tokens', isTokenless: true },
])('a service $service', ({ isTokenless }) => {
  const named = (name: string) => `${name}-${isTokenless ? 'tokenless' : 'plain'}`;
  const endpoint = () => (isTokenless ? tokenless.url : cloud.url);
  const provisioner = () => provisionerAt(endpoint());

  test('its events are as it says', async () => {
    await apply(provisioner(), named('events'), queue(1));
    const client = new CloudFormationClient({ endpoint: endpoint(), region: placement.region, credentials });
    const { StackEvents: events } = await client.send(new DescribeStackEventsCommand({ StackName: named('events') }));
    client.destroy();
    expect(events?.length).toBeGreaterThan(2);
    expect(new Set(events?.map((event) => event.ClientRequestToken !== undefined))).toEqual(new Set([!isTokenless]));
  });

  test('create, update, fail, delete: each with its own end, none with that of the one before', async () => {
    const stackName = named('life');
    const at = provisioner();
    expect(await apply(at, stackName, queue(1))).toMatchObject({ state: 'succeeded', outputs: { Delay: '1' } });
    expect(await apply(at, stackName, queue(2))).toMatchObject({ state: 'succeeded', outputs: { Delay: '2' } });
    const failed = await apply(at, stackName, bad);
    expect(failed).toMatchObject({ state: 'failed', undone: 'all', refusal: { code: 'stack-operation-failed' } });
    expect(failed.state === 'failed' && failed.causes.map(({ reason }) => reason).join()).toContain(
      'No export named nobody-exports-this found',
    );
    expect(await apply(at, stackName, queue(4))).toMatchObject({ state: 'succeeded', outputs: { Delay: '4' } });
    expect(await remove(at, stackName)).toEqual({ state: 'deleted' });
  });

  test('a first create that failed gives way to the next one', async () => {
    const stackName = named('dead');
    const at = provisioner();
    expect(await apply(at, stackName, bad)).toMatchObject({ state: 'failed', undone: 'all' });
    expect(await apply(at, stackName, queue(1))).toMatchObject({ state: 'succeeded' });
    expect(await remove(at, stackName)).toEqual({ state: 'deleted' });
  });

  test('an export in use: the deletion ends, and names who imports', async () => {
    const at = provisioner();
    const [exporter, importer] = [named('exporter'), named('importer')];
    await apply(at, exporter, queue(1, `  Shared: {Value: x, Export: {Name: ${named('shared')}}}\n`));
    const template = `Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue ${named('shared')}}}}`;
    await apply(at, importer, template);
    for (const _ of ['first', 'again']) {
      const refused = await remove(at, exporter);
      expect(refused).toMatchObject({
        state: 'failed',
        undone: 'all',
        refusal: { kind: 'conflict', code: 'stack-export-in-use' },
      });
      expect(refused.state === 'failed' && refused.refusal.message).toContain(importer);
    }
    expect(await remove(at, importer)).toEqual({ state: 'deleted' });
    expect(await remove(at, exporter)).toEqual({ state: 'deleted' });
  });

  test('a stack that somebody deleted meanwhile is gone; a new one of that name is not ours', async () => {
    const at = provisioner();
    const stackName = named('meanwhile');
    const subject = { placement, stackName };
    const token = newToken();
    await at.start({ ...subject, token, template: queue(1), parameters: {}, tags: {} });
    const client = cloud.cloudFormation(placement);
    await client.send(new DeleteStackCommand({ StackName: stackName }));
    expect(await ended(() => at.observe(subject, token, 'apply'))).toMatchObject({ state: 'cancelled', undone: 'all' });
    expect(await ended(() => at.observe(subject, token, 'delete'))).toEqual({ state: 'deleted' });
    expect(await ended(() => at.observe(subject, token, 'none'))).toMatchObject({ state: 'cancelled' });

    await client.send(new CreateStackCommand({ StackName: stackName, TemplateBody: queue(1) }));
    await settledStack(client, stackName);
    expect(await ended(() => at.observe(subject, token, 'apply'))).toMatchObject({ state: 'cancelled' });
    expect(await ended(() => at.observe(subject, token, 'delete'))).toEqual({ state: 'deleted' });
    expect(await at.remove({ ...subject, token })).toMatchObject({ ok: false, refusal: { code: 'stack-not-ours' } });
  });
});
