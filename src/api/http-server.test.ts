import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accept, type Result, refuse } from '../errors/index.ts';
import { startTestApi, type TestApi } from './testing/index.ts';

let api: TestApi;
let readiness: Result<void> = accept(undefined);
beforeAll(async () => {
  api = await startTestApi({ ready: async () => readiness });
});
afterAll(() => api.close());

test('a browser is told what this is', async () => {
  const answer = await fetch(api.url);
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await answer.text()).toContain('aws proton list-environment-templates --endpoint-url');
});

test('monitors ask whether it lives and whether it can work', async () => {
  expect(await (await fetch(`${api.url}/health`)).json()).toEqual({ status: 'alive', version: '1.2.3' });
  expect((await fetch(`${api.url}/ready`)).status).toBe(200);
  readiness = refuse({
    kind: 'unavailable',
    code: 'DatabaseAway',
    message: 'The database is away.',
    remedy: 'Start it.',
  });
  const away = await fetch(`${api.url}/ready`);
  expect(away.status).toBe(503);
  expect(await away.json()).toEqual({ status: 'not ready', reason: 'The database is away. Start it.' });
  readiness = accept(undefined);
});

test.each(['/nothing/here', '/%zz', '/api/v1/x'])('%s is nothing, and says so', async (path) => {
  const answer = await fetch(`${api.url}${path}`);
  expect([400, 404]).toContain(answer.status);
  expect((await answer.text()).length).toBeGreaterThan(10);
});

test('a body that nobody reads is refused in words, where there is nothing', async () => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${api.url}/nothing/here`, { method: 'PATCH', headers, body: '' });
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await answer.text()).toContain('empty');
});

test('it listens on loopback alone unless told otherwise', () => {
  expect(api.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('a connection on which nothing was asked does not keep the server from ending', async () => {
  const own = await startTestApi();
  const socket = connect(Number(new URL(own.url).port), '127.0.0.1');
  await once(socket, 'connect');
  await fetch(own.url); // by now the server has taken the connection too
  const ended = once(socket, 'close');
  await own.close();
  expect(await ended).toEqual([false]);
});
