import { CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../database/index.ts';
import { emptyTestDatabase } from '../../database/testing/index.ts';
import { allEvents, settledStack, type TestCloud, testCloud } from '../testing/index.ts';

let database: Database;
let cloud: TestCloud;
beforeAll(async () => {
  database = await emptyTestDatabase();
  cloud = await testCloud({ databaseUrl: database.url, clockScale: 1 });
});
afterEach(async () => {
  await cloud.control('DELETE', '/faults');
});
afterAll(async () => {
  await cloud?.close();
  await database?.close();
});

const queue = 'Resources: {Queue: {Type: AWS::SQS::Queue}}';

test('a held clock stands until it is advanced; then everything due has happened, at its own time', async () => {
  const { now: start } = (await cloud.control('PATCH', '/clock', { held: true })) as { now: string };
  const client = cloud.cloudFormation();
  await client.send(new CreateStackCommand({ StackName: 'slow', TemplateBody: queue }));
  const status = async () =>
    (await client.send(new DescribeStacksCommand({ StackName: 'slow' }))).Stacks?.[0]?.StackStatus;
  await cloud.control('POST', '/clock/advance', { seconds: 61 });
  expect(await status()).toBe('CREATE_IN_PROGRESS');
  await cloud.control('POST', '/clock/advance', { seconds: 600 });
  expect(await status()).toBe('CREATE_COMPLETE');
  const seconds = (await allEvents(client, 'slow')).map(({ Timestamp }) =>
    Math.round(((Timestamp?.getTime() ?? 0) - Date.parse(start)) / 1000),
  );
  expect(seconds).toEqual([0, 0, 6, 62, 62]);
  await cloud.control('PATCH', '/clock', { held: false, scale: 0 });
});

test('setting the scale to 0 ends what is under way', async () => {
  await cloud.control('PATCH', '/clock', { scale: 1 });
  const client = cloud.cloudFormation();
  await client.send(new CreateStackCommand({ StackName: 'hurried', TemplateBody: queue }));
  await cloud.control('PATCH', '/clock', { scale: 0 });
  expect((await settledStack(client, 'hurried')).StackStatus).toBe('CREATE_COMPLETE');
});

test.each([
  { method: 'GET', path: '/requests?after=Infinity' },
  { method: 'GET', path: '/requests?after=1e300' },
  { method: 'DELETE', path: '/faults/%00' },
  { method: 'POST', path: '/clock/advance', body: { seconds: 'Infinity' } },
])('$method $path is refused', async ({ method, path, body }) => {
  const answer = await fetch(`${cloud.url}/_simulated${path}`, {
    method,
    headers: body && { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({ message: expect.stringMatching(/./) });
});

test('a call can be refused on order, and the journal has it', async () => {
  const throttling = { action: 'CreateStack', code: 'Throttling', message: 'Rate exceeded', timesMax: 1 };
  await cloud.control('POST', '/faults/call', throttling);
  const client = cloud.cloudFormation();
  const input = { StackName: 'throttled', TemplateBody: queue, ClientRequestToken: 'throttled-1' };
  await expect(client.send(new CreateStackCommand(input))).rejects.toMatchObject({ name: 'Throttling' });
  await client.send(new CreateStackCommand(input));
  const { requests } = (await cloud.control('GET', '/requests?token=throttled-1&stackName=throttled')) as {
    requests: object[];
  };
  expect(requests).toMatchObject([
    {
      action: 'CreateStack',
      accountId: '111111111111',
      region: 'eu-west-1',
      stackName: 'throttled',
      error: 'Throttling',
    },
    { action: 'CreateStack', stackName: 'throttled', token: 'throttled-1' },
  ]);
});

test('a role can be taken away', async () => {
  const roleArn = 'arn:aws:iam::222222222222:role/gone';
  await cloud.control('POST', '/faults/call', {
    roleArn,
    code: 'AccessDenied',
    message: 'not authorized',
    httpStatus: 403,
  });
  const assume = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'test' });
  await expect(cloud.sts().send(assume)).rejects.toMatchObject({
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
  });
});

test('reads are journalled in memory', async () => {
  const client = cloud.cloudFormation({ region: 'us-west-1' });
  await client.send(new DescribeStacksCommand({}));
  const { requests } = (await cloud.control('GET', '/requests?reads=true&region=us-west-1')) as { requests: object[] };
  expect(requests).toMatchObject([{ action: 'DescribeStacks', region: 'us-west-1' }]);
});

test('a key can be given an account', async () => {
  await cloud.control('PUT', '/access-keys/AKIAANYKEYATALL00000', { accountId: '666666666666' });
  const { settings, seed } = (await cloud.control('GET', '')) as { settings: object; seed: string };
  expect({ settings, seed }).toMatchObject({ settings: { clock: { scale: 0 } }, seed: 'deuteron' });
});

const wrong = [
  { name: 'a fault that does nothing', method: 'POST', path: '/faults/resource', body: { logicalId: 'A' } },
  { name: 'an unknown member', method: 'POST', path: '/faults/resource', body: { message: 'x', logicalID: 'A' } },
  { name: 'a probability above 1', method: 'POST', path: '/faults/resource', body: { message: 'x', probability: 2 } },
  { name: 'a clock that runs backwards', method: 'POST', path: '/clock/advance', body: { seconds: -1 } },
  {
    name: 'a name of a type without unique names',
    method: 'POST',
    path: '/names',
    body: { accountId: '111111111111', region: 'r', type: 'AWS::EC2::VPC', name: 'v' },
  },
];
test.each(wrong)('$name is refused', async ({ method, path, body }) => {
  const response = await fetch(`${cloud.url}/_simulated${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ message: expect.any(String) });
});

const malformed = [
  { name: 'no action', form: 'Version=2010-05-15', code: 'MissingAction', status: 400 },
  { name: 'an unknown action', form: 'Action=Teleport&Version=2010-05-15', code: 'InvalidAction', status: 400 },
  {
    name: 'a name of the prototype',
    form: 'Action=constructor&Version=2010-05-15',
    code: 'InvalidAction',
    status: 400,
  },
  { name: 'an unknown version', form: 'Action=CreateStack&Version=__proto__', code: 'InvalidAction', status: 400 },
  {
    name: 'no signature',
    form: 'Action=DescribeStacks&Version=2010-05-15',
    code: 'MissingAuthenticationToken',
    status: 403,
  },
  { name: 'a form that contradicts itself', form: 'Action=a&Action.b=c', code: 'MalformedInput', status: 400 },
];
test.each(malformed)('$name is answered with $code', async ({ form, code, status }) => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fetch(cloud.url, { method: 'POST', headers, body: form });
  expect(response.status).toBe(status);
  expect(await response.text()).toContain(`<Code>${code}</Code>`);
});
