import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiAccess, type ApiRequest, fetchSigned, type TokenAccess } from '../../cli/api-client.ts';
import { usualSignIn } from '../../identity/index.ts';
import { freePort, startTestProvider, TestBrowser, type TestProvider } from '../../identity/testing/test-provider.ts';
import { createLog } from '../../log/index.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

let api: TestApi;
let provider: TestProvider;
let administrator: ApiAccess;
let now: Date;
const lines: string[] = [];

beforeAll(async () => {
  now = new Date();
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  provider = await startTestProvider(`${publicUrl}/auth/callback`);
  const { issuer, clientId, clientSecret } = provider;
  const teamsOfGroups = { sre: ['platform', 'gone'], 'shop devs': ['shop'], ops: ['administrators'] };
  const signIn = {
    ...usualSignIn,
    scopes: 'openid profile groups',
    issuer,
    clientId,
    clientSecret,
    publicUrl,
    teamsOfGroups,
  };
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  api = await startTestApi({ signIn, port, log, clock: { now: () => now } });
  administrator = { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret };
  for (const team of ['platform', 'shop', 'other'])
    await ask({ method: 'PUT', path: `/teams/${team}`, body: { kind: 'application' } });
});
afterAll(async () => {
  await api.close();
  await provider.close();
});

async function ask(request: ApiRequest, as: ApiAccess | TokenAccess = administrator) {
  const response = await fetchSigned(as, request);
  const text = await response.text();
  return { status: response.status, answer: text === '' ? undefined : JSON.parse(text) };
}

async function signedIn(account: string, groups?: readonly string[], path = '/') {
  if (groups) provider.groups.set(account, groups);
  const browser = new TestBrowser();
  const end = await browser.signIn(`${api.url}/auth/sign-in?return=${encodeURIComponent(path)}`, account);
  const session = await (await browser.ask(`${api.url}/auth/session`)).json();
  const caller = await (await browser.ask(`${api.url}/api/v1/caller`)).json();
  return { browser, end, session, caller, csrf: session.csrfToken as string };
}
const teamsOf = (caller: { teams: { name: string }[] }) => caller.teams.map(({ name }) => name);

test('who signs in becomes a principal, with the teams of his groups, and is the same one again', async () => {
  const first = await signedIn('ana', ['sre', 'unknown group'], '/health');
  expect(first.end.url).toBe(`${api.url}/health`);
  expect(first.caller).toMatchObject({
    principal: { name: 'ana', kind: 'person' },
    credential: { kind: 'session', scope: 'full', mayIssue: true },
  });
  expect(teamsOf(first.caller)).toEqual(['platform']);
  expect(lines.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ level: 40, groups: ['sre'], team: 'gone', msg: expect.stringContaining('is not there') }),
  );
  await ask({ method: 'PUT', path: '/teams/other/members/ana' });
  const second = await signedIn('ana', ['shop devs']);
  expect(second.caller.principal).toEqual(first.caller.principal);
  expect(teamsOf(second.caller)).toEqual(['other', 'shop']);
  const third = await signedIn('ana', []);
  expect(teamsOf(third.caller)).toEqual(['other']);
  const { answer } = await ask({ method: 'GET', path: '/audit', query: { principal: 'ana' } });
  expect(answer.entries).toMatchObject(Array(3).fill({ verb: 'deuteron:SignIn', outcome: 'accepted' }));
});

test('a name, or an e-mail, that is somebody else’s makes nobody him', async () => {
  const { caller } = await signedIn('administrator', ['sre']);
  expect(caller.principal.name).toMatch(/^administrator-[0-9a-f]{6}$/);
  expect(caller.isAdministrator).toBe(false);
  const [bob, other] = [await signedIn('bob#1'), await signedIn('bob#2')];
  expect(bob.caller.principal.name).toBe('bob');
  expect(other.caller.principal.name).toMatch(/^bob-[0-9a-f]{6}$/);
  expect(other.caller.principal.id).not.toBe(bob.caller.principal.id);
});

test('whom the organization knows before he signs in can be told who he is', async () => {
  await ask({ method: 'POST', path: '/principals', body: { name: 'fay' } });
  await ask({ method: 'POST', path: '/principals', body: { name: 'robot', kind: 'machine' } });
  const identity = { issuer: provider.issuer, subject: 'fay#7' };
  const path = '/principals/fay/identity';
  const { caller, browser, csrf } = await signedIn('fay#7');
  expect(caller.principal.name).toMatch(/^fay-[0-9a-f]{6}$/);
  const own = await browser.ask(`${api.url}/api/v1${path}`, {
    method: 'PUT',
    body: JSON.stringify(identity),
    headers: { 'content-type': 'application/json', 'x-deuteron-csrf': csrf },
  });
  expect(await own.json()).toMatchObject({ error: { code: 'not-permitted' } });
  expect(await ask({ method: 'PUT', path, body: identity })).toMatchObject({ status: 200 });
  expect((await signedIn('fay#7')).caller.principal.name).toBe('fay');
  const machine = await ask({ method: 'PUT', path: '/principals/robot/identity', body: identity });
  expect(machine).toMatchObject({ status: 400, answer: { error: { code: 'identity-wrong' } } });
});

