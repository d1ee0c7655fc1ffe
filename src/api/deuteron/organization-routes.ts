import type { FastifyInstance, FastifyRequest } from 'fastify';
import { accept, type Refusal, refuse } from '../../errors/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import {
  type AuthorityTools,
  isActive,
  type KnownPrincipal,
  type Labels,
  listMemberships,
  listPrincipals,
  listTeams,
  listUnits,
  type Membership,
  type MembershipRole,
  membershipRoles,
  type PrincipalKind,
  principalKinds,
  principalState,
  readEndDate,
  rootUnit,
  showEndDate,
} from '../../organization/index.ts';
import { answerPage, pageOfQuery } from './answer-page.ts';
import { makeChange } from './chart-change.ts';
import { optionalBody } from './optional-body.ts';
import {
  knownPrincipalSchema,
  labels,
  membershipSchema,
  nameParameter,
  principalSchema,
  teamSchema,
  unitSchema,
} from './organization-schemas.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { body, listOf, object, type PageQuery, query, text } from './schema-parts.ts';

export interface OrganizationRouteTools extends AuthorityTools {
  readonly installation: Installation;
}

interface ByName {
  Params: { readonly name: string };
}
interface Described {
  readonly description?: string;
  readonly labels?: Labels;
}

export const gone = { 204: { type: 'null', description: 'It is gone.' } } as const;

