import type { FastifyInstance } from 'fastify';
import {
  type ApprovalTools,
  declareEmergency,
  type Emergency,
  emergencyHours,
  endEmergency,
  listEmergencies,
  readEmergency,
  secondEmergency,
} from '../../deployments/index.ts';
import { answerPage, pageOfQuery } from './answer-page.ts';
import { emergencySchema, shownEmergency, shownUse, useSchema } from './approval-schemas.ts';
import { asAudited } from './audited-route.ts';
import { authorisedOf, callerOf } from './caller.ts';
import { optionalBody } from './optional-body.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { body, listOf, object, type PageQuery, query, text } from './schema-parts.ts';

interface ById {
  Params: { readonly id: string };
}
const idParameter = object({ id: text('of an emergency', 100) });
const answer = { 200: object({ emergency: emergencySchema }), ...refusals };

/** Breaking the glass: two people lift the wish for approvals in a unit, for some hours, and everybody hears of it. */
export function emergencyRoutes(
  server: FastifyInstance,
  { approvals: tools }: { readonly approvals: ApprovalTools },
): void {
  const { db } = tools;

  server.get<{ Querystring: PageQuery }>(
    '/emergencies',
    {
      schema: {
        summary: 'Emergencies, newest first',
        querystring: query(),
        response: { 200: listOf('emergencies', emergencySchema), ...refusals },
      },
    },
    async (request, reply) => {
      const page = answerPage('emergencies', await listEmergencies(db, pageOfQuery(request.query)), shownEmergency);
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );

  server.get<ById>(
    '/emergencies/:id',
    {
      schema: {
        summary: 'One emergency, and the deployments that went on in it and that the reader may see',
        params: idParameter,
        response: {
          200: object({ emergency: emergencySchema, uses: { type: 'array', items: useSchema } }),
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const known = await readEmergency(db, request.params.id);
      if (!known.ok) return sendRefusal(reply, known.refusal);
      const { emergency, uses } = known.value;
      const readable = await authorisedOf(request).reads.records(
        'deployment',
        uses.map((use) => ({ id: use.deploymentId, use })),
        ({ use: { targetArn: arn, targetKind: kind } }) => ({ arn, kind }),
      );
      return { emergency: shownEmergency(emergency), uses: readable.map(({ use }) => shownUse(use)) };
    },
  );

  server.post<{ Body: Pick<Emergency, 'unit' | 'reason' | 'hours'> }>(
    '/emergencies',
    {
      schema: {
        summary:
          'Declare an emergency in a unit and below. It is in force once a second person seconds it, within an hour',
        body: body(
          {
            unit: text('a unit; organization is the root', 200),
            reason: { type: 'string', minLength: 1, maxLength: 1_000, pattern: '\\S', description: 'why' },
            hours: { type: 'integer', minimum: 1, maximum: emergencyHours.max, default: emergencyHours.usual },
          },
          ['unit', 'reason'],
        ),
        response: { 201: object({ emergency: emergencySchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const attempt = { verb: 'deuteron:DeclareEmergency', target: `unit/${request.body.unit}` };
      const declared = await asAudited(db, request, attempt, () =>
        declareEmergency(tools, callerOf(request), request.body),
      );
      if (!declared.ok) return sendRefusal(reply, declared.refusal);
      return reply.status(201).send({ emergency: shownEmergency(declared.value) });
    },
  );

  const steps = {
    second: {
      verb: 'SecondEmergency',
      summary: 'As the second person: it is in force from now on',
      act: secondEmergency,
    },
    end: { verb: 'EndEmergency', summary: 'End it before its time is over', act: endEmergency },
  } as const;
  for (const [step, { verb, summary, act }] of Object.entries(steps)) {
    server.post<ById>(
      `/emergencies/:id/${step}`,
      { ...optionalBody, schema: { summary, params: idParameter, body: body({}), response: answer } },
      async (request, reply) => {
        const { id } = request.params;
        const attempt = { verb: `deuteron:${verb}`, target: `emergency/${id}` };
        const done = await asAudited(db, request, attempt, () => act(tools, callerOf(request), id));
        return done.ok ? { emergency: shownEmergency(done.value) } : sendRefusal(reply, done.refusal);
      },
    );
  }
}
