/** What the organization does itself is decided by governance: what its rules permit, what no rule of anybody's can, and what is kept. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiAccess, type ApiRequest, fetchSigned } from '../../cli/api-client.ts';
import { issueAccessKey, type PrincipalId } from '../../organization/index.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

let api: TestApi;
const keys = new Map<string, ApiAccess>();
beforeAll(async () => {
  api = await startTestApi();
  keys.set('administrator', { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret });
  for (const [unit, parent] of [
    ['retail', 'organization'],
    ['shop', 'retail'],
    ['networks', 'organization'],
  ])
    await done({ method: 'PUT', path: `/units/${unit}`, body: { parent } });
  for (const [team, unit, kind] of [
    ['heads', 'organization', 'leadership'],
    ['builders', 'organization', 'platform'],
    ['retail-heads', 'retail', 'leadership'],
    ['web', 'shop', 'application'],
    ['net', 'networks', 'application'],
  ])
    await done({ method: 'PUT', path: `/teams/${team}`, body: { unit, kind } });
  const people: readonly (readonly [name: string, team: string, role?: string, kind?: string])[] = [
    ['rosa', 'heads'],
    ['petra', 'builders'],
    ['rita', 'retail-heads'],
    ['wim', 'web', 'lead'],
    ['wanda', 'web'],
    ['nina', 'net'],
    ['robot', 'net', 'member', 'machine'],
    ['chief-robot', 'administrators', 'member', 'machine'],
  ];
  for (const [name, team, role = 'member', kind = 'person'] of people) {
    const made = await done({ method: 'POST', path: '/principals', body: { name, kind } });
    await done({ method: 'PUT', path: `/teams/${team}/members/${name}`, body: { role } });
    const { id, secret } = await issueAccessKey(api.organization, made.principal.id as PrincipalId);
    keys.set(name, { endpoint: api.url, accessKeyId: id, secretAccessKey: secret });
  }
  for (const [resource, unit, owner] of [
    ['account/444455556666', 'shop', 'web'],
    ['account/777788889999', 'networks', 'net'],
  ])
    await done(put('/resources', { resource, unit, owner }));
}, 60_000);
afterAll(() => api.close());

async function ask(name: string, request: ApiRequest) {
  const access = keys.get(name);
  if (!access) throw new Error(`nobody is called ${name}`);
  const response = await fetchSigned(access, request);
  const text = await response.text();
  return { status: response.status, answer: text.startsWith('{') ? JSON.parse(text) : text };
}
async function done(request: ApiRequest) {
  const { status, answer } = await ask('administrator', request);
  if (status >= 300) throw new Error(`${request.method} ${request.path}: ${JSON.stringify(answer)}`);
  return answer;
}
const no = (message = '') => ({
  status: 403,
  answer: { error: { code: 'not-permitted', message: expect.stringContaining(message) } },
});

/** All that could have been changed. */
async function organization() {
  const lists = ['/units', '/teams', '/principals', '/memberships', '/federation-rules', '/resources'];
  return Promise.all(lists.map((path) => done({ method: 'GET', path })));
}
const put = (path: string, body: object = {}): ApiRequest => ({ method: 'PUT', path, body });
const post = (path: string, body: object = {}): ApiRequest => ({ method: 'POST', path, body });
const rule = (principal: string, teams: readonly string[] = []) =>
  put('/federation-rules/mine', {
    issuer: 'https://ci.example.com',
    audience: 'a',
    subject: 'repo:x',
    principal,
    teams,
  });
const apply = (document: string) => post('/organization/apply', { document });

