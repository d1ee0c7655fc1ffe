import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../clock/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import { allEvents, type TestCloud, testCloud } from '../../simulated-cloud/testing/index.ts';
import type { Placement } from '../provisioner.ts';
import { type CloudFormationProvisioner, createCloudFormationProvisioner } from './cloudformation-provisioner.ts';
import { PacedCalls } from './paced-calls.ts';
import { ContractStack } from './testing/provisioner-contract.ts';
import { topicTemplate } from './testing/stack-maker.ts';

const account = { accountId: '111122223333', region: 'us-east-1' };
const credentials = { accessKeyId: 'SIM111122223333', secretAccessKey: 'any' };
const roleArn = 'arn:aws:iam::111122223333:role/deuteron';
/** As the usual one, without its pauses. */
const patience = { attemptsMax: 7, pauseMs: 2, pauseMsMax: 10 };

let database: Awaited<ReturnType<typeof testDatabase>>;
let cloud: TestCloud;
let provisioner: CloudFormationProvisioner;
beforeAll(async () => {
  database = await testDatabase();
  cloud = await testCloud({ databaseUrl: database.url, clockScale: 0 });
  provisioner = newProcess();
});
afterAll(async () => {
  provisioner.close();
  await cloud.close();
  await database.close();
});

function newProcess(calls?: PacedCalls): CloudFormationProvisioner {
  return createCloudFormationProvisioner({ clock: systemClock, endpoint: cloud.url, credentials, patience, calls });
}

const stackNamed = (name: string, placement: Placement = account, by = provisioner) =>
  new ContractStack(by, placement, name);

/** Calls that shall be refused, until the fault is cleared. */
async function refusing(fault: object): Promise<{ clear(): Promise<void> }> {
  const { id } = (await cloud.control('POST', '/faults/call', fault)) as { id: string };
  return {
    clear: async () => {
      await cloud.control('DELETE', `/faults/${id}`);
    },
  };
}

interface Request {
  readonly action: string;
  readonly error?: string;
}

async function requests(stackName: string, more = ''): Promise<Request[]> {
  const answer = await cloud.control('GET', `/requests?limit=10000&stackName=${stackName}${more}`);
  return (answer as { requests: Request[] }).requests;
}

const acceptedOf = (all: readonly Request[]) => all.filter(({ error }) => !error).map(({ action }) => action);

describe('a role that loses its rights in mid-flight', () => {
  const placement = { ...account, roleArn };

  test.each([
    { action: 'DescribeStacks', code: 'AccessDenied', message: 'User is not authorized to perform that' },
    { action: 'DescribeStackEvents', code: 'AccessDeniedException', message: 'explicit deny' },
    { action: 'DescribeStacks', code: 'OptInRequired', message: 'The account is suspended' },
  ])('$code from $action is refused with what helps, and it goes on afterwards', async ({ action, code, message }) => {
    const stackName = `revoked-${action}-${code}`;
    const stack = stackNamed(stackName, placement);
    const request = stack.request(topicTemplate('one'));
    await stack.begin(request);
    const fault = await refusing({ action, code, message, stackName, httpStatus: 403 });
    const look = async () => {
      for (;;) {
        const seen = await provisioner.observe(stack.subject, request.token, 'apply');
        if (!seen.ok || seen.value.state !== 'in-progress') return seen;
        await delay(5);
      }
    };
    const refused = await look();
    expect(refused).toMatchObject({ ok: false, refusal: { kind: 'forbidden', code: 'provider-access-denied' } });
    if (refused.ok) return;
    expect(refused.refusal.message).toContain(`${action} in account 111122223333, region us-east-1: ${message}`);
    expect(refused.refusal.remedy).toContain(`must allow ${action} to the role ${roleArn}`);
    await fault.clear();
    expect(await look()).toMatchObject({ ok: true, value: { state: 'succeeded' } });
    expect(acceptedOf(await requests(stackName))).toEqual(['CreateStack']);
  });

  test.each(['CreateStack', 'UpdateStack', 'DeleteStack', 'CreateChangeSet'])(
    '%s denied: the refusal names it',
    async (action) => {
      const stackName = `denied-${action}`;
      const stack = stackNamed(stackName, placement);
      if (action !== 'CreateStack') await stack.apply(topicTemplate('one'));
      const fault = await refusing({ action, code: 'AccessDenied', message: 'no', stackName, httpStatus: 403 });
      const request = stack.request(topicTemplate('two'));
      const asked =
        action === 'CreateChangeSet'
          ? await provisioner.preview(request)
          : action === 'DeleteStack'
            ? await provisioner.remove(request)
            : await provisioner.start(request);
      expect(asked).toMatchObject({ ok: false, refusal: { kind: 'forbidden', code: 'provider-access-denied' } });
      expect(asked.ok || asked.refusal.remedy).toContain(`must allow ${action} to the role`);
      await fault.clear();
    },
  );

  test.each(['AccessDenied', 'InvalidClientTokenId'])(
    'a role that cannot be assumed (%s): gone, not trusting us, or its account closed',
    async (code) => {
      const gone = { ...account, roleArn: `arn:aws:iam::111122223333:role/gone-${code}` };
      const fault = await refusing({
        action: 'AssumeRole',
        roleArn: gone.roleArn,
        code,
        message: 'no',
        httpStatus: 403,
      });
      const asked = await provisioner.start(stackNamed(`assumed-${code}`, gone).request(topicTemplate('one')));
      expect(asked).toMatchObject({ ok: false, refusal: { kind: 'forbidden', code: 'provider-access-denied' } });
      expect(asked.ok || asked.refusal.message).toContain('AssumeRole in account 111122223333');
      expect(asked.ok || asked.refusal.remedy).toContain("let the server's own credentials assume");
      await fault.clear();
      expect(await stackNamed(`assumed-${code}`, gone).apply(topicTemplate('one'))).toMatchObject({
        state: 'succeeded',
      });
    },
  );

  test.each(['ExpiredToken', 'InvalidClientTokenId'])(
    'a session that is over (%s) is renewed, and nobody notices',
    async (code) => {
      const stackName = `session-${code}`;
      const own = { ...account, roleArn: `${roleArn}-${code}` };
      const stack = stackNamed(stackName, own);
      await stack.apply(topicTemplate('one'));
      await refusing({ action: 'UpdateStack', code, message: 'it is over', stackName, httpStatus: 403, timesMax: 1 });
      expect(await stack.apply(topicTemplate('two'))).toMatchObject({ state: 'succeeded', outputs: { Name: 'two' } });
      const sessions = acceptedOf(
        (
          (await cloud.control('GET', '/requests?limit=10000&action=AssumeRole')) as {
            requests: (Request & { roleArn?: string })[];
          }
        ).requests.filter((each) => each.roleArn === own.roleArn),
      );
      expect(sessions).toEqual(['AssumeRole', 'AssumeRole']);
      expect(acceptedOf(await requests(stackName))).toEqual(['CreateStack', 'UpdateStack']);
    },
  );
});

