import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { accept, describeRefusal, type Result } from '../errors/index.ts';
import type { Installation } from '../identifiers/index.ts';
import { OpenIdProvider, type SignInSettings } from '../identity/index.ts';
import type { Log } from '../log/index.ts';
import type { ObjectStorageTools } from '../object-storage/index.ts';
import type { OrganizationTools } from '../organization/index.ts';
import { metricsText } from '../telemetry/index.ts';
import { createAuthenticate } from './authenticate.ts';
import { createAuthenticateNative } from './authenticate-native.ts';
import { closingOf } from './close-server.ts';
import { type DeuteronDoorTools, deuteronDoor } from './deuteron/index.ts';
import { observeRequests } from './observe-requests.ts';
import { type ProtonOperations, protonDoor } from './proton/index.ts';
import { s3Door } from './s3/index.ts';
import { signInDoor } from './sign-in/index.ts';
import { type RequestHead, requestHead, sha256Hex, signedService } from './signature-v4/index.ts';

export interface HttpServerOptions {
  /** What Proton's operations do, from the files `<noun>-operations.ts`. */
  readonly operations: ProtonOperations;
  /** Whose access keys sign requests. */
  readonly organization: OrganizationTools;
  /** Where people sign in; absent: nobody does. */
  readonly signIn?: SignInSettings;
  /** Where uploads are kept. */
  readonly storage: ObjectStorageTools;
  /** Whose ARNs the audit names. */
  readonly installation: Installation;
  /** What the native API needs. */
  readonly native: Omit<
    DeuteronDoorTools,
    'authenticate' | 'authorisation' | 'installation' | 'log' | 'version' | 'organization'
  >;
  /** IANA name: where rules read weekday and hour. Absent: that of this machine. */
  readonly timeZone?: string;
  /** A refusal when the server cannot do its work right now, e.g. because the database is away. */
  readonly ready: () => Promise<Result<void>>;
  readonly log: Log;
  readonly version: string;
}

export interface ListenOptions {
  /** Default 127.0.0.1: nothing listens beyond loopback until told to. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
}

export interface HttpServer {
  readonly server: FastifyInstance;
  /** @returns the address to give to clients, e.g. `http://127.0.0.1:8080` */
  listen(options: ListenOptions): Promise<string>;
  /** Takes no new requests, lets those under way end, and closes. */
  close(): Promise<void>;
}

/** Where the doors stand inside the router. Clients of AWS choose theirs by signature, not by path. */
const doors = { proton: '/.proton', s3: '/.s3', deuteron: '/api/v1', signIn: '/auth' } as const;
const requestMs = 10 * 60_000;
const headersMs = 20_000;

/**
 * One listener for all doors, so that one endpoint URL serves `aws proton` and `aws s3` alike: requests signed for S3 go
 * to the S3 door, POST / with X-Amz-Target to Proton's; the native API is under /api/v1, browsers sign in
 * under /auth. The rest is for people and monitors: GET /, /health, /ready, /metrics.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const server = fastify({
    rewriteUrl: (message) => doorPath(message as IncomingMessage) ?? message.url ?? '/',
    requestTimeout: requestMs,
    http: { headersTimeout: headersMs },
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    // a member that is not known is a mistake, and said so
    ajv: { customOptions: { removeAdditional: false } },
    // the doors answer in their protocols; only what reaches none of them gets here
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      reply.status(400).type('text/plain').send('The URL is malformed.\n');
    },
  });
  observeRequests(server, options.log);
  answerErrors(server, options.log);
  registerDoors(server, options);
  registerPlainPages(server, options, welcome(options.version));
  return {
    server,
    listen: ({ host = '127.0.0.1', port }) => server.listen({ host, port }),
    close: closingOf(server),
  };
}

/** For a process without doors: only GET /, /health, /ready and /metrics. */
export function createMonitorServer(options: Pick<HttpServerOptions, 'ready' | 'version'>): HttpServer {
  const server = fastify({
    requestTimeout: requestMs,
    http: { headersTimeout: headersMs },
    forceCloseConnections: 'idle',
  });
  registerPlainPages(
    server,
    options,
    `This is a worker of Deuteron ${options.version}. It takes no requests: ask the API.\n\n`,
  );
  return {
    server,
    listen: ({ host = '127.0.0.1', port }) => server.listen({ host, port }),
    close: closingOf(server),
  };
}

