import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../log/index.ts';
import type { ProtonOperations } from './proton/index.ts';
import { startTestApi, type TestApi } from './testing/index.ts';

const model = JSON.parse(readFileSync(join(import.meta.dirname, 'proton', 'model', 'api.json'), 'utf8')) as {
  metadata: { targetPrefix: string };
  operations: object;
};
const operationNames = Object.keys(model.operations);
/** What may be asked without proving who one is, and why. */
const publicRoutes: Readonly<Record<string, string>> = {
  'POST /api/v1/federation/token': 'a job proves it with its own token, in the body',
};
const marker = 'unit-that-is-nobody-elses-business';

let api: TestApi;
let now: Date;
let readToken = '';
const reached: string[] = [];
const lines: string[] = [];

beforeAll(async () => {
  now = new Date();
  const handler = (name: string) => async () => {
    reached.push(name);
    return { ok: true, value: {} };
  };
  const operations = Object.fromEntries(
    operationNames.map((name) => [name, handler(name)]),
  ) as unknown as ProtonOperations;
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  api = await startTestApi({ operations, log, clock: { now: () => now } });
  const made = await send(await signed({ method: 'PUT', path: `/api/v1/units/${marker}`, body: '{}' }));
  expect(made.status).toBe(200);
  const token = await send(await signed({ method: 'POST', path: '/api/v1/tokens', body: '{"name":"reader"}' }));
  readToken = JSON.parse(token.body).text;
});
beforeEach(() => {
  now = new Date();
  reached.length = 0;
});
afterAll(() => api.close());

interface Wire {
  readonly method: string;
  /** As it goes over the wire, not tidied up. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

interface ToSign {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
interface As {
  readonly service?: string;
  readonly id?: string;
  readonly secret?: string;
  readonly at?: Date;
}

async function signed({ method, path, query = {}, body, headers }: ToSign, as: As = {}): Promise<Wire> {
  const { host, hostname } = new URL(api.url);
  const { service = 'deuteron', id = api.key.id, secret = api.key.secret, at = now } = as;
  const credentials = { accessKeyId: id, secretAccessKey: secret };
  const signer = new SignatureV4({
    ...{ service, region: 'us-east-1', credentials, sha256: Sha256 },
    uriEscapePath: service !== 's3',
  });
  const type = body === undefined ? undefined : { 'content-type': 'application/json' };
  const request = await signer.sign(
    { method, protocol: 'http:', hostname, path, query, body, headers: { host, ...type, ...headers } },
    { signingDate: at },
  );
  const search = new URLSearchParams(query).toString();
  return { method, path: search ? `${path}?${search}` : path, headers: request.headers, body };
}

function send({ method, path, headers, body }: Wire): Promise<{ status: number; body: string; raw: string }> {
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, agent: false, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: text, raw: JSON.stringify(response.headers) + text }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Malformed, or not let in. */
const refusedAtTheDoor = (status: number) => status === 400 || status === 403;

/** Every way of not proving who one is. */
const impostors: Readonly<Record<string, (request: ToSign, service: string) => Promise<Wire>>> = {
  'nobody at all': async ({ method, path, body, headers = {} }) => ({ method, path, headers: { ...headers }, body }),
  'a key that does not exist': (request, service) => signed(request, { service, id: 'DTRNAAAAAAAAAAAAAAAA' }),
  'a secret that is guessed': (request, service) => signed(request, { service, secret: 'guessed' }),
  'a signature for another service': (request, service) =>
    signed(request, { service: service === 'iam' ? 'ec2' : service === 'proton' ? 'deuteron' : 'proton' }),
  'a signature of yesterday': (request, service) =>
    signed(request, { service, at: new Date(now.getTime() - 86_400_000) }),
  'a signature of tomorrow': (request, service) =>
    signed(request, { service, at: new Date(now.getTime() + 86_400_000) }),
  'a bearer token that is none': async ({ method, path, body, headers }) => ({
    ...{ method, path, body },
    headers: { ...headers, authorization: `Bearer dtrt_${'A'.repeat(43)}` },
  }),
  'the algorithm none': async ({ method, path, body, headers }) => ({
    ...{ method, path, body },
    headers: { ...headers, authorization: 'none' },
  }),
  'a session that is none': async ({ method, path, body, headers }) => ({
    ...{ method, path, body },
    headers: { ...headers, cookie: `deuteron-session=dtrs_${'A'.repeat(43)}` },
  }),
};

describe.each(Object.keys(impostors))('%s', (name) => {
  const as = impostors[name] as (typeof impostors)[string];

  test('reaches no operation of Proton', async () => {
    expect(operationNames.length).toBe(87);
    for (const operation of operationNames) {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `${model.metadata.targetPrefix}.${operation}`,
      };
      const answer = await send(await as({ method: 'POST', path: '/', body: '{}', headers }, 'proton'));
      expect([operation, answer.status >= 400 && answer.status < 500, JSON.parse(answer.body).__type]).toEqual([
        operation,
        true,
        expect.any(String),
      ]);
      expect(answer.body).not.toContain(marker);
    }
    expect(reached).toEqual([]);
  });

  test('reaches no route of the native API', async () => {
    const { paths } = (await (await fetch(`${api.url}/api/v1/openapi.json`)).json()) as {
      paths: Record<string, Record<string, object>>;
    };
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
    );
    expect(routes.length).toBeGreaterThan(50);
    for (const [method, path] of routes) {
      if (publicRoutes[`${method} ${path}`]) continue;
      const filled = path.replaceAll(/\{\w+\}/g, marker);
      const answer = await send(
        await as({ method, path: filled, ...(method === 'GET' ? {} : { body: '{}' }) }, 'deuteron'),
      );
      expect([method, path, refusedAtTheDoor(answer.status)]).toEqual([method, path, true]);
    }
  });

