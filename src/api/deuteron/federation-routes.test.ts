import { createHmac, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApiAccess, type ApiRequest, fetchSigned, type TokenAccess } from '../../cli/api-client.ts';
import { type JobIssuer, startJobIssuer } from '../../identity/testing/job-issuer.ts';
import { createLog } from '../../log/index.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

let api: TestApi;
let issuer: JobIssuer;
let administrator: ApiAccess;
const lines: string[] = [];
const start = new Date();
let now = start;
const seconds = (offset = 0) => Math.floor(now.getTime() / 1000) + offset;

beforeAll(async () => {
  issuer = await startJobIssuer();
  api = await startTestApi({
    clock: { now: () => now },
    log: createLog('debug', { write: (line) => lines.push(line) }),
  });
  administrator = { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret };
  await ask({ method: 'POST', path: '/principals', body: { name: 'shop-ci', kind: 'machine' } });
  await ask({ method: 'POST', path: '/principals', body: { name: 'once-ci', kind: 'machine' } });
  await ask({ method: 'PUT', path: '/teams/shop', body: { kind: 'application' } });
  await put('main', { teams: ['shop'], minutes: 10 });
});
beforeEach(() => {
  now = new Date();
});
afterAll(async () => {
  await api.close();
  await issuer.close();
});

async function ask(request: ApiRequest, as: ApiAccess | TokenAccess = administrator) {
  const response = await fetchSigned(as, request);
  const text = await response.text();
  return { status: response.status, answer: text === '' ? undefined : JSON.parse(text) };
}

const subject = 'repo:tiles/shop:ref:refs/heads/main';
function put(name: string, members: object = {}) {
  const rule = { issuer: issuer.url, audience: 'deuteron', subject, principal: 'shop-ci', ...members };
  return ask({ method: 'PUT', path: `/federation-rules/${name}`, body: rule });
}

const goodClaims = () => ({
  sub: subject,
  aud: 'deuteron',
  iat: seconds(),
  nbf: seconds(),
  exp: seconds(300),
  jti: 'j',
});
const good = (claims: object = {}, options = {}) => issuer.token({ ...goodClaims(), ...claims }, options);

