import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiAccess, type ApiRequest, fetchSigned } from '../../cli/api-client.ts';
import { publishEvents } from '../../events/index.ts';
import { issueAccessKey, type PrincipalId, placementForget, placementRecord } from '../../organization/index.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

let api: TestApi;
let administrator: ApiAccess;
/** In the platform team of one unit each. */
let ofShop: ApiAccess;
let ofLab: ApiAccess;
let shopId: PrincipalId;
const at = new Date('2026-11-28T08:00:00Z');
const arnOf = (name: string) => `arn:aws:proton:us-east-1:111122223333:${name}`;

beforeAll(async () => {
  api = await startTestApi();
  administrator = { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret };
  await done({ method: 'PUT', path: '/units/shop', body: {} });
  await done({ method: 'PUT', path: '/units/checkout', body: { parent: 'shop' } });
  await done({ method: 'PUT', path: '/units/lab', body: {} });
  ({ access: ofShop, id: shopId } = await platformOf('shop'));
  ({ access: ofLab } = await platformOf('lab'));
});
afterAll(() => api.close());

async function ask(request: ApiRequest, as: ApiAccess = administrator) {
  const response = await fetchSigned(as, request);
  const text = await response.text();
  return { status: response.status, answer: text === '' ? undefined : JSON.parse(text) };
}
async function done(request: ApiRequest) {
  const { status, answer } = await ask(request);
  if (status >= 300) throw new Error(`${request.method} ${request.path}: ${JSON.stringify(answer)}`);
  return answer;
}
async function platformOf(unit: string): Promise<{ access: ApiAccess; id: PrincipalId }> {
  const { principal } = await done({ method: 'POST', path: '/principals', body: { name: `of-${unit}` } });
  await done({ method: 'PUT', path: `/teams/${unit}-platform`, body: { unit, kind: 'platform' } });
  await done({ method: 'PUT', path: `/teams/${unit}-platform/members/of-${unit}`, body: {} });
  const { id, secret } = await issueAccessKey(api.organization, principal.id);
  return { access: { endpoint: api.url, accessKeyId: id, secretAccessKey: secret }, id: principal.id };
}
const add = (body: object, as?: ApiAccess) => ask({ method: 'POST', path: '/webhooks', body }, as);
const url = 'http://127.0.0.1:9/';

async function tell(arn: string, type = 'Told', source = 'aws.proton') {
  await sql`select event_tell(${source}, ${type}, ${arn}, '{}'::jsonb)`.execute(api.db);
}
/** Types of the events that wait to be sent to a webhook, in the order in which they were told. */
async function wait(webhook: string): Promise<string[]> {
  await publishEvents(api.webhooks);
  const { rows } = await sql<{ type: string }>`
    select event.type from webhook_delivery join event on event.id = event_id
    where webhook_id = ${webhook} order by event.position`.execute(api.db);
  return rows.map(({ type }) => type);
}

test('a platform team has webhooks of its unit, and knows of no others', async () => {
  const own = await add({ url, unit: 'shop' }, ofShop);
  expect(own).toMatchObject({ status: 201, answer: { webhook: { unit: 'shop' }, secret: expect.any(String) } });
  const { id } = own.answer.webhook;
  expect(await add({ url, unit: 'lab' }, ofShop)).toMatchObject({ status: 403 });
  expect(await add({ url }, ofShop), 'of everything').toMatchObject({ status: 403 });
  expect(await add({ url, unit: 'nowhere' })).toMatchObject({
    status: 400,
    answer: { error: { code: 'unit-missing' } },
  });
  const everything = await add({ url });
  expect(everything).toMatchObject({ status: 201, answer: { webhook: { unit: 'organization' } } });

  const listed = async (as: ApiAccess) => (await ask({ method: 'GET', path: '/webhooks' }, as)).answer.webhooks;
  expect(await listed(ofShop)).toMatchObject([{ id }]);
  expect(await listed(ofLab)).toEqual([]);
  expect(await listed(administrator)).toMatchObject([{ id }, { id: everything.answer.webhook.id }]);
  for (const [method, rest] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/secret'],
    ['POST', '/test'],
    ['POST', '/redeliver'],
  ] as const) {
    const refused = await ask({ method, path: `/webhooks/${id}${rest}` }, ofLab);
    expect(refused, `${method} ${rest}`).toMatchObject({ status: 404, answer: { error: { code: 'webhook-missing' } } });
  }
  const rotated = await ask({ method: 'POST', path: `/webhooks/${id}/secret` }, ofShop);
  expect(rotated).toMatchObject({ status: 200, answer: { secret: expect.any(String) } });

  await tell('unit/checkout', 'Failing');
  await wait(id);
  await sql`update webhook_delivery set state = 'failed'`.execute(api.db);
  const failed = await ask({ method: 'GET', path: '/webhook-deliveries', query: { webhook: id } }, ofShop);
  expect(failed.answer.deliveries).toMatchObject([{ webhookId: id }]);
  expect((await ask({ method: 'GET', path: '/webhook-deliveries' }, ofLab)).answer.deliveries).toEqual([]);
  const again: ApiRequest = { method: 'POST', path: `/webhook-deliveries/${failed.answer.deliveries[0].id}/redeliver` };
  expect(await ask(again, ofLab)).toMatchObject({ status: 404, answer: { error: { code: 'delivery-not-failed' } } });
  expect(await ask(again, ofShop)).toMatchObject({ status: 202 });
});

