import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  addWebhook,
  type DeliveryState,
  deliveryStates,
  listDeliveries,
  redeliver,
  redeliverAll,
  removeWebhook,
  rotateWebhookSecret,
  testWebhook,
  type Webhook,
  webhookFind,
  webhookList,
  webhookMissing,
} from '../../events/index.ts';
import { type Installation, protonArn } from '../../identifiers/index.ts';
import { readResource, rootUnit } from '../../organization/index.ts';
import { asAudited } from './audited-route.ts';
import { authorisedOf, callerOf } from './caller.ts';
import type { DeuteronDoorTools } from './door-tools.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { object } from './schema-parts.ts';

const text = (description: string) => ({ type: 'string', description }) as const;
const texts = (description: string) =>
  ({
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: 500 },
    maxItems: 50,
    uniqueItems: true,
    default: [],
    description,
  }) as const;

const filterProperties = {
  types: texts('detail-types that are wanted, of those in docs/events.md; empty: all'),
  resources: texts(
    'ARNs that are wanted, or the parts behind the account, as environment/prod; one that ends in * stands for all that begin with it; empty: all',
  ),
} as const;

const webhookSchema = {
  type: 'object',
  required: ['id', 'url', 'types', 'resources', 'createdBy', 'createdAt'],
  properties: {
    id: text('its id'),
    url: text('where events are sent to'),
    unit: text('of what is in this unit and below'),
    ...filterProperties,
    description: text('for people'),
    createdBy: text('the name of who added it'),
    createdAt: text('ISO 8601'),
  },
} as const;

const deliverySchema = {
  type: 'object',
  required: ['id', 'webhookId', 'eventId', 'state', 'attempts', 'createdAt'],
  properties: {
    id: text('its id'),
    webhookId: text('to which webhook'),
    eventId: text('of which event'),
    state: { type: 'string', enum: deliveryStates },
    attempts: { type: 'integer' },
    dueAt: text('when it is tried next'),
    lastAttemptAt: text('ISO 8601'),
    lastOutcome: text('how the last attempt ended'),
    createdAt: text('ISO 8601'),
  },
} as const;

const idParameter = object({ id: { type: 'string', maxLength: 100 } });
interface ById {
  Params: { readonly id: string };
}
const secretNote = 'Shown this once.';

/** The ARN of what is called by the part behind the account, which may end in `*` for many. */
function fullName(installation: Installation, given: string): string {
  if (given.startsWith('arn:') || given === '*') return given;
  return readResource(installation, given)?.arn ?? protonArn(installation, given);
}

