import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  type Actor,
  applyGovernance,
  assignModel,
  attachRestriction,
  decisionsBehind,
  describeVerdict,
  detachRestriction,
  findPlace,
  findPlaceHeld,
  findRules,
  type GovernanceTools,
  listPolicies,
  loadPolicies,
  modelAssignments,
  type PolicyPurpose,
  planGovernance,
  policyPurposes,
  restrictions,
  type StoredAssignment,
  shippedModels,
  simulateDecisions,
  withModel,
  withRestriction,
  writePolicy,
} from '../../governance/index.ts';
import { answerPage, pageOfQuery } from './answer-page.ts';
import { asAudited } from './audited-route.ts';
import { authorisedOf } from './caller.ts';
import { documentPlanSchema, documentRoutes } from './document-routes.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { body, listOf, object, type PageQuery, query, text } from './schema-parts.ts';

const scope = text('a unit; or a part of it, as shop/environment-class:production', 300);
const assignmentSchema = {
  type: 'object',
  required: ['scope', 'name', 'by', 'at'],
  properties: {
    scope,
    name: text('of the model or restriction'),
    version: { type: 'integer', description: 'absent: shipped with the product' },
    by: text('who said so'),
    at: text('ISO 8601'),
  },
} as const;
const policySchema = {
  type: 'object',
  required: ['name', 'version', 'purpose', 'text', 'writtenBy', 'writtenAt'],
  properties: {
    name: text('unique'),
    version: { type: 'integer' },
    purpose: { type: 'string', enum: policyPurposes },
    text: { type: 'string', description: 'in the language of Cedar' },
    writtenBy: text('who wrote it'),
    writtenAt: text('ISO 8601'),
  },
} as const;
const simulatedSchema = {
  type: 'object',
  required: ['id', 'at', 'principal', 'verb', 'resource', 'was', 'would', 'change', 'text'],
  properties: {
    id: text('of the decision'),
    at: text('ISO 8601'),
    principal: text('who asked'),
    verb: text('what for'),
    resource: text('to what'),
    was: text('the verdict'),
    would: text('the verdict under the other rules'),
    change: { type: 'string', enum: ['same', 'freer', 'stricter', 'other'] },
    text: { type: 'string', description: 'what it would be, for people' },
  },
} as const;
const simulatedMax = 1_000;

interface Named {
  readonly scope: string;
  readonly name: string;
}

