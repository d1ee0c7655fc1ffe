import { fastifySwagger } from '@fastify/swagger';
import type { FastifyError, FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify';
import { isStorable } from '../../database/index.ts';
import type { Refusal } from '../../errors/index.ts';
import { KeySets } from '../../identity/index.ts';
import type { Log } from '../../log/index.ts';
import { authoriseOrganization } from '../authorisation/index.ts';
import { requestHead } from '../signature-v4/index.ts';
import { accessKeyRoutes } from './access-key-routes.ts';
import { approvalRoutes } from './approval-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { authoriseAll } from './authorise-routes.ts';
import { complianceRoutes } from './compliance-routes.ts';
import { decisionRoutes } from './decision-routes.ts';
import { delegationRoutes } from './delegation-routes.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import type { DeuteronDoorTools } from './door-tools.ts';
import { emergencyRoutes } from './emergency-routes.ts';
import { environmentClassRoutes } from './environment-class-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { federationRoutes, tokenExchangeRoute } from './federation-routes.ts';
import { governanceRoutes } from './governance-routes.ts';
import { guardRailExceptionRoutes } from './guard-rail-exception-routes.ts';
import { guardRailReportRoutes } from './guard-rail-report-routes.ts';
import { guardRailRoutes } from './guard-rail-routes.ts';
import { handoverRoutes } from './handover-routes.ts';
import { organizationDocumentRoutes } from './organization-document-routes.ts';
import { organizationRoutes } from './organization-routes.ts';
import { planRoutes } from './plan-routes.ts';
import { previewRoutes } from './preview-routes.ts';
import { sendRefusal, sendUnexpected } from './refusal-answer.ts';
import { resourceRoutes } from './resource-routes.ts';
import { schemaRefusal } from './schema-refusal.ts';
import { sessionRoutes } from './session-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { versionRoutes } from './version-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';

const bodyBytesMax = 64 * 1024;

/**
 * Deuteron's own API as a Fastify plugin: JSON over HTTP, signed like AWS's with `deuteron` as the service, or with a
 * token. Routes carry their schemas; GET /openapi.json is made from them. Neither is needed there, nor where a job of CI
 * shows its own token.
 */
export function deuteronDoor(tools: DeuteronDoorTools): FastifyPluginAsync {
  return async (server) => {
    await server.register(fastifySwagger, { openapi: openapi(tools.version) });
    server.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer', bodyLimit: bodyBytesMax },
      (request, body, done) => {
        request.rawBody = body as Buffer;
        try {
          done(null, body.length === 0 ? undefined : JSON.parse(body.toString('utf8')));
        } catch (error) {
          done(Object.assign(error as Error, { statusCode: 400 }));
        }
      },
    );
    server.setErrorHandler((error: FastifyError, request, reply) => {
      const refusal = schemaRefusal(error, request);
      return refusal ? sendRefusal(reply, refusal) : answerError(tools.log, error, reply);
    });
    server.addHook('onRequest', async (request, reply) => {
      reply.header('x-amzn-requestid', request.id);
    });
    server.get('/openapi.json', { schema: { hide: true } }, async () => server.swagger());
    const authorise = authoriseOrganization(tools.authorisation);
    const organization = { ...tools, authorise };
    const credentials = { organization: { ...tools.organization, authorise } };
    const federation = { ...tools.organization, authorise, keySets: new KeySets(tools), log: tools.log };
    await server.register(async (open) => tokenExchangeRoute(open, federation));
    await server.register(async (signed) => {
      authenticateAll(signed, tools);
      authoriseAll(signed, tools.authorisation);
      eventRoutes(signed, tools);
      webhookRoutes(signed, tools);
      auditRoutes(signed, tools);
      organizationRoutes(signed, organization);
      environmentClassRoutes(signed, organization);
      resourceRoutes(signed, organization);
      handoverRoutes(signed, organization);
      const guardRails = { ...tools, timeZone: tools.authorisation.timeZone };
      guardRailRoutes(signed, guardRails);
      guardRailExceptionRoutes(signed, guardRails);
      guardRailReportRoutes(signed, tools);
      complianceRoutes(signed, tools);
      governanceRoutes(signed, tools.authorisation);
      organizationDocumentRoutes(signed, organization);
      accessKeyRoutes(signed, { ...credentials, timeZone: tools.authorisation.timeZone });
      tokenRoutes(signed, credentials);
      sessionRoutes(signed, credentials);
      federationRoutes(signed, federation);
      await signed.register((scope) => previewRoutes(scope, tools.preview));
      deploymentRoutes(signed, tools);
      approvalRoutes(signed, tools);
      decisionRoutes(signed, tools);
      delegationRoutes(signed, tools);
      emergencyRoutes(signed, tools);
      await signed.register((scope) => versionRoutes(scope, tools)); // takes archives, the others do not
      planRoutes(signed, tools);
    });
  };
}

function authenticateAll(server: FastifyInstance, { authenticate }: DeuteronDoorTools): void {
  server.addHook('preValidation', async (request, reply) => {
    const head = requestHead(request.raw, request.originalUrl);
    const caller = await authenticate(head, request.rawBody ?? new Uint8Array());
    if (!caller.ok) return sendRefusal(reply, caller.refusal);
    request.caller = caller.value.principal;
    request.credential = caller.value.credential;
    const { scope } = caller.value.credential;
    if (scope === 'read' && request.method !== 'GET' && request.method !== 'HEAD')
      return sendRefusal(reply, readOnly(request.method));
  });
  server.addHook('preHandler', async ({ params, query, body, routeOptions }, reply) => {
    // Fastify holds a body against a schema by content type only where there is a body
    const wantsBody = (routeOptions.schema?.body as { content?: object } | undefined)?.content !== undefined;
    if (wantsBody && (body === undefined || body === null)) return sendRefusal(reply, malformed('it has no body'));
    if (isStorable([params, query, body])) return;
    return sendRefusal(reply, malformed('a text has U+0000 or half a surrogate pair, or a number no end'));
  });
}

function answerError(log: Log, error: FastifyError, reply: FastifyReply) {
  if (error.statusCode !== undefined && error.statusCode < 500) return sendRefusal(reply, malformed(error.message));
  return sendUnexpected(reply, log, error);
}

function readOnly(method: string): Refusal {
  return {
    kind: 'forbidden',
    code: 'token-read-only',
    message: `The token of the request only reads, and ${method} may change something.`,
    remedy: 'Use a token with the scope full, or an access key.',
  };
}

function malformed(why: string): Refusal {
  return {
    kind: 'invalid',
    code: 'request-malformed',
    message: `The request cannot be read: ${why}.`,
    remedy: 'GET /api/v1/openapi.json describes what each operation takes.',
  };
}

function openapi(version: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Deuteron',
      version,
      description:
        'What Deuteron offers beside the API of AWS Proton. Sign requests with Signature Version 4, service `deuteron`, or send a token as `Authorization: Bearer`.',
    },
    components: {
      securitySchemes: {
        signature: {
          type: 'apiKey' as const,
          in: 'header',
          name: 'authorization',
          description: 'AWS Signature Version 4',
        },
        token: { type: 'http' as const, scheme: 'bearer', description: 'An API token' },
      },
    },
    security: ['signature', 'token'].map((scheme): Record<string, string[]> => ({ [scheme]: [] })),
  };
}
