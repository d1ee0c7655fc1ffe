import { setTimeout as delay } from 'node:timers/promises';
import { UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../clock/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import { type TestCloud, testCloud } from '../../simulated-cloud/testing/index.ts';
import { createCloudFormationProvisioner } from './cloudformation-provisioner.ts';
import { readStack } from './read-stack.ts';
import { stackStatuses } from './stack-status.ts';
import { type AlteredService, alteredService } from './testing/altered-service.ts';
import { ContractStack } from './testing/provisioner-contract.ts';
import { StackMaker, type StackStatus, topicTemplate } from './testing/stack-maker.ts';

const placement = { accountId: '111122223333', region: 'us-east-1' };
const credentials = { accessKeyId: 'SIM111122223333', secretAccessKey: 'any' };
const clock: Clock = systemClock;

let database: Awaited<ReturnType<typeof testDatabase>>;
let cloud: TestCloud;
let stuckImport: AlteredService;
beforeAll(async () => {
  database = await testDatabase();
  cloud = await testCloud({ databaseUrl: database.url, clockScale: 0 });
  stuckImport = await alteredService(cloud.url, (answer) =>
    answer.replaceAll('IMPORT_ROLLBACK_COMPLETE', 'IMPORT_ROLLBACK_FAILED'),
  );
});
afterAll(async () => {
  await stuckImport.close();
  await cloud.close();
  await database.close();
});

/** What was asked of a stack since, refused or not. */
async function asked(stackName: string, after: number): Promise<string[]> {
  const { requests } = (await cloud.control('GET', `/requests?stackName=${stackName}&after=${after}`)) as {
    requests: { action: string; error?: string }[];
  };
  return requests.map(({ action, error }) => [action, error].filter(Boolean).join(' '));
}

async function position(): Promise<number> {
  const { requests } = (await cloud.control('GET', '/requests?limit=10000')) as { requests: { position: number }[] };
  return requests.at(-1)?.position ?? 0;
}

async function statusOf(stackName: string): Promise<string | undefined> {
  return (await readStack(cloud.cloudFormation(placement), stackName))?.StackStatus;
}

async function broughtTo(status: StackStatus, stackName: string) {
  const release = await new StackMaker(cloud, placement).bring(stackName, status);
  const endpoint = status === 'IMPORT_ROLLBACK_FAILED' ? stuckImport.url : cloud.url;
  const provisioner = createCloudFormationProvisioner({ clock, endpoint, credentials });
  return { release, provisioner, since: await position(), stack: new ContractStack(provisioner, placement, stackName) };
}

const nameOf = (verb: string, status: string) => `${verb}-${status.toLowerCase().replaceAll('_', '-')}`;

/** Statuses in which a stack stays; what a deployment asks for in each, and how the stack ends up. */
const settled = [
  { status: 'CREATE_COMPLETE', asks: ['UpdateStack'], ends: 'UPDATE_COMPLETE' },
  { status: 'UPDATE_COMPLETE', asks: ['UpdateStack'], ends: 'UPDATE_COMPLETE' },
  { status: 'UPDATE_ROLLBACK_COMPLETE', asks: ['UpdateStack'], ends: 'UPDATE_COMPLETE' },
  { status: 'IMPORT_COMPLETE', asks: ['UpdateStack'], ends: 'UPDATE_COMPLETE' },
  { status: 'IMPORT_ROLLBACK_COMPLETE', asks: ['UpdateStack'], ends: 'UPDATE_COMPLETE' },
  { status: 'UPDATE_FAILED', asks: ['RollbackStack', 'UpdateStack'], ends: 'UPDATE_COMPLETE' },
  { status: 'UPDATE_ROLLBACK_FAILED', asks: ['ContinueUpdateRollback', 'UpdateStack'], ends: 'UPDATE_COMPLETE' },
  { status: 'ROLLBACK_COMPLETE', asks: ['DeleteStack', 'CreateStack'], ends: 'CREATE_COMPLETE' },
  { status: 'ROLLBACK_FAILED', asks: ['DeleteStack', 'CreateStack'], ends: 'CREATE_COMPLETE' },
  { status: 'CREATE_FAILED', asks: ['DeleteStack', 'CreateStack'], ends: 'CREATE_COMPLETE' },
  { status: 'DELETE_FAILED', asks: ['DeleteStack', 'CreateStack'], ends: 'CREATE_COMPLETE' },
  { status: 'REVIEW_IN_PROGRESS', asks: ['DeleteStack', 'CreateStack'], ends: 'CREATE_COMPLETE' },
  { status: 'DELETE_COMPLETE', asks: ['CreateStack'], ends: 'CREATE_COMPLETE' },
] as const;

/** Statuses in which somebody works on a stack; what a deployment asks for when they are done. */
const busy = [
  { status: 'CREATE_IN_PROGRESS', asks: ['UpdateStack'], ends: 'UPDATE_COMPLETE' },
  { status: 'UPDATE_IN_PROGRESS', asks: ['UpdateStack'], ends: 'UPDATE_COMPLETE' },
  { status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', asks: ['UpdateStack'], ends: 'UPDATE_COMPLETE' },
  { status: 'UPDATE_ROLLBACK_IN_PROGRESS', asks: ['UpdateStack'], ends: 'UPDATE_COMPLETE' },
  { status: 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', asks: ['UpdateStack'], ends: 'UPDATE_COMPLETE' },
  { status: 'ROLLBACK_IN_PROGRESS', asks: ['DeleteStack', 'CreateStack'], ends: 'CREATE_COMPLETE' },
  { status: 'DELETE_IN_PROGRESS', asks: ['CreateStack'], ends: 'CREATE_COMPLETE' },
] as const;

/** The simulated cloud imports in no time; stack-status.test.ts has them. */
const unseen = ['IMPORT_IN_PROGRESS', 'IMPORT_ROLLBACK_IN_PROGRESS'];

test('the tables name every status of the service', () => {
  const named = [...settled, ...busy].map(({ status }) => status);
  expect([...named, ...unseen, 'IMPORT_ROLLBACK_FAILED'].sort()).toEqual([...stackStatuses].sort());
});

describe('F22, F23, F36: a deployment goes on from every status, and asks for no more than it must', () => {
  test.each(settled)('$status: $asks', async ({ status, asks, ends }) => {
    const { stack, since, release, provisioner } = await broughtTo(status, nameOf('apply', status));
    const { stackName } = stack.subject;
    expect(await stack.apply(topicTemplate('five'))).toMatchObject({ state: 'succeeded', outputs: { Name: 'five' } });
    expect(await asked(stackName, since)).toEqual(asks);
    expect(await statusOf(stackName)).toBe(ends);
    await release();
    provisioner.close();
  });

  test.each(busy)('$status: waits, then $asks', async ({ status, asks, ends }) => {
    const { stack, since, release, provisioner } = await broughtTo(status, nameOf('apply', status));
    const { stackName } = stack.subject;
    const request = stack.request(topicTemplate('five'));
    for (const _ of [1, 2, 3]) expect(await provisioner.start(request)).toMatchObject({ value: { begun: 'not-yet' } });
    expect(await asked(stackName, since)).toEqual([]);
    await release();
    await stack.begin(request);
    const seen = await stack.ended(request.token, 'apply');
    expect(seen).toMatchObject({ state: 'succeeded', outputs: { Name: 'five' } });
    expect(await asked(stackName, since)).toEqual(asks);
    expect(await statusOf(stackName)).toBe(ends);
    provisioner.close();
  });

  test('IMPORT_ROLLBACK_FAILED: says that only a deletion helps, and asks for nothing', async () => {
    const { stack, since, provisioner } = await broughtTo('IMPORT_ROLLBACK_FAILED', 'apply-stuck-import');
    const refused = await provisioner.start(stack.request(topicTemplate('five')));
    expect(refused).toMatchObject({ ok: false, refusal: { kind: 'conflict', code: 'stack-import-stuck' } });
    expect(await asked('apply-stuck-import', since)).toEqual([]);
    provisioner.close();
  });
});

describe('F20: a deletion goes on from every status', () => {
  const gone: readonly string[] = ['DELETE_COMPLETE'];
  /** What may be imported must be retained. */
  const retained = [expect.objectContaining({ logicalId: 'Bucket', status: 'DELETE_SKIPPED' })];
  test.each(settled)('$status', async ({ status }) => {
    const { stack, since, release, provisioner } = await broughtTo(status, nameOf('remove', status));
    const left = status === 'IMPORT_COMPLETE' ? { retained } : {};
    expect(await stack.remove()).toEqual({ state: 'deleted', ...left });
    expect(await asked(stack.subject.stackName, since)).toEqual(gone.includes(status) ? [] : ['DeleteStack']);
    await release();
    provisioner.close();
  });

  /** A creation and a deletion are not waited for. */
  const notWaitedFor: readonly string[] = ['CREATE_IN_PROGRESS', 'DELETE_IN_PROGRESS'];
  test.each(busy)('$status', async ({ status }) => {
    const { stack, since, release, provisioner } = await broughtTo(status, nameOf('remove', status));
    const { stackName } = stack.subject;
    const token = stack.newToken();
    const first = await provisioner.remove({ ...stack.subject, token });
    expect(first).toMatchObject({ value: { begun: notWaitedFor.includes(status) ? 'yes' : 'not-yet' } });
    await release();
    expect(await stack.remove(token)).toEqual({ state: 'deleted' });
    expect(await asked(stackName, since)).toEqual(status === 'DELETE_IN_PROGRESS' ? [] : ['DeleteStack']);
    provisioner.close();
  });
});

describe('F20: what keeps a stack, and what a stack keeps, is named', () => {
  test('what is retained is told with its physical id, also by a process that did not delete', async () => {
    const { stack, provisioner } = await broughtTo('CREATE_COMPLETE', 'retaining');
    const kept = '  Kept: {Type: AWS::SNS::Topic, DeletionPolicy: Retain}\n';
    const applied = await stack.apply(topicTemplate('one', kept));
    const stackId = applied.state === 'succeeded' ? applied.stackId : '';
    const token = stack.newToken();
    const retained = [{ logicalId: 'Kept', type: 'AWS::SNS::Topic', physicalId: expect.stringContaining('retaining') }];
    expect(await stack.remove(token)).toMatchObject({ state: 'deleted', retained });
    const later = createCloudFormationProvisioner({ clock, endpoint: cloud.url, credentials });
    const seen = await later.observe({ ...stack.subject, stackId }, token, 'delete');
    expect(seen).toMatchObject({ value: { state: 'deleted', retained } });
    later.close();
    provisioner.close();
  });

  test('termination protection: nothing is deleted, and the message says how it is switched off', async () => {
    const { stack, provisioner } = await broughtTo('CREATE_COMPLETE', 'protected-stack');
    const StackName = stack.subject.stackName;
    const protect = (EnableTerminationProtection: boolean) =>
      cloud
        .cloudFormation(placement)
        .send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection }));
    await protect(true);
    const refused = await provisioner.remove({ ...stack.subject, token: stack.newToken() });
    expect(refused).toMatchObject({ ok: false, refusal: { kind: 'conflict', code: 'stack-delete-protected' } });
    expect(refused.ok || refused.refusal.remedy).toContain('--no-enable-termination-protection');
    await protect(false);
    expect(await stack.remove()).toEqual({ state: 'deleted' });
    provisioner.close();
  });
});