describe('the leadership of a unit', () => {
  const allowed: readonly ApiRequest[] = [
    put('/units/lab', { parent: 'shop' }),
    put('/units/lab', { parent: 'retail', labels: { floor: '2' } }),
    put('/teams/lab-builders', { unit: 'lab', kind: 'platform' }),
    put('/teams/lab-builders/members/rita', { role: 'lead' }),
    put('/teams/web', { unit: 'lab', kind: 'application' }),
    put('/teams/web', { unit: 'shop', kind: 'application' }),
    apply(
      'units: {shop: {parent: retail}, kiosk: {parent: shop}}\nteams: {kiosk: {unit: kiosk, kind: own, members: {wanda: }}}',
    ),
    { method: 'DELETE', path: '/teams/kiosk/members/wanda' },
    { method: 'DELETE', path: '/teams/kiosk' },
    { method: 'DELETE', path: '/units/kiosk' },
  ];
  test('orders it with all below: units, teams, and who is in them', async () => {
    for (const request of allowed) {
      const { status, answer } = await ask('rita', request);
      expect([request.method, request.path, status < 300, status < 300 || answer]).toEqual([
        request.method,
        request.path,
        true,
        true,
      ]);
    }
  });

  const attacks: readonly (readonly [what: string, request: ApiRequest])[] = [
    ['makes a unit elsewhere', put('/units/mine', { parent: 'networks' })],
    ['makes a unit in the root', put('/units/mine')],
    ['takes a unit in', put('/units/networks', { parent: 'retail' })],
    ['gives a unit of his away', put('/units/shop', { parent: 'networks' })],
    ['lifts a unit of his into the root', put('/units/shop')],
    ['moves his own unit', put('/units/retail', { parent: 'networks' })],
    ['changes the root', put('/units/organization', { labels: { mine: 'yes' } })],
    ['deletes a unit elsewhere', { method: 'DELETE', path: '/units/networks' }],
    ['makes a platform team in the root', put('/teams/mine', { kind: 'platform' })],
    ['makes a security team elsewhere', put('/teams/mine', { unit: 'networks', kind: 'security' })],
    ['takes a team in', put('/teams/net', { unit: 'shop', kind: 'application' })],
    ['takes the platform team of all in', put('/teams/builders', { unit: 'shop', kind: 'platform' })],
    ['gives a team away', put('/teams/web', { unit: 'networks', kind: 'application' })],
    ['lifts his leadership into the root', put('/teams/retail-heads', { kind: 'leadership' })],
    ['calls a unit elsewhere otherwise', post('/units/networks/rename', { to: 'nets' })],
    ['calls a team elsewhere otherwise', post('/teams/net/rename', { to: 'nets' })],
    ['calls a team of his as the administrators are', post('/teams/web/rename', { to: 'administrators' })],
    ['calls a team of his as those who break the glass', post('/teams/web/rename', { to: 'break-glass' })],
    ['deletes a team elsewhere', { method: 'DELETE', path: '/teams/net' }],
    ['changes the administrators', put('/teams/administrators', { kind: 'administration', labels: { mine: 'yes' } })],
    ['makes those who break the glass', put('/teams/break-glass', { unit: 'shop', kind: 'own' })],
    ['becomes an administrator', put('/teams/administrators/members/rita')],
    ['takes an administrator out', { method: 'DELETE', path: '/teams/administrators/members/administrator' }],
    ['joins a team elsewhere', put('/teams/net/members/rita', { role: 'lead' })],
    ['makes a principal', post('/principals', { name: 'friend' })],
    ['lets jobs act as a machine of a team of his', rule('robot', ['web'])],
    ['lets jobs act as an administrator', rule('chief-robot')],
    ['issues a key of somebody in a team of his', post('/access-keys', { principal: 'wanda' })],
    ['issues a token of an administrator', post('/tokens', { name: 'x', principal: 'administrator' })],
    [
      'signs in as another',
      put('/principals/administrator/identity', { issuer: 'https://i.example.com', subject: 's' }),
    ],
    ['approves in the place of another', post('/delegations', { from: 'wanda', to: 'rita', until: '2027-01-01' })],
    ['moves what is his team’s', put('/resources', { resource: 'account/444455556666', unit: 'lab' })],
    ['lets a model rule his unit', put('/models', { scope: 'retail', model: 'decentralized' })],
    ['applies a file of which one part is not his', apply('units: {stall: {parent: shop}, mine: }')],
    [
      'applies a file that first makes him what he would have to be',
      apply('teams: {mine: {unit: retail, kind: leadership, members: {rita: }}, net: {unit: shop, kind: leadership}}'),
    ],
    [
      'applies a file that moves something in by way of a unit of his',
      apply('units: {way: {parent: retail}, networks: {parent: way}}'),
    ],
  ];
  test.each(attacks)('is told no who %s', async (_, request) => {
    const before = await organization();
    expect(await ask('rita', request)).toMatchObject(no());
    expect(await organization()).toEqual(before);
  });

  test('with a platform team of his own gains nothing outside', async () => {
    expect(await ask('rita', put('/resources', { resource: 'account/777788889999', unit: 'lab' }))).toMatchObject({
      status: 404,
      answer: { error: { code: 'resource-missing' } },
    });
    const read = await ask('rita', { method: 'GET', path: '/resources' });
    expect(read.answer.resources.map(({ arn }: { arn: string }) => arn)).toEqual(['arn:aws:iam::444455556666:root']);
  });

  test('of the root orders everything but administrators, those who break the glass, and who there is', async () => {
    expect(await ask('rosa', put('/teams/net/members/rosa'))).toMatchObject({ status: 200 });
    expect(await ask('rosa', { method: 'DELETE', path: '/teams/net/members/rosa' })).toMatchObject({ status: 204 });
    for (const request of [
      put('/teams/administrators/members/rosa'),
      put('/teams/break-glass', { kind: 'own' }),
      post('/principals', { name: 'friend' }),
      rule('robot'),
      post('/access-keys', { principal: 'administrator' }),
    ])
      expect(await ask('rosa', request), request.path).toMatchObject(no());
  });
});

