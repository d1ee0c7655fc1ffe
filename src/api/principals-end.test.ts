/** Who has ended gets in by no door, with nothing that he had, in no process; who comes back begins anew. */
import { GetAccountSettingsCommand, ProtonClient } from '@aws-sdk/client-proton';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiAccess, type ApiRequest, fetchSigned, type TokenAccess } from '../cli/api-client.ts';
import { accept } from '../errors/index.ts';
import { issueSignInCode, issueSignInToken, usualSignIn } from '../identity/index.ts';
import { type JobIssuer, startJobIssuer } from '../identity/testing/job-issuer.ts';
import { freePort, startTestProvider, TestBrowser, type TestProvider } from '../identity/testing/test-provider.ts';
import { issueAccessKey, type Principal, tellEndedPrincipals } from '../organization/index.ts';
import { startTestApi, type TestApi } from './testing/index.ts';

let api: TestApi;
let elsewhere: TestApi;
let provider: TestProvider;
let issuer: JobIssuer;
let administrator: ApiAccess;
let now = new Date();
const laterBy = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};

beforeAll(async () => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  provider = await startTestProvider(`${publicUrl}/auth/callback`);
  issuer = await startJobIssuer();
  const { issuer: known, clientId, clientSecret } = provider;
  const teamsOfGroups = { staff: ['shop'] };
  const signIn = {
    ...usualSignIn,
    scopes: 'openid profile groups',
    issuer: known,
    clientId,
    clientSecret,
    publicUrl,
    teamsOfGroups,
  };
  const operations = { GetAccountSettings: async () => accept({ accountSettings: {} }) };
  const streamLimits = { streamsMax: 9, heartbeatMs: 50, stalledMs: 5_000, lastWordMs: 200, lifeMs: 600_000 };
  const options = { signIn, operations, streamLimits, clock: { now: () => now } };
  api = await startTestApi({ ...options, port });
  elsewhere = await startTestApi({ ...options, beside: api });
  administrator = { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret };
  await done({ method: 'PUT', path: '/teams/shop', body: { kind: 'application' } });
  await api.s3.send(new CreateBucketCommand({ Bucket: 'bundles' }));
});
afterAll(async () => {
  await elsewhere.close();
  await api.close();
  await provider.close();
  await issuer.close();
});

async function ask(request: ApiRequest, as: ApiAccess | TokenAccess = administrator) {
  const response = await fetchSigned(as, request);
  const text = await response.text();
  return { status: response.status, answer: text === '' ? undefined : JSON.parse(text) };
}
async function done(request: ApiRequest) {
  const { status, answer } = await ask(request);
  if (status >= 300) throw new Error(`${request.method} ${request.path}: ${JSON.stringify(answer)}`);
  return answer;
}
const post = (path: string, body: object = {}): ApiRequest => ({ method: 'POST', path, body });
const end = (name: string, until?: Date) => post(`/principals/${name}/end`, until && { until: until.toISOString() });
const reinstate = (name: string): ApiRequest => ({ method: 'POST', path: `/principals/${name}/reinstate` });
const made = async (name: string, kind = 'person'): Promise<Principal> =>
  (await done(post('/principals', { name, kind }))).principal;

async function signedIn(account: string) {
  provider.groups.set(account, ['staff']);
  const browser = new TestBrowser();
  const { response } = await browser.signIn(`${api.url}/auth/sign-in?return=/health`, account);
  const cookie = [...(browser.cookies.get(new URL(api.url).origin) ?? [])].map(([name, value]) => `${name}=${value}`);
  return { text: await response?.text(), status: response?.status, cookie: cookie.join('; ') };
}