describe('F17: a cancel', () => {
  test.each([
    { status: 'CREATE_IN_PROGRESS', asks: ['DeleteStack'], left: undefined },
    { status: 'UPDATE_IN_PROGRESS', asks: ['CancelUpdateStack'], left: 'UPDATE_ROLLBACK_COMPLETE' },
  ] as const)('stops what we began: $status', async ({ status, asks, left }) => {
    const stackName = nameOf('cancel', status);
    const provisioner = createCloudFormationProvisioner({ clock, endpoint: cloud.url, credentials });
    const stack = new ContractStack(provisioner, placement, stackName);
    if (status === 'UPDATE_IN_PROGRESS') await stack.apply(topicTemplate('one'));
    const operation = status === 'CREATE_IN_PROGRESS' ? 'create' : 'update';
    const hang = { stackName, logicalId: 'Topic', operation, phase: 'forward', hang: true };
    const { id } = (await cloud.control('POST', '/faults/resource', hang)) as { id: string };
    const request = stack.request(topicTemplate('two'));
    await stack.begin(request);
    const since = await position();
    for (const _ of ['once', 'again']) {
      expect(await provisioner.cancel(stack.subject, request.token)).toMatchObject({ ok: true });
    }
    expect(await stack.ended(request.token, 'apply')).toMatchObject({ state: 'cancelled', undone: 'all' });
    expect(await asked(stackName, since)).toEqual(asks);
    expect(await statusOf(stackName)).toBe(left);
    await cloud.control('DELETE', `/faults/${id}`);
    provisioner.close();
  });

  test.each([...settled, ...busy])('stops nothing of others: $status', async ({ status }) => {
    const { stack, since, release, provisioner } = await broughtTo(status, nameOf('leave', status));
    expect(await provisioner.cancel(stack.subject, 'd-1')).toMatchObject({ ok: true });
    expect(await asked(stack.subject.stackName, since)).toEqual([]);
    await release();
    provisioner.close();
  });
});

