import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiAccess, type ApiRequest, fetchSigned } from '../../cli/api-client.ts';
import { type Receiver, startReceiver } from '../../events/testing/receiver.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

let api: TestApi;
let receiver: Receiver;
let access: ApiAccess;
beforeAll(async () => {
  api = await startTestApi();
  receiver = await startReceiver();
  access = { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret };
});
afterAll(async () => {
  await receiver.close();
  await api.close();
});

async function ask(request: ApiRequest) {
  const response = await fetchSigned(access, request);
  const text = await response.text();
  return { status: response.status, answer: text === '' ? undefined : JSON.parse(text) };
}

const type = 'Deuteron Deployment State Change';
const proton = 'arn:aws:proton:us-east-1:111122223333';

test('a webhook for what no event is called is refused', async () => {
  const body = { url: receiver.url, types: ['Deuteron Deploymant State Change'] };
  expect(await ask({ method: 'POST', path: '/webhooks', body })).toMatchObject({
    status: 400,
    answer: { error: { code: 'webhook-type-unknown', remedy: expect.stringContaining(`Did you mean '${type}'?`) } },
  });
});

test('a webhook lives from its addition to its removal', async () => {
  const added = await ask({
    method: 'POST',
    path: '/webhooks',
    body: { url: receiver.url, types: [type], resources: ['environment/prod', 'service/*'] },
  });
  expect(added).toMatchObject({
    status: 201,
    answer: {
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
      webhook: {
        url: receiver.url,
        types: [type],
        resources: [`${proton}:environment/prod`, `${proton}:service/*`],
        createdBy: 'administrator',
      },
    },
  });
  const { webhook, secret } = added.answer;
  const listed = await ask({ method: 'GET', path: '/webhooks' });
  expect(listed).toEqual({ status: 200, answer: { webhooks: [webhook] } });
  expect(JSON.stringify(listed)).not.toContain(secret);
  const path = `/webhooks/${webhook.id}`;
  expect(await ask({ method: 'GET', path })).toEqual({ status: 200, answer: { webhook } });
  expect(await ask({ method: 'POST', path: `${path}/test` })).toEqual({
    status: 200,
    answer: { delivered: true, outcome: 'answered 204' },
  });
  expect(await ask({ method: 'POST', path: `${path}/secret` })).toMatchObject({ status: 200 });
  expect(await ask({ method: 'POST', path: `${path}/redeliver` })).toEqual({ status: 202, answer: { count: 0 } });
  expect(await ask({ method: 'DELETE', path })).toEqual({ status: 204, answer: undefined });
  expect(await ask({ method: 'GET', path })).toMatchObject({
    status: 404,
    answer: { error: { code: 'webhook-missing' } },
  });
});

test.each([
  { what: 'U+0000 in a path', request: { method: 'DELETE', path: '/webhooks/%00' } },
  { what: 'half a surrogate pair in a body', request: { method: 'POST', path: '/webhooks', body: { url: '\ud83d' } } },
  { what: 'a number without end', request: { method: 'GET', path: '/audit', query: { limit: 'Infinity' } } },
  { what: 'a number that no position is', request: { method: 'GET', path: '/events', query: { after: '1e300' } } },
] as const)('$what is refused at the door', async ({ request }) => {
  expect(await ask(request)).toMatchObject({ status: 400, answer: { error: { code: 'request-malformed' } } });
});

test('failed deliveries are listed by page', async () => {
  expect(await ask({ method: 'GET', path: '/webhook-deliveries' })).toEqual({
    status: 200,
    answer: { deliveries: [] },
  });
  expect(await ask({ method: 'GET', path: '/webhook-deliveries', query: { nextToken: 'x' } })).toMatchObject({
    status: 400,
    answer: { error: { code: 'InvalidPageToken' } },
  });
  expect(await ask({ method: 'POST', path: '/webhook-deliveries/x/redeliver' })).toMatchObject({
    status: 404,
    answer: { error: { code: 'delivery-not-failed' } },
  });
});

const malformed = [
  { name: 'no URL', body: {}, code: 'request-malformed' },
  { name: 'an unknown member', body: { url: 'https://example.com/', secret: 'mine' }, code: 'request-malformed' },
  { name: 'a URL that is none', body: { url: 'nowhere' }, code: 'webhook-url' },
];
test.each(malformed)('$name: $code', async ({ body, code }) => {
  const refused = await ask({ method: 'POST', path: '/webhooks', body });
  expect(refused).toMatchObject({ status: 400, answer: { error: { code, requestId: expect.any(String) } } });
});

test('nothing is answered without a signature for this API', async () => {
  const unsigned = await fetch(`${api.url}/api/v1/webhooks`);
  expect(unsigned.status).toBe(403);
  expect(await unsigned.json()).toMatchObject({ error: { code: 'NotSigned' } });
  const wrong = await fetchSigned({ ...access, secretAccessKey: 'guessed' }, { method: 'GET', path: '/webhooks' });
  expect(wrong.status).toBe(403);
});

test('what nobody can read is refused, not failed', async () => {
  const broken = await fetch(`${api.url}/api/v1/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{',
  });
  expect(broken.status).toBe(400);
  expect(broken.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
});

test('it describes itself', async () => {
  const description = await (await fetch(`${api.url}/api/v1/openapi.json`)).json();
  const operations = Object.entries<object>(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary }]) => `${method.toUpperCase()} ${path}: ${summary}`),
  );
  await expect(`${description.openapi}\n${operations.join('\n')}\n`).toMatchFileSnapshot('golden/operations.txt');
});