  test('reaches no upload', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'POST', 'DELETE']) {
      const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
      for (const path of ['/', '/deuteron', '/deuteron/bundle.tar.gz']) {
        const answer = await send(await as({ method, path, headers }, 's3'));
        // who shows nothing of S3 is at no door: only the front page is there, for whoever asks
        const isFrontPage = path === '/' && (method === 'GET' || method === 'HEAD') && answer.status === 200;
        if (isFrontPage) expect(answer.body).toMatch(/^(This is Deuteron|$)/);
        else expect([method, path, answer.status >= 400 && answer.status < 500]).toEqual([method, path, true]);
      }
    }
  });
});

describe('paths that are written otherwise', () => {
  const paths = [
    ...['//api/v1/units', '/api//v1/units', '/api/v1//units', '/api/v1/./units', '/api/v1/x/../units'],
    ...['/API/v1/units', '/api/v1/UNITS', '/api/v1/units/', '/api/v1/%75nits', '/api/v1/units%2f', '/api/v1/units;x=y'],
    ...['/api/v1/openapi.json/../units', '/api/v1/openapi.json%2f..%2funits', '/api/v1/openapi.json/units'],
    ...[
      '/api/v1/federation/token/../../units',
      '/auth/../api/v1/units',
      '/auth/%2e%2e/api/v1/units',
      '/health/../api/v1/units',
    ],
    ...['/.proton', '/.s3', '/.s3/deuteron', '/api/v1/units?x=/api/v1/openapi.json', '/api/v1/units#/openapi.json'],
    ...['/api/v1/units%00', '/api/v1/%c0%af', '\\api\\v1\\units', 'http://evil.example/api/v1/units'],
  ];
  test.each(paths)('%s', async (path) => {
    const answer = await send({ method: 'GET', path, headers: {} });
    expect(answer.raw).not.toContain(marker);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });
});

