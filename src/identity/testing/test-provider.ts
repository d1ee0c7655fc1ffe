/** A provider of OpenID Connect that nobody here wrote, in this process, and a browser to sign in with. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The groups that it will name next time, by account. */
  readonly groups: Map<string, readonly string[]>;
  close(): Promise<void>;
}

interface OidcProvider {
  new (issuer: string, configuration: object): { callback(): Parameters<typeof createServer>[1] };
}

/**
 * @param redirectUri where it sends browsers back to
 * @param options.device whether it lets sign in for machines without a browser
 */
export async function startTestProvider(
  redirectUri: string,
  { device = false }: { readonly device?: boolean } = {},
): Promise<TestProvider> {
  // @ts-expect-error: it brings no types
  const { Provider } = (await import('oidc-provider')) as { Provider: OidcProvider };
  const server = createServer();
  await listen(server, 0);
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [clientId, clientSecret] = ['deuteron', 'a-secret-of-the-tests-only'];
  const groups = new Map<string, readonly string[]>();
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', ...(device ? ['urn:ietf:params:oauth:grant-type:device_code'] : [])],
      },
    ],
    features: { deviceFlow: { enabled: device } },
    claims: { openid: ['sub'], profile: ['preferred_username', 'email'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'groups'],
    cookies: { keys: ['tests'] },
    findAccount: (_: unknown, account: string) => ({
      accountId: account,
      claims: async () => ({
        sub: account,
        preferred_username: account.split('#')[0],
        email: 'same@example.com',
        groups: groups.get(account),
      }),
    }),
  });
  server.on('request', provider.callback() as never);
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { issuer, clientId, clientSecret, groups, close };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', done));
}

/** Keeps cookies by address, and goes where it is sent. */
export class TestBrowser {
  readonly cookies = new Map<string, Map<string, string>>();
  /** As they came, of all answers. */
  readonly setCookies: string[] = [];

  async ask(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie && { cookie }), ...(init.headers as Record<string, string>) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      this.setCookies.push(line);
      const [pair = ''] = line.split(';');
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** Follows redirections, signing in as this account where it is asked to. @param until an address not to be asked */
  async signIn(
    url: string,
    account: string,
    until?: (url: string) => boolean,
  ): Promise<{ url: string; response?: Response }> {
    let [next, init]: [string, RequestInit] = [url, {}];
    for (let steps = 0; steps < 20; steps++) {
      if (until?.(next)) return { url: next };
      const response = await this.ask(next, init);
      init = {};
      const location = response.headers.get('location');
      if (location) {
        next = new URL(location, next).href;
        continue;
      }
      const page = await response.clone().text();
      const [, action] = /<form[^>]*action="([^"]+)"/.exec(page) ?? [];
      const hidden = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
        ([, name = '', value = '']) => [name, value],
      );
      if (!response.ok || !action || hidden.length === 0) return { url: next, response };
      next = new URL(action, next).href;
      init = {
        method: 'POST',
        body: new URLSearchParams({ ...Object.fromEntries(hidden), login: account, password: 'any' }),
      };
    }
    throw new Error('the provider sends the browser round and round');
  }
}