describe('who is in a team', () => {
  test('is chosen by its leads, and everybody may leave', async () => {
    expect(await ask('wim', put('/teams/web/members/nina'))).toMatchObject({ status: 200 });
    expect(await ask('wanda', put('/teams/web/members/rosa'))).toMatchObject(no());
    expect(await ask('wanda', { method: 'DELETE', path: '/teams/web/members/wim' })).toMatchObject(no());
    expect(await ask('nina', { method: 'DELETE', path: '/teams/web/members/nina' })).toMatchObject({ status: 204 });
    const { answer } = await ask('wanda', put('/teams/web/members/rosa'));
    expect(answer.error.remedy).toContain('It is for: administrator, owner-lead (team web), ');
  });

  test('those who break the glass are chosen by their leads too', async () => {
    await done(put('/teams/break-glass', { unit: 'shop', kind: 'own' }));
    await done(put('/teams/break-glass/members/wim', { role: 'lead' }));
    expect(await ask('rita', put('/teams/break-glass/members/rita'))).toMatchObject(no('break-glass'));
    expect(await ask('wim', put('/teams/break-glass/members/wanda'))).toMatchObject({ status: 200 });
    expect(await ask('wanda', { method: 'DELETE', path: '/teams/break-glass/members/wanda' })).toMatchObject({
      status: 204,
    });
  });
});

const write = async (name: string, purpose: 'model' | 'restriction', text: string) => {
  await done(post('/policies', { name, purpose, text }));
};