describe('a way out that fails is told, not tried for ever', () => {
  test.each([
    { status: 'UPDATE_ROLLBACK_FAILED', asks: ['ContinueUpdateRollback'] },
    { status: 'DELETE_FAILED', asks: ['DeleteStack'] },
  ] as const)('F22: $status again', async ({ status, asks }) => {
    const { stack, since, provisioner } = await broughtTo(status, nameOf('stuck', status));
    const { stackName } = stack.subject;
    const fault = { stackName, logicalId: 'Topic', message: 'somebody holds it' };
    const { id } = (await cloud.control('POST', '/faults/resource', fault)) as { id: string };
    const request = stack.request(topicTemplate('five'));
    const start = () => provisioner.start(request);
    expect(await start()).toMatchObject({ value: { begun: 'not-yet' } });
    while ((await statusOf(stackName))?.endsWith('_IN_PROGRESS')) await delay(5);
    for (const _ of ['once', 'again']) {
      const stuck = await start();
      expect(stuck).toMatchObject({ ok: false, refusal: { kind: 'conflict', code: 'stack-stuck' } });
      expect(stuck.ok || stuck.refusal.message).toContain('somebody holds it');
    }
    expect(await asked(stackName, since)).toEqual(asks);
    expect(await statusOf(stackName)).toBe(status);

    await cloud.control('DELETE', `/faults/${id}`);
    expect(await stack.apply(topicTemplate('six')), 'the next deployment tries again').toMatchObject({
      state: 'succeeded',
      outputs: { Name: 'six' },
    });
    provisioner.close();
  });

  test('F22: resources that are named are given up, and nothing is deleted', async () => {
    const status = 'UPDATE_ROLLBACK_FAILED';
    const { stack, since, provisioner } = await broughtTo(status, 'stuck-and-skipped');
    const { stackName } = stack.subject;
    const fault = { stackName, logicalId: 'Topic', phase: 'rollback', message: 'nobody knows it any more' };
    const { id } = (await cloud.control('POST', '/faults/resource', fault)) as { id: string };
    const request = { ...stack.request(topicTemplate('one')), rollbackSkips: ['Topic'] };
    expect(await stack.begin(request)).toEqual(['not-yet', 'yes']);
    expect(await stack.ended(request.token, 'apply')).toMatchObject({ state: 'succeeded', outputs: { Name: 'one' } });
    expect(await asked(stackName, since)).toEqual(['ContinueUpdateRollback', 'UpdateStack']);
    await cloud.control('DELETE', `/faults/${id}`);
    provisioner.close();
  });

  test('F22: a name that cannot be given up is refused in the words of the service', async () => {
    const { stack, provisioner } = await broughtTo('UPDATE_ROLLBACK_FAILED', 'stuck-and-misspelt');
    const request = { ...stack.request(topicTemplate('one')), rollbackSkips: ['Tpic'] };
    const refused = await provisioner.start(request);
    expect(refused).toMatchObject({ ok: false, refusal: { kind: 'invalid', code: 'provider-refused' } });
    expect(refused.ok || refused.refusal.message).toContain('Tpic');
    provisioner.close();
  });

  test('F36: a dead stack that holds data is deleted by nobody who was not asked to', async () => {
    const stackName = 'dead-with-data';
    const provisioner = createCloudFormationProvisioner({ clock, endpoint: cloud.url, credentials });
    const stack = new ContractStack(provisioner, placement, stackName);
    const table = `Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
`;
    await stack.apply(table);
    const held = { stackName, logicalId: 'Table', operation: 'delete', message: 'it is protected', timesMax: 1 };
    await cloud.control('POST', '/faults/resource', held);
    expect(await stack.remove()).toMatchObject({ state: 'failed', refusal: { code: 'stack-delete-failed' } });
    const since = await position();
    const refused = await provisioner.start(stack.request(topicTemplate('one')));
    expect(refused).toMatchObject({ ok: false, refusal: { kind: 'conflict', code: 'stack-holds-data' } });
    expect(refused.ok || refused.refusal.message).toContain('Table (AWS::DynamoDB::Table)');
    expect(await asked(stackName, since)).toEqual([]);
    expect(await stack.remove(), 'who asks for it gets it').toEqual({ state: 'deleted' });
    provisioner.close();
  });
});