/** All ways in, of one principal, at one server; each answers with the status that it got. */
async function waysIn(server: TestApi, principal: Principal, cookie?: string) {
  const key = await issueAccessKey(api.organization, principal.id, { isTemporary: false });
  const credentials = { accessKeyId: key.id, secretAccessKey: key.secret };
  const client = { endpoint: server.url, region: 'us-east-1', maxAttempts: 1, credentials };
  const proton = new ProtonClient(client);
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const { text: token } = await issueSignInToken(api.organization, principal, 12);
  const status = async (work: Promise<unknown>) =>
    work.then(
      () => 200,
      // Proton's own answer to a key that it does not know is 400
      (error) => (error.name === 'UnrecognizedClientException' ? 403 : (error.$metadata.httpStatusCode as number)),
    );
  const caller = { method: 'GET', path: '/caller' } as const;
  const ways = {
    proton: () => status(proton.send(new GetAccountSettingsCommand({}))),
    native: async () => (await ask(caller, { endpoint: server.url, ...credentials })).status,
    token: async () => (await ask(caller, { endpoint: server.url, token })).status,
    upload: () => status(s3.send(new PutObjectCommand({ Bucket: 'bundles', Key: `${principal.name}/a`, Body: 'x' }))),
    download: () => status(s3.send(new ListObjectsV2Command({ Bucket: 'bundles' }))),
    ...(cookie && {
      session: async () => (await fetch(`${server.url}/api/v1/caller`, { headers: { cookie } })).status,
      sessionPage: async () => (await fetch(`${server.url}/auth/session`, { headers: { cookie } })).status,
    }),
  };
  return async () =>
    Object.fromEntries(await Promise.all(Object.entries(ways).map(async ([name, way]) => [name, await way()])));
}
const all = (ways: object, status: number) => Object.fromEntries(Object.keys(ways).map((name) => [name, status]));

test('from the moment on nothing that he has opens any door, in any process; what comes back with him is nothing of it', async () => {
  const first = await signedIn('ana');
  expect(first.status).toBe(200);
  const { principals } = await done({ method: 'GET', path: '/principals' });
  const ana = principals.find(({ name }: Principal) => name === 'ana');
  expect(ana).toEqual({ id: expect.any(String), name: 'ana', kind: 'person', state: 'present' });
  const here = await waysIn(api, ana, first.cookie);
  const there = await waysIn(elsewhere, ana, first.cookie);
  const code = await issueSignInCode(api.organization, ana, 'c'.repeat(43));
  const open = await here();
  expect(open).toEqual(all(open, 200));
  expect(await there()).toEqual(all(open, 200));

  laterBy(1);
  expect(await ask(end('ana'))).toMatchObject({ status: 200, answer: { principal: { name: 'ana', state: 'ended' } } });
  const shut = async () => {
    expect(await here()).toEqual(all(open, 403));
    expect(await there()).toEqual(all(open, 403));
  };
  await shut();
  for (const path of ['/access-keys', '/tokens', '/sessions']) {
    const listed = await done({ method: 'GET', path, query: { principal: 'ana' } });
    expect(Object.values(listed), path).toEqual([[]]);
  }
  const again = await signedIn('ana');
  expect(again.status).toBe(403);
  expect(again.text).toContain('[principal-ended]');
  expect(again.text).toContain('An administrator can bring back who ended: deuteron principal reinstate ana.');
  const redeemed = await fetch(`${api.url}/auth/cli/token`, {
    method: 'POST',
    body: new URLSearchParams({ code, verifier: 'v' }),
  });
  expect(redeemed.status).toBe(403);
  expect((await done({ method: 'GET', path: '/memberships', query: { principal: 'ana' } })).memberships).toEqual([]);
  expect((await ask(end('ana'))).answer.error.code).toBe('principal-ended');

  laterBy(1);
  expect((await done(reinstate('ana'))).principal).toEqual({ ...ana });
  await shut();
  const back = await signedIn('ana');
  expect(back.status).toBe(200);
  const anew = await waysIn(elsewhere, ana, back.cookie);
  expect(await anew()).toEqual(all(open, 200));
  expect((await ask(reinstate('ana'))).answer.error.code).toBe('principal-not-ended');
});