test('an administrator by group is one as long as his group says so, and the one by hand stays', async () => {
  expect((await signedIn('chief', ['ops'])).caller.isAdministrator).toBe(true);
  const last = { method: 'DELETE', path: '/teams/administrators/members/administrator' } as const;
  expect(await ask(last)).toMatchObject({ status: 409, answer: { error: { code: 'last-administrator' } } });
  expect((await signedIn('chief', [])).caller.isAdministrator).toBe(false);
});

test('cookies cannot be read by scripts, nor sent by other sites; the database has none of them', async () => {
  const { browser } = await signedIn('cookie');
  const ours = browser.setCookies.filter((line) => line.startsWith('deuteron-'));
  expect(ours.length).toBeGreaterThan(0);
  for (const line of ours) expect(line).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
  const text = browser.cookies.get(api.url)?.get('deuteron-session') ?? '';
  const { rows } = await sql<{ row: string }>`select to_jsonb(s)::text as row from browser_session s`.execute(api.db);
  expect(rows.length).toBeGreaterThan(0);
  for (const { row } of rows) expect(row).not.toContain(text.slice(5));
});

test('a change by a session needs what only a page of this server can know', async () => {
  const { browser, csrf } = await signedIn('carol');
  const token = { method: 'POST', body: JSON.stringify({ name: 'x' }) };
  const json = { 'content-type': 'application/json' };
  const attempts = [
    { headers: json },
    { headers: { ...json, 'x-deuteron-csrf': 'guessed' } },
    { headers: { ...json, 'x-deuteron-csrf': csrf, origin: 'https://evil.example' } },
  ];
  for (const { headers } of attempts) {
    const refused = await browser.ask(`${api.url}/api/v1/tokens`, { ...token, headers });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error: { code: 'csrf-token-wrong' } });
  }
  const made = await browser.ask(`${api.url}/api/v1/tokens`, {
    ...token,
    headers: { ...json, 'x-deuteron-csrf': csrf, origin: api.url },
  });
  expect(made.status).toBe(201);
  const other = await signedIn('dave');
  const borrowed = { ...json, 'x-deuteron-csrf': other.csrf };
  expect((await browser.ask(`${api.url}/api/v1/tokens`, { ...token, headers: borrowed })).status).toBe(403);
});

test('a session ends when it is signed out, and by itself', async () => {
  const { browser, csrf } = await signedIn('erin');
  const kept = browser.cookies.get(api.url)?.get('deuteron-session') ?? '';
  expect((await browser.ask(`${api.url}/auth/sign-out`, { method: 'POST' })).status).toBe(403);
  const out = await browser.ask(`${api.url}/auth/sign-out`, { method: 'POST', headers: { 'x-deuteron-csrf': csrf } });
  expect(out.status).toBe(204);
  const replayed = await fetch(`${api.url}/api/v1/caller`, { headers: { cookie: `deuteron-session=${kept}` } });
  expect(replayed.status).toBe(403);
  const other = await signedIn('erin');
  now = new Date(now.getTime() + 12 * 3_600_000 + 1);
  expect((await other.browser.ask(`${api.url}/api/v1/caller`)).status).toBe(403);
  now = new Date();
});

