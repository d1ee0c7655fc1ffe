import type { FastifyInstance } from 'fastify';
import {
  type ApiToken,
  issueApiToken,
  linkIdentity,
  listApiTokens,
  revokeApiToken,
  type TokenScope,
  tokenScopes,
} from '../../identity/index.ts';
import {
  byId,
  type CredentialQuery,
  type CredentialRouteTools,
  credentialQuery,
  endOf,
  revoked,
} from './access-key-routes.ts';
import { answerPage, pageOfQuery } from './answer-page.ts';
import { asAudited } from './audited-route.ts';
import { askerOf, callerOf } from './caller.ts';
import { endDateWrong } from './organization-routes.ts';
import { nameParameter, principalSchema } from './organization-schemas.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { body, listOf, object, text } from './schema-parts.ts';

const tokenSchema = {
  type: 'object',
  required: ['id', 'principal', 'name', 'scope', 'origin', 'createdAt', 'expiresAt'],
  properties: {
    id: text('its id; not the token'),
    principal: principalSchema,
    name: text('what for'),
    scope: { type: 'string', enum: tokenScopes, description: 'read: only what changes nothing' },
    origin: { type: 'string', enum: ['issued', 'sign-in', 'federation'] },
    createdAt: text('ISO 8601'),
    expiresAt: text('ISO 8601'),
    revokedAt: text('absent: it is not'),
    lastUsedAt: text('to the minute; absent: never'),
  },
} as const;

const shown = (token: ApiToken) => ({ ...token });

/** Tokens for this API: of oneself, and of others as governance has it. */
export function tokenRoutes(server: FastifyInstance, { organization }: CredentialRouteTools): void {
  const { db } = organization;

  server.get<{ Querystring: CredentialQuery }>(
    '/tokens',
    {
      schema: {
        summary: 'API tokens, newest first',
        querystring: credentialQuery,
        response: { 200: listOf('tokens', tokenSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const { principal, all, ended } = request.query;
      const filters = { principal, all, ended };
      const tokens = await listApiTokens(organization, callerOf(request), filters, pageOfQuery(request.query));
      const page = answerPage('tokens', tokens, shown);
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );

  server.post<{
    Body: {
      readonly name: string;
      readonly scope: TokenScope;
      readonly principal?: string;
      readonly expires?: string;
    };
  }>(
    '/tokens',
    {
      schema: {
        summary: 'Issue an API token; it is shown this once',
        body: body(
          {
            name: { type: 'string', minLength: 1, maxLength: 100, pattern: '^\\P{Cc}*$', description: 'what for' },
            scope: { type: 'string', enum: tokenScopes, default: 'read' },
            principal: text('whose; absent: your own', 200),
            expires: text('its last day in UTC, at most a year from now; absent: in 90 days', 100),
          },
          ['name'],
        ),
        response: { 201: object({ token: tokenSchema, text: text('shown this once') }), ...refusals },
      },
    },
    async (request, reply) => {
      const { expires, ...options } = request.body;
      const end = endOf(expires);
      if (!end) return sendRefusal(reply, endDateWrong(expires ?? ''));
      const of = options.principal ?? callerOf(request).name;
      const attempt = { verb: 'deuteron:IssueToken', target: `principal/${of}` };
      const made = await asAudited(db, request, attempt, () =>
        issueApiToken(organization, askerOf(request), { ...options, expiresAt: end.at }),
      );
      if (!made.ok) return sendRefusal(reply, made.refusal);
      return reply.status(201).send({ token: shown(made.value.token), text: made.value.text });
    },
  );

  server.put<{ Params: { readonly name: string }; Body: { readonly issuer: string; readonly subject: string } }>(
    '/principals/:name/identity',
    {
      schema: {
        summary: 'Say whom a provider of OpenID Connect knows a principal as; he is this one from his next sign-in on',
        params: nameParameter,
        body: body({ issuer: text('as its tokens have it', 500), subject: text('the claim sub', 255) }, [
          'issuer',
          'subject',
        ]),
        response: { 200: object({ principal: principalSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { name: principal } = request.params;
      const attempt = { verb: 'deuteron:LinkIdentity', target: `principal/${principal}` };
      const linked = await asAudited(db, request, attempt, () =>
        linkIdentity(organization, callerOf(request), { principal, ...request.body }),
      );
      return linked.ok ? { principal: linked.value } : sendRefusal(reply, linked.refusal);
    },
  );

  server.delete<{ Params: { readonly id: string } }>(
    '/tokens/:id',
    {
      schema: {
        summary: 'Revoke an API token, by its id or as current: from the next request on it opens nothing',
        params: byId,
        response: { ...revoked, ...refusals },
      },
    },
    async (request, reply) => {
      const { id: given } = request.params;
      const id = given === 'current' ? (request.credential?.tokenId ?? given) : given;
      const attempt = { verb: 'deuteron:RevokeToken', target: `token/${id}` };
      const made = await asAudited(db, request, attempt, () => revokeApiToken(organization, callerOf(request), id));
      return made.ok ? reply.status(204).send() : sendRefusal(reply, made.refusal);
    },
  );
}
