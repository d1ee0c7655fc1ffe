import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { type AuditOutcome, auditChain, auditOutcomes, exportAudit, listAudit } from '../../audit/index.ts';
import type { Db } from '../../database/index.ts';
import { type Installation, protonArn } from '../../identifiers/index.ts';
import { readResource } from '../../organization/index.ts';
import { apiModel } from '../proton/model/api-model.ts';
import { authorisedOf, callerOf } from './caller.ts';
import { knownInAudit } from './known-names.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';

const text = (description: string) => ({ type: 'string', maxLength: 1000, description }) as const;

const entrySchema = {
  type: 'object',
  required: ['position', 'at', 'principal', 'verb', 'requestId', 'outcome'],
  properties: {
    position: { type: 'integer', description: 'from 1 without gaps, in the order in which things became true' },
    at: text('ISO 8601'),
    principalId: text('absent: Deuteron itself'),
    principal: text('who; the name, as it was then'),
    verb: text('what, e.g. proton:CreateEnvironment'),
    target: text('to which thing: an ARN'),
    requestId: text('the one of the answer and of the log'),
    outcome: { type: 'string', enum: auditOutcomes },
    code: text('of the refusal; docs/errors.md has a heading for each'),
  },
} as const;

interface AuditQuery {
  readonly principal?: string;
  readonly verb?: string;
  readonly target?: string;
  readonly outcome?: AuditOutcome;
  readonly since?: string;
  readonly until?: string;
}

interface AuditRouteTools {
  readonly db: Db;
  readonly installation: Installation;
}

const protonVerbs = Object.keys(apiModel.operations).map((operation) => `proton:${operation}`);

/** GET /audit: who did what. Nothing can be changed about it, here or anywhere. */
export function auditRoutes(server: FastifyInstance, { db, installation }: AuditRouteTools): void {
  server.get<{ Querystring: AuditQuery & { limit?: number; nextToken?: string } }>(
    '/audit',
    {
      schema: {
        summary: 'Who did what, newest first; to whom the audit is not open, what he did himself',
        querystring: {
          type: 'object',
          properties: {
            principal: text('by this principal: its name'),
            verb: text('only this, e.g. proton:CreateEnvironment'),
            target: text('an ARN, or e.g. environment/prod; one that ends in * stands for all that begin with it'),
            outcome: { type: 'string', enum: auditOutcomes },
            since: { type: 'string', format: 'date-time', description: 'from then on' },
            until: { type: 'string', format: 'date-time', description: 'before then' },
            limit: { type: 'integer', minimum: 1, maximum: 100 },
            nextToken: text('where the page before ended'),
          },
        },
        response: {
          200: {
            type: 'object',
            required: ['entries'],
            properties: { entries: { type: 'array', items: entrySchema }, nextToken: text('for the next page') },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { principal, verb, target: given, outcome, since, until, limit: maxResults, nextToken } = request.query;
      const known = await knownInAudit(db, request, { principal, verb }, protonVerbs);
      if (!known.ok) return sendRefusal(reply, known.refusal);
      const principalId = authorisedOf(request).may('audit:read') ? undefined : callerOf(request).id;
      const filters = {
        ...{ principal, principalId, verb, outcome, target: given && targetOf(installation, given) },
        since: since === undefined ? undefined : new Date(since),
        until: until === undefined ? undefined : new Date(until),
      };
      const page = await listAudit(db, filters, { maxResults, nextToken });
      if (!page.ok) return sendRefusal(reply, page.refusal);
      return { entries: page.value.items, nextToken: page.value.nextToken };
    },
  );

  server.get(
    '/audit/export',
    {
      schema: {
        summary: 'All entries, oldest first, each with its hash: whole or not can be told without this server',
        response: {
          200: {
            description: 'an entry in each line',
            content: { 'application/x-ndjson': { schema: { type: 'string' } } },
          },
          ...refusals,
        },
      },
    },
    async (_, reply) => reply.type('application/x-ndjson').send(Readable.from(exported(db))),
  );

  server.get(
    '/audit/chain',
    {
      schema: {
        summary: 'Whether every entry is what was written, and follows on the one before',
        response: {
          200: {
            type: 'object',
            required: ['entries'],
            properties: {
              entries: { type: 'integer' },
              brokenAt: { type: 'integer', description: 'the first entry that is wrong; absent: none is' },
            },
          },
          ...refusals,
        },
      },
    },
    async () => auditChain(db),
  );
}

/** What begins with a short name begins with its ARN; what names no resource stands as it is: policy/mine. */
function targetOf(installation: Installation, given: string): string {
  const isBeginning = given.endsWith('*');
  const name = isBeginning ? given.slice(0, -1) : given;
  const reference = readResource(installation, name);
  if (reference) return `${reference.arn}${isBeginning ? '*' : ''}`;
  const isShort = isBeginning && /^(?:environment|service|component)(?:-template)?\//.test(name);
  return isShort ? `${protonArn(installation, name)}*` : given;
}

async function* exported(db: Db): AsyncGenerator<string> {
  for await (const entry of exportAudit(db)) yield `${JSON.stringify(entry)}\n`;
}