/** Webhooks, and what became of their deliveries. */
export function webhookRoutes(server: FastifyInstance, tools: DeuteronDoorTools): void {
  const { db } = tools;

  /** Those that he may change; others he does not know of. */
  async function webhooksOf(request: FastifyRequest): Promise<readonly Webhook[]> {
    const all = await webhookList(db);
    const units = await authorisedOf(request).mayIn('webhook:write', [...new Set(all.map(({ unit }) => unit))]);
    return all.filter(({ unit }) => units.has(unit));
  }

  server.post<{ Body: Pick<Webhook, 'url' | 'unit' | 'types' | 'resources' | 'description'> }>(
    '/webhooks',
    {
      schema: {
        summary: 'Add a webhook: events are sent to its URL from now on',
        body: {
          type: 'object',
          required: ['url'],
          additionalProperties: false,
          properties: {
            url: { type: 'string', maxLength: 2000 },
            unit: {
              type: 'string',
              maxLength: 63,
              default: rootUnit,
              description: 'it is told of what is in this unit and below',
            },
            ...filterProperties,
            description: { type: 'string', maxLength: 500 },
          },
        },
        response: { 201: object({ webhook: webhookSchema, secret: text(secretNote) }), ...refusals },
      },
    },
    async (request, reply) => {
      const attempt = { verb: 'deuteron:AddWebhook' };
      const added = await asAudited(db, request, attempt, () =>
        addWebhook(tools, {
          ...request.body,
          resources: request.body.resources.map((each) => fullName(tools.installation, each)),
          by: callerOf(request).name,
        }),
      );
      return added.ok ? reply.status(201).send(added.value) : sendRefusal(reply, added.refusal);
    },
  );

  server.get(
    '/webhooks',
    {
      schema: {
        summary: 'The webhooks of units whose webhooks one may change, oldest first',
        response: { 200: object({ webhooks: { type: 'array', items: webhookSchema } }), ...refusals },
      },
    },
    async (request) => ({ webhooks: await webhooksOf(request) }),
  );

  server.get<ById>(
    '/webhooks/:id',
    {
      schema: {
        summary: 'One webhook',
        params: idParameter,
        response: { 200: object({ webhook: webhookSchema }), ...refusals },
      },
    },
    async ({ params }, reply) => {
      const webhook = await webhookFind(db, params.id);
      return webhook ? { webhook } : sendRefusal(reply, webhookMissing(params.id).refusal);
    },
  );

  server.delete<ById>(
    '/webhooks/:id',
    {
      schema: {
        summary: 'Remove a webhook with its deliveries',
        params: idParameter,
        response: { 204: { type: 'null', description: 'It is gone.' }, ...refusals },
      },
    },
    async (request, reply) => {
      const attempt = { verb: 'deuteron:RemoveWebhook', target: `webhook/${request.params.id}` };
      const removed = await asAudited(db, request, attempt, () => removeWebhook(db, request.params.id));
      return removed.ok ? reply.status(204).send() : sendRefusal(reply, removed.refusal);
    },
  );

  server.post<ById>(
    '/webhooks/:id/secret',
    {
      schema: {
        summary: 'Replace the secret; the former one signs along for a day',
        params: idParameter,
        response: { 200: object({ secret: text(secretNote), formerUntil: text('ISO 8601') }), ...refusals },
      },
    },
    async (request, reply) => {
      const attempt = { verb: 'deuteron:RotateWebhookSecret', target: `webhook/${request.params.id}` };
      const rotated = await asAudited(db, request, attempt, () => rotateWebhookSecret(tools, request.params.id));
      return rotated.ok ? rotated.value : sendRefusal(reply, rotated.refusal);
    },
  );

  server.post<ById>(
    '/webhooks/:id/test',
    {
      schema: {
        summary: 'Send one event of the type Deuteron Webhook Test, now and only once',
        params: idParameter,
        response: {
          200: object({ delivered: { type: 'boolean' }, outcome: text('e.g. answered 204') }),
          ...refusals,
        },
      },
    },
    async ({ params }, reply) => {
      const trial = await testWebhook(tools, params.id);
      return trial.ok ? trial.value : sendRefusal(reply, trial.refusal);
    },
  );

  server.post<ById>(
    '/webhooks/:id/redeliver',
    {
      schema: {
        summary: 'Try all failed deliveries of a webhook again',
        params: idParameter,
        response: { 202: object({ count: { type: 'integer' } }), ...refusals },
      },
    },
    async (request, reply) => {
      const attempt = { verb: 'deuteron:RedeliverAll', target: `webhook/${request.params.id}` };
      const renewed = await asAudited(db, request, attempt, () => redeliverAll(tools, request.params.id));
      return renewed.ok ? reply.status(202).send({ count: renewed.value }) : sendRefusal(reply, renewed.refusal);
    },
  );

  server.get<{
    Querystring: { state: DeliveryState; webhook?: string; limit?: number; nextToken?: string };
  }>(
    '/webhook-deliveries',
    {
      schema: {
        summary: 'Deliveries, newest first; by default those that failed and are not tried again by themselves',
        querystring: {
          type: 'object',
          properties: {
            state: { type: 'string', enum: deliveryStates, default: 'failed' },
            webhook: { type: 'string', maxLength: 100, description: 'of this webhook alone' },
            limit: { type: 'integer', minimum: 1, maximum: 100 },
            nextToken: { type: 'string', maxLength: 1000 },
          },
        },
        response: {
          200: {
            type: 'object',
            required: ['deliveries'],
            properties: { deliveries: { type: 'array', items: deliverySchema }, nextToken: text('for the next page') },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { state, webhook: webhookId, limit: maxResults, nextToken } = request.query;
      const of = (await webhooksOf(request)).map(({ id }) => id);
      const page = await listDeliveries(db, { state, webhookId }, of, { maxResults, nextToken });
      if (!page.ok) return sendRefusal(reply, page.refusal);
      return { deliveries: page.value.items, nextToken: page.value.nextToken };
    },
  );

  server.post<ById>(
    '/webhook-deliveries/:id/redeliver',
    {
      schema: {
        summary: 'Try a failed delivery again',
        params: idParameter,
        response: { 202: object({ count: { type: 'integer' } }), ...refusals },
      },
    },
    async (request, reply) => {
      const attempt = { verb: 'deuteron:Redeliver', target: `webhook-delivery/${request.params.id}` };
      const renewed = await asAudited(db, request, attempt, () => redeliver(tools, request.params.id));
      return renewed.ok ? reply.status(202).send({ count: 1 }) : sendRefusal(reply, renewed.refusal);
    },
  );
}
