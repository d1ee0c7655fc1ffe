import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Result } from '../../errors/index.ts';
import {
  answerException,
  type ExceptionAnswer,
  type ExceptionState,
  exceptionAnswers,
  exceptionDays,
  exceptionFind,
  exceptionMissing,
  exceptionStates,
  type GuardRailTools,
  listExceptions,
  type RailException,
  requestException,
  stateAt,
} from '../../guard-rails/index.ts';
import { readResource } from '../../organization/index.ts';
import { pageOfQuery } from './answer-page.ts';
import { asAudited } from './audited-route.ts';
import { authorisedOf, callerOf } from './caller.ts';
import { optionalBody } from './optional-body.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { referenceOf } from './resource-routes.ts';
import { body, listOf, object, type PageQuery, query, text } from './schema-parts.ts';

interface ById {
  Params: { readonly id: string };
}
const idParameter = object({ id: text('of an exception', 100) });

const exceptionSchema = {
  type: 'object',
  required: ['id', 'resource', 'rail', 'reason', 'requestedBy', 'requestedAt', 'expiresAt', 'state'],
  properties: {
    id: text('its id'),
    resource: text('ARN of the one thing that it is for'),
    rail: text('the guard rail that is lifted'),
    reason: text('why'),
    requestedBy: text('who asked'),
    requestedAt: text('ISO 8601'),
    expiresAt: text('ISO 8601: from then on the rail holds again'),
    state: { type: 'string', enum: exceptionStates },
    answeredBy: text('who granted, rejected or revoked it'),
    answeredAt: text('ISO 8601'),
    note: text('of the answer'),
    approvedBy: {
      type: 'array',
      items: text('a principal'),
      description: 'who granted it so far, where the organizational model wants more than one',
    },
    waitsFor: text('who else is wanted, to whoever has just granted it'),
  },
} as const;
const answerSchema = object({ exception: exceptionSchema });

const words: Record<ExceptionAnswer, { readonly verb: string; readonly summary: string }> = {
  grant: { verb: 'GrantException', summary: 'Grant an exception that somebody else asked for' },
  reject: { verb: 'RejectException', summary: 'Reject an exception' },
  revoke: { verb: 'RevokeException', summary: 'Take an exception back, before its end' },
};

function shown({ targetArn: resource, ...exception }: RailException) {
  return { resource, ...exception };
}

/** Those for things that whoever asks may read. */
async function readable<Item extends Pick<RailException, 'id' | 'targetArn'>>(
  request: FastifyRequest,
  installation: GuardRailTools['installation'],
  exceptions: readonly Item[],
): Promise<readonly Item[]> {
  const { reads } = authorisedOf(request);
  return reads.records('exception', exceptions, ({ targetArn }) => readResource(installation, targetArn));
}

/** Exceptions: one guard rail lifted for one thing, until a day. */
export function guardRailExceptionRoutes(server: FastifyInstance, tools: GuardRailTools): void {
  const { db, clock, installation } = tools;

  server.post<{
    Body: { readonly resource: string; readonly rail: string; readonly reason: string; readonly days: number };
  }>(
    '/guard-rail-exceptions',
    {
      schema: {
        summary: 'Ask that a guard rail be lifted for one thing',
        body: body(
          {
            resource: text('its ARN, or the part behind the account, e.g. environment/prod', 300),
            rail: text('which guard rail', 100),
            reason: { type: 'string', minLength: 1, maxLength: 500, pattern: '\\S' },
            days: { type: 'integer', minimum: 1, maximum: exceptionDays.max, default: exceptionDays.usual },
          },
          ['resource', 'rail', 'reason'],
        ),
        response: { 201: answerSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const { resource, ...asked } = request.body;
      const reference = referenceOf(installation, resource);
      if (!reference.ok) return sendRefusal(reply, reference.refusal);
      const { arn: targetArn } = reference.value;
      const attempt = { verb: 'deuteron:RequestException', target: targetArn };
      const made = await asAudited(db, request, attempt, () =>
        requestException(tools, callerOf(request), { targetArn, ...asked }),
      );
      return made.ok ? reply.status(201).send({ exception: shown(made.value) }) : sendRefusal(reply, made.refusal);
    },
  );

  server.get<{
    Querystring: PageQuery & { readonly resource?: string; readonly rail?: string; readonly state?: ExceptionState };
  }>(
    '/guard-rail-exceptions',
    {
      schema: {
        summary: 'Exceptions from guard rails, newest first',
        querystring: query({
          resource: text('for this thing', 300),
          rail: text('from this guard rail', 100),
          state: { type: 'string', enum: exceptionStates },
        }),
        response: { 200: listOf('exceptions', exceptionSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const { resource, rail, state } = request.query;
      const reference = resource === undefined ? undefined : referenceOf(installation, resource);
      if (reference && !reference.ok) return sendRefusal(reply, reference.refusal);
      const filters = { targetArn: reference?.value.arn, rail, state };
      const listed = await listExceptions(db, filters, pageOfQuery(request.query), clock.now());
      if (!listed.ok) return sendRefusal(reply, listed.refusal);
      const { items, nextToken } = listed.value;
      return { exceptions: (await readable(request, installation, items)).map(shown), nextToken };
    },
  );

  server.get<ById>(
    '/guard-rail-exceptions/:id',
    { schema: { summary: 'One exception', params: idParameter, response: { 200: answerSchema, ...refusals } } },
    async (request, reply) => {
      const { id } = request.params;
      const asked = await exceptionFind(db, id);
      const [found] = asked ? await readable(request, installation, [asked]) : [];
      if (!found) return sendRefusal(reply, exceptionMissing(id).refusal);
      return { exception: shown({ ...found, state: stateAt(found, clock.now()) }) };
    },
  );

  for (const answer of Object.keys(exceptionAnswers) as ExceptionAnswer[]) {
    server.post<ById & { Body: { readonly note?: string } }>(
      `/guard-rail-exceptions/:id/${answer}`,
      {
        ...optionalBody,
        schema: {
          summary: words[answer].summary,
          params: idParameter,
          body: body({ note: text('for who asked', 500) }),
          response: { 200: answerSchema, ...refusals },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const attempt = { verb: `deuteron:${words[answer].verb}`, target: `exception/${id}` };
        const answered = await asAudited(db, request, attempt, async (): Promise<Result<RailException>> => {
          const given = await answerException(tools, callerOf(request), { id, answer, note: request.body.note });
          if (given.ok || given.refusal.kind !== 'forbidden') return given;
          // the "no" names the thing, and who answers for it
          const asked = await exceptionFind(db, id);
          const isSeen = asked && (await readable(request, installation, [asked])).length > 0;
          return isSeen ? given : exceptionMissing(id);
        });
        return answered.ok ? { exception: shown(answered.value) } : sendRefusal(reply, answered.refusal);
      },
    );
  }
}
