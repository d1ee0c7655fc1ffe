import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiAccess, type ApiRequest, fetchSigned } from '../../cli/api-client.ts';
import { issueAccessKey, type PrincipalId, placementRecord } from '../../organization/index.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

let api: TestApi;
let administrator: ApiAccess;
let developer: ApiAccess;
const arn = 'arn:aws:proton:us-east-1:111122223333:service/orders';
beforeAll(async () => {
  api = await startTestApi();
  administrator = { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret };
  const made = await ask({ method: 'POST', path: '/principals', body: { name: 'team/developer@example.com' } });
  const { id } = made.answer.principal as { id: PrincipalId };
  const key = await issueAccessKey(api.organization, id);
  developer = { endpoint: api.url, accessKeyId: key.id, secretAccessKey: key.secret };
  await ask({ method: 'PUT', path: '/units/shop', body: { description: 'What customers see' } });
  await ask({ method: 'PUT', path: '/teams/web', body: { unit: 'shop', kind: 'application' } });
  await ask({ method: 'PUT', path: '/teams/data', body: { kind: 'data', labels: { floor: '2' } } });
  const at = new Date('2026-11-28T08:00:00Z');
  await placementRecord(api.db, { arn, kind: 'service', createdBy: id, at });
});
afterAll(() => api.close());

async function ask(request: ApiRequest, as: ApiAccess = administrator) {
  const response = await fetchSigned(as, request);
  const text = await response.text();
  return { status: response.status, answer: text === '' ? undefined : JSON.parse(text) };
}
const member = `/teams/web/members/${encodeURIComponent('team/developer@example.com')}`;

test('units and teams are made, listed page by page, changed and deleted', async () => {
  const unit = { name: 'lab', parent: 'shop', labels: { a: 'b' } };
  const { name, ...body } = unit;
  expect(await ask({ method: 'PUT', path: `/units/${name}`, body })).toEqual({ status: 200, answer: { unit } });
  const first = await ask({ method: 'GET', path: '/units', query: { limit: '2' } });
  expect(first.answer).toMatchObject({ units: [{ name: 'lab' }, { name: 'organization', labels: {} }] });
  const second = await ask({ method: 'GET', path: '/units', query: { limit: '2', nextToken: first.answer.nextToken } });
  expect(second.answer).toEqual({
    units: [{ name: 'shop', parent: 'organization', description: 'What customers see', labels: {} }],
  });
  expect(await ask({ method: 'DELETE', path: '/units/lab' })).toEqual({ status: 204, answer: undefined });
  expect(await ask({ method: 'DELETE', path: '/units/lab' })).toMatchObject({ status: 404 });
  expect(await ask({ method: 'DELETE', path: '/units/shop' })).toMatchObject({
    status: 409,
    answer: { error: { code: 'unit-in-use', message: expect.stringContaining('team web') } },
  });
  const teams = await ask({ method: 'GET', path: '/teams', query: { kind: 'data' } });
  expect(teams.answer).toEqual({
    teams: [{ name: 'data', unit: 'organization', kind: 'data', labels: { floor: '2' } }],
  });
});

test('a member comes, with an end, and goes; his lead may do so too, and nobody else', async () => {
  const put = await ask({ method: 'PUT', path: member, body: { role: 'lead', until: '2099-01-31' } });
  expect(put).toMatchObject({
    status: 200,
    answer: {
      membership: {
        team: 'web',
        principal: 'team/developer@example.com',
        role: 'lead',
        until: '2099-01-31',
        active: true,
      },
    },
  });
  const own = { method: 'PUT', path: '/teams/web/members/administrator', body: {} } as const;
  expect(await ask(own, developer)).toMatchObject({ status: 200 });
  expect(await ask({ ...own, path: '/teams/data/members/administrator' }, developer)).toMatchObject({
    status: 403,
    answer: { error: { code: 'not-permitted' } },
  });
  expect(await ask({ method: 'DELETE', path: member }, developer)).toMatchObject({ status: 204 });
  const listed = await ask({ method: 'GET', path: '/memberships', query: { team: 'web' } });
  expect(listed.answer.memberships).toMatchObject([{ principal: 'administrator' }]);
  const ended = await ask({ method: 'GET', path: '/memberships', query: { team: 'web', ended: 'true' } });
  expect(ended.answer.memberships).toMatchObject([{ principal: 'administrator' }, { active: false }]);
  expect(await ask(own, developer)).toMatchObject({ status: 403 });
});