describe('under rules of one’s own', () => {
  test('platform teams issue keys for machines, and for nobody else', async () => {
    await write(
      'keys',
      'model',
      `@id("machines") permit (principal, action in [Action::"key:issue", Action::"key:revoke"], resource in ?resource)
       when { context.relations.contains("platform") && resource.kind == "machine" };`,
    );
    await done(put('/models', { scope: 'organization', model: 'keys' }));
    const issued = await ask('petra', post('/access-keys', { principal: 'robot' }));
    expect(issued).toMatchObject({ status: 201 });
    const path = `/access-keys/${issued.answer.accessKey.id}`;
    expect(await ask('wanda', { method: 'DELETE', path })).toMatchObject({ status: 404 });
    expect(await ask('petra', { method: 'DELETE', path })).toMatchObject({ status: 204 });
    expect(await ask('petra', post('/tokens', { name: 'ci', principal: 'robot' }))).toMatchObject({ status: 201 });
    expect(await ask('petra', post('/access-keys', { principal: 'nina' }))).toMatchObject(no('key:issue'));
    expect(await ask('petra', post('/access-keys', { principal: 'chief-robot' }))).toMatchObject(
      no('a matter of administrators alone'),
    );
  });

  test('a model that permits everything makes nobody an administrator', async () => {
    await write(
      'free',
      'model',
      '@id("all") permit (principal, action, resource in ?resource) when { context.relations.contains("platform") };',
    );
    await done(put('/models', { scope: 'organization', model: 'free' }));
    const before = await organization();
    for (const request of [
      put('/teams/administrators/members/petra'),
      { method: 'DELETE', path: '/teams/administrators/members/administrator' } as const,
      post('/access-keys', { principal: 'administrator' }),
      post('/tokens', { name: 'x', principal: 'chief-robot' }),
      rule('chief-robot'),
      put('/principals/administrator/identity', { issuer: 'https://i.example.com', subject: 's' }),
      post('/delegations', { from: 'administrator', to: 'petra', until: '2027-01-01' }),
      put('/teams/break-glass/members/petra'),
    ])
      expect(await ask('petra', request), request.path).toMatchObject(no());
    expect(await organization()).toEqual(before);
    expect(await ask('petra', rule('robot', ['net']))).toMatchObject({ status: 200 });
    await done({ method: 'DELETE', path: '/federation-rules/mine' });
    await done(put('/models', { scope: 'organization', model: null }));
  });

  test('a unit in which no keys are issued: to nobody who is in it, by nobody, until that is taken back', async () => {
    const text = `@id("no-keys") @message("Nobody gets keys in networks: sign in.")
      forbid (principal, action == Action::"key:issue", resource in ?resource);`;
    await write('no-keys', 'restriction', text);
    await done(put('/restrictions', { scope: 'networks', name: 'no-keys' }));
    for (const [name, principal] of [
      ['nina', undefined],
      ['administrator', 'robot'],
      ['administrator', 'nina'],
    ] as const)
      expect(await ask(name, post('/access-keys', { principal })), name).toMatchObject(
        no('Nobody gets keys in networks'),
      );
    expect(await ask('administrator', rule('robot')), 'a job would have its keys').toMatchObject(
      no('Nobody gets keys'),
    );
    expect(await ask('wanda', post('/access-keys'))).toMatchObject({ status: 201 });
    // who is in two units has what both of them say
    await done(put('/teams/net/members/wim'));
    expect(await ask('wim', post('/access-keys'))).toMatchObject(no('Nobody gets keys in networks'));
    await done({ method: 'DELETE', path: '/restrictions', query: { scope: 'networks', name: 'no-keys' } });
    expect(await ask('nina', post('/access-keys'))).toMatchObject({ status: 201 });
  });

  test('one that forbids everything everywhere is taken back by administrators, and by nobody else', async () => {
    const text = '@id("stop") @message("Stop.") forbid (principal, action, resource in ?resource);';
    await write('stop', 'restriction', text);
    await done(put('/restrictions', { scope: 'organization', name: 'stop' }));
    expect(await ask('administrator', put('/teams/administrators/members/rosa'))).toMatchObject(no('Stop.'));
    expect(await ask('administrator', { method: 'GET', path: '/units' })).toMatchObject(no('Stop.'));
    const back: ApiRequest = {
      method: 'DELETE',
      path: '/restrictions',
      query: { scope: 'organization', name: 'stop' },
    };
    expect(await ask('rosa', back)).toMatchObject(no());
    const { answer } = await ask('administrator', { method: 'GET', path: '/restrictions' });
    expect(answer.restrictions).toMatchObject([{ scope: 'organization', name: 'stop' }]);
    expect(await ask('administrator', back)).toMatchObject({ status: 204 });
    expect(await ask('administrator', { method: 'GET', path: '/units' })).toMatchObject({ status: 200 });
  });

  test('where approvals are wanted it is refused: no plan waits there', async () => {
    const text = `@id("two") @message("Security looks at who comes into web.") @requires("security:1")
      forbid (principal, action == Action::"membership:write", resource in ?resource);`;
    await write('two', 'restriction', text);
    await done(put('/restrictions', { scope: 'shop', name: 'two' }));
    expect(await ask('wim', put('/teams/web/members/rosa'))).toMatchObject({
      status: 403,
      answer: { error: { code: 'approval-needed', message: 'Security looks at who comes into web.' } },
    });
    await done({ method: 'DELETE', path: '/restrictions', query: { scope: 'shop', name: 'two' } });
  });
});

