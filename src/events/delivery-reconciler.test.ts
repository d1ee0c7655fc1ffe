import { createHmac, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { silentLog } from '../log/index.ts';
import { sealingKey } from '../organization/index.ts';
import { attemptsMax } from './delivery.ts';
import { claimMs } from './delivery-reconciler.ts';
import {
  addWebhook,
  type DeliveryReconciler,
  type EventSignals,
  listDeliveries,
  listenToEvents,
  publishEvents,
  redeliver,
  redeliverAll,
  removeWebhook,
  rotateWebhookSecret,
  startWebhookDeliveries,
  testWebhook,
  type WebhookTools,
  webhookList,
} from './index.ts';
import { type Receiver, startReceiver } from './testing/receiver.ts';

const resource = 'arn:aws:proton:us-east-1:111122223333:environment/dev';
const patience = { timeout: 20_000, interval: 10 };

let database: Database;
let signals: EventSignals;
let receiver: Receiver;
let tools: WebhookTools;
let now = new Date('2026-11-28T12:00:00Z');
const working: DeliveryReconciler[] = [];

beforeAll(async () => {
  database = await testDatabase();
  signals = await listenToEvents(database.url);
  receiver = await startReceiver();
  const seal = sealingKey(randomBytes(32));
  tools = { db: database.db, clock: { now: () => now }, seal, localAllowed: true };
});
afterAll(async () => {
  await receiver.close();
  await signals.close();
  await database.close();
});
beforeEach(async () => {
  await Promise.all(working.splice(0).map((each) => each.close()));
  await sql`delete from webhook`.execute(database.db);
  receiver.received.length = 0;
  receiver.answer(204);
});

function start(timeoutMs = 5_000): DeliveryReconciler {
  const reconciler = startWebhookDeliveries({ ...tools, log: silentLog, signals, timeoutMs });
  working.push(reconciler);
  return reconciler;
}

async function add(types: readonly string[] = []) {
  const added = await addWebhook(tools, { url: receiver.url, unit: 'organization', types, resources: [], by: 'ana' });
  if (!added.ok) throw new Error(added.refusal.message);
  return added.value;
}

async function tell(type: string, times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await sql`select event_tell('test', ${type}, ${resource}, '{"name": "dev"}'::jsonb)`.execute(database.db);
  }
  await publishEvents(tools);
}

async function deliveries(state: 'waiting' | 'delivered' | 'failed') {
  const of = (await webhookList(database.db)).map(({ id }) => id);
  const listed = await listDeliveries(database.db, { state }, of, {});
  const items = listed.ok ? listed.value.items : [];
  return items.map((item) => ({ ...item, isAtWork: Number(item.dueAt) - Number(item.lastAttemptAt) === claimMs }));
}

test('what a webhook wants is sent to it, signed, in EventBridge’s envelope', async () => {
  const { secret } = await add(['Deuteron Emergency Used']);
  start();
  await tell('Unwanted');
  await tell('Deuteron Emergency Used');
  await expect.poll(() => receiver.received.length, patience).toBe(1);
  const { headers, body } = receiver.received[0]!;
  const event = JSON.parse(body);
  expect(event).toMatchObject({
    version: '0',
    source: 'test',
    'detail-type': 'Deuteron Emergency Used',
    account: '111122223333',
    region: 'us-east-1',
    resources: [resource],
    detail: { name: 'dev' },
  });
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': event.id });
  expect(headers['webhook-timestamp']).toBe(String(now.getTime() / 1000));
  const signed = `${event.id}.${headers['webhook-timestamp']}.${body}`;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  await expect
    .poll(() => deliveries('delivered'), patience)
    .toMatchObject([{ attempts: 1, lastOutcome: 'answered 204' }]);
});

test('the secret is sealed at rest', async () => {
  const { secret } = await add();
  const { rows } = await sql<{ sealed: Buffer }>`select sealed_secret as sealed from webhook`.execute(database.db);
  expect(rows[0]?.sealed.toString('latin1')).not.toContain(secret.slice(10, 20));
});

test('many processes deliver each event once', async () => {
  await add();
  await add();
  for (const _ of [1, 2, 3]) start();
  await tell('Many', 60);
  await expect.poll(() => receiver.received.length, patience).toBe(120);
  await expect.poll(() => deliveries('waiting'), patience).toEqual([]);
  expect(receiver.received).toHaveLength(120);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-signature'])).size).toBe(120);
});