describe('headers that would say who asks, or for what', () => {
  const tricks: Readonly<Record<string, Record<string, string | string[]>>> = {
    forwarded: { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'localhost', forwarded: 'for=127.0.0.1' },
    user: { 'x-forwarded-user': 'administrator', 'x-remote-user': 'administrator', 'remote-user': 'administrator' },
    'another path': { 'x-original-url': '/api/v1/openapi.json', 'x-rewrite-url': '/api/v1/openapi.json' },
    'an internal address': { 'x-real-ip': '127.0.0.1', 'x-client-ip': '127.0.0.1', via: '1.1 localhost' },
    'two authorizations': { authorization: ['Bearer x', 'Bearer y'] },
    'an empty authorization': { authorization: '' },
  };
  test.each(Object.keys(tricks))('%s', async (name) => {
    const headers = tricks[name] ?? {};
    const answer = await send({ method: 'GET', path: '/api/v1/units', headers });
    expect(refusedAtTheDoor(answer.status)).toBe(true);
    expect(answer.body).not.toContain(marker);
  });

  test('another method leaves a token that reads a token that reads', async () => {
    const authorization = `Bearer ${readToken}`;
    const override = { 'x-http-method-override': 'GET', 'x-http-method': 'GET', 'x-method-override': 'GET' };
    for (const method of ['PUT', 'DELETE']) {
      const path = `/api/v1/units/${marker}?_method=GET`;
      const answer = await send({ method, path, headers: { authorization, ...override } });
      expect(answer.status).toBe(403);
    }
    const path = `/api/v1/units/${marker}`;
    const read = await send({ method: 'GET', path, headers: { authorization, 'x-http-method-override': 'DELETE' } });
    expect(read.status).toBe(404);
    const listed = await send({ method: 'GET', path: '/api/v1/units', headers: { authorization } });
    expect(listed.body).toContain(marker);
  });

  test('a second value beside what was signed breaks the signature', async () => {
    const good = await signed({ method: 'GET', path: '/api/v1/units' });
    expect((await send(good)).status).toBe(200);
    for (const [name, value] of [
      ['authorization', 'Bearer x'],
      ['x-amz-date', '20200101T000000Z'],
      ['x-amz-target', 'x'],
      ['x-amz-security-token', 'x'],
    ] as const) {
      const before = good.headers[name];
      const headers: Wire['headers'] = {
        ...good.headers,
        [name]: before === undefined ? value : [before, value].flat(),
      };
      expect([name, refusedAtTheDoor((await send({ ...good, headers })).status)]).toEqual([name, true]);
    }
  });
});

describe('a signed request that somebody saw on the way', () => {
  const make = () => signed({ method: 'GET', path: '/api/v1/units', query: { limit: '1' } });

  test('can be sent again as it is for fifteen minutes, as with AWS, and not after', async () => {
    const seen = await make();
    expect((await send(seen)).status).toBe(200);
    now = new Date(now.getTime() + 14 * 60_000);
    expect((await send(seen)).status).toBe(200);
    now = new Date(now.getTime() + 2 * 60_000);
    const late = await send(seen);
    expect(late.status).toBe(403);
    expect(JSON.parse(late.body).error.code).toBe('SignatureExpired');
  });

  const changes: readonly { readonly name: string; readonly change: Partial<Wire> }[] = [
    { name: 'another path', change: { path: '/api/v1/teams?limit=1' } },
    { name: 'another query', change: { path: '/api/v1/units?limit=2' } },
    { name: 'one more parameter', change: { path: '/api/v1/units?limit=1&limit=1' } },
    { name: 'another method', change: { method: 'DELETE' } },
    { name: 'another host', change: { headers: { host: 'evil.example' } } },
    { name: 'a body', change: { body: '{}', headers: { 'content-type': 'application/json' } } },
    { name: 'an x-amz header', change: { headers: { 'x-amz-target': 'AwsProton20200720.ListServices' } } },
  ];
  test.each(changes)('is nothing with $name', async ({ change }) => {
    const seen = await make();
    const answer = await send({ ...seen, ...change, headers: { ...seen.headers, ...change.headers } });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body).not.toContain(marker);
  });

  test('is nothing at another door', async () => {
    const seen = await signed(
      { method: 'POST', path: '/', body: '{}', headers: { 'content-type': 'application/x-amz-json-1.0' } },
      { service: 'proton' },
    );
    const target = `${model.metadata.targetPrefix}.ListServices`;
    const answer = await send({ ...seen, headers: { ...seen.headers, 'x-amz-target': target } });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(reached).toEqual([]);
  });
});

test('nothing that was refused left a secret in the log or an error', () => {
  const log = lines.join('\n');
  expect(log).not.toContain(api.key.secret);
  expect(log).not.toMatch(/dtr[a-z]_[A-Za-z0-9]{43}/);
  expect(log).not.toMatch(/Signature=[0-9a-f]{64}/);
});