const administratorsOnly: readonly ApiRequest[] = [
  { method: 'PUT', path: '/units/mine', body: {} },
  { method: 'DELETE', path: '/units/shop' },
  { method: 'PUT', path: '/teams/mine', body: { kind: 'own' } },
  { method: 'DELETE', path: '/teams/web' },
  { method: 'POST', path: '/principals', body: { name: 'friend' } },
  { method: 'PUT', path: '/teams/administrators/members/team%2Fdeveloper@example.com', body: {} },
  { method: 'DELETE', path: '/teams/administrators/members/administrator' },
  { method: 'POST', path: '/organization/apply', body: { document: 'units: { mine: }' } },
];
test.each(administratorsOnly)('$method $path is refused to who may not', async (request) => {
  expect(await ask(request, developer)).toMatchObject({
    status: 403,
    answer: { error: { code: 'not-permitted' } },
  });
});

const ofTheUnread: readonly ApiRequest[] = [
  { method: 'PUT', path: '/resources', body: { resource: arn, owner: 'web' } },
  { method: 'POST', path: '/handovers', body: { resource: arn, toTeam: 'web' } },
];
test.each(ofTheUnread)(
  '$method $path of what one may not read is answered as of what is not there',
  async (request) => {
    const answerTo = async (resource: string) => {
      const { answer } = await ask({ ...request, body: { ...request.body, resource } }, developer);
      return [answer.error.code, answer.error.message.replaceAll(resource, '')];
    };
    expect(await answerTo(arn)).toEqual(await answerTo(`${arn}-of-nobody`));
    expect((await answerTo(arn))[0]).toBe('resource-missing');
  },
);

test('a resource is placed, handed over and seen by both', async () => {
  const placed = await ask({
    method: 'PUT',
    path: '/resources',
    body: { resource: 'service/orders', owner: 'web', unit: 'shop' },
  });
  expect(placed).toEqual({
    status: 200,
    answer: {
      resource: { arn, kind: 'service', unitPath: ['organization', 'shop'], ownerTeam: 'web', labels: {} },
    },
  });
  const offered = await ask({ method: 'POST', path: '/handovers', body: { resource: arn, toTeam: 'data', days: 3 } });
  expect(offered).toMatchObject({
    status: 201,
    answer: { handover: { resource: arn, fromTeam: 'web', state: 'offered' } },
  });
  const { id } = offered.answer.handover;
  for (const team of ['web', 'data']) {
    const seen = await ask({ method: 'GET', path: '/handovers', query: { team, resource: 'service/orders' } });
    expect(seen.answer.handovers).toMatchObject([{ id, state: 'offered' }]);
  }
  const accepted = await ask({ method: 'POST', path: `/handovers/${id}/accept`, body: { note: 'Welcome.' } });
  expect(accepted).toMatchObject({ status: 200, answer: { handover: { state: 'accepted', answerNote: 'Welcome.' } } });
  expect((await ask({ method: 'GET', path: `/handovers/${id}` })).answer).toEqual(accepted.answer);
  const owned = await ask({ method: 'GET', path: '/resources', query: { team: 'data' } });
  expect(owned.answer.resources).toMatchObject([{ arn, ownerTeam: 'data' }]);
  const orphans = await ask({ method: 'GET', path: '/orphans' });
  expect(orphans.answer.orphans).toMatchObject([{ arn, reason: 'team-empty', team: 'data' }]);
});