test('it is told of what was in its unit and below when it happened, and never of another unit', async () => {
  const made = await Promise.all(['shop', 'lab', 'checkout', 'organization'].map((unit) => add({ url, unit })));
  const [shop, lab, checkout, all] = made.map(({ answer }) => answer.webhook.id as string);
  const record = (name: string, kind: 'environment' | 'service' | 'service-instance', unit?: string) =>
    placementRecord(api.db, {
      arn: arnOf(name),
      kind,
      createdBy: shopId,
      at,
      tags: unit === undefined ? [] : [{ key: 'deuteron:unit', value: unit }],
    });
  await record('environment/dev', 'environment', 'checkout');
  await record('service/orders', 'service', 'shop');
  await record('service/orders/service-instance/one', 'service-instance');
  await tell(arnOf('environment/dev'), 'InCheckout');
  await tell(arnOf('service/orders/service-instance/one'), 'PartInShop');
  await tell(arnOf('environment/unknown'), 'Nowhere');
  await tell('unit/lab', 'OfLabItself');
  await placementForget(api.db, arnOf('environment/dev'), at);
  await tell(arnOf('environment/dev'), 'GoneFromCheckout');
  await record('environment/dev', 'environment', 'lab');
  await tell(arnOf('environment/dev'), 'AnewInLab');
  await done({ method: 'PUT', path: '/resources', body: { resource: 'service/orders', unit: 'lab' } });
  await tell(arnOf('service/orders/service-instance/one'), 'PartInLab');

  expect(await wait(checkout!)).toEqual(['InCheckout', 'GoneFromCheckout']);
  expect(await wait(shop!)).toEqual(['InCheckout', 'PartInShop', 'GoneFromCheckout']);
  expect(await wait(lab!)).toEqual(['OfLabItself', 'AnewInLab', 'PartInLab']);
  expect(await wait(all!)).toHaveLength(7);
});

test('an approval that is asked for says of which plan, of whom and where', async () => {
  const { answer } = await add({ url, unit: 'shop', types: ['Deuteron Approval Request State Change'] });
  const arn = arnOf('environment/asked');
  const tags = [{ key: 'deuteron:unit', value: 'checkout' }];
  await placementRecord(api.db, { arn, kind: 'environment', createdBy: shopId, tags, at });
  await sql`insert into deployment (id, target_kind, target_arn, target_created_at, environment_name, operation, state, created_at, modified_at)
    values ('asking', 'environment', ${arn}, ${at}, 'asked', 'update', 'waiting', ${at}, ${at})`.execute(api.db);
  await sql`insert into approval_request (deployment_id, target_arn, plan_id, plan, wanted, waits_for, state, asked_at, expires_at)
    values ('asking', ${arn}, 'sha256-1', '{}', '[]', 'owner (team checkout)', 'wanted', ${at}, ${at})`.execute(api.db);
  expect(await wait(answer.webhook.id)).toEqual(['Deuteron Approval Request State Change']);
  const { rows } = await sql<{ detail: object }>`
    select detail from event where resource = ${arn} and type like 'Deuteron Approval%'`.execute(api.db);
  expect(rows).toMatchObject([
    { detail: { state: 'wanted', planId: 'sha256-1', waitsFor: 'owner (team checkout)', unit: 'checkout' } },
  ]);
});

test('a unit that has webhooks is not removed before them', async () => {
  await done({ method: 'PUT', path: '/units/brief', body: {} });
  const { answer } = await add({ url, unit: 'brief' });
  expect(await ask({ method: 'DELETE', path: '/units/brief' })).toMatchObject({
    status: 409,
    answer: { error: { code: 'unit-in-use', message: expect.stringContaining('1 webhook') } },
  });
  await done({ method: 'DELETE', path: `/webhooks/${answer.webhook.id}` });
  await done({ method: 'DELETE', path: '/units/brief' });
});
