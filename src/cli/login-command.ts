import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { accept, type Result, refuse } from '../errors/index.ts';
import { type ApiFlags, apiCommand, askAndPrint, endpointOption } from './api-flags.ts';
import { printRefusal } from './print-refusal.ts';
import { storedSignIn, storeSignIn } from './stored-sign-in.ts';

const waitMs = 10 * 60_000;

interface SignIn {
  readonly token: string;
  readonly expiresAt: string;
  readonly principal: { readonly name: string };
}

/** `deuteron login`: signs in with a browser, whose end comes back to this machine. Source: RFC 8252, RFC 7636. */
export function loginCommand(): Command {
  return new Command('login')
    .description('sign in with your browser; commands then act as you until it is over')
    .addOption(endpointOption())
    .option('--device', 'with a browser elsewhere, for a machine that has none: shows a code to enter there', false)
    .addHelpText('after', '\nExamples:\n  deuteron login\n  ssh build-host deuteron login --device\n')
    .action(({ endpointUrl, device }: { readonly endpointUrl: string; readonly device: boolean }) =>
      device ? loginElsewhere(endpointUrl) : login(endpointUrl),
    );
}

export function logoutCommand(): Command {
  return new Command('logout')
    .description('sign out: the token of the sign-in counts no more')
    .addOption(endpointOption())
    .action(({ endpointUrl }: { readonly endpointUrl: string }) => logout(endpointUrl));
}

export function whoamiCommand(): Command {
  return apiCommand('whoami', 'who you are here, and by what you show it').action((flags: ApiFlags) =>
    askAndPrint<{
      principal: { name: string; kind: string };
      isAdministrator: boolean;
      teams: readonly { name: string; role: string }[];
      timeZone: string;
      credential: { kind: string; scope: string };
    }>(flags, { method: 'GET', path: '/caller' }, ({ principal, teams, credential, timeZone }) => [
      `${principal.name} (${principal.kind}), by ${credential.kind}${credential.scope === 'read' ? ', which only reads' : ''}`,
      ...teams.map(({ name, role }) => `${role} of ${name}`),
      `Rules read weekday and hour in ${timeZone}.`,
    ]),
  );
}

/** `deuteron identify`: who somebody is at the provider, for whom the organization knows before he signs in. */
export function identifyCommand(): Command {
  return apiCommand('identify', 'say whom the provider knows a principal as')
    .argument('<principal>', 'a person')
    .requiredOption('--issuer <url>', 'the provider, as its tokens have it')
    .requiredOption('--subject <text>', 'the claim sub of his tokens')
    .action((principal: string, { issuer, subject, ...flags }: ApiFlags & { issuer: string; subject: string }) =>
      askAndPrint(
        flags,
        { method: 'PUT', path: `/principals/${encodeURIComponent(principal)}/identity`, body: { issuer, subject } },
        () => [`Who signs in as ${subject} is ${principal}.`],
      ),
    );
}

async function login(server: string): Promise<void> {
  const [state, verifier] = [randomBytes(24).toString('base64url'), randomBytes(32).toString('base64url')];
  const listener = await listenForCode(state);
  const url = new URL('/auth/cli', server);
  url.search = new URLSearchParams({
    port: String(listener.port),
    state,
    challenge: createHash('sha256').update(verifier).digest('base64url'),
  }).toString();
  console.error(`Open this address in a browser on this machine:\n\n  ${url.href}\n`);
  const code = await listener.code;
  keep(server, code.ok ? await redeem(server, code.value, verifier) : code);
}

function keep(server: string, signedIn: Result<SignIn>): void {
  if (!signedIn.ok) return printRefusal(signedIn.refusal, { json: false });
  const { token, expiresAt, principal } = signedIn.value;
  storeSignIn(server, { token, expiresAt });
  console.log(`Signed in as ${principal.name} until ${expiresAt}.`);
}

interface DeviceSignIn {
  readonly handle: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete?: string;
  readonly expiresAt: string;
  readonly intervalSeconds: number;
}

/** Source: RFC 8628, section 3.5: how often it is asked. */
async function loginElsewhere(server: string): Promise<void> {
  const { postForm } = await import('./api-client.ts');
  const begun = await postForm<DeviceSignIn>(server, '/auth/device', {});
  if (!begun.ok) return keep(server, begun);
  const { handle, userCode, verificationUri, verificationUriComplete, expiresAt } = begun.value;
  console.error(
    `Open this address in a browser on any machine, and enter the code ${userCode}:\n\n  ${verificationUri}\n`,
  );
  if (verificationUriComplete)
    console.error(`Or open this one, which has the code in it:\n\n  ${verificationUriComplete}\n`);
  console.error('Enter a code only if you have just begun this yourself: whoever did acts as you.');
  let { intervalSeconds } = begun.value;
  while (Date.now() < Date.parse(expiresAt)) {
    const asked = await postForm<{ readonly state: 'waiting' | 'slower' } | ({ readonly state: 'done' } & SignIn)>(
      server,
      '/auth/device/token',
      { handle },
    );
    if (!asked.ok) return keep(server, asked);
    if (asked.value.state === 'done') return keep(server, accept(asked.value));
    if (asked.value.state === 'slower') intervalSeconds += 5;
    await delay(intervalSeconds * 1000);
  }
  keep(server, deviceTooLate());
}

/** One request with the right state, from a browser on this machine. */
async function listenForCode(
  state: string,
): Promise<{ readonly port: number; readonly code: Promise<Result<string>> }> {
  const found = Promise.withResolvers<Result<string>>();
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const [code, given] = [searchParams.get('code'), Buffer.from(searchParams.get('state') ?? '')];
    const isOurs = given.length === state.length && timingSafeEqual(given, Buffer.from(state));
    response.writeHead(code && isOurs ? 200 : 404, { 'content-type': 'text/plain', connection: 'close' });
    response.end(code && isOurs ? 'You are signed in. This page may be closed.\n' : 'There is nothing here.\n');
    if (code && isOurs) found.resolve(accept(code));
  });
  await new Promise<void>((done, failed) => server.once('error', failed).listen(0, '127.0.0.1', done));
  const waiting = new AbortController();
  delay(waitMs, undefined, { signal: waiting.signal }).then(
    () => found.resolve(tooLate()),
    () => undefined,
  );
  const code = found.promise.finally(() => {
    waiting.abort();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, code };
}

function tooLate() {
  return refuse({
    kind: 'unavailable',
    code: 'sign-in-not-finished',
    message: 'Nobody signed in within ten minutes.',
    remedy: 'Run deuteron login again, and open its address in a browser on this machine.',
  });
}

function deviceTooLate() {
  return refuse({
    kind: 'unavailable',
    code: 'sign-in-not-finished',
    message: 'Nobody entered the code before it ended.',
    remedy: 'Run deuteron login --device again, and enter its code in a browser.',
  });
}

async function redeem(server: string, code: string, verifier: string): Promise<Result<SignIn>> {
  const { postForm } = await import('./api-client.ts');
  return postForm<SignIn>(server, '/auth/cli/token', { code, verifier });
}

async function logout(server: string): Promise<void> {
  const token = storedSignIn(server);
  if (token === undefined) {
    storeSignIn(server, undefined);
    console.log('Nobody is signed in.');
    return;
  }
  const { callApi } = await import('./api-client.ts');
  const gone = await callApi({ endpoint: server, token }, { method: 'DELETE', path: '/tokens/current' });
  storeSignIn(server, undefined);
  if (gone.ok) return console.log('Signed out.');
  printRefusal(gone.refusal, { json: false });
}
