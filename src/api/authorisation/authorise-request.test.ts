import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiAccess, type ApiRequest, fetchSigned } from '../../cli/api-client.ts';
import { modelAssignmentUpsert } from '../../governance/rules/assignment-store.ts';
import { createPrincipal, issueAccessKey, type PrincipalId } from '../../organization/index.ts';
import { givenMember, givenTeam, givenUnit } from '../../organization/testing/organization-world.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

let api: TestApi;
let administrator: ApiAccess;
let member: ApiAccess;
beforeAll(async () => {
  api = await startTestApi();
  administrator = { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret };
  await givenUnit(api.db, 'shop');
  await givenTeam(api.db, 'web', 'shop');
  const made = await createPrincipal(api.organization, { name: 'ana', kind: 'person' });
  if (!made.ok) throw new Error(made.refusal.message);
  await givenMember(api.db, 'web', made.value.id as PrincipalId);
  const key = await issueAccessKey(api.organization, made.value.id);
  member = { endpoint: api.url, accessKeyId: key.id, secretAccessKey: key.secret };
});
afterAll(() => api.close());

async function ask(access: ApiAccess, request: ApiRequest) {
  const response = await fetchSigned(access, request);
  const requestId = response.headers.get('x-amzn-requestid') ?? '';
  return { status: response.status, answer: await response.json(), requestId };
}
async function kept(requestId: string) {
  const { rows } = await sql<{ verb: string; verdict: string; outcome: string; code: string | null; same: boolean }>`
    select decision.verb, verdict, outcome, code, decision.xmin = audit_entry.xmin as same
    from decision join audit_entry using (request_id) where request_id = ${requestId}`.execute(api.db);
  return rows;
}
const addWebhook = { method: 'POST', path: '/webhooks', body: { url: 'https://example.com/' } } as const;

test('what is denied says by which rule, to whom it is open, and is kept with its audit entry', async () => {
  const { status, answer, requestId } = await ask(member, addWebhook);
  expect({ status, answer }).toMatchObject({
    status: 403,
    answer: {
      error: {
        code: 'not-permitted',
        message: expect.stringContaining('Nothing permits ana webhook:write'),
        remedy: expect.stringMatching(/^It is for: administrator, platform\. Decision \S+ keeps the rules/),
      },
    },
  });
  expect(await kept(requestId)).toEqual([
    { verb: 'webhook:write', verdict: 'deny', outcome: 'refused', code: 'not-permitted', same: true },
  ]);
});

test('what is allowed is kept in the transaction of its audit entry', async () => {
  const { status, requestId } = await ask(administrator, addWebhook);
  expect(status).toBe(201);
  expect(await kept(requestId)).toEqual([
    { verb: 'webhook:write', verdict: 'allow', outcome: 'accepted', code: null, same: true },
  ]);
});

test('decisions on reads are not kept', async () => {
  const { status, requestId } = await ask(administrator, { method: 'GET', path: '/webhooks' });
  expect(status).toBe(200);
  const { rows } = await sql`select from decision where request_id = ${requestId}`.execute(api.db);
  expect(rows).toEqual([]);
});

test('of the audit everybody sees what he did himself', async () => {
  const { answer } = await ask(member, { method: 'GET', path: '/audit' });
  expect(answer.entries).toMatchObject([{ principal: 'ana', verb: 'deuteron:AddWebhook', outcome: 'refused' }]);
  const all = await ask(administrator, { method: 'GET', path: '/audit' });
  expect(new Set(all.answer.entries.map(({ principal }: { principal: string }) => principal))).toContain(
    'administrator',
  );
});

test('a membership that begins or ends counts at the very next request, whoever wrote it down', async () => {
  const { rows } = await sql<{ id: PrincipalId }>`select id from principal where name = 'ana'`.execute(api.db);
  const asked = async () => (await ask(member, addWebhook)).status;
  expect(await asked()).toBe(403);
  await givenMember(api.db, 'administrators', rows[0]?.id as PrincipalId);
  expect(await asked()).toBe(201);
  await sql`delete from membership where team = 'administrators' and principal_id = ${rows[0]?.id}`.execute(api.db);
  expect(await asked()).toBe(403);
});

test('whoever is in several teams is told to say for which of them something is', async () => {
  await givenTeam(api.db, 'second', 'shop');
  await givenTeam(api.db, 'break-glass', 'shop');
  const made = await createPrincipal(api.organization, { name: 'bea', kind: 'person' });
  if (!made.ok) throw new Error(made.refusal.message);
  for (const team of ['web', 'break-glass']) await givenMember(api.db, team, made.value.id as PrincipalId);
  const key = await issueAccessKey(api.organization, made.value.id);
  const bea = { endpoint: api.url, accessKeyId: key.id, secretAccessKey: key.secret };
  const plan = {
    method: 'POST',
    path: '/environments/new/plan',
    body: { operation: 'create', templateName: 'network', majorVersion: '1', spec: '' },
  } as const;
  expect((await ask(bea, plan)).answer.error.remedy).not.toContain('deuteron:owner');
  await givenMember(api.db, 'second', made.value.id as PrincipalId);
  const { answer } = await ask(bea, plan);
  expect(answer.error).toMatchObject({
    code: 'not-permitted',
    remedy: expect.stringMatching(
      /^Nobody would own it: you are in the teams second, web; say with the tag deuteron:owner/,
    ),
  });
});

test('whoever reads everything is told that a thing is missing before what the rules say of it', async () => {
  await modelAssignmentUpsert(api.db, { scope: 'organization', name: 'golden-path', by: 'test', at: new Date() });
  const publish = { method: 'POST', path: '/templates/environment/nowhere/versions/1.0/publish', body: {} } as const;
  expect(await ask(administrator, publish)).toMatchObject({
    status: 404,
    answer: { error: { code: 'resource-missing', message: expect.stringContaining('environment-template/nowhere') } },
  });
});
