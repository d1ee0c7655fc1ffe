/** An issuer of tokens for jobs, as a CI system is one: its description and its keys over HTTP, and tokens of any kind. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';

export interface JobIssuer {
  readonly url: string;
  /** How often its keys were asked for. */
  readonly asked: () => number;
  /** A token as this issuer makes it; what is given stands instead. */
  token(
    claims: Record<string, unknown>,
    options?: { readonly header?: object; readonly kid?: string },
  ): Promise<string>;
  /** From now on it signs with another key, by this name. */
  rotate(kid: string): Promise<void>;
  /** The public key, as it stands in a file. */
  publicJwk(): Promise<Record<string, unknown>>;
  /** What it answers instead of its keys; undefined: its keys. */
  answerInstead(answer: string | undefined): void;
  close(): Promise<void>;
}

export async function startJobIssuer(): Promise<JobIssuer> {
  let kid = 'first';
  let keys = await generateKeyPair('RS256', { extractable: true });
  let [asked, instead]: [number, string | undefined] = [0, undefined];
  const publicJwk = async () => ({ ...(await exportJWK(keys.publicKey)), kid, use: 'sig' });
  const server = createServer(async (request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }));
    } else if (request.url === '/keys') {
      asked++;
      response.end(instead ?? JSON.stringify({ keys: [await publicJwk()] }));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked: () => asked,
    publicJwk,
    answerInstead: (answer) => {
      instead = answer;
    },
    token: (claims, options = {}) => {
      const header = { alg: 'RS256', kid: options.kid ?? kid, typ: 'JWT', ...options.header } as JWTHeaderParameters;
      return new SignJWT({ iss: url, ...claims }).setProtectedHeader(header).sign(keys.privateKey);
    },
    rotate: async (next) => {
      kid = next;
      keys = await generateKeyPair('RS256', { extractable: true });
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