/** Units, teams, principals and who is in which team. */
export function organizationRoutes(server: FastifyInstance, tools: OrganizationRouteTools): void {
  const { db, clock } = tools;
  const same = <Item>(item: Item) => item;
  const shownPrincipal = ({ id, name, kind, endsAt }: KnownPrincipal) => {
    const state = principalState({ endsAt }, clock.now());
    return { id, name, kind, state, until: endsAt && showEndDate(endsAt) };
  };

  server.get<{ Querystring: PageQuery }>(
    '/units',
    {
      schema: {
        summary: 'All units, by name',
        querystring: query(),
        response: { 200: listOf('units', unitSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const page = answerPage('units', await listUnits(db, pageOfQuery(request.query)), same);
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );

  server.put<ByName & { Body: Described & { readonly parent?: string } }>(
    '/units/:name',
    {
      ...optionalBody,
      schema: {
        summary: 'Make a unit, or change it: what is left out, it has not',
        params: nameParameter,
        body: body({ parent: text('the unit above; absent: the root', 200), description: text('for people'), labels }),
        response: { 200: object({ unit: unitSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const made = await makeChange(tools, request, { change: 'put-unit', name, labels: {}, ...request.body });
      return made.ok ? { unit: made.value.units.get(name) } : sendRefusal(reply, made.refusal);
    },
  );

  server.delete<ByName>(
    '/units/:name',
    {
      schema: {
        summary: 'Delete a unit in which nothing is any more',
        params: nameParameter,
        response: { ...gone, ...refusals },
      },
    },
    async (request, reply) => {
      const made = await makeChange(tools, request, { change: 'delete-unit', name: request.params.name });
      return made.ok ? reply.status(204).send() : sendRefusal(reply, made.refusal);
    },
  );

  const newName = body({ to: text('what it is called from now on', 200) }, ['to']);

  server.post<ByName & { Body: { readonly to: string } }>(
    '/units/:name/rename',
    {
      schema: {
        summary: 'Give a unit another name: what is in it, and what holds there, goes along',
        params: nameParameter,
        body: newName,
        response: { 200: object({ unit: unitSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { to } = request.body;
      const made = await makeChange(tools, request, { change: 'rename-unit', name: request.params.name, to });
      return made.ok ? { unit: made.value.units.get(to) } : sendRefusal(reply, made.refusal);
    },
  );

  server.post<ByName & { Body: { readonly to: string } }>(
    '/teams/:name/rename',
    {
      schema: {
        summary: 'Give a team another name: its members, and what it answers for, go along',
        params: nameParameter,
        body: newName,
        response: { 200: object({ team: teamSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { to } = request.body;
      const made = await makeChange(tools, request, { change: 'rename-team', name: request.params.name, to });
      return made.ok ? { team: made.value.teams.get(to) } : sendRefusal(reply, made.refusal);
    },
  );

  server.get<{ Querystring: PageQuery & { readonly unit?: string; readonly kind?: string } }>(
    '/teams',
    {
      schema: {
        summary: 'Teams, by name',
        querystring: query({ unit: text('in this very unit', 200), kind: text('of this kind', 200) }),
        response: { 200: listOf('teams', teamSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const { unit, kind } = request.query;
      const page = answerPage('teams', await listTeams(db, { unit, kind }, pageOfQuery(request.query)), same);
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );

  server.put<ByName & { Body: Described & { readonly unit?: string; readonly kind: string } }>(
    '/teams/:name',
    {
      schema: {
        summary: 'Make a team, or change it: what is left out, it has not',
        params: nameParameter,
        body: body(
          {
            unit: text('absent: the root', 200),
            kind: text('platform, application, enablement, security, data, or a word of its own', 200),
            description: text('for people'),
            labels,
          },
          ['kind'],
        ),
        response: { 200: object({ team: teamSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const change = { change: 'put-team', name, unit: rootUnit, labels: {}, ...request.body } as const;
      const made = await makeChange(tools, request, change);
      return made.ok ? { team: made.value.teams.get(name) } : sendRefusal(reply, made.refusal);
    },
  );

  server.delete<ByName>(
    '/teams/:name',
    {
      schema: {
        summary: 'Delete a team that answers for nothing any more',
        params: nameParameter,
        response: { ...gone, ...refusals },
      },
    },
    async (request, reply) => {
      const made = await makeChange(tools, request, { change: 'delete-team', name: request.params.name });
      return made.ok ? reply.status(204).send() : sendRefusal(reply, made.refusal);
    },
  );

  server.get<{ Querystring: PageQuery }>(
    '/principals',
    {
      schema: {
        summary: 'People and machines that may act, by name',
        querystring: query(),
        response: { 200: listOf('principals', knownPrincipalSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const page = answerPage('principals', await listPrincipals(db, pageOfQuery(request.query)), shownPrincipal);
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );

  server.post<{ Body: { readonly name: string; readonly kind: PrincipalKind } }>(
    '/principals',
    {
      schema: {
        summary: 'Make a principal',
        body: body({ name: text('unique', 200), kind: { type: 'string', enum: principalKinds, default: 'person' } }, [
          'name',
        ]),
        response: { 201: object({ principal: principalSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const made = await makeChange(tools, request, { change: 'create-principal', ...request.body });
      if (!made.ok) return sendRefusal(reply, made.refusal);
      return reply.status(201).send({ principal: made.value.principals.get(request.body.name) });
    },
  );

  /** @returns him as he is then */
  async function stand(
    request: FastifyRequest<ByName>,
    change: 'end-principal' | 'reinstate-principal',
    endsAt?: Date,
  ) {
    const { name } = request.params;
    const made = await makeChange(tools, request, { change, name, endsAt });
    return made.ok ? accept({ principal: shownPrincipal(made.value.principals.get(name)!) }) : made;
  }

  server.post<ByName & { Body: { readonly until?: string } }>(
    '/principals/:name/end',
    {
      ...optionalBody,
      schema: {
        summary: 'End a principal: from then on no key, token, sign-in, delegation or approval of his counts',
        params: nameParameter,
        body: body({ until: text('the last day in UTC, as 2027-01-31, or a moment with its zone; absent: now', 100) }),
        response: { 200: object({ principal: knownPrincipalSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { until } = request.body;
      const endsAt = until === undefined ? undefined : readEndDate(until);
      if (until !== undefined && !endsAt) return sendRefusal(reply, endDateWrong(until));
      const ended = await stand(request, 'end-principal', endsAt);
      return ended.ok ? ended.value : sendRefusal(reply, ended.refusal);
    },
  );

  server.post<ByName>(
    '/principals/:name/reinstate',
    {
      schema: {
        summary:
          'Bring back a principal who has ended, or take back an end to come; what he had before stays without effect',
        params: nameParameter,
        response: { 200: object({ principal: knownPrincipalSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const back = await stand(request, 'reinstate-principal');
      return back.ok ? back.value : sendRefusal(reply, back.refusal);
    },
  );

  const shown = ({ team, principal, role, since, endsAt, principalEndsAt }: Membership) => ({
    team,
    principal,
    role,
    since,
    until: endsAt && showEndDate(endsAt),
    active: isActive({ endsAt, principalEndsAt }, clock.now()),
  });

  server.get<{
    Querystring: PageQuery & { readonly team?: string; readonly principal?: string; readonly ended?: boolean };
  }>(
    '/memberships',
    {
      schema: {
        summary: 'Who is in which team, by team and principal',
        querystring: query({
          team: text('of this team', 200),
          principal: text('of this principal', 200),
          ended: { type: 'boolean', default: false, description: 'also those that ended' },
        }),
        response: { 200: listOf('memberships', membershipSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const { team, principal, ended } = request.query;
      const filters = { team, principal, activeAt: ended ? undefined : clock.now() };
      const page = answerPage('memberships', await listMemberships(db, filters, pageOfQuery(request.query)), shown);
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );

  interface OfMember {
    Params: { readonly name: string; readonly principal: string };
  }
  const memberParameters = object({ name: text('of the team', 200), principal: text('its name', 200) });

  server.put<OfMember & { Body: { readonly role: MembershipRole; readonly until?: string } }>(
    '/teams/:name/members/:principal',
    {
      ...optionalBody,
      schema: {
        summary: 'Take somebody into a team, or change his role or the end of his time in it',
        params: memberParameters,
        body: body({
          role: { type: 'string', enum: membershipRoles, default: 'member' },
          until: text('the last day in UTC, as 2027-01-31, or a moment with its zone; absent: without end', 100),
        }),
        response: { 200: object({ membership: membershipSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { name: team, principal } = request.params;
      const { role, until } = request.body;
      const endsAt = until === undefined ? undefined : readEndDate(until);
      if (until !== undefined && !endsAt) return sendRefusal(reply, endDateWrong(until));
      const made = await makeChange(tools, request, { change: 'put-membership', team, principal, role, endsAt });
      if (!made.ok) return sendRefusal(reply, made.refusal);
      const membership = [...made.value.memberships.values()].find(
        (each) => each.team === team && each.principal === principal,
      );
      return { membership: membership && shown(membership) };
    },
  );

  server.delete<OfMember>(
    '/teams/:name/members/:principal',
    {
      schema: {
        summary: 'End a membership now; it stays known as one that ended',
        params: memberParameters,
        response: { 204: { type: 'null', description: 'It has ended.' }, ...refusals },
      },
    },
    async (request, reply) => {
      const { name: team, principal } = request.params;
      const made = await makeChange(tools, request, { change: 'end-membership', team, principal });
      return made.ok ? reply.status(204).send() : sendRefusal(reply, made.refusal);
    },
  );
}

export function endDateWrong(given: string): Refusal {
  return refuse({
    kind: 'invalid',
    code: 'end-date-wrong',
    message: `'${given}' is no day.`,
    remedy: 'Write a day, as 2027-01-31, or a moment with its zone, as 2027-01-31T18:00:00Z.',
  }).refusal;
}
