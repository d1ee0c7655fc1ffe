import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiAccess, type ApiRequest, fetchSigned } from '../../cli/api-client.ts';
import { publishEvents } from '../../events/index.ts';
import { issueAccessKey, type PrincipalId, placementRecord } from '../../organization/index.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

let api: TestApi;
let administrator: ApiAccess;
let ana: ApiAccess;
const arn = 'arn:aws:proton:us-east-1:111122223333:environment/prod';
const at = new Date('2026-11-28T08:00:00Z');

beforeAll(async () => {
  api = await startTestApi();
  administrator = { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret };
  const { principal } = await put('POST', '/principals', { name: 'ana' });
  const key = await issueAccessKey(api.organization, principal.id);
  ana = { endpoint: api.url, accessKeyId: key.id, secretAccessKey: key.secret };
  await put('PUT', '/units/retail');
  await put('PUT', '/units/shop', { parent: 'retail', labels: { floor: '2' } });
  await put('PUT', '/units/shopping', { parent: 'retail' });
  await put('PUT', '/units/checkout', { parent: 'shop' });
  await put('PUT', '/teams/web', { unit: 'shop', kind: 'application' });
  await put('PUT', '/teams/data', { unit: 'shop', kind: 'data' });
  await put('PUT', '/teams/web/members/ana', { role: 'lead' });
  await placementRecord(api.db, { arn, kind: 'environment', createdBy: principal.id as PrincipalId, at });
});
afterAll(() => api.close());

