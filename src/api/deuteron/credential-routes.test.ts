import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiAccess, type ApiRequest, fetchSigned, type TokenAccess } from '../../cli/api-client.ts';
import { issueAccessKey, type PrincipalId } from '../../organization/index.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

let api: TestApi;
let now = new Date('2026-11-28T08:00:00Z');
let administrator: ApiAccess;
let developer: ApiAccess;
let developerId: PrincipalId;
const later = (hours: number) => {
  now = new Date(now.getTime() + hours * 3_600_000);
};
beforeAll(async () => {
  // signatures carry the time of the client, which is the machine's
  now = new Date();
  api = await startTestApi({ clock: { now: () => now } });
  administrator = { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret };
  const made = await ask({ method: 'POST', path: '/principals', body: { name: 'developer' } });
  developerId = made.answer.principal.id;
  const key = await issueAccessKey(api.organization, developerId);
  developer = { endpoint: api.url, accessKeyId: key.id, secretAccessKey: key.secret };
});
afterAll(() => api.close());

async function ask(request: ApiRequest, as: ApiAccess | TokenAccess = administrator) {
  const response = await fetchSigned(as, request);
  const text = await response.text();
  return { status: response.status, answer: text === '' ? undefined : JSON.parse(text) };
}
const accessOf = ({ id, secret }: { id: string; secret: string }): ApiAccess => ({
  endpoint: api.url,
  accessKeyId: id,
  secretAccessKey: secret,
});
const bearer = (token: string): TokenAccess => ({ endpoint: api.url, token });
const caller = { method: 'GET', path: '/caller' } as const;

test('everybody issues, rotates and revokes keys of his own', async () => {
  const issued = await ask({ method: 'POST', path: '/access-keys' }, developer);
  expect(issued).toMatchObject({ status: 201, answer: { accessKey: { principal: { name: 'developer' } } } });
  const old = accessOf(issued.answer.accessKey);
  expect((await ask(caller, old)).answer).toMatchObject({
    principal: { name: 'developer' },
    isAdministrator: false,
    credential: { kind: 'access-key', scope: 'full', mayIssue: true },
  });
  const oldUntil = new Date(now.getTime() + 60_000).toISOString();
  const rotated = await ask(
    { method: 'POST', path: `/access-keys/${old.accessKeyId}/rotate`, body: { oldUntil } },
    old,
  );
  expect(rotated).toMatchObject({ status: 201, answer: { oldUntil } });
  const successor = accessOf(rotated.answer.accessKey);
  expect((await ask(caller, old)).status).toBe(200);
  expect((await ask(caller, successor)).status).toBe(200);
  later(0.02);
  expect(await ask(caller, old)).toMatchObject({ status: 403, answer: { error: { code: 'AccessKeyUnknown' } } });
  const listed = await ask({ method: 'GET', path: '/access-keys' }, successor);
  expect(JSON.stringify(listed.answer)).not.toContain(successor.secretAccessKey);
  expect(listed.answer.accessKeys.map(({ id }: { id: string }) => id)).toContain(successor.accessKeyId);
  expect(listed.answer.accessKeys.map(({ id }: { id: string }) => id)).not.toContain(old.accessKeyId);
  expect(listed.answer.accessKeys[0].lastUsedAt).toEqual(expect.any(String));
  expect(await ask({ method: 'DELETE', path: `/access-keys/${successor.accessKeyId}` }, successor)).toMatchObject({
    status: 204,
  });
  expect((await ask(caller, successor)).status).toBe(403);
});

test('a key that expires does so, and its successor lasts as long', async () => {
  const expires = new Date(now.getTime() + 90_000).toISOString();
  const { answer } = await ask({ method: 'POST', path: '/access-keys', body: { expires } });
  expect(answer.accessKey.expiresAt).toBe(expires);
  const key = accessOf(answer.accessKey);
  expect((await ask(caller, key)).status).toBe(200);
  later(0.01);
  const rotated = await ask({ method: 'POST', path: `/access-keys/${key.accessKeyId}/rotate` });
  expect(new Date(rotated.answer.accessKey.expiresAt).getTime() - now.getTime()).toBe(90_000);
  expect(rotated.answer.oldUntil).toBe(expires);
  later(0.02);
  expect((await ask(caller, key)).status).toBe(403);
  expect(await ask({ method: 'POST', path: '/access-keys', body: { expires: '2020-01-01' } })).toMatchObject({
    answer: { error: { code: 'credential-end-wrong' } },
  });
});

