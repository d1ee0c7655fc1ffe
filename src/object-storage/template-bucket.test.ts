import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTemplateBucket, type TemplateBucket, templateUrl } from './template-bucket.ts';

/** What S3 answers, and what it was asked. */
let status = 200;
let asked: { method?: string; url?: string; body: string }[] = [];
const server = createServer(async (request: IncomingMessage, response) => {
  asked.push({ method: request.method, url: request.url, body: await text(request) });
  response.writeHead(status).end(status === 200 ? '' : '<Error><Code>AccessDenied</Code></Error>');
});
let endpoint: string;
let bucket: TemplateBucket;
beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  bucket = createTemplateBucket({ bucket: 'templates', region: 'eu-west-1', endpoint, credentials });
});
afterAll(() => {
  bucket.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  status = 200;
  asked = [];
});

test('a text lies where its URL says; the same text has the same URL', async () => {
  const first = await bucket.put('Resources: {}');
  const url = first.ok ? new URL(first.value) : undefined;
  expect(url?.origin).toBe(endpoint);
  expect(asked).toMatchObject([{ method: 'PUT', body: expect.stringContaining('Resources: {}') }]);
  expect(asked[0]?.url?.split('?')[0]).toBe(url?.pathname);
  expect(await bucket.put('Resources: {}')).toEqual(first);
  expect(await bucket.put('Resources: {A: {}}')).not.toEqual(first);
});

test('a bucket that may not be written to is refused with what S3 said', async () => {
  status = 403;
  expect(await bucket.put('a')).toMatchObject({
    refusal: { kind: 'forbidden', code: 'template-bucket-refused', message: expect.stringContaining('AccessDenied') },
  });
});

test('a bucket that does not answer now may be asked again', async () => {
  const nowhere = createTemplateBucket({
    bucket: 'templates',
    region: 'eu-west-1',
    endpoint: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  });
  expect(await nowhere.put('a')).toMatchObject({ refusal: { kind: 'unavailable', code: 'template-bucket-away' } });
  nowhere.close();
});

describe('the URL that CloudFormation gets', () => {
  const cases = [
    { bucket: 'plain', region: 'eu-west-1', url: 'https://plain.s3.eu-west-1.amazonaws.com/k' },
    { bucket: 'with.dots', region: 'eu-west-1', url: 'https://s3.eu-west-1.amazonaws.com/with.dots/k' },
    { bucket: 'plain', region: 'cn-north-1', url: 'https://plain.s3.cn-north-1.amazonaws.com.cn/k' },
    { bucket: 'plain', region: 'eu-west-1', endpoint: 'http://127.0.0.1:9/', url: 'http://127.0.0.1:9/plain/k' },
  ];
  test.each(cases)('$url', ({ url, ...options }) => {
    expect(templateUrl(options, 'k')).toBe(url);
  });
});
