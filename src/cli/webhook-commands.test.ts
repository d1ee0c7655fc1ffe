import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../api/testing/index.ts';
import { type Receiver, startReceiver } from '../events/testing/receiver.ts';
import { runDeuteron } from './testing/run-deuteron.ts';

let api: TestApi;
let receiver: Receiver;
beforeAll(async () => {
  api = await startTestApi();
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  await api.close();
});
beforeEach(() => {
  vi.stubEnv('DEUTERON_URL', api.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', api.key.id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', api.key.secret);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const deuteron = (...words: readonly string[]) => runDeuteron({}, ...words);

test('a webhook is added, listed, tried, given a new secret and removed', async () => {
  const added = await deuteron(
    'webhook',
    'add',
    receiver.url,
    '--type',
    'Deuteron Deployment State Change',
    '--resource',
    'arn:*',
  );
  expect(added.text).toMatch(/^Added [0-9a-f-]{36}\.\nIts secret, shown this once: whsec_\S+$/);
  const { webhooks } = JSON.parse((await deuteron('webhook', 'list', '--json')).text);
  expect(webhooks).toMatchObject([
    { url: receiver.url, types: ['Deuteron Deployment State Change'], resources: ['arn:*'] },
  ]);
  const { id } = webhooks[0];
  expect((await deuteron('webhook', 'list')).text).toBe(
    `${id}  ${receiver.url}  organization  Deuteron Deployment State Change, arn:*`,
  );
  expect(await deuteron('webhook', 'test', id)).toEqual({ text: 'Delivered: answered 204.', exitCode: 0 });
  receiver.answer(503);
  expect(await deuteron('webhook', 'test', id)).toEqual({ text: 'Not delivered: answered 503.', exitCode: 1 });
  expect((await deuteron('webhook', 'rotate', id)).text).toContain('whsec_');
  expect((await deuteron('webhook', 'failed', '--webhook', id)).text).toBe('No delivery has failed.');
  expect((await deuteron('webhook', 'redeliver', '--webhook', id)).text).toBe('0 deliveries are tried again.');
  expect((await deuteron('webhook', 'remove', id)).text).toBe(`Removed ${id}.`);
  const gone = await deuteron('webhook', 'remove', id);
  expect(gone).toMatchObject({ exitCode: 1, text: expect.stringContaining('There is no webhook') });

  const { text } = await deuteron('audit', 'list');
  const lines = text.split('\n').map((line) => line.split('  ').slice(1, -1).join(' ').replace(id, 'ID'));
  expect(lines).toEqual([
    'administrator deuteron:RemoveWebhook webhook/ID refused (webhook-missing)',
    'administrator deuteron:RemoveWebhook webhook/ID accepted',
    'administrator deuteron:RedeliverAll webhook/ID accepted',
    'administrator deuteron:RotateWebhookSecret webhook/ID accepted',
    'administrator deuteron:AddWebhook - accepted',
  ]);
  const all = await deuteron('audit', 'verify');
  expect(all).toEqual({ text: '5 entries, all as written.', exitCode: 0 });
});

test('who has no key, or no server, is told so', async () => {
  vi.stubEnv('DEUTERON_URL', 'http://127.0.0.1:1');
  expect(await deuteron('webhook', 'list')).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('does not answer as Deuteron does'),
  });
  vi.stubEnv('AWS_ACCESS_KEY_ID', '');
  expect(await deuteron('webhook', 'list')).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('AWS_ACCESS_KEY_ID'),
  });
});
