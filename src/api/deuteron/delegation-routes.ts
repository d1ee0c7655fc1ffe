import type { FastifyInstance } from 'fastify';
import {
  type ApprovalTools,
  delegationMissing,
  endDelegation,
  listDelegations,
  makeDelegation,
} from '../../deployments/index.ts';
import { readEndDate } from '../../organization/index.ts';
import { answerPage, pageOfQuery } from './answer-page.ts';
import { delegationSchema, shownDelegation } from './approval-schemas.ts';
import { asAudited } from './audited-route.ts';
import { authorisedOf, callerOf } from './caller.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { body, listOf, object, type PageQuery, query, text } from './schema-parts.ts';

interface NewDelegation {
  readonly to: string;
  readonly from?: string;
  readonly until: string;
  readonly reason?: string;
}

/** Who approves in whose place while that one is away. */
export function delegationRoutes(
  server: FastifyInstance,
  { approvals: tools }: { readonly approvals: ApprovalTools },
): void {
  const { db } = tools;

  server.get<{ Querystring: PageQuery & { readonly all: boolean } }>(
    '/delegations',
    {
      schema: {
        summary: 'Delegations that count now, newest first',
        querystring: query({
          all: { type: 'boolean', default: false, description: 'also those that have ended' },
        }),
        response: { 200: listOf('delegations', delegationSchema), ...refusals },
      },
    },
    async ({ query: { all, ...page } }, reply) => {
      const listed = answerPage(
        'delegations',
        await listDelegations(tools, { all }, pageOfQuery(page)),
        shownDelegation,
      );
      return listed.ok ? listed.value : sendRefusal(reply, listed.refusal);
    },
  );

  server.post<{ Body: NewDelegation }>(
    '/delegations',
    {
      schema: {
        summary: 'Let somebody approve in your place until a date. It cannot be passed on',
        body: body(
          {
            to: text('a person', 200),
            from: text('for whom, said by who may; absent: for yourself', 200),
            until: text(
              '2026-12-31: to the end of that day in UTC; or a moment as ISO 8601. At most 90 days ahead',
              40,
            ),
            reason: text('for people', 500),
          },
          ['to', 'until'],
        ),
        response: { 201: object({ delegation: delegationSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { until: given, to, ...rest } = request.body;
      const until = readEndDate(given);
      if (!until) return sendRefusal(reply, noDate(given));
      const attempt = { verb: 'deuteron:MakeDelegation', target: `principal/${to}` };
      const made = await asAudited(db, request, attempt, () =>
        makeDelegation(tools, callerOf(request), { to, until, ...rest }),
      );
      if (!made.ok) return sendRefusal(reply, made.refusal);
      return reply.status(201).send({ delegation: shownDelegation(made.value) });
    },
  );

  server.delete<{ Params: { readonly id: string } }>(
    '/delegations/:id',
    {
      schema: {
        summary: 'End a delegation before its date',
        params: object({ id: text('of a delegation', 100) }),
        response: { 200: object({ delegation: delegationSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const attempt = { verb: 'deuteron:EndDelegation', target: `delegation/${id}` };
      const ended = await asAudited(db, request, attempt, async () => {
        const done = await endDelegation(tools, callerOf(request), id);
        // the "no" names both sides: it is for those who may list them
        const isHidden =
          !done.ok && done.refusal.kind === 'forbidden' && !authorisedOf(request).may('organization:read');
        return isHidden ? delegationMissing(id) : done;
      });
      return ended.ok ? { delegation: shownDelegation(ended.value) } : sendRefusal(reply, ended.refusal);
    },
  );
}

function noDate(given: string) {
  return {
    kind: 'invalid',
    code: 'delegation-wrong',
    message: `'${given}' is no date.`,
    remedy: 'Write 2026-12-31, or a moment with its zone: 2026-12-31T12:00:00Z.',
  } as const;
}
