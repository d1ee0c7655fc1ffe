import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../api/testing/index.ts';
import { usualSignIn } from '../identity/index.ts';
import { type JobIssuer, startJobIssuer } from '../identity/testing/job-issuer.ts';
import { freePort, startTestProvider, TestBrowser, type TestProvider } from '../identity/testing/test-provider.ts';
import { commandLine } from './command-line.ts';
import { storeSignIn } from './stored-sign-in.ts';

let api: TestApi;
let provider: TestProvider;
let issuer: JobIssuer;
let printed: string[] = [];
const folder = mkdtempSync(join(tmpdir(), 'deuteron-login-'));

beforeAll(async () => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  provider = await startTestProvider(`${publicUrl}/auth/callback`, { device: true });
  issuer = await startJobIssuer();
  api = await startTestApi({ port, signIn: { ...usualSignIn, ...provider, publicUrl } });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await api.close();
  await provider.close();
  await issuer.close();
});
beforeEach(() => {
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  vi.stubEnv('DEUTERON_URL', api.url);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'DEUTERON_TOKEN'])
    vi.stubEnv(name, '');
  for (const stream of ['log', 'error'] as const)
    vi.spyOn(console, stream).mockImplementation((text) => void printed.push(text));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = 0;
});

const idle = async () => undefined;
async function deuteron(...words: readonly string[]): Promise<{ text: string; exitCode: unknown }> {
  printed = [];
  process.exitCode = 0;
  const commands = { server: idle, cloud: idle, check: idle, render: idle, doctor: idle };
  await commandLine(commands, '0').parseAsync(['node', 'deuteron', ...words]);
  return { text: printed.join('\n'), exitCode: process.exitCode };
}
const asAdministrator = () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', api.key.id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', api.key.secret);
};
const exported = (text: string, name: string) => new RegExp(`${name}=(\\S+)`).exec(text)?.[1] ?? '';

test('who signs in with a browser is known from then on, until he signs out', async () => {
  expect(await deuteron('whoami')).toMatchObject({ exitCode: 1, text: expect.stringContaining('deuteron login') });
  const login = deuteron('login');
  await vi.waitFor(() => expect(printed.join('\n')).toContain('/auth/cli?'));
  const url = /http\S+/.exec(printed.join('\n'))?.[0] ?? '';
  const port = new URL(url).searchParams.get('port');
  expect((await fetch(`http://127.0.0.1:${port}/?code=x&state=guessed`)).status).toBe(404);
  const end = await new TestBrowser().signIn(url, 'ana');
  expect(end.url).toContain(`http://127.0.0.1:${port}/`);
  expect((await login).text).toContain('Signed in as ana until ');
  const file = join(folder, 'deuteron', 'sign-ins.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await deuteron('whoami')).text).toContain('ana (person), by token');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'of another cloud');
  expect((await deuteron('whoami')).text).toContain('ana (person)');
  asAdministrator();
  expect((await deuteron('whoami')).text).toContain('administrator (person), by access-key');
  const { token } = JSON.parse(readFileSync(file, 'utf8'))[api.url];
  expect((await deuteron('logout')).text).toBe('Signed out.');
  vi.stubEnv('DEUTERON_TOKEN', token);
  expect(await deuteron('whoami')).toMatchObject({ exitCode: 1, text: expect.stringContaining('not known here') });
  expect((await deuteron('logout')).text).toBe('Nobody is signed in.');
});

test('a machine without a browser signs in by one elsewhere, and its sign-in is listed and ended', async () => {
  const login = deuteron('login', '--device');
  await vi.waitFor(() => expect(printed.join('\n')).toContain('Enter a code only'), { timeout: 5_000 });
  const [, userCode] = /enter the code (\S+):/.exec(printed.join('\n')) ?? [];
  const [address, complete] = printed.join('\n').match(/http\S+/g) ?? [];
  expect(complete).toContain(encodeURIComponent(userCode ?? ''));
  expect(complete).toContain(address);
  await new TestBrowser().signIn(complete ?? '', 'dora');
  expect((await login).text).toContain('Signed in as dora until ');
  expect((await deuteron('whoami')).text).toContain('dora (person), by token');
  const { text } = await deuteron('session', 'list');
  expect(text).toMatch(/^[0-9a-f-]{36} {2}dora {2}command-line {2}since \S+ {2}until \S+$/);
  const [id = ''] = text.split('  ');
  expect(await deuteron('session', 'end', id)).toEqual({ text: `${id} has ended.`, exitCode: 0 });
  expect(await deuteron('whoami')).toMatchObject({ exitCode: 1 });
  asAdministrator();
  expect((await deuteron('session', 'end', '--all-of', 'dora')).text).toBe('0 sign-ins have ended.');
}, 30_000);

test('a device’s sign-in that somebody denies, that is forged, or that is over lets nobody in', async () => {
  const begin = async () =>
    (await fetch(`${api.url}/auth/device`, { method: 'POST', body: new URLSearchParams() })).json();
  const asked = async (handle: string) =>
    fetch(`${api.url}/auth/device/token`, { method: 'POST', body: new URLSearchParams({ handle }) });
  const { handle, verificationUriComplete } = await begin();
  expect((await asked(handle)).status).toBe(202);
  const forged = await asked(`${handle.slice(0, -2)}AA`);
  expect(await forged.json()).toMatchObject({ error: { code: 'sign-in-not-begun' } });
  const browser = new TestBrowser();
  const page = await (await browser.ask(verificationUriComplete)).text();
  const hidden = [...page.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  const [, action = ''] = /action="([^"]+)"/.exec(page) ?? [];
  const abort = new URLSearchParams([...hidden, ['abort', 'yes']]);
  await browser.ask(new URL(action, verificationUriComplete).href, { method: 'POST', body: abort });
  const denied = await asked(handle);
  expect({ status: denied.status, answer: await denied.json() }).toMatchObject({
    status: 403,
    answer: { error: { code: 'sign-in-failed', message: expect.stringContaining('access_denied') } },
  });
});