function registerDoors(
  server: FastifyInstance,
  {
    operations,
    organization,
    signIn,
    storage,
    installation,
    native,
    log,
    version,
    timeZone = localTimeZone(),
  }: HttpServerOptions,
): void {
  const authenticate = createAuthenticate(organization);
  const authenticateFor = (service: string) => async (head: RequestHead, body: Uint8Array) => {
    const authenticated = await authenticate(head, service, sha256Hex(body));
    return authenticated.ok ? accept(authenticated.value.principal) : authenticated;
  };
  const { db, clock } = organization;
  const authorisation = { db, clock, installation, timeZone };
  const proton = { ...authorisation, operations, log, version, authenticate: authenticateFor('proton') };
  server.register(protonDoor(proton, doors.proton));
  const deuteron = deuteronDoor({
    ...native,
    organization,
    authorisation,
    installation,
    log,
    version,
    authenticate: createAuthenticateNative(organization, authenticate, signIn?.publicUrl),
  });
  server.register(deuteron, { prefix: doors.deuteron });
  const provider = signIn && new OpenIdProvider(signIn, { ...organization, log });
  server.register(signInDoor({ organization, provider, log }), { prefix: doors.signIn });
  const authenticateS3 = (head: RequestHead, payloadHash: string) => authenticate(head, 's3', payloadHash);
  server.register(s3Door({ storage, authorisation, installation, log, authenticate: authenticateS3 }, doors.s3));
}

function localTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** For whoever is at none of the doors, which answer in their protocols: e.g. a body that nobody there would read. */
function answerErrors(server: FastifyInstance, log: Log): void {
  server.setErrorHandler(({ statusCode = 500, name, message, stack }: FastifyError, request, reply) => {
    reply.status(statusCode).type('text/plain; charset=utf-8');
    if (statusCode < 500) return reply.send(`${message}.\n`);
    log.error({ requestId: request.id, error: { name, message, stack } }, 'a request failed unexpectedly');
    return reply.send(`Something unexpected happened. The log has it under the request id ${request.id}.\n`);
  });
}

/** undefined for a request that is for none of the AWS doors. */
function doorPath(message: IncomingMessage): string | undefined {
  const { url = '/' } = message;
  if (signedService(requestHead(message, url)) === 's3') return doors.s3;
  if (message.method === 'POST' && message.headers['x-amz-target'] !== undefined) return doors.proton;
  return undefined;
}

function registerPlainPages(
  server: FastifyInstance,
  { ready, version }: Pick<HttpServerOptions, 'ready' | 'version'>,
  front: string,
): void {
  server.get('/', async (_request, reply) => reply.type('text/plain; charset=utf-8').send(front));
  server.get('/health', async () => ({ status: 'alive', version }));
  server.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metricsText();
    return reply.type(contentType).send(text);
  });
  server.get('/ready', async (_request, reply) => {
    const answer = await ready();
    if (answer.ok) return { status: 'ready', version };
    return reply.status(503).send({ status: 'not ready', reason: describeRefusal(answer.refusal) });
  });
  server.setNotFoundHandler((request, reply) =>
    reply
      .status(404)
      .type('text/plain; charset=utf-8')
      .send(`There is nothing at ${request.method} ${request.url.slice(0, 200)}.\n\n${front}`),
  );
}

function welcome(version: string): string {
  return `This is Deuteron ${version}. It speaks the API of AWS Proton and, for template bundles, of Amazon S3:

  aws proton list-environment-templates --endpoint-url URL
  aws s3 cp bundle.tar.gz s3://deuteron/ --endpoint-url URL

where URL is the address you just used, and the client is configured with an access key of this installation.
GET /health says whether the server lives, GET /ready whether it can work, GET /metrics what it measures.
`;
}