describe('who comes back from the provider is not let in', () => {
  async function begun() {
    const browser = new TestBrowser();
    provider.groups.set('mallory', []);
    const { url } = await browser.signIn(`${api.url}/auth/sign-in`, 'mallory', (next) =>
      next.includes('/auth/callback'),
    );
    return { browser, url };
  }
  const expectRefused = async (response: Response, code: string) => {
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).toContain(`[${code}]`);
    expect(response.headers.getSetCookie().join()).not.toContain('deuteron-session=dtrs_');
  };

  test('in another browser than he left with', async () => {
    const { url } = await begun();
    await expectRefused(await new TestBrowser().ask(url), 'sign-in-not-begun');
    const other = await begun();
    await expectRefused(await other.browser.ask(url), 'sign-in-failed');
  });

  test('with a state or a code that is not his', async () => {
    for (const name of ['state', 'code']) {
      const { browser, url } = await begun();
      const changed = new URL(url);
      changed.searchParams.set(name, 'guessed');
      await expectRefused(await browser.ask(changed.href), 'sign-in-failed');
    }
  });

  test('twice with the same code', async () => {
    const { browser, url } = await begun();
    const carried = browser.cookies.get(api.url)?.get('deuteron-sign-in') ?? '';
    expect((await browser.ask(url)).status).toBe(303);
    const again = await fetch(url, { headers: { cookie: `deuteron-sign-in=${carried}` }, redirect: 'manual' });
    await expectRefused(again, 'sign-in-failed');
  });

  test('too late, or with what he carried changed', async () => {
    const late = await begun();
    now = new Date(now.getTime() + 601_000);
    await expectRefused(await late.browser.ask(late.url), 'sign-in-not-begun');
    now = new Date();
    const { url } = await begun();
    const forged = await fetch(url, { headers: { cookie: 'deuteron-sign-in=AAAA' }, redirect: 'manual' });
    await expectRefused(forged, 'sign-in-not-begun');
  });

  test('when the provider says no', async () => {
    const { browser, url } = await begun();
    const denied = new URL(url);
    denied.searchParams.delete('code');
    denied.searchParams.set('error', 'access_denied');
    await expectRefused(await browser.ask(denied.href), 'sign-in-failed');
  });
});

test.each(['//evil.example/', '/\\evil.example', 'https://evil.example/', '/a\nb', 'javascript:alert(1)'])(
  'a sign-in never ends elsewhere: %j',
  async (path) => {
    const browser = new TestBrowser();
    const start = `${api.url}/auth/sign-in?return=${encodeURIComponent(path)}`;
    const { url } = await browser.signIn(start, 'ana', (next) => next.startsWith(`${api.url}/auth/callback`));
    expect((await browser.ask(url)).headers.get('location')).toBe('/');
  },
);

describe('a command line', () => {
  const verifier = 'v'.repeat(43);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const state = 's'.repeat(32);
  const redeem = async (code: string, secret: string) => {
    const body = new URLSearchParams({ code, verifier: secret });
    const response = await fetch(`${api.url}/auth/cli/token`, { method: 'POST', body });
    return { status: response.status, answer: await response.json() };
  };
  const codeFor = async (account: string) => {
    const start = `${api.url}/auth/cli?${new URLSearchParams({ port: '4999', state, challenge })}`;
    const end = await new TestBrowser().signIn(start, account, (next) => next.startsWith('http://127.0.0.1:4999/'));
    const { searchParams } = new URL(end.url);
    expect(searchParams.get('state')).toBe(state);
    return searchParams.get('code') ?? '';
  };

  test('gets a token for a code, once, and only the one that began', async () => {
    const stolen = await codeFor('ana');
    expect(await redeem(stolen, 'w'.repeat(43))).toMatchObject({ status: 403 });
    expect(await redeem(stolen, verifier)).toMatchObject({ answer: { error: { code: 'sign-in-code-wrong' } } });
    const code = await codeFor('ana');
    const { status, answer } = await redeem(code, verifier);
    expect({ status, answer }).toMatchObject({ status: 200, answer: { principal: { name: 'ana' } } });
    const access = { endpoint: api.url, token: answer.token };
    expect((await ask({ method: 'GET', path: '/caller' }, access)).answer).toMatchObject({
      principal: { name: 'ana' },
      credential: { kind: 'token', scope: 'full', mayIssue: true },
    });
    expect((await redeem(code, verifier)).status).toBe(403);
    expect(await ask({ method: 'DELETE', path: '/tokens/current' }, access)).toMatchObject({ status: 204 });
    expect((await ask({ method: 'GET', path: '/caller' }, access)).status).toBe(403);
  });

  test('too late gets none', async () => {
    const code = await codeFor('ana');
    now = new Date(now.getTime() + 61_000);
    expect((await redeem(code, verifier)).status).toBe(403);
    now = new Date();
  });

  test.each([
    { port: '80', state, challenge },
    { port: '4999@evil.example', state, challenge },
    { port: '4999', state: 'short', challenge },
    { port: '4999', state, challenge: '' },
  ])('that asks for %j is refused', async (query) => {
    const response = await fetch(`${api.url}/auth/cli?${new URLSearchParams(query)}`, { redirect: 'manual' });
    expect(response.status).toBe(400);
  });
});

test('a provider that lets nobody sign in for another machine is said to be one', async () => {
  const response = await fetch(`${api.url}/auth/device`, { method: 'POST', body: new URLSearchParams() });
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ error: { code: 'device-sign-in-not-offered' } });
});

