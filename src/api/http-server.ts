import type { IncomingMessage } from 'node:http';
import { type FastifyInstance, type FastifyPluginAsync, type FastifyReply, fastify } from 'fastify';
import { describeRefusal, type Result } from '../errors/index.ts';
import type { Log } from '../log/index.ts';
import { requestHead, signedService } from './signature-v4/index.ts';

export interface HttpServerOptions {
  readonly protonDoor: (path: string) => FastifyPluginAsync;
  readonly s3Door: (path: string) => FastifyPluginAsync;
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

/** Where the doors stand inside the router. Clients of AWS choose a door by their signature, not by the path. */
const doors = { proton: '/.proton', s3: '/.s3' } as const;
const requestMs = 10 * 60_000;
const headersMs = 20_000;

/**
 * One listener for all doors, so that one endpoint URL serves `aws proton` and `aws s3` alike: requests signed for S3 go
 * to the S3 door, POST / with X-Amz-Target to Proton's. The rest is for people and monitors: GET /, /health, /ready.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const server = fastify({
    rewriteUrl: (message) => doorPath(message as IncomingMessage) ?? message.url ?? '/',
    requestTimeout: requestMs,
    http: { headersTimeout: headersMs },
    forceCloseConnections: 'idle',
    // the doors answer in their protocols; only what reaches none of them gets here
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      reply.status(400).type('text/plain').send('The URL is malformed.\n');
    },
  });
  server.register(options.protonDoor(doors.proton));
  server.register(options.s3Door(doors.s3));
  registerPlainPages(server, options);
  return {
    server,
    listen: ({ host = '127.0.0.1', port }) => server.listen({ host, port }),
    close: () => server.close(),
  };
}

/** undefined for a request that is for none of the AWS doors. */
function doorPath(message: IncomingMessage): string | undefined {
  const { url = '/' } = message;
  if (signedService(requestHead(message, url)) === 's3') return doors.s3;
  if (message.method === 'POST' && message.headers['x-amz-target'] !== undefined) return doors.proton;
  return undefined;
}

function registerPlainPages(server: FastifyInstance, { ready, version }: HttpServerOptions): void {
  server.get('/', async (_request, reply) => reply.type('text/plain; charset=utf-8').send(welcome(version)));
  server.get('/health', async () => ({ status: 'alive', version }));
  server.get('/ready', async (_request, reply) => {
    const answer = await ready();
    if (answer.ok) return { status: 'ready', version };
    return reply.status(503).send({ status: 'not ready', reason: describeRefusal(answer.refusal) });
  });
  server.setNotFoundHandler((request, reply) =>
    reply
      .status(404)
      .type('text/plain; charset=utf-8')
      .send(`There is nothing at ${request.method} ${request.url.slice(0, 200)}.\n\n${welcome(version)}`),
  );
}

function welcome(version: string): string {
  return `This is Deuteron ${version}. It speaks the API of AWS Proton and, for template bundles, of Amazon S3:

  aws proton list-environment-templates --endpoint-url URL
  aws s3 cp bundle.tar.gz s3://deuteron/ --endpoint-url URL

where URL is the address you just used, and the client is configured with an access key of this installation.
GET /health says whether the server lives, GET /ready whether it can work.
`;
}
