import type { FastifyInstance } from 'fastify';
import type { AccessKey, AccessKeySummary, Authorise, OrganizationTools, Principal } from '../../organization/index.ts';
import {
  listAccessKeys,
  provideAccessKey,
  readEndDate,
  rotateAccessKey,
  withdrawAccessKey,
} from '../../organization/index.ts';
import { answerPage, pageOfQuery } from './answer-page.ts';
import { asAudited } from './audited-route.ts';
import { askerOf, authorisedOf, callerOf } from './caller.ts';
import { optionalBody } from './optional-body.ts';
import { endDateWrong } from './organization-routes.ts';
import { principalSchema } from './organization-schemas.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { body, listOf, object, type PageQuery, query, text } from './schema-parts.ts';

export interface CredentialQuery extends PageQuery {
  readonly principal?: string;
  readonly all?: boolean;
  readonly ended?: boolean;
}

export const credentialQuery = query({
  principal: text('of this principal; absent: your own', 200),
  all: { type: 'boolean', default: false, description: 'of everybody; for who may read all' },
  ended: { type: 'boolean', default: false, description: 'also those that ended' },
});

export const byId = object({ id: text('its id', 200) });
export const revoked = { 204: { type: 'null', description: 'It counts no more.' } } as const;

/** An end as it was given; undefined when it cannot be read. */
export function endOf(given: string | undefined): { readonly at?: Date } | undefined {
  if (given === undefined) return {};
  const at = readEndDate(given);
  return at && { at };
}

const keySchema = {
  type: 'object',
  required: ['id', 'principal', 'createdAt'],
  properties: {
    id: text('the access key id'),
    principal: principalSchema,
    createdAt: text('ISO 8601'),
    expiresAt: text('absent: it lasts until it is revoked'),
    revokedAt: text('absent: it is not'),
    lastUsedAt: text('to the minute; absent: never'),
  },
} as const;

const issuedSchema = {
  type: 'object',
  required: ['id', 'secret', 'principal'],
  properties: {
    id: text('the access key id'),
    secret: text('shown this once'),
    principal: principalSchema,
    expiresAt: text('absent: it lasts until it is revoked'),
  },
} as const;

const shown = ({ id, principal, createdAt, expiresAt, revokedAt, lastUsedAt }: AccessKeySummary) => ({
  id,
  principal,
  createdAt,
  expiresAt,
  revokedAt,
  lastUsedAt,
});
const issued = ({ id, secret, expiresAt }: AccessKey, principal: Principal) => ({ id, secret, expiresAt, principal });

/** What routes of keys and tokens need. */
export interface CredentialRouteTools {
  readonly organization: OrganizationTools & { readonly authorise: Authorise };
}

/** Who one is, and access keys: of oneself, and of others as governance has it. */
export function accessKeyRoutes(
  server: FastifyInstance,
  { organization, timeZone }: CredentialRouteTools & { readonly timeZone: string },
): void {
  const { db } = organization;

  server.get(
    '/caller',
    {
      schema: {
        summary: 'Who you are here, and by what you showed it',
        response: {
          200: object({
            principal: principalSchema,
            isAdministrator: { type: 'boolean' },
            timeZone: text('where rules of this installation read weekday and hour'),
            teams: { type: 'array', items: object({ name: text('of the team'), role: text('member or lead') }) },
            credential: object({
              kind: { type: 'string', enum: ['access-key', 'token', 'session'] },
              scope: { type: 'string', enum: ['read', 'full'] },
              mayIssue: { type: 'boolean', description: 'whether it may issue access keys and tokens' },
            }),
          }),
          ...refusals,
        },
      },
    },
    async (request) => {
      const { isAdministrator, teams } = authorisedOf(request).principal;
      return { principal: callerOf(request), isAdministrator, timeZone, teams, credential: request.credential };
    },
  );

  server.get<{ Querystring: CredentialQuery }>(
    '/access-keys',
    {
      schema: {
        summary: 'Access keys, newest first',
        querystring: credentialQuery,
        response: { 200: listOf('accessKeys', keySchema), ...refusals },
      },
    },
    async (request, reply) => {
      const { principal, all, ended } = request.query;
      const filters = { principal, all, ended };
      const keys = await listAccessKeys(organization, callerOf(request), filters, pageOfQuery(request.query));
      const page = answerPage('accessKeys', keys, shown);
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );

  server.post<{ Body: { readonly principal?: string; readonly expires?: string } }>(
    '/access-keys',
    {
      ...optionalBody,
      schema: {
        summary: 'Issue an access key; the secret is shown this once',
        body: body({
          principal: text('whose; absent: your own', 200),
          expires: text('its last day in UTC, as 2027-01-31, or a moment with its zone; absent: none', 100),
        }),
        response: { 201: object({ accessKey: issuedSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { principal, expires } = request.body;
      const end = endOf(expires);
      if (!end) return sendRefusal(reply, endDateWrong(expires ?? ''));
      const attempt = { verb: 'deuteron:IssueAccessKey', target: `principal/${principal ?? callerOf(request).name}` };
      const made = await asAudited(db, request, attempt, () =>
        provideAccessKey(organization, askerOf(request), { principal, expiresAt: end.at }),
      );
      if (!made.ok) return sendRefusal(reply, made.refusal);
      return reply.status(201).send({ accessKey: issued(made.value.key, made.value.principal) });
    },
  );

  server.post<{ Params: { readonly id: string }; Body: { readonly oldUntil?: string } }>(
    '/access-keys/:id/rotate',
    {
      ...optionalBody,
      schema: {
        summary: 'Issue a successor of an access key; the old one ends later',
        params: byId,
        body: body({ oldUntil: text('the last day of the old key, or a moment; absent: a day from now', 100) }),
        response: {
          201: object({ accessKey: issuedSchema, oldUntil: text('when the old key ends; ISO 8601') }),
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const end = endOf(request.body.oldUntil);
      if (!end) return sendRefusal(reply, endDateWrong(request.body.oldUntil ?? ''));
      const attempt = { verb: 'deuteron:RotateAccessKey', target: `access-key/${id}` };
      const made = await asAudited(db, request, attempt, () =>
        rotateAccessKey(organization, askerOf(request), { id, oldUntil: end.at }),
      );
      if (!made.ok) return sendRefusal(reply, made.refusal);
      const { key, principal, oldUntil } = made.value;
      return reply.status(201).send({ accessKey: issued(key, principal), oldUntil });
    },
  );

  server.delete<{ Params: { readonly id: string } }>(
    '/access-keys/:id',
    {
      schema: {
        summary: 'Revoke an access key: from the next request on it signs nothing',
        params: byId,
        response: { ...revoked, ...refusals },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const attempt = { verb: 'deuteron:RevokeAccessKey', target: `access-key/${id}` };
      const made = await asAudited(db, request, attempt, () => withdrawAccessKey(organization, callerOf(request), id));
      return made.ok ? reply.status(204).send() : sendRefusal(reply, made.refusal);
    },
  );
}
