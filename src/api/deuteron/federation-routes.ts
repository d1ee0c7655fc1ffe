import type { FastifyInstance } from 'fastify';
import { audited } from '../../audit/index.ts';
import {
  exchangeJobToken,
  type FederationTools,
  type TokenScope,
  tokenScopes,
  verifyJobToken,
} from '../../identity/index.ts';
import {
  type AuthorityTools,
  type FederationRule,
  listFederationRules,
  usualFederation,
} from '../../organization/index.ts';
import { answerPage, pageOfQuery } from './answer-page.ts';
import { makeChange } from './chart-change.ts';
import { gone } from './organization-routes.ts';
import { principalSchema } from './organization-schemas.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { body, listOf, object, type PageQuery, query, text } from './schema-parts.ts';

const patterns = {
  type: 'object',
  maxProperties: 20,
  additionalProperties: { type: 'string', maxLength: 500 },
} as const;
const ruleProperties = {
  issuer: text('exactly as the token names it', 500),
  audience: text('the one that the job asks its token for', 500),
  subject: text('a pattern: * stands for any characters but / and :, ** for any at all', 500),
  claims: { ...patterns, default: {}, description: 'patterns, by claim' },
  principal: text('a machine: whom the job acts as', 200),
  teams: {
    type: 'array',
    maxItems: 20,
    items: text('a name', 200),
    default: [],
    description: 'it is a member of them meanwhile',
  },
  minutes: { type: 'integer', minimum: 1, maximum: 720, default: usualFederation.minutes },
  once: { type: 'boolean', default: usualFederation.once, description: 'whether each token may be used only once' },
} as const;
const ruleSchema = object({ name: text('unique', 200), ...ruleProperties });
const byName = object({ name: text('of the rule', 200) });

/** Which jobs of CI may act as which machine. */
export function federationRoutes(server: FastifyInstance, tools: AuthorityTools): void {
  const { db } = tools;

  server.get<{ Querystring: PageQuery }>(
    '/federation-rules',
    {
      schema: {
        summary: 'Which jobs of CI may act as which machine, by name',
        querystring: query(),
        response: { 200: listOf('federationRules', ruleSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const rules = await listFederationRules(db, pageOfQuery(request.query));
      const page = answerPage('federationRules', rules, (rule) => rule);
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );

  server.put<{ Params: { readonly name: string }; Body: Omit<FederationRule, 'name'> }>(
    '/federation-rules/:name',
    {
      schema: {
        summary: 'Make a federation rule, or change it: what is left out is as usual',
        params: byName,
        body: body(ruleProperties, ['issuer', 'audience', 'subject', 'principal']),
        response: { 200: object({ federationRule: ruleSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const made = await makeChange(tools, request, { change: 'put-federation-rule', name, ...request.body });
      return made.ok ? { federationRule: made.value.federationRules.get(name) } : sendRefusal(reply, made.refusal);
    },
  );

  server.delete<{ Params: { readonly name: string } }>(
    '/federation-rules/:name',
    {
      schema: {
        summary: 'Delete a federation rule; what was given by it ends by itself',
        params: byName,
        response: { ...gone, ...refusals },
      },
    },
    async (request, reply) => {
      const made = await makeChange(tools, request, { change: 'delete-federation-rule', name: request.params.name });
      return made.ok ? reply.status(204).send() : sendRefusal(reply, made.refusal);
    },
  );
}

const exchangeBytesMax = 32 * 1024;
const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
const jwtTypes = ['urn:ietf:params:oauth:token-type:jwt', 'urn:ietf:params:oauth:token-type:id_token'];

/** POST /federation/token: a job shows its own token, and nothing else. Source: RFC 8693, section 2. */
export function tokenExchangeRoute(server: FastifyInstance, tools: FederationTools): void {
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: exchangeBytesMax },
    (_request, form, done) => done(null, formOf(form as string)),
  );

  server.post<{
    Body: { readonly subject_token: string; readonly scope?: TokenScope; readonly rule?: string };
  }>(
    '/federation/token',
    {
      schema: {
        summary: "Exchange a job's OpenID Connect token for a short-lived access key and API token",
        security: [],
        consumes: ['application/x-www-form-urlencoded'],
        body: body(
          {
            grant_type: { type: 'string', enum: [grantType] },
            subject_token: { type: 'string', minLength: 1, description: "the job's own token" },
            subject_token_type: { type: 'string', enum: jwtTypes },
            scope: { type: 'string', enum: tokenScopes, description: 'of the API token; absent: full' },
            rule: text('which federation rule; absent: the only one that lets the job in', 200),
          },
          ['grant_type', 'subject_token', 'subject_token_type'],
        ),
        response: {
          200: object({
            access_token: text('an API token'),
            issued_token_type: text('of access_token'),
            token_type: text('Bearer'),
            expires_in: { type: 'integer', description: 'seconds' },
            scope: { type: 'string', enum: tokenScopes },
            principal: principalSchema,
            access_key: object({
              id: text('for AWS_ACCESS_KEY_ID'),
              secret: text('for AWS_SECRET_ACCESS_KEY'),
              session_token: text('for AWS_SESSION_TOKEN'),
            }),
          }),
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { subject_token: token, scope = 'full', rule } = request.body;
      const verified = await verifyJobToken(tools, { token, rule });
      if (!verified.ok) return sendRefusal(reply, verified.refusal);
      const { principal } = verified.value;
      const attempt = {
        principalId: principal.id,
        principal: principal.name,
        verb: 'deuteron:ExchangeJobToken',
        target: `federation-rule/${verified.value.rule.name}`,
        requestId: request.id,
      };
      const given = await audited(tools.db, attempt, () => exchangeJobToken(tools, verified.value, scope));
      if (!given.ok) return sendRefusal(reply, given.refusal);
      const { accessKey, token: bearer } = given.value;
      reply.header('cache-control', 'no-store');
      return {
        access_token: bearer.text,
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: verified.value.rule.minutes * 60,
        scope,
        principal,
        access_key: { id: accessKey.id, secret: accessKey.secret, session_token: accessKey.sessionToken },
      };
    },
  );
}

/** Of a name that comes twice a list, which the schema refuses. */
function formOf(form: string): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(form)) {
    members[name] = Object.hasOwn(members, name) ? [members[name], value] : value;
  }
  return members;
}