describe('sign-ins are seen and ended', () => {
  const sessionsOf = async (as: ApiAccess, query = {}) =>
    (await ask({ method: 'GET', path: '/sessions', query }, as)).answer.sessions;
  const byBrowser = (browser: TestBrowser, csrf: string, method: string, path: string) =>
    browser.ask(`${api.url}/api/v1${path}`, { method, headers: { 'x-deuteron-csrf': csrf } });
  const isIn = async (browser: TestBrowser) => (await browser.ask(`${api.url}/api/v1/caller`)).ok;

  test('one’s own, one by one; nobody else’s', async () => {
    const here = await signedIn('ines');
    now = new Date(now.getTime() + 1);
    const there = await signedIn('ines');
    const other = await signedIn('otto');
    const own = await (await byBrowser(here.browser, here.csrf, 'GET', '/sessions')).json();
    expect(own.sessions).toMatchObject(Array(2).fill({ kind: 'browser', principal: { name: 'ines' } }));
    const [newest] = own.sessions as { id: string }[];
    expect((await byBrowser(other.browser, other.csrf, 'DELETE', `/sessions/${newest!.id}`)).status).toBe(404);
    expect((await byBrowser(other.browser, other.csrf, 'DELETE', '/sessions?principal=ines')).status).toBe(403);
    expect((await byBrowser(other.browser, other.csrf, 'GET', '/sessions?principal=ines')).status).toBe(403);
    expect((await byBrowser(other.browser, other.csrf, 'GET', '/sessions?all=true')).status).toBe(403);
    expect(await isIn(there.browser)).toBe(true);
    expect((await byBrowser(here.browser, here.csrf, 'DELETE', `/sessions/${newest!.id}`)).status).toBe(204);
    expect(await isIn(there.browser)).toBe(false);
    expect(await isIn(here.browser)).toBe(true);
    expect((await byBrowser(here.browser, here.csrf, 'DELETE', `/sessions/${newest!.id}`)).status).toBe(404);
  });

  test('all of somebody at once, by an administrator: his keys and issued tokens stay', async () => {
    const browsers = [await signedIn('leo'), await signedIn('leo')];
    const verifier = 'l'.repeat(43);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const code = async () => {
      const start = `${api.url}/auth/cli?${new URLSearchParams({ port: '4999', state: 's'.repeat(32), challenge })}`;
      const end = await new TestBrowser().signIn(start, 'leo', (next) => next.startsWith('http://127.0.0.1:4999/'));
      return new URL(end.url).searchParams.get('code') ?? '';
    };
    const redeem = async (given: string) =>
      fetch(`${api.url}/auth/cli/token`, { method: 'POST', body: new URLSearchParams({ code: given, verifier }) });
    now = new Date(now.getTime() + 1);
    const { token } = await (await redeem(await code())).json();
    const half = await code();
    const issued = await ask({ method: 'POST', path: '/tokens', body: { name: 'kept', principal: 'leo' } });
    expect(await sessionsOf(administrator, { principal: 'leo' })).toMatchObject([
      { kind: 'command-line' },
      { kind: 'browser' },
      { kind: 'browser' },
    ]);
    const names = (await sessionsOf(administrator, { all: 'true' })).map(
      ({ principal }: { principal: { name: string } }) => principal.name,
    );
    expect(names).toContain('otto');

    const ended = await ask({ method: 'DELETE', path: '/sessions', query: { principal: 'leo' } });
    expect(ended).toMatchObject({ status: 200, answer: { count: 3 } });
    for (const { browser } of browsers) expect(await isIn(browser)).toBe(false);
    const caller = { method: 'GET', path: '/caller' } as const;
    expect((await ask(caller, { endpoint: api.url, token })).status).toBe(403);
    expect((await redeem(half)).status, 'what was half done').toBe(403);
    expect((await ask(caller, { endpoint: api.url, token: issued.answer.text })).status).toBe(200);
    expect(await sessionsOf(administrator, { principal: 'leo' })).toEqual([]);
    expect(await ask({ method: 'DELETE', path: '/sessions', query: { principal: 'nobody' } })).toMatchObject({
      answer: { error: { code: 'principal-missing' } },
    });
  });
});

test('no code, cookie, token or secret is in the log', () => {
  const log = lines.join('\n');
  expect(log).toContain('signed in');
  expect(log).not.toMatch(/dtr[a-z]_[A-Za-z0-9]{43}/);
  expect(log).not.toContain(provider.clientSecret);
  expect(log).not.toMatch(/code=|id_token|access_token=/);
});