test('a body of which every member may be left out may be left out itself', async () => {
  expect(await ask({ method: 'PUT', path: '/units/bare' })).toMatchObject({ status: 200 });
  expect(await ask({ method: 'PUT', path: '/teams/web/members/administrator' })).toMatchObject({
    status: 200,
    answer: { membership: { role: 'member' } },
  });
  const offered = await ask({ method: 'POST', path: '/handovers', body: { resource: arn, toTeam: 'web' } });
  const declined = await ask({ method: 'POST', path: `/handovers/${offered.answer.handover.id}/decline` });
  expect(declined).toMatchObject({ status: 200, answer: { handover: { state: 'declined' } } });
  expect(await ask({ method: 'PUT', path: '/teams/bare' })).toMatchObject({ status: 400 });
});

describe('as one file', () => {
  const document = 'units: { north: { description: Halls } }\nteams: { hall: { unit: north, kind: data } }';
  test('it is planned, applied as it was planned, and written down', async () => {
    const plan = await ask({ method: 'POST', path: '/organization/plan', body: { document } });
    expect(plan).toMatchObject({ status: 200, answer: { changes: [{ sign: '+' }, { sign: '+' }] } });
    const { hash } = plan.answer;
    const other = await ask({ method: 'POST', path: '/organization/apply', body: { document, hash: `${hash}0` } });
    expect(other).toMatchObject({ status: 409, answer: { error: { code: 'organization-plan-stale' } } });
    const applied = await ask({ method: 'POST', path: '/organization/apply', body: { document, hash } });
    expect(applied).toEqual(plan);
    const again = await ask({ method: 'POST', path: '/organization/apply', body: { document } });
    expect(again.answer).toMatchObject({ changes: [], text: expect.stringContaining('Nothing changes.') });
    const { answer } = await ask({ method: 'GET', path: '/audit', query: { limit: '5' } });
    const written = answer.entries.map(
      ({ verb, target, outcome }: Record<string, string>) => `${verb} ${target} ${outcome}`,
    );
    expect(written).toEqual([
      'deuteron:ApplyOrganization unit/organization accepted',
      'deuteron:ApplyOrganization unit/organization accepted',
      'deuteron:PutTeam team/hall accepted',
      'deuteron:PutUnit unit/north accepted',
      'deuteron:ApplyOrganization unit/organization refused',
    ]);
  });

  test('a fault has its place', async () => {
    const wrong = { document: 'teams:\n  hall: { unit: nowhere, kind: data }', file: 'org.yaml' };
    expect(await ask({ method: 'POST', path: '/organization/plan', body: wrong })).toMatchObject({
      status: 400,
      answer: { error: { code: 'unit-missing', position: { file: 'org.yaml', line: 2, column: 17 } } },
    });
  });

  test('it may be as large as a file may be', async () => {
    const units = Array.from({ length: 4_000 }, (_, n) => `  unit-${n}: { description: "${'x'.repeat(60)}" }`);
    const plan = await ask({
      method: 'POST',
      path: '/organization/plan',
      body: { document: `units:\n${units.join('\n')}` },
    });
    expect(plan.answer.changes).toHaveLength(4_000);
  });
});

const malformed = [
  {
    name: 'a resource of no form',
    method: 'PUT',
    path: '/resources',
    body: { resource: 'queue/x' },
    code: 'resource-unreadable',
  },
  { name: 'a day that is none', method: 'GET', path: '/orphans', query: { on: 'soon' }, code: 'end-date-wrong' },
  { name: 'an end that is none', method: 'PUT', path: member, body: { until: '2026-02-30' }, code: 'end-date-wrong' },
  { name: 'an unknown member', method: 'PUT', path: '/units/x', body: { parents: 'shop' }, code: 'request-malformed' },
  {
    name: 'a token of another list',
    method: 'GET',
    path: '/teams',
    query: { nextToken: 'x' },
    code: 'InvalidPageToken',
  },
] as const;
test.each(malformed)('$name is refused: $code', async ({ name: _, code, ...request }) => {
  expect(await ask(request)).toMatchObject({ status: 400, answer: { error: { code } } });
});