test('an end to come is shown, can be taken back, and comes by itself; it is told then', async () => {
  const bob = await made('bob');
  await done({ method: 'PUT', path: '/teams/shop/members/bob' });
  const enter = await waysIn(elsewhere, bob);
  const open = await enter();
  const at = () => new Date(now.getTime() + 60_000);
  expect((await done(end('bob', at()))).principal).toMatchObject({ state: 'leaving', until: at().toISOString() });
  expect((await done(reinstate('bob'))).principal.state).toBe('present');
  expect(await enter(), 'an end that never came costs him nothing').toEqual(open);
  await done(end('bob', at()));
  await tellEndedPrincipals(api.organization);
  laterBy(59);
  expect(await enter()).toEqual(all(open, 200));
  laterBy(1);
  expect(await enter()).toEqual(all(open, 403));
  for (const _ of ['twice', 'is harmless']) await tellEndedPrincipals(api.organization);
  const { rows } = await sql<{ state: string }>`
    select detail ->> 'state' as state from event
    where type = 'Deuteron Principal State Change' and resource = 'principal/bob' order by told`.execute(api.db);
  expect(rows.map(({ state }) => state)).toEqual(['leaving', 'present', 'leaving', 'ended']);
  const audited = await sql<{ verb: string }>`
    select verb from audit_entry where target = 'principal/bob' and outcome = 'accepted' order by position`.execute(
    api.db,
  );
  expect(audited.rows.map(({ verb }) => verb.replace('deuteron:', ''))).toEqual([
    'CreatePrincipal',
    'EndPrincipal',
    'ReinstatePrincipal',
    'EndPrincipal',
    'EndPrincipal',
  ]);
});

test('a stream of events ends with its reader, also in another process', async () => {
  const eva = await made('eva');
  await done({ method: 'PUT', path: '/teams/shop/members/eva' });
  const key = await issueAccessKey(api.organization, eva.id, { isTemporary: false });
  const headers = { accept: 'text/event-stream' };
  const access = { endpoint: elsewhere.url, accessKeyId: key.id, secretAccessKey: key.secret };
  const response = await fetchSigned(access, { method: 'GET', path: '/events', headers });
  expect(response.status).toBe(200);
  const ended = response.text();
  await done(end('eva'));
  expect(await ended).toContain('retry: ');
});

test('a job of a machine that has ended is not let in', async () => {
  await made('shop-ci', 'machine');
  const rule = { issuer: issuer.url, audience: 'deuteron', subject: 'repo:x', principal: 'shop-ci', teams: ['shop'] };
  await done({ method: 'PUT', path: '/federation-rules/main', body: rule });
  const exchange = async () => {
    const seconds = Math.floor(now.getTime() / 1000);
    const claims = { sub: 'repo:x', aud: 'deuteron', iat: seconds, nbf: seconds, exp: seconds + 300 };
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      subject_token: await issuer.token(claims),
    };
    const init = { method: 'POST', body: new URLSearchParams(form) };
    const response = await fetch(`${elsewhere.url}/api/v1/federation/token`, init);
    return { status: response.status, answer: await response.json() };
  };
  const given = await exchange();
  expect(given.status).toBe(200);
  const token = { endpoint: elsewhere.url, token: given.answer.access_token };
  expect((await ask({ method: 'GET', path: '/caller' }, token)).status).toBe(200);
  await done(end('shop-ci'));
  expect((await ask({ method: 'GET', path: '/caller' }, token)).status).toBe(403);
  expect((await exchange()).status).toBe(403);
});

describe('who may', () => {
  test('administrators alone, save where rules of their own say more; nobody else learns who has ended', async () => {
    const cid = await made('cid');
    const dan = await made('dan');
    await done({ method: 'PUT', path: '/teams/shop/members/cid', body: { role: 'lead' } });
    await done({ method: 'PUT', path: '/teams/shop/members/dan' });
    const key = await issueAccessKey(api.organization, cid.id);
    const access = {
      endpoint: api.url,
      accessKeyId: key.id,
      secretAccessKey: key.secret,
      sessionToken: key.sessionToken,
    };
    for (const name of ['dan', 'cid', 'administrator', 'nobody-there', 'eva'])
      for (const request of [end(name), reinstate(name)])
        expect(await ask(request, access), name).toMatchObject({
          status: 403,
          answer: { error: { code: 'not-permitted' } },
        });
    expect((await done({ method: 'GET', path: '/principals' })).principals).toContainEqual({
      id: dan.id,
      name: 'dan',
      kind: 'person',
      state: 'present',
    });
    expect(await ask(end('nobody-there'))).toMatchObject({
      status: 404,
      answer: { error: { code: 'principal-missing' } },
    });
  });

  test('the last administrator without an end stays, however he would be ended', async () => {
    const inAYear = new Date(now.getTime() + 365 * 86_400_000);
    const refused = { status: 409, answer: { error: { code: 'last-administrator' } } };
    expect(await ask(end('administrator'))).toMatchObject(refused);
    expect(await ask(end('administrator', inAYear))).toMatchObject(refused);
    const document = `principals: {administrator: {until: ${inAYear.toISOString()}}}`;
    expect(await ask(post('/organization/apply', { document }))).toMatchObject(refused);
    await made('second');
    await done({ method: 'PUT', path: '/teams/administrators/members/second' });
    await done(end('second', inAYear));
    expect(await ask(end('administrator'))).toMatchObject(refused);
    await done(reinstate('second'));
    await done(end('administrator', inAYear));
    expect(await ask({ method: 'DELETE', path: '/teams/administrators/members/second' })).toMatchObject(refused);
    await done(reinstate('administrator'));
  });
});