async function ask(request: ApiRequest, as: ApiAccess = administrator) {
  const response = await fetchSigned(as, request);
  const text = await response.text();
  return { status: response.status, answer: text === '' ? undefined : JSON.parse(text) };
}
async function put(method: 'PUT' | 'POST', path: string, body: object = {}) {
  const { status, answer } = await ask({ method, path, body });
  if (status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}
const rename = (of: 'units' | 'teams', name: string, to: string, as?: ApiAccess) =>
  ask({ method: 'POST', path: `/${of}/${name}/rename`, body: { to } }, as);
async function read<Row>(query: string): Promise<Row[]> {
  return (await sql.raw<Row>(query).execute(api.db)).rows;
}

test('with a unit goes all that is in it and holds there, and nothing of a unit whose name begins alike', async () => {
  await put('PUT', '/models', { scope: 'shop', model: 'golden-path' });
  await put('PUT', '/models', { scope: 'shop/environment-class:production', model: 'centralized' });
  await put('PUT', '/models', { scope: 'shopping', model: 'decentralized' });
  await put('PUT', '/guard-rails/no-public-bucket', { scope: 'shop', effect: 'block' });
  const { webhook } = await put('POST', '/webhooks', { url: 'http://127.0.0.1:9/', unit: 'shop' });
  await put('PUT', '/resources', { resource: arn, unit: 'shop', owner: 'web', dataOwner: 'data' });
  const { handover } = await put('POST', '/handovers', { resource: arn, toTeam: 'administrators', unit: 'shop' });
  await sql`select event_tell('aws.proton', 'Before', ${arn}, '{}'::jsonb)`.execute(api.db);

  expect(await rename('units', 'shop', 'store')).toMatchObject({
    status: 200,
    answer: { unit: { name: 'store', parent: 'retail', labels: { floor: '2' } } },
  });
  const models = (await ask({ method: 'GET', path: '/models' })).answer.assignments;
  expect(models.map(({ scope }: { scope: string }) => scope)).toEqual([
    'shopping',
    'store',
    'store/environment-class:production',
  ]);
  expect(await read('select scope, rail, version from guard_rail_setting')).toEqual([
    { scope: 'store', rail: 'no-public-bucket', version: 1 },
  ]);
  expect((await ask({ method: 'GET', path: `/webhooks/${webhook.id}` })).answer.webhook.unit).toBe('store');
  const { resources } = (await ask({ method: 'GET', path: '/resources' })).answer;
  expect(resources).toMatchObject([{ unitPath: ['organization', 'retail', 'store'], ownerTeam: 'web' }]);
  expect((await ask({ method: 'GET', path: `/handovers/${handover.id}` })).answer.handover.unit).toBe('store');
  const { units } = (await ask({ method: 'GET', path: '/units' })).answer;
  expect(units.find(({ name }: { name: string }) => name === 'checkout').parent).toBe('store');
  // told before the new name, written down for whom after it
  await publishEvents(api.webhooks);
  expect(
    await read(`select type from event join webhook_delivery on event.id = event_id where type = 'Before'`),
  ).toEqual([{ type: 'Before' }]);

  await put('PUT', '/units/shop', {});
  const again = (await ask({ method: 'GET', path: '/models' })).answer.assignments;
  expect(again, 'who gets the old name gets nothing else').toEqual(models);
  const { entries } = (await ask({ method: 'GET', path: '/audit', query: { target: 'unit/shop*' } })).answer;
  expect(entries.map(({ verb, target }: Record<string, string>) => `${verb} ${target}`)).toContain(
    'deuteron:RenameUnit unit/shop/called/store',
  );
});

test('with a team go its members, what it owns, what it is offered, its bundles and its rules of federation', async () => {
  await put('POST', '/principals', { name: 'robot', kind: 'machine' });
  const rule = { issuer: 'https://ci.example.com', audience: 'deuteron', subject: 'repo', principal: 'robot' };
  await put('PUT', '/federation-rules/ci', { ...rule, teams: ['data', 'web'] });
  await sql`insert into bucket (name, created_at) values ('b', now())`.execute(api.db);
  await sql`insert into stored_object (bucket_name, key, size_bytes, etag, headers, checksums, blob_ids, modified_at, owner_team)
    values ('b', 'k', 0, '', '{}', '{}', '{}', now(), 'web')`.execute(api.db);
  await sql`insert into deployment (id, target_kind, target_arn, target_created_at, environment_name, operation, state, created_at, modified_at)
    values ('asking', 'environment', ${arn}, ${at}, 'prod', 'update', 'waiting', ${at}, ${at})`.execute(api.db);
  await sql`insert into approval_request (deployment_id, target_arn, plan_id, plan, wanted, waits_for, state, asked_at, expires_at)
    values ('asking', ${arn}, 'p', '{}', '[]', 'owner (team web)', 'wanted', ${at}, ${at})`.execute(api.db);

  expect(await rename('teams', 'web', 'front')).toMatchObject({ status: 200, answer: { team: { name: 'front' } } });
  const own = await ask({ method: 'GET', path: '/memberships', query: { principal: 'ana' } }, ana);
  expect(own.answer.memberships).toMatchObject([{ team: 'front', role: 'lead', active: true }]);
  expect((await ask({ method: 'GET', path: '/resources' }, ana)).answer.resources).toMatchObject([
    { arn, ownerTeam: 'front', dataOwnerTeam: 'data' },
  ]);
  expect(await read(`select from_team from handover where state = 'offered'`)).toEqual([{ from_team: 'front' }]);
  expect(await read('select owner_team from stored_object')).toEqual([{ owner_team: 'front' }]);
  expect(await read('select waits_for from approval_request')).toEqual([{ waits_for: 'owner (team front)' }]);
  const { federationRules: rules } = (await ask({ method: 'GET', path: '/federation-rules' })).answer;
  expect(rules[0].teams).toEqual(['data', 'front']);
});

describe('is refused', () => {
  test.each([
    { of: 'units', name: 'organization', to: 'company', code: 'root-unit-stays' },
    { of: 'teams', name: 'administrators', to: 'root', code: 'administrators-stay' },
    { of: 'units', name: 'nowhere', to: 'there', code: 'unit-missing' },
    { of: 'teams', name: 'nobody', to: 'somebody', code: 'team-missing' },
    { of: 'units', name: 'retail', to: 'no name', code: 'organization-name-wrong' },
    { of: 'units', name: 'retail', to: 'checkout', code: 'organization-name-taken' },
    { of: 'teams', name: 'data', to: 'administrators', code: 'organization-name-taken' },
  ] as const)('$name to $to: $code', async ({ of, name, to, code }) => {
    expect(await rename(of, name, to)).toMatchObject({ answer: { error: { code } } });
  });

  test('to who may not', async () => {
    expect(await rename('units', 'retail', 'mine', ana)).toMatchObject({ status: 403 });
    expect(await rename('teams', 'data', 'mine', ana)).toMatchObject({ status: 403 });
  });

  test('where rules in force name it, until they do no more', async () => {
    await put('PUT', '/units/lab');
    await put('PUT', '/teams/chemists', { unit: 'lab', kind: 'application' });
    const text =
      '@id("chemists-only") @message("Chemists alone.") forbid (principal, action in Action::"creations", resource in ?resource) unless { principal in Team::"chemists" || principal in Unit::"lab" };';
    await put('POST', '/policies', { name: 'chemists-only', purpose: 'restriction', text });
    await put('PUT', '/restrictions', { scope: 'retail', name: 'chemists-only' });
    for (const [of, name] of [
      ['teams', 'chemists'],
      ['units', 'lab'],
    ] as const) {
      expect(await rename(of, name, 'other')).toMatchObject({
        status: 409,
        answer: { error: { code: 'named-in-rules', message: expect.stringContaining('chemists-only') } },
      });
    }
    const taken = await ask({
      method: 'DELETE',
      path: '/restrictions',
      query: { scope: 'retail', name: 'chemists-only' },
    });
    expect(taken.status).toBeLessThan(300);
    expect(await rename('teams', 'chemists', 'other')).toMatchObject({ status: 200 });
  });
});

test('a unit that is made anew under the name of one that is gone has nothing of it', async () => {
  await put('PUT', '/units/brief');
  await put('PUT', '/models', { scope: 'brief', model: 'decentralized' });
  await put('PUT', '/guard-rails/no-open-ports', { scope: 'brief', effect: 'block' });
  await ask({ method: 'DELETE', path: '/units/brief' });
  await put('PUT', '/units/brief');
  const { assignments } = (await ask({ method: 'GET', path: '/models' })).answer;
  expect(assignments.map(({ scope }: { scope: string }) => scope)).not.toContain('brief');
  const { guardRails: rails } = (await ask({ method: 'GET', path: '/guard-rails' })).answer;
  expect(JSON.stringify(rails)).not.toContain('brief');
  await put('PUT', '/guard-rails/no-open-ports', { scope: 'brief', effect: 'warn' });
});

test('a team that is made anew under the name of one that is gone has neither its uploads nor its hand-overs', async () => {
  await put('PUT', '/units/elsewhere');
  await put('PUT', '/teams/guests', { unit: 'elsewhere', kind: 'own' });
  await put('PUT', '/teams/hosts', { unit: 'elsewhere', kind: 'own' });
  const at = arn.replace('prod', 'lent');
  await placementRecord(api.db, { arn: at, kind: 'environment', createdBy: 'nobody' as PrincipalId, at: new Date() });
  await put('PUT', '/resources', { resource: at, unit: 'elsewhere', owner: 'guests' });
  const { handover } = await put('POST', '/handovers', { resource: at, toTeam: 'hosts', note: 'between us' });
  await put('POST', `/handovers/${handover.id}/accept`);
  await sql`insert into stored_object (bucket_name, key, size_bytes, etag, headers, checksums, blob_ids, modified_at, owner_team)
    values ('b', 'of guests', 0, '', '{}', '{}', '{}', now(), 'guests')`.execute(api.db);
  expect((await ask({ method: 'DELETE', path: '/teams/guests' })).status).toBe(204);
  await put('PUT', '/teams/guests', { unit: 'checkout', kind: 'own' });
  await put('PUT', '/teams/guests/members/ana');
  expect(
    (await ask({ method: 'GET', path: '/handovers' }, ana)).answer.handovers.map(({ id }: { id: string }) => id),
  ).not.toContain(handover.id);
  expect(await ask({ method: 'GET', path: `/handovers/${handover.id}` }, ana)).toMatchObject({ status: 404 });
  expect(await read(`select owner_team from stored_object where key = 'of guests'`)).toEqual([{ owner_team: null }]);
});

test('a file says what was called otherwise, and says it again without harm', async () => {
  await put('PUT', '/units/north');
  await put('PUT', '/teams/sailors', { unit: 'north', kind: 'application' });
  await put('PUT', '/teams/sailors/members/ana');
  const document = `
units:
  arctic: { renamedFrom: north }
  bay: { parent: arctic }
teams:
  mariners: { renamedFrom: sailors, unit: bay, kind: application }
`;
  const plan = await put('POST', '/organization/plan', { document });
  const texts = plan.changes.map(({ text }: { text: string }) => text);
  expect(texts).toEqual([
    'unit north: is called arctic',
    'team sailors: is called mariners',
    'unit bay: in arctic',
    'team mariners: in arctic -> bay',
  ]);
  await put('POST', '/organization/apply', { document });
  const { memberships } = (await ask({ method: 'GET', path: '/memberships', query: { team: 'mariners' } })).answer;
  expect(memberships).toMatchObject([{ principal: 'ana' }]);
  expect((await put('POST', '/organization/plan', { document })).changes).toEqual([]);
});
