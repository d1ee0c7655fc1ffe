import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { accept, describeRefusal, type Result, refuse } from '../errors/index.ts';
import { type ApiFlags, apiCommand, askAndPrint } from './api-flags.ts';
import { storedSignIn, storeSignIn } from './stored-sign-in.ts';

const waitMs = 10 * 60_000;

interface SignIn {
  readonly token: string;
  readonly expiresAt: string;
  readonly principal: { readonly name: string };
}

const endpoint = () =>
  new Option('--endpoint-url <url>', 'the server').env('DEUTERON_URL').default('http://127.0.0.1:4400');

/** `deuteron login`: signs in with a browser, whose end comes back to this machine. Source: RFC 8252, RFC 7636. */
export function loginCommand(): Command {
  return new Command('login')
    .description('sign in with your browser; commands then act as you until it is over')
    .addOption(endpoint())
    .action(({ endpointUrl }: { readonly endpointUrl: string }) => login(endpointUrl));
}

export function logoutCommand(): Command {
  return new Command('logout')
    .description('sign out: the token of the sign-in counts no more')
    .addOption(endpoint())
    .action(({ endpointUrl }: { readonly endpointUrl: string }) => logout(endpointUrl));
}

export function whoamiCommand(): Command {
  return apiCommand('whoami', 'who you are here, and by what you show it').action((flags: ApiFlags) =>
    askAndPrint<{
      principal: { name: string; kind: string };
      isAdministrator: boolean;
      teams: readonly { name: string; role: string }[];
      credential: { kind: string; scope: string };
    }>(flags, { method: 'GET', path: '/caller' }, ({ principal, teams, credential }) => [
      `${principal.name} (${principal.kind}), by ${credential.kind}${credential.scope === 'read' ? ', which only reads' : ''}`,
      ...teams.map(({ name, role }) => `${role} of ${name}`),
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
  const signedIn = code.ok ? await redeem(server, code.value, verifier) : code;
  if (!signedIn.ok) {
    console.error(describeRefusal(signedIn.refusal));
    process.exitCode = 1;
    return;
  }
  const { token, expiresAt, principal } = signedIn.value;
  storeSignIn(server, { token, expiresAt });
  console.log(`Signed in as ${principal.name} until ${expiresAt}.`);
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
  console.error(describeRefusal(gone.refusal));
  process.exitCode = 1;
}
