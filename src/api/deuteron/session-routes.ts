import type { FastifyInstance } from 'fastify';
import { endSessionById, endSessionsOf, listSessions, sessionKinds } from '../../identity/index.ts';
import { byId, type CredentialQuery, type CredentialRouteTools, revoked } from './access-key-routes.ts';
import { answerPage, pageOfQuery } from './answer-page.ts';
import { asAudited } from './audited-route.ts';
import { callerOf } from './caller.ts';
import { principalSchema } from './organization-schemas.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { listOf, object, query, text } from './schema-parts.ts';

const sessionSchema = {
  type: 'object',
  required: ['id', 'kind', 'principal', 'createdAt', 'expiresAt'],
  properties: {
    id: text('its id; not what the browser holds'),
    kind: { type: 'string', enum: sessionKinds, description: 'a browser, or deuteron login' },
    principal: principalSchema,
    createdAt: text('ISO 8601'),
    expiresAt: text('ISO 8601'),
  },
} as const;

/** Who is signed in: oneself, and others as governance has it. */
export function sessionRoutes(server: FastifyInstance, { organization }: CredentialRouteTools): void {
  const { db } = organization;

  server.get<{ Querystring: Omit<CredentialQuery, 'ended'> }>(
    '/sessions',
    {
      schema: {
        summary: 'Sign-ins that count now, of browsers and of deuteron login, newest first',
        querystring: query({
          principal: text('of this principal; absent: your own', 200),
          all: { type: 'boolean', default: false, description: 'of everybody; for who may read all' },
        }),
        response: { 200: listOf('sessions', sessionSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const { principal, all } = request.query;
      const listed = await listSessions(
        organization,
        callerOf(request),
        { principal, all },
        pageOfQuery(request.query),
      );
      const page = answerPage('sessions', listed, (session) => ({ ...session }));
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );

  server.delete<{ Params: { readonly id: string } }>(
    '/sessions/:id',
    {
      schema: {
        summary: 'End a sign-in: from the next request on it opens nothing',
        params: byId,
        response: { ...revoked, ...refusals },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const attempt = { verb: 'deuteron:EndSession', target: `session/${id}` };
      const ended = await asAudited(db, request, attempt, () => endSessionById(organization, callerOf(request), id));
      return ended.ok ? reply.status(204).send() : sendRefusal(reply, ended.refusal);
    },
  );

  server.delete<{ Querystring: { readonly principal: string } }>(
    '/sessions',
    {
      schema: {
        summary: 'End all sign-ins of a principal; his keys and issued tokens go on',
        querystring: {
          type: 'object',
          required: ['principal'],
          properties: { principal: text('whose', 200) },
        },
        response: { 200: object({ count: { type: 'integer' } }), ...refusals },
      },
    },
    async (request, reply) => {
      const { principal } = request.query;
      const attempt = { verb: 'deuteron:EndSessions', target: `principal/${principal}` };
      const ended = await asAudited(db, request, attempt, () =>
        endSessionsOf(organization, callerOf(request), principal),
      );
      return ended.ok ? { count: ended.value } : sendRefusal(reply, ended.refusal);
    },
  );
}
