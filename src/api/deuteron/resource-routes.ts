import type { FastifyInstance } from 'fastify';
import { accept, type Result, refuse } from '../../errors/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import {
  type ChartChange,
  type Labels,
  listOrphans,
  listPlacements,
  type PlacementFilters,
  type ResourceReference,
  readEndDate,
  readResource,
  resourceFacts,
  resourceFactsOf,
  resourceKinds,
} from '../../organization/index.ts';
import { answerPage, pageOfQuery } from './answer-page.ts';
import { authorisedOf } from './caller.ts';
import { makeChange } from './chart-change.ts';
import { knownNames } from './known-names.ts';
import { endDateWrong, type OrganizationRouteTools } from './organization-routes.ts';
import { orphanSchema, placementBody, resourceSchema } from './organization-schemas.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { listOf, object, type PageQuery, query, text } from './schema-parts.ts';

interface PlacementBody {
  readonly resource: string;
  readonly unit?: string | null;
  readonly owner?: string | null;
  readonly dataOwner?: string | null;
  readonly environmentClass?: string | null;
  readonly labels?: Labels;
}

/** Where resources are and who owns them, and those that nobody owns. */
export function resourceRoutes(server: FastifyInstance, tools: OrganizationRouteTools): void {
  const { db, clock, installation } = tools;

  server.get<{ Querystring: PageQuery & PlacementFilters }>(
    '/resources',
    {
      schema: {
        summary: 'Resources with where they are and who owns them, by ARN',
        querystring: query({
          unit: text('recorded in this very unit', 200),
          team: text('it owns the resource, or the data in it', 200),
          kind: { type: 'string', enum: resourceKinds },
        }),
        response: { 200: listOf('resources', resourceSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const { unit, team, kind } = request.query;
      const known = await knownNames(db, request, { unit, team });
      if (!known.ok) return sendRefusal(reply, known.refusal);
      const reach = await authorisedOf(request).reads.whole();
      const listed = await listPlacements(db, { unit, team, kind, reach }, pageOfQuery(request.query));
      const facts = listed.ok ? await resourceFactsOf(db, listed.value.items) : new Map();
      const page = answerPage('resources', listed, ({ arn }) => facts.get(arn));
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );

  server.put<{ Body: PlacementBody }>(
    '/resources',
    {
      schema: {
        summary: 'Say where a resource is and who owns it: what is left out stays, what is null goes',
        body: placementBody,
        response: { 200: object({ resource: resourceSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { resource, owner: ownerTeam, dataOwner: dataOwnerTeam, ...rest } = request.body;
      const reference = referenceOf(installation, resource);
      if (!reference.ok) return sendRefusal(reply, reference.refusal);
      const change: ChartChange = { change: 'place-resource', ...reference.value, ...rest, ownerTeam, dataOwnerTeam };
      const made = await makeChange(tools, request, change);
      if (!made.ok) return sendRefusal(reply, made.refusal);
      const { arn, kind } = reference.value;
      return { resource: await resourceFacts(db, arn, kind) };
    },
  );

  server.get<{ Querystring: PageQuery & { readonly leftBy?: string; readonly on?: string } }>(
    '/orphans',
    {
      schema: {
        summary: 'What nobody answers for, now or at the end of a day to come, by ARN',
        querystring: query({
          leftBy: text('only what this principal left: he was the last of its team to go', 200),
          on: text('the day, as 2027-01-31, or a moment with its zone; absent: now', 100),
        }),
        response: { 200: listOf('orphans', orphanSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const { leftBy, on } = request.query;
      const at = on === undefined ? clock.now() : readEndDate(on);
      if (!at) return sendRefusal(reply, endDateWrong(on ?? ''));
      const known = await knownNames(db, request, { principal: leftBy });
      if (!known.ok) return sendRefusal(reply, known.refusal);
      const reach = await authorisedOf(request).reads.whole();
      const listed = await listOrphans(db, { leftBy, reach }, at, pageOfQuery(request.query));
      const page = answerPage('orphans', listed, (orphan) => orphan);
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );
}

/** @refuses resource-unreadable */
export function referenceOf(installation: Installation, given: string): Result<ResourceReference> {
  const reference = readResource(installation, given);
  if (reference) return accept(reference);
  return refuse({
    kind: 'invalid',
    code: 'resource-unreadable',
    message: `'${given}' names no resource.`,
    remedy: 'Give an ARN, or the part behind the account: environment/prod, service/shop, account/111122223333.',
  });
}