test('keys and tokens of others are for administrators, and nobody else learns whether they exist', async () => {
  const own = `/access-keys/${administrator.accessKeyId}`;
  const none = '/access-keys/DTRN2222222222222222';
  const refused = [
    { request: { method: 'POST', path: '/access-keys', body: { principal: 'administrator' } } },
    { request: { method: 'POST', path: '/access-keys', body: { principal: 'nobody' } } },
    { request: { method: 'POST', path: '/tokens', body: { name: 'x', principal: 'administrator' } } },
    { request: { method: 'GET', path: '/access-keys', query: { all: 'true' } } },
    { request: { method: 'GET', path: '/tokens', query: { principal: 'administrator' } } },
    { request: { method: 'DELETE', path: own }, code: 'AccessKeyUnknown' },
    { request: { method: 'POST', path: `${own}/rotate` }, code: 'AccessKeyUnknown' },
    { request: { method: 'DELETE', path: none }, code: 'AccessKeyUnknown' },
    { request: { method: 'DELETE', path: '/tokens/x' }, code: 'token-missing' },
  ] as const;
  for (const { request, ...expected } of refused) {
    const code = 'code' in expected ? expected.code : 'not-permitted';
    expect((await ask(request, developer)).answer, JSON.stringify(request)).toMatchObject({ error: { code } });
  }
  const issued = await ask({ method: 'POST', path: '/access-keys', body: { principal: 'developer' } });
  expect(issued).toMatchObject({ status: 201, answer: { accessKey: { principal: { name: 'developer' } } } });
  const all = await ask({ method: 'GET', path: '/access-keys', query: { all: 'true', limit: '1' } });
  expect(all.answer.accessKeys).toHaveLength(1);
  const next = await ask({
    method: 'GET',
    path: '/access-keys',
    query: { all: 'true', nextToken: all.answer.nextToken, limit: '1' },
  });
  expect(next.answer.accessKeys[0].id).not.toBe(all.answer.accessKeys[0].id);
  expect(await ask({ method: 'DELETE', path: `/access-keys/${issued.answer.accessKey.id}` })).toMatchObject({
    status: 204,
  });
});

test('a token opens the native API, as far as its scope goes, until it is revoked', async () => {
  const issued = await ask({ method: 'POST', path: '/tokens', body: { name: 'dashboard' } }, developer);
  expect(issued).toMatchObject({
    status: 201,
    answer: { text: expect.stringMatching(/^dtrt_[A-Za-z0-9]{43}$/), token: { name: 'dashboard', scope: 'read' } },
  });
  const reader = bearer(issued.answer.text);
  expect((await ask(caller, reader)).answer).toMatchObject({
    principal: { name: 'developer' },
    credential: { kind: 'token', scope: 'read', mayIssue: false },
  });
  expect(await ask({ method: 'DELETE', path: '/units/x' }, reader)).toMatchObject({
    status: 403,
    answer: { error: { code: 'token-read-only' } },
  });
  const full = await ask({ method: 'POST', path: '/tokens', body: { name: 'ci', scope: 'full' } });
  const writer = bearer(full.answer.text);
  expect(await ask({ method: 'PUT', path: '/units/by-token' }, writer)).toMatchObject({ status: 200 });
  for (const path of ['/tokens', '/access-keys']) {
    const more = await ask({ method: 'POST', path, body: path === '/tokens' ? { name: 'more' } : {} }, writer);
    expect(more, path).toMatchObject({ status: 403, answer: { error: { code: 'credential-too-weak' } } });
  }
  const { answer } = await ask({ method: 'GET', path: '/tokens' });
  expect(answer.tokens).toMatchObject([{ name: 'ci', lastUsedAt: expect.any(String) }]);
  expect(JSON.stringify(answer)).not.toContain('dtrt_');
  await ask({ method: 'DELETE', path: `/tokens/${full.answer.token.id}` });
  expect(await ask(caller, writer)).toMatchObject({ status: 403, answer: { error: { code: 'token-unknown' } } });
});

test('a token ends at the latest after a year, and is not known before it is issued', async () => {
  const tooLate = { name: 'x', expires: new Date(now.getTime() + 370 * 86_400_000).toISOString() };
  expect(await ask({ method: 'POST', path: '/tokens', body: tooLate })).toMatchObject({
    answer: { error: { code: 'credential-end-wrong' } },
  });
  const expires = new Date(now.getTime() + 5_000).toISOString();
  const { answer } = await ask({ method: 'POST', path: '/tokens', body: { name: 'short', expires } });
  expect((await ask(caller, bearer(answer.text))).status).toBe(200);
  later(0.002);
  for (const token of [answer.text, '', 'x', `dtrt_${'A'.repeat(43)}`, `${answer.text},${answer.text}`]) {
    const refused = await ask(caller, bearer(token));
    expect(refused, token).toMatchObject({ status: 403, answer: { error: { code: expect.any(String) } } });
    if (token) expect(JSON.stringify(refused.answer)).not.toContain(token === 'x' ? "'x'" : token);
  }
});

test('the audit has who issued, rotated and revoked', async () => {
  const { answer } = await ask({ method: 'GET', path: '/audit', query: { principal: 'developer', limit: '100' } });
  const verbs = new Set(answer.entries.map(({ verb, outcome }: Record<string, string>) => `${verb} ${outcome}`));
  for (const verb of ['IssueAccessKey', 'RotateAccessKey', 'RevokeAccessKey', 'IssueToken']) {
    expect(verbs).toContain(`deuteron:${verb} accepted`);
  }
  expect(verbs).toContain('deuteron:IssueAccessKey refused');
});

test('nobody has keys without number', async () => {
  const made = await ask({ method: 'POST', path: '/principals', body: { name: 'collector', kind: 'machine' } });
  expect(made.status).toBe(201);
  const statuses = await Promise.all(
    Array.from({ length: 12 }, () =>
      ask({ method: 'POST', path: '/access-keys', body: { principal: 'collector' } }).then(({ status }) => status),
    ),
  );
  expect(statuses.filter((status) => status === 201)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(2);
});