describe('what was decided', () => {
  test('is kept with the audit entry of its request, in its transaction, whatever it was', async () => {
    await ask('administrator', put('/models', { scope: 'shop', model: 'golden-path' }));
    const { rows } = await sql<{ verb: string; principal: string; outcome: string; alone: boolean; same: boolean }>`
      select decision.verb, decision.principal, entry.outcome, entry.request_id is null as alone,
        decision.xmin = entry.xmin as same
      from decision left join audit_entry entry on entry.request_id = decision.request_id
        and (entry.verb = 'deuteron:ApplyOrganization' or not exists (
          select from audit_entry whole where whole.request_id = entry.request_id and whole.verb = 'deuteron:ApplyOrganization'))
      order by decision.at`.execute(api.db);
    expect(rows.filter(({ alone, same }) => alone || !same)).toEqual([]);
    const seen = new Set(rows.map(({ verb, outcome }) => `${verb} ${outcome}`));
    for (const verb of ['organization:write', 'membership:write', 'key:issue', 'policy:write', 'model:assign'])
      for (const outcome of ['accepted', 'refused']) expect(seen).toContain(`${verb} ${outcome}`);
    for (const each of [
      'membership:end accepted',
      'key:revoke accepted',
      'key:revoke refused',
      'delegation:make refused',
    ])
      expect(seen).toContain(each);
    expect([...seen].filter((each) => each.startsWith('key:read'))).toEqual([]);
  });

  test('of a file is each of its changes, and of a file that is refused what refused it', async () => {
    const decided = async (request: ApiRequest, name: string) => {
      const answer = await ask(name, request);
      const { rows } = await sql<{ resource_arn: string; verdict: string }>`
        select resource_arn, verdict from decision where request_id = (
          select request_id from audit_entry where verb = 'deuteron:ApplyOrganization' order by position desc limit 1)
        order by resource_arn, verdict`.execute(api.db);
      return { status: answer.status, decided: rows.map(({ resource_arn, verdict }) => `${resource_arn} ${verdict}`) };
    };
    const file = (more: string) =>
      apply(`units: {stall: {parent: shop}${more}}\nteams: {stall: {unit: stall, kind: own, members: {wanda: }}}`);
    expect(await decided(file(', else: '), 'rita')).toEqual({
      status: 403,
      decided: ['installation allow', 'unit/else deny'],
    });
    expect(await decided(file(''), 'rita')).toEqual({
      status: 200,
      decided: ['installation allow', 'team/stall allow', 'team/stall allow', 'unit/stall allow'],
    });
  });

  test('is explained, with whom it was about, and decided again alike', async () => {
    const { answer } = await ask('rita', post('/access-keys', { principal: 'robot' }));
    const [, id = ''] = /Decision (\S+) keeps/.exec(answer.error.remedy) ?? [];
    const why = await ask('rita', { method: 'GET', path: `/decisions/${id}` });
    expect(why.answer.text).toMatch(/^Denied\. Nothing permits rita key:issue on principal\/robot/);
    expect(why.answer.text).toMatch(/^ {2}whose +robot \(machine\), in net$/m);
    expect(why.answer.text).toMatch(/^ {2}as administrator: allowed$/m);
    expect(why.answer.text).toMatch(/^ {2}as self: allowed$/m);
    const lines: { id: string; same: boolean }[] = (await replay()).map((line) => JSON.parse(line));
    expect(lines.filter(({ same }) => !same)).toEqual([]);
    expect(lines.map((line) => line.id)).toContain(id);
  });

  async function replay(): Promise<string[]> {
    const response = await fetchSigned(keys.get('administrator')!, { method: 'GET', path: '/decisions/replay' });
    return (await response.text()).trim().split('\n');
  }
});