async function exchange(token: string, more: Record<string, string> = {}) {
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    subject_token: token,
    ...more,
  };
  const response = await fetch(`${api.url}/api/v1/federation/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return { status: response.status, answer: await response.json() };
}
const caller = { method: 'GET', path: '/caller' } as const;
const refusedAs = (code: string, says = '') => ({
  status: 403,
  answer: { error: { code, message: expect.stringContaining(says) } },
});

test('a job is let in for a while, as its machine and in the teams of its rule', async () => {
  const { status, answer } = await exchange(await good());
  expect({ status, answer }).toMatchObject({
    status: 200,
    answer: { token_type: 'Bearer', expires_in: 600, scope: 'full', principal: { name: 'shop-ci', kind: 'machine' } },
  });
  const { id, secret, session_token: sessionToken } = answer.access_key;
  const key = { endpoint: api.url, accessKeyId: id, secretAccessKey: secret, sessionToken };
  for (const access of [key, { endpoint: api.url, token: answer.access_token }]) {
    expect(await ask(caller, access)).toMatchObject({
      status: 200,
      answer: {
        principal: { name: 'shop-ci' },
        teams: [{ name: 'shop', role: 'member' }],
        credential: { mayIssue: false },
      },
    });
    const lasting = await ask({ method: 'POST', path: '/access-keys' }, access);
    expect(lasting).toMatchObject(refusedAs('credential-too-weak'));
  }
  const { secretAccessKey: _, sessionToken: __, ...bare } = key;
  expect(await ask(caller, { ...bare, secretAccessKey: secret })).toMatchObject(refusedAs('SessionTokenWrong'));
  now = new Date(now.getTime() + 601_000);
  expect(await ask(caller, key)).toMatchObject(refusedAs('AccessKeyUnknown'));
  expect(await ask(caller, { endpoint: api.url, token: answer.access_token })).toMatchObject(
    refusedAs('token-unknown'),
  );
  const members = await ask({ method: 'GET', path: '/memberships', query: { team: 'shop' } });
  expect(members.answer.memberships).toEqual([]);
  const { answer: audit } = await ask({ method: 'GET', path: '/audit', query: { principal: 'shop-ci' } });
  expect(audit.entries).toContainEqual(
    expect.objectContaining({ verb: 'deuteron:ExchangeJobToken', target: 'federation-rule/main', outcome: 'accepted' }),
  );
});

test('a job may ask for less', async () => {
  const { answer } = await exchange(await good(), { scope: 'read' });
  const reader = { endpoint: api.url, token: answer.access_token };
  expect((await ask(caller, reader)).status).toBe(200);
  expect(await ask({ method: 'PUT', path: '/units/x' }, reader)).toMatchObject(refusedAs('token-read-only'));
});

describe('a token is refused', () => {
  const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forged: Record<string, () => Promise<[token: string, code?: string, says?: string]>> = {
    'with the algorithm none': async () => [
      `${segment({ alg: 'none', typ: 'JWT' })}.${segment({ iss: issuer.url, ...goodClaims() })}.`,
    ],
    'with NONE in other letters': async () => [
      `${segment({ alg: 'nOnE' })}.${segment({ iss: issuer.url, ...goodClaims() })}.AAAA`,
    ],
    'signed with the public key as a secret': async () => {
      const { kid, ...jwk } = await issuer.publicJwk();
      const pem = createPublicKey({ key: jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
      const signed = `${segment({ alg: 'HS256', kid })}.${segment({ iss: issuer.url, ...goodClaims() })}`;
      return [`${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`, undefined, 'algorithm'];
    },
    'of another issuer': async () => [await good({ iss: 'https://evil.example' }), 'job-not-let-in'],
    'of an issuer that differs by a slash': async () => [await good({ iss: `${issuer.url}/` }), 'job-not-let-in'],
    'without issuer': async () => [await good({ iss: undefined })],
    'for another audience': async () => [await good({ aud: 'other' }), 'job-not-let-in'],
    'for an audience that begins so': async () => [await good({ aud: 'deuteron2' }), 'job-not-let-in'],
    'without audience': async () => [await good({ aud: undefined })],
    'that has expired': async () => [await good({ exp: seconds(-60) }), undefined, 'expired'],
    'without an end': async () => [await good({ exp: undefined })],
    'that is not valid yet': async () => [await good({ nbf: seconds(120) }), undefined, 'not valid yet'],
    'of the future': async () => [await good({ iat: seconds(120) }), undefined, 'future'],
    'with a key that is not known': async () => [await good({}, { kid: 'unknown' }), undefined, 'no such key'],
    'that names its own keys': async () => {
      const evil = await startJobIssuer();
      const header = { jku: `${evil.url}/keys`, jwk: await evil.publicJwk(), x5u: `${evil.url}/x`, kid: 'first' };
      const token = await evil.token({ ...goodClaims(), iss: issuer.url }, { header });
      const asked = evil.asked();
      await evil.close();
      return [token, undefined, asked === 0 ? 'signature is wrong' : 'the address in a token was asked'];
    },
    'with a head that must be understood': async () => [
      await good({}, { header: { crit: ['exp'] } }).catch(() => 'a.b.c'),
    ],
    'with a changed subject': async () => {
      const [head, , signature] = (await good()).split('.');
      return [`${head}.${segment({ iss: issuer.url, ...goodClaims(), sub: 'repo:tiles/shop:x' })}.${signature}`];
    },
    'that is too long': async () => [await good({ filler: 'x'.repeat(16_000) })],
    'that is none': async () => ['a.b.c'],
    'with a subject that begins so': async () => [await good({ sub: `${subject}2` }), 'job-not-let-in'],
    'with a subject that ends so': async () => [await good({ sub: `x${subject}` }), 'job-not-let-in'],
    'with a subject of two lines': async () => [await good({ sub: `${subject}\n${subject}` }), 'job-not-let-in'],
    'with a subject that is a list': async () => [await good({ sub: [subject] }), 'job-not-let-in'],
  };
  test.each(Object.keys(forged))('%s', async (name) => {
    const [token, code = 'job-token-wrong', says = ''] = (await forged[name]?.()) ?? [''];
    const refused = await exchange(token);
    expect(refused).toMatchObject(refusedAs(code, says));
    expect(JSON.stringify(refused.answer)).not.toContain(token);
  });

  test('that is far too long, or not sent as a form, before anything is read', async () => {
    expect((await exchange('x'.repeat(40_000))).status).toBe(400);
    const json = await fetch(`${api.url}/api/v1/federation/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ subject_token: await good() }),
    });
    expect(json.status).toBe(400);
    const twice = `${new URLSearchParams({ subject_token: await good() })}&subject_token=x`;
    const form = await fetch(`${api.url}/api/v1/federation/token`, {
      method: 'POST',
      body: new URLSearchParams(twice),
    });
    expect(form.status).toBe(400);
  });
});