test('nothing is given to who has ended, and no day is past', async () => {
  await made('fay');
  await done(end('fay'));
  const refused = { status: 409, answer: { error: { code: 'principal-ended' } } };
  const until = new Date(now.getTime() + 86_400_000).toISOString();
  for (const request of [
    post('/access-keys', { principal: 'fay' }),
    post('/tokens', { principal: 'fay', name: 'x' }),
    post('/delegations', { from: 'fay', to: 'ana', until }),
    post('/delegations', { to: 'fay', until }),
    { method: 'PUT', path: '/teams/shop/members/fay' } as const,
  ])
    expect(await ask(request), request.path).toMatchObject(refused);
  expect(await ask(end('ana', new Date(now.getTime() - 1)))).toMatchObject({
    answer: { error: { code: 'end-date-past' } },
  });
  expect(await ask(post('/principals/ana/end', { until: 'soon' }))).toMatchObject({
    answer: { error: { code: 'end-date-wrong' } },
  });
});

test('what only he answered for is an orphan from then on, and before for who looks ahead', async () => {
  await made('gil');
  await done({ method: 'PUT', path: '/teams/lone', body: { kind: 'application' } });
  await done({ method: 'PUT', path: '/teams/lone/members/gil' });
  await done({ method: 'PUT', path: '/resources', body: { resource: 'account/444455556666', owner: 'lone' } });
  const orphans = async (on?: string) =>
    (await done({ method: 'GET', path: '/orphans', query: { leftBy: 'gil', on } })).orphans;
  const at = new Date(now.getTime() + 60_000);
  await done(end('gil', at));
  expect(await orphans()).toEqual([]);
  const orphan = { team: 'lone', reason: 'team-empty', lastMember: 'gil', leftAt: at.toISOString() };
  expect(await orphans(at.toISOString())).toMatchObject([orphan]);
  laterBy(60);
  expect(await orphans()).toMatchObject([orphan]);
  const { memberships } = await done({
    method: 'GET',
    path: '/memberships',
    query: { principal: 'gil', ended: 'true' },
  });
  expect(memberships).toMatchObject([{ team: 'lone', active: false }]);
});

test('a file says how long somebody is there; what it does not say stays', async () => {
  const document = (hugo: string) => `principals:\n  hugo: ${hugo}\n`;
  const apply = (hugo: string) => ask(post('/organization/apply', { document: document(hugo) }));
  const hugo = async () => {
    const { principals } = await done({ method: 'GET', path: '/principals' });
    return principals.find(({ name }: Principal) => name === 'hugo');
  };
  const texts = ({ answer }: Awaited<ReturnType<typeof apply>>) =>
    answer.changes.map(({ text }: { text: string }) => text);
  expect(texts(await apply('{ until: 2037-01-31 }'))).toEqual([
    'principal hugo: person',
    'principal hugo: until none -> 2037-01-31',
  ]);
  expect(await hugo()).toMatchObject({ state: 'leaving', until: '2037-01-31' });
  expect(texts(await apply('{ until: 2037-01-31 }'))).toEqual([]);
  expect(texts(await apply('{ kind: person }'))).toEqual([]);
  expect(texts(await apply('{ until: null }'))).toEqual(['principal hugo: until 2037-01-31 -> none']);
  await done(end('hugo'));
  expect(texts(await apply('')), 'an old file brings nobody back').toEqual([]);
  expect((await hugo()).state).toBe('ended');
  expect((await apply('{ until: 2020-01-31 }')).answer.error.code).toBe('end-date-past');
  expect((await apply('{ until: 2037-01-31 }')).status).toBe(200);
  expect(await hugo()).toMatchObject({ state: 'leaving', until: '2037-01-31' });
});