describe('F37: a service that throttles', () => {
  test('every third call is throttled, and ten stacks go through, each changed once', async () => {
    const fault = await refusing({
      code: 'Throttling',
      message: 'Rate exceeded',
      stackName: 'thick-*',
      probability: 0.33,
    });
    const names = Array.from({ length: 10 }, (_, index) => `thick-${index}`);
    const lives = await Promise.all(
      names.map(async (name) => {
        const stack = stackNamed(name);
        return [await stack.apply(topicTemplate('one')), await stack.apply(topicTemplate('two')), await stack.remove()];
      }),
    );
    await fault.clear();
    expect(lives.flat().map(({ state }) => state)).toEqual(names.flatMap(() => ['succeeded', 'succeeded', 'deleted']));
    for (const name of names) {
      expect(acceptedOf(await requests(name))).toEqual(['CreateStack', 'UpdateStack', 'DeleteStack']);
    }
  });

  test('one that throttles for long is told as something to wait for; the work is not lost', async () => {
    const stackName = 'thicker';
    const stack = stackNamed(stackName);
    const request = stack.request(topicTemplate('one'));
    const fault = await refusing({ code: 'Throttling', message: 'Rate exceeded', stackName });
    for (const _ of ['once', 'again']) {
      expect(await provisioner.start(request)).toMatchObject({
        ok: false,
        refusal: { kind: 'unavailable', code: 'provider-throttled' },
      });
    }
    await fault.clear();
    expect(await stack.begin(request)).toEqual(['yes']);
    const again = await refusing({ code: 'Throttling', message: 'Rate exceeded', stackName });
    expect(await provisioner.observe(stack.subject, request.token, 'apply')).toMatchObject({
      refusal: { kind: 'unavailable', code: 'provider-throttled' },
    });
    await again.clear();
    expect(await stack.ended(request.token, 'apply')).toMatchObject({ state: 'succeeded' });
    expect(acceptedOf(await requests(stackName))).toEqual(['CreateStack']);
  });
});