test('a sign-in that is over is none', async () => {
  storeSignIn(api.url, { token: 'x', expiresAt: '2026-01-01T00:00:00Z' });
  expect(await deuteron('whoami')).toMatchObject({ exitCode: 1, text: expect.stringContaining('deuteron login') });
});

test('keys are issued, rotated, listed and revoked', async () => {
  asAdministrator();
  const issued = await deuteron('key', 'issue', '--expires', '2099-12-31');
  const id = exported(issued.text, 'AWS_ACCESS_KEY_ID');
  expect(issued.text).toContain('of administrator, until 2100-01-01T00:00:00.000Z; the secret is shown this once');
  const rotated = await deuteron('key', 'rotate', id, '--old-until', '2099-01-01');
  expect(rotated.text).toContain('the old key signs until 2099-01-02T00:00:00.000Z');
  const listed = await deuteron('key', 'list', '--all');
  expect(listed.text).toMatch(new RegExp(`${id}  administrator  never used  until 2099-01-02`));
  for (const { text } of [issued, rotated]) expect(listed.text).not.toContain(exported(text, 'AWS_SECRET_ACCESS_KEY'));
  expect((await deuteron('key', 'revoke', id)).text).toBe(`${id} is revoked.`);
  expect((await deuteron('key', 'list')).text).not.toContain(id);
  expect((await deuteron('key', 'list', '--ended')).text).toMatch(new RegExp(`${id}.*revoked`));
  expect(await deuteron('key', 'revoke', 'DTRNNONE')).toMatchObject({ exitCode: 1 });
});

test('tokens are issued, used, listed and revoked', async () => {
  asAdministrator();
  const issued = await deuteron('token', 'issue', 'dashboard');
  expect(issued.text).toContain('of administrator, read, until ');
  vi.stubEnv('DEUTERON_TOKEN', exported(issued.text, 'DEUTERON_TOKEN'));
  expect((await deuteron('whoami')).text).toContain('administrator (person), by token, which only reads');
  expect(await deuteron('token', 'issue', 'more')).toMatchObject({ exitCode: 1 });
  vi.stubEnv('DEUTERON_TOKEN', '');
  const [id = ''] = (await deuteron('token', 'list')).text.split('  ');
  expect((await deuteron('token', 'revoke', id)).text).toBe(`${id} is revoked.`);
});

test('a job shows its own token and gets what it acts with, as lines of the shell', async () => {
  asAdministrator();
  const principals = join(folder, 'org.yaml');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(
    principals,
    `principals: { ci: { kind: machine } }
federation: { old: { issuer: "${issuer.url}", audience: deuteron, subject: old, principal: ci } }`,
  );
  expect((await deuteron('apply', '-f', principals, '--yes')).text).toContain('+ federation rule old');
  const put = await deuteron(
    ...[
      'federation',
      'put',
      'shop',
      '--issuer',
      issuer.url,
      '--audience',
      'deuteron',
      '--subject',
      'repo:tiles/*:main',
    ],
    ...['--as', 'ci', '--claim', 'env=prod', '--minutes', '5'],
  );
  expect(put.text).toContain('repo:tiles/*:main  env=prod  is ci for 5 minutes');
  expect((await deuteron('federation', 'remove', 'old')).text).toBe('old is deleted.');
  expect((await deuteron('federation', 'rules')).text).toBe(put.text);
  vi.stubEnv('AWS_ACCESS_KEY_ID', '');
  const at = Math.floor(Date.now() / 1000);
  const claims = { sub: 'repo:tiles/shop:main', aud: 'deuteron', env: 'prod', iat: at, exp: at + 60 };
  vi.stubEnv('DEUTERON_JOB_TOKEN', await issuer.token(claims));
  const got = await deuteron('federation', 'token');
  expect(got.text).toContain('# ci, for 5 minutes');
  vi.stubEnv('DEUTERON_TOKEN', exported(got.text, 'DEUTERON_TOKEN'));
  expect((await deuteron('whoami')).text).toContain('ci (machine), by token');
  vi.stubEnv('DEUTERON_TOKEN', '');
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
    vi.stubEnv(name, exported(got.text, name));
  expect((await deuteron('whoami')).text).toContain('ci (machine), by access-key');
  vi.stubEnv('DEUTERON_JOB_TOKEN', 'nonsense');
  expect(await deuteron('federation', 'token')).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('refused'),
  });
});