/** Which models and restrictions hold where, the texts of one's own, and what would have been under others. */
export function governanceRoutes(server: FastifyInstance, tools: GovernanceTools): void {
  const { db } = tools;

  server.get(
    '/models',
    {
      schema: {
        summary: 'The models that are shipped, and which model rules which scope',
        response: {
          200: object({
            shipped: { type: 'array', items: text('name') },
            assignments: { type: 'array', items: assignmentSchema },
          }),
          ...refusals,
        },
      },
    },
    async () => ({ shipped: shippedModels, assignments: (await modelAssignments(db)).map(shown) }),
  );

  server.put<{ Body: { readonly scope: string; readonly model: string | null } }>(
    '/models',
    {
      schema: {
        summary: 'Let a model rule a scope, from now on; null takes its model away. Nothing is deployed by that',
        body: body({ scope, model: { type: ['string', 'null'], maxLength: 100 } }, ['scope', 'model']),
        response: {
          200: { type: 'object', properties: { assignment: { ...assignmentSchema, description: 'absent: none' } } },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { model } = request.body;
      const made = await asAudited<StoredAssignment | undefined>(
        db,
        request,
        { verb: 'deuteron:AssignModel', target: `scope/${request.body.scope}` },
        async () => {
          const { scope: where, model: named } = request.body;
          const place = await (named === null ? findPlaceHeld : findPlace)(db, where);
          return place.ok ? assignModel(tools, actorOf(request), place.value, model ?? undefined) : place;
        },
      );
      return made.ok ? { assignment: made.value && shown(made.value) } : sendRefusal(reply, made.refusal);
    },
  );

  server.get(
    '/restrictions',
    {
      schema: {
        summary: 'Which restrictions hold where',
        response: { 200: object({ restrictions: { type: 'array', items: assignmentSchema } }), ...refusals },
      },
    },
    async () => ({ restrictions: (await restrictions(db)).map(shown) }),
  );

  server.put<{ Body: Named }>(
    '/restrictions',
    {
      schema: {
        summary: 'Let a restriction hold in a scope and below, in place of another version of it there',
        body: body({ scope, name: text('of a policy; with @2 that version, else the newest', 100) }, ['scope', 'name']),
        response: { 200: object({ restriction: assignmentSchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const { name } = request.body;
      const attempt = { verb: 'deuteron:AttachRestriction', target: `scope/${request.body.scope}` };
      const made = await asAudited<StoredAssignment>(db, request, attempt, async () => {
        const place = await findPlace(db, request.body.scope);
        return place.ok ? attachRestriction(tools, actorOf(request), place.value, name) : place;
      });
      return made.ok ? { restriction: shown(made.value) } : sendRefusal(reply, made.refusal);
    },
  );

  server.delete<{ Querystring: Named }>(
    '/restrictions',
    {
      schema: {
        summary: 'Take a restriction off a scope',
        querystring: {
          type: 'object',
          required: ['scope', 'name'],
          properties: { scope, name: text('its name', 100) },
        },
        response: { 204: { type: 'null', description: 'It holds there no more.' }, ...refusals },
      },
    },
    async (request, reply) => {
      const { name } = request.query;
      const attempt = { verb: 'deuteron:DetachRestriction', target: `scope/${request.query.scope}` };
      const made = await asAudited<void>(db, request, attempt, async () => {
        const place = await findPlaceHeld(db, request.query.scope);
        return place.ok ? detachRestriction(tools, actorOf(request), place.value, name) : place;
      });
      return made.ok ? reply.status(204).send() : sendRefusal(reply, made.refusal);
    },
  );

  server.get<{ Querystring: PageQuery }>(
    '/policies',
    {
      schema: {
        summary: 'Policies of your own in all their versions, by name, newest first',
        querystring: query(),
        response: { 200: listOf('policies', policySchema), ...refusals },
      },
    },
    async (request, reply) => {
      const page = answerPage('policies', await listPolicies(db, pageOfQuery(request.query)), (each) => each);
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );

  server.post<{ Body: { readonly name: string; readonly purpose: PolicyPurpose; readonly text: string } }>(
    '/policies',
    {
      schema: {
        summary: 'Keep a text as the next version of a policy; it holds nowhere until it is assigned or attached',
        body: body(
          {
            name: text('small letters, digits and -', 100),
            purpose: { type: 'string', enum: policyPurposes },
            text: { type: 'string', maxLength: 60_000, description: 'in the language of Cedar' },
          },
          ['name', 'purpose', 'text'],
        ),
        response: { 201: object({ policy: policySchema }), ...refusals },
      },
    },
    async (request, reply) => {
      const attempt = { verb: 'deuteron:WritePolicy', target: `policy/${request.body.name}` };
      const made = await asAudited(db, request, attempt, () => writePolicy(tools, actorOf(request), request.body));
      return made.ok ? reply.status(201).send({ policy: made.value }) : sendRefusal(reply, made.refusal);
    },
  );

  server.post<{ Body: Named & { readonly purpose: PolicyPurpose; readonly since?: string } }>(
    '/models/simulate',
    {
      schema: {
        summary: `What the newest ${simulatedMax} decisions would have been with this model or restriction at a scope; nothing changes`,
        body: body(
          {
            scope,
            name: text('of a model or a restriction', 100),
            purpose: { type: 'string', enum: policyPurposes, default: 'model' },
            since: { type: 'string', format: 'date-time', description: 'only decisions from then on' },
          },
          ['scope', 'name'],
        ),
        response: { 200: object({ decisions: { type: 'array', items: simulatedSchema } }), ...refusals },
      },
    },
    async (request, reply) => {
      const { name, purpose, since } = request.body;
      const place = await findPlace(db, request.body.scope);
      if (!place.ok) return sendRefusal(reply, place.refusal);
      const found = await findRules(db, name, purpose);
      if (!found.ok) return sendRefusal(reply, found.refusal);
      const policies = (purpose === 'model' ? withModel : withRestriction)(
        await loadPolicies(db),
        place.value.scope,
        found.value.rules,
      );
      const filters = since === undefined ? {} : { since: new Date(since) };
      const decisions = await decisionsBehind(db, filters, undefined, simulatedMax);
      const simulated = await simulateDecisions(policies, decisions);
      return {
        decisions: simulated.map(({ decision: { id, request: asked, verdict }, would, change }) => ({
          id,
          at: asked.at.toISOString(),
          principal: asked.principal.name,
          verb: asked.verb,
          resource: asked.resource.arn,
          was: verdict.verdict,
          would: would.verdict,
          change,
          text: describeVerdict(would),
        })),
      };
    },
  );

  documentRoutes(server, db, {
    path: '/governance',
    summaries: {
      plan: 'What applying a file of rules would change: policies, models, restrictions',
      apply: 'Make the rules what a file says',
    },
    members: {
      document: 'YAML: docs/governance.md describes it',
      prune: 'whether models and restrictions that its sections do not name are taken away',
    },
    file: 'governance',
    planSchema: documentPlanSchema,
    attempt: { verb: 'deuteron:ApplyGovernance', target: 'installation' },
    plan: (document) => planGovernance(tools, document),
    apply: ({ requestId }, document, request) => applyGovernance(tools, { ...actorOf(request), requestId }, document),
  });
}

function shown({ scope: where, name, version, by, at }: StoredAssignment) {
  return { scope: where, name, version, by, at: at.toISOString() };
}

function actorOf(request: FastifyRequest): Actor {
  return { principal: authorisedOf(request).principal, via: 'native' };
}