describe('a budget of calls', () => {
  test('what is beyond it is told as something to wait for, before the service hears of it', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const budgetClock = { now: () => new Date(now) };
    const calls = new PacedCalls({ db: database.db, rates: { DescribeStacks: 1 }, clock: budgetClock, waitMsMax: 0 });
    const paced = newProcess(calls);
    const stack = stackNamed('budgeted', account, paced);
    const { token, ...request } = stack.request(topicTemplate('one'));
    expect(await paced.start({ ...request, token })).toMatchObject({ value: { begun: 'yes' } });
    const looks = async () => (await requests('budgeted', '&reads=true&action=DescribeStacks')).length;
    const before = await looks();
    expect(await paced.observe(stack.subject, token, 'apply')).toMatchObject({
      refusal: { kind: 'unavailable', code: 'call-budget-used-up' },
    });
    expect(await looks()).toBe(before);
    now += 1_000;
    expect(await paced.observe(stack.subject, token, 'apply')).toMatchObject({ ok: true });
    paced.close();
  });

  test('every attempt takes a turn of its own, and a throttled one slows all', async () => {
    const calls = new PacedCalls({ db: database.db, rates: { '*': 1_000 } });
    const turn = vi.spyOn(calls, 'turn');
    const throttled = vi.spyOn(calls, 'throttled');
    const paced = newProcess(calls);
    const stackName = 'budgeted-attempts';
    await refusing({ action: 'CreateStack', code: 'Throttling', message: 'Rate exceeded', stackName, timesMax: 2 });
    expect(await stackNamed(stackName, account, paced).apply(topicTemplate('one'))).toMatchObject({
      state: 'succeeded',
    });
    const created = { ...account, api: 'CreateStack' };
    expect(turn.mock.calls.filter(([{ api }]) => api === 'CreateStack')).toEqual([[created], [created], [created]]);
    expect(throttled.mock.calls).toEqual([[created], [created]]);
    paced.close();
  });
});

test('F19: what somebody else made is not ours: neither changed nor deleted with our stack', async () => {
  const stackName = 'beside-others';
  const role = (name: string) => `Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: ${name}, AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}}
`;
  const theirs = { ...account, type: 'AWS::IAM::Role', name: 'batch-runner' };
  await cloud.control('POST', '/names', theirs);
  const stack = stackNamed(stackName);
  const failed = await stack.apply(role('batch-runner'));
  expect(failed).toMatchObject({ state: 'failed', undone: 'all', causes: [{ logicalId: 'Role' }] });
  expect(failed.state === 'failed' && failed.refusal.message).toMatch(/batch-runner.*already exists/i);
  expect(await stack.apply(role('batch-runner-2'))).toMatchObject({
    state: 'succeeded',
    resources: [{ physicalId: 'batch-runner-2' }],
  });
  expect(await stack.remove()).toEqual({ state: 'deleted' });
  const { names } = (await cloud.control('GET', `/names?accountId=${account.accountId}`)) as {
    names: { name: string }[];
  };
  const left = names.map(({ name }) => name).filter((name) => name.startsWith('batch-runner'));
  expect(left).toEqual(['batch-runner']);
});

test('thousands of events: complete, in order, and read once', async () => {
  const stackName = 'populous';
  const stack = stackNamed(stackName);
  const count = 499;
  const resources = Array.from({ length: count }, (_, index) => `  T${index}: {Type: AWS::SNS::Topic}\n`).join('');
  const last = `  Last: {Type: AWS::SNS::Topic, DependsOn: [${Array.from({ length: count }, (_, index) => `T${index}`).join(', ')}]}\n`;
  const fault = { stackName, logicalId: 'Last', message: 'the last one fails' };
  await cloud.control('POST', '/faults/resource', fault);
  const { id: hang } = (await cloud.control('POST', '/faults/resource', {
    stackName,
    logicalId: 'T0',
    operation: 'delete',
    hang: true,
  })) as { id: string };
  const request = stack.request(`Resources:\n${resources}${last}`);
  await stack.begin(request);

  const pagesRead = async () => (await requests(stackName, '&reads=true&action=DescribeStackEvents')).length;
  const read: string[] = [];
  const more = async () => {
    const events = await provisioner.events(stack.subject, request.token, read.at(-1));
    if (!events.ok) throw new Error(events.refusal.message);
    read.push(...events.value.map(({ id }) => id));
    return events.value.length;
  };
  while (read.length < 4 * count) await more();
  const before = await pagesRead();
  for (const _ of [1, 2, 3, 4, 5]) await more();
  expect((await pagesRead()) - before, 'what is known is not read again').toBeLessThanOrEqual(6);
  await cloud.control('DELETE', `/faults/${hang}`);
  const seen = await stack.ended(request.token, 'apply');
  await more();

  expect(seen).toMatchObject({
    state: 'failed',
    undone: 'all',
    causes: [{ logicalId: 'Last', reason: 'the last one fails' }],
  });
  const all = (await allEvents(cloud.cloudFormation(account), stackName)).map(({ EventId }) => EventId);
  expect(all.length).toBeGreaterThan(2_000);
  expect(read).toEqual(all);
  const whole = await newProcess().events(stack.subject, request.token);
  expect(whole.ok && whole.value.map(({ id }) => id)).toEqual(all);
});
