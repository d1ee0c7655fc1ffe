import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  answerHandover,
  type Handover,
  type HandoverAnswer,
  type HandoverFilters,
  type HandoverState,
  handoverAnswers,
  handoverDays,
  handoverFind,
  handoverMissing,
  handoverState,
  handoverStates,
  listHandovers,
  type Ownership,
  offerHandover,
  ownerships,
} from '../../organization/index.ts';
import { thingOfArn } from '../authorisation/index.ts';
import { answerPage, pageOfQuery } from './answer-page.ts';
import { asAudited } from './audited-route.ts';
import { authorisedOf, callerOf } from './caller.ts';
import { knownNames } from './known-names.ts';
import { optionalBody } from './optional-body.ts';
import type { OrganizationRouteTools } from './organization-routes.ts';
import { handoverSchema } from './organization-schemas.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { referenceOf } from './resource-routes.ts';
import { body, listOf, object, type PageQuery, query, text } from './schema-parts.ts';

interface OfferBody {
  readonly resource: string;
  readonly ownership: Ownership;
  readonly toTeam: string;
  readonly unit?: string;
  readonly note?: string;
  readonly days: number;
}
interface ById {
  Params: { readonly id: string };
}
const idParameter = object({ id: text('of a hand-over', 100) });
const note = text('for the others', 500);

const words: Record<HandoverAnswer, { readonly verb: string; readonly summary: string }> = {
  accept: { verb: 'AcceptHandover', summary: 'Accept an offer: the team owns the resource from now on' },
  decline: { verb: 'DeclineHandover', summary: 'Decline an offer: nothing changes' },
  withdraw: { verb: 'WithdrawHandover', summary: 'Take an offer back: nothing changes' },
};

function shown({ resourceArn: resource, ...handover }: Handover) {
  return { resource, ...handover };
}

/** Of a hand-over knows who may read the resource, and who is in one of the two teams. */
async function readerOf(request: FastifyRequest): Promise<HandoverFilters['reader']> {
  const { reads, principal } = authorisedOf(request);
  const reach = await reads.whole();
  return reach && { ...reach, teams: principal.teams.map(({ name }) => name) };
}

async function mayKnow(request: FastifyRequest, handover: Handover): Promise<boolean> {
  const { reads, principal } = authorisedOf(request);
  const { resourceArn: arn, fromTeam, toTeam } = handover;
  const thing = thingOfArn(arn);
  const isParty = principal.teams.some(({ name }) => name === fromTeam || name === toTeam);
  return isParty || (await reads.records('handover', [handover], () => thing)).length > 0;
}

/** Hand-overs of ownership: offered by one team, accepted by another. */
export function handoverRoutes(server: FastifyInstance, tools: OrganizationRouteTools): void {
  const { db, clock, installation } = tools;

  server.post<{ Body: OfferBody }>(
    '/handovers',
    {
      schema: {
        summary: 'Offer a resource, or the data in it, to a team',
        body: body(
          {
            resource: text('its ARN, or the part behind the account, e.g. service/shop', 300),
            ownership: { type: 'string', enum: ownerships, default: 'owner' },
            toTeam: text('who shall own it', 200),
            unit: text('where it moves with its owner; absent: it stays', 200),
            note,
            days: { type: 'integer', minimum: 1, maximum: handoverDays.max, default: handoverDays.usual },
          },
          ['resource', 'toTeam'],
        ),
        response: { 201: object({ handover: handoverSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { resource, ...offer } = request.body;
      const reference = referenceOf(installation, resource);
      if (!reference.ok) return sendRefusal(reply, reference.refusal);
      const attempt = { verb: 'deuteron:OfferHandover', target: reference.value.arn };
      const offered = await asAudited(db, request, attempt, () =>
        offerHandover(tools, callerOf(request), { ...reference.value, ...offer }),
      );
      if (!offered.ok) return sendRefusal(reply, offered.refusal);
      return reply.status(201).send({ handover: shown(offered.value) });
    },
  );

  server.get<{
    Querystring: PageQuery & { readonly team?: string; readonly resource?: string; readonly state?: HandoverState };
  }>(
    '/handovers',
    {
      schema: {
        summary: 'Hand-overs, newest first',
        querystring: query({
          team: text('offered by it or to it', 200),
          resource: text('of this resource', 300),
          state: { type: 'string', enum: handoverStates },
        }),
        response: { 200: listOf('handovers', handoverSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const { team, resource, state } = request.query;
      const reference = resource === undefined ? undefined : referenceOf(installation, resource);
      if (reference && !reference.ok) return sendRefusal(reply, reference.refusal);
      const known = await knownNames(db, request, { team });
      if (!known.ok) return sendRefusal(reply, known.refusal);
      const reader = await readerOf(request);
      const filters = { team, resourceArn: reference?.value.arn, state, reader };
      const page = answerPage(
        'handovers',
        await listHandovers(db, filters, pageOfQuery(request.query), clock.now()),
        shown,
      );
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );

  server.get<ById>(
    '/handovers/:id',
    {
      schema: {
        summary: 'One hand-over',
        params: idParameter,
        response: { 200: object({ handover: handoverSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const handover = await handoverFind(db, id);
      if (!handover || !(await mayKnow(request, handover))) return sendRefusal(reply, handoverMissing(id).refusal);
      return { handover: shown({ ...handover, state: handoverState(handover, clock.now()) }) };
    },
  );

  for (const answer of Object.keys(handoverAnswers) as HandoverAnswer[]) {
    server.post<ById & { Body: { readonly note?: string } }>(
      `/handovers/:id/${answer}`,
      {
        ...optionalBody,
        schema: {
          summary: words[answer].summary,
          params: idParameter,
          body: body({ note }),
          response: { 200: object({ handover: handoverSchema }), ...refusals },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const attempt = { verb: `deuteron:${words[answer].verb}`, target: `handover/${id}` };
        const known = await handoverFind(db, id);
        const hidden = known === undefined || !(await mayKnow(request, known));
        const answered = await asAudited<Handover>(db, request, attempt, async () =>
          hidden
            ? handoverMissing(id)
            : answerHandover(tools, callerOf(request), { id, answer, note: request.body.note }),
        );
        return answered.ok ? { handover: shown(answered.value) } : sendRefusal(reply, answered.refusal);
      },
    );
  }
}