test.each([500, 301])(
  'a receiver that answers %d is tried again, later each time, and at last left alone',
  async (status) => {
    await add();
    receiver.answer(status);
    await tell('Unlucky');
    const reconciler = start();
    for (let attempt = 1; attempt < attemptsMax; attempt += 1) {
      const attempted = {
        attempts: attempt,
        isAtWork: false,
        lastOutcome: expect.stringContaining(`answered ${status}`),
      };
      await expect.poll(() => deliveries('waiting'), patience).toMatchObject([attempted]);
      const [waiting] = await deliveries('waiting');
      expect(waiting?.dueAt?.getTime()).toBeGreaterThan(now.getTime());
      now = waiting?.dueAt ?? now;
      await sql`select pg_notify('event', 'delivery-due')`.execute(database.db);
    }
    await expect.poll(() => deliveries('failed'), patience).toMatchObject([{ attempts: attemptsMax }]);
    expect(receiver.received).toHaveLength(attemptsMax);

    receiver.answer(200);
    const [dead] = await deliveries('failed');
    expect(await redeliver(tools, dead?.id ?? '')).toMatchObject({ ok: true });
    await expect.poll(() => deliveries('delivered'), patience).toMatchObject([{ id: dead?.id, attempts: 1 }]);
    expect(await redeliver(tools, dead?.id ?? '')).toMatchObject({ refusal: { code: 'delivery-not-failed' } });
    await reconciler.close();
  },
);

test('410 ends it at once; all that failed of a webhook can be sent again', async () => {
  const { webhook } = await add();
  receiver.answer(410);
  start();
  await tell('Gone', 3);
  await expect.poll(() => deliveries('failed'), patience).toHaveLength(3);
  receiver.answer(200);
  expect(await redeliverAll(tools, webhook.id)).toEqual({ ok: true, value: 3 });
  await expect.poll(() => deliveries('delivered'), patience).toHaveLength(3);
});

test('a receiver that does not answer is left after a while', async () => {
  await add();
  receiver.answer(undefined);
  start(100);
  await tell('Silent');
  await expect
    .poll(() => deliveries('waiting'), patience)
    .toMatchObject([{ attempts: 1, lastOutcome: 'no answer within 0.1 s' }]);
});

test('what a process that ends was sending is sent by the next, and does not count as an attempt', async () => {
  await add();
  receiver.answer(undefined);
  const first = start();
  await tell('Interrupted');
  await expect.poll(() => receiver.received.length, patience).toBe(1);
  await first.close();
  expect(await deliveries('waiting')).toMatchObject([{ attempts: 0 }]);
  receiver.answer(200);
  start();
  await expect.poll(() => deliveries('delivered'), patience).toMatchObject([{ attempts: 1 }]);
});

test('what a process that died was sending is sent by another when its claim has ended', async () => {
  await add();
  await tell('Left');
  await sql`update webhook_delivery set attempts = 1, due_at = ${new Date(now.getTime() + 60_000)}`.execute(
    database.db,
  );
  start();
  await tell('Later');
  await expect.poll(() => deliveries('delivered'), patience).toHaveLength(1);
  expect(receiver.received).toHaveLength(1);
  now = new Date(now.getTime() + 60_000);
  await expect.poll(() => deliveries('delivered'), patience).toHaveLength(2);
});

test('a receiver that is slow does not hold up another', async () => {
  const slow = await startReceiver();
  slow.answer(undefined);
  const added = await addWebhook(tools, { url: slow.url, unit: 'organization', types: [], resources: [], by: 'ana' });
  expect(added).toMatchObject({ ok: true });
  await add();
  start(15_000);
  await tell('Fair', 30);
  await expect.poll(() => receiver.received.length, patience).toBe(30);
  expect(slow.received).toHaveLength(4);
  await slow.close();
});

const installation = { partition: 'aws', region: 'us-east-1', accountId: '111122223333' } as const;

test('a new secret signs beside the former one for a day', async () => {
  const { webhook } = await add();
  await rotateWebhookSecret(tools, webhook.id);
  expect(await testWebhook({ ...tools, installation }, webhook.id)).toEqual({
    ok: true,
    value: { delivered: true, outcome: 'answered 204' },
  });
  const [{ body } = { body: '' }] = receiver.received;
  expect(JSON.parse(String(body))).toMatchObject({ account: '111122223333', region: 'us-east-1', resources: [] });
  now = new Date(now.getTime() + 25 * 3_600_000);
  await testWebhook({ ...tools, installation }, webhook.id);
  const signatures = receiver.received.map(({ headers }) => String(headers['webhook-signature']).split(' ').length);
  expect(signatures).toEqual([2, 1]);
});

test('without permission nothing is sent to a local address, whatever was allowed before', async () => {
  const { webhook } = await add();
  const strict = { ...tools, installation, localAllowed: false };
  const trial = await testWebhook(strict, webhook.id);
  expect(trial).toMatchObject({ ok: true, value: { delivered: false } });
  await sql`update webhook set url = ${receiver.url.replace('127.0.0.1', 'localhost.')}`.execute(database.db);
  expect(await testWebhook(strict, webhook.id)).toMatchObject({ ok: true, value: { delivered: false } });
  expect(receiver.received).toEqual([]);
});

test('a webhook that is removed takes its deliveries along', async () => {
  const { webhook } = await add();
  await tell('Removed');
  expect(await removeWebhook(database.db, webhook.id)).toMatchObject({ ok: true });
  expect(await removeWebhook(database.db, webhook.id)).toMatchObject({ refusal: { code: 'webhook-missing' } });
  expect(await deliveries('waiting')).toEqual([]);
});