test('where a rule says so, each token is taken once, however often it comes at once', async () => {
  const sub = 'repo:tiles/once:main';
  await put('once', { subject: sub, once: true, principal: 'once-ci' });
  const token = await good({ sub, jti: 'only-once' });
  const answers = await Promise.all([1, 2, 3, 4].map(() => exchange(token)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403]);
  expect(await exchange(token)).toMatchObject(refusedAs('job-token-wrong', 'used before'));
  expect(await exchange(await good({ sub, jti: undefined }))).toMatchObject(refusedAs('job-token-wrong', 'no jti'));
  expect((await exchange(await good({ sub, jti: 'another' }))).status).toBe(200);
});

test('claims are held against the whole of their patterns', async () => {
  const sub = 'repo:tiles/claims:main';
  const claims = { ref: 'refs/heads/release/*', protected: 'true', actor: '**' };
  await put('claims', { subject: sub, claims, principal: 'once-ci', teams: [] });
  const fitting = { sub, ref: 'refs/heads/release/1', protected: true, actor: 'ana/x:y' };
  expect((await exchange(await good(fitting))).status).toBe(200);
  for (const wrong of [
    { ref: 'refs/heads/release/1/2' },
    { ref: 'refs/heads/release/1:x' },
    { ref: 'xrefs/heads/release/1' },
    { protected: false },
    { protected: ['true'] },
    { protected: { true: true } },
    { actor: undefined },
  ]) {
    const refused = await exchange(await good({ ...fitting, ...wrong }));
    expect(refused, JSON.stringify(wrong)).toMatchObject(refusedAs('job-not-let-in'));
  }
});

test('where several rules let a job in, it says by which', async () => {
  const sub = 'repo:tiles/both:main';
  await put('both-a', { subject: sub, principal: 'once-ci' });
  await put('both-b', { subject: 'repo:tiles/both:*', principal: 'once-ci', minutes: 1 });
  expect(await exchange(await good({ sub }))).toMatchObject({
    status: 409,
    answer: { error: { code: 'job-ambiguous' } },
  });
  expect(await exchange(await good({ sub }), { rule: 'both-b' })).toMatchObject({ answer: { expires_in: 60 } });
  expect(await exchange(await good({ sub }), { rule: 'main' })).toMatchObject(refusedAs('job-not-let-in'));
});

test('keys that change are found, and strangers cannot have them asked for at will', async () => {
  await exchange(await good());
  const before = issuer.asked();
  for (let n = 0; n < 5; n++) await exchange(await good({}, { kid: `guess-${n}` }));
  expect(issuer.asked() - before).toBeLessThanOrEqual(1);
  now = new Date(now.getTime() + 31_000);
  await issuer.rotate('second');
  expect((await exchange(await good())).status).toBe(200);
});

test('an issuer that is away or answers nonsense lets nobody in, and nobody out who was known', async () => {
  issuer.answerInstead('x'.repeat(300_000));
  now = new Date(now.getTime() + 3_600_000);
  expect((await exchange(await good())).status).toBe(200);
  now = new Date(now.getTime() + 25 * 3_600_000);
  const refused = await exchange(await good());
  expect(refused).toMatchObject({ status: 503, answer: { error: { code: 'issuer-away' } } });
  issuer.answerInstead(undefined);
  now = new Date(now.getTime() + 60_000);
  expect((await exchange(await good())).status).toBe(200);
});

test('rules are for administrators, and are listed and deleted', async () => {
  const { answer } = await exchange(await good());
  const job = { endpoint: api.url, token: answer.access_token };
  const rule = { issuer: issuer.url, audience: 'deuteron', subject: 'x', principal: 'shop-ci' };
  const path = '/federation-rules/mine';
  expect(await ask({ method: 'PUT', path, body: rule }, job)).toMatchObject(refusedAs('not-permitted'));
  const listed = await ask({ method: 'GET', path: '/federation-rules' });
  expect(listed.answer.federationRules.map(({ name }: { name: string }) => name)).toContain('main');
  expect(await ask({ method: 'DELETE', path: '/federation-rules/both-a' })).toMatchObject({ status: 204 });
  expect(await ask({ method: 'DELETE', path: '/federation-rules/both-a' })).toMatchObject({
    answer: { error: { code: 'federation-rule-missing' } },
  });
});

test('no secret that was given or shown is in the log', async () => {
  const token = await good();
  const { answer } = await exchange(token);
  await exchange(`${token}x`);
  await ask({ method: 'POST', path: '/access-keys' });
  const log = lines.join('\n');
  expect(lines.length).toBeGreaterThan(0);
  for (const secret of [token, answer.access_token, answer.access_key.secret, answer.access_key.session_token])
    expect(log).not.toContain(secret);
  expect(log).not.toMatch(/dtrt_[A-Za-z0-9]{43}/);
  expect(log).not.toContain(administrator.secretAccessKey);
});
