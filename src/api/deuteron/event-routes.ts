import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type EventFilter, eventEnvelope, eventLog, eventsAfter, wantsEvent } from '../../events/index.ts';
import { principalIsThere } from '../../organization/index.ts';
import { type AskedRequest, authoriseRequest, lists } from '../authorisation/index.ts';
import { authorisedOf, callerOf } from './caller.ts';
import type { DeuteronDoorTools } from './door-tools.ts';
import { openEventStreams } from './event-stream.ts';
import { readableEvents } from './readable-events.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';

interface EventQuery {
  readonly type: readonly string[];
  readonly resource: readonly string[];
  readonly after?: number;
  readonly limit: number;
}

const filterSchema = (description: string) => ({
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: 500 },
  maxItems: 50,
  default: [],
  description,
});

const querySchema = {
  type: 'object',
  properties: {
    type: filterSchema('detail-types, e.g. `AWS Proton Environment Status Change`; may be given several times'),
    resource: filterSchema('ARNs; one that ends in * stands for all that begin with it'),
    after: {
      type: 'integer',
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'the position to go on behind',
    },
    limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100, description: 'of a page: how many to look at' },
  },
} as const;

const envelopeSchema = {
  type: 'object',
  properties: {
    version: { type: 'string' },
    id: { type: 'string' },
    'detail-type': { type: 'string' },
    source: { type: 'string' },
    account: { type: 'string' },
    time: { type: 'string' },
    region: { type: 'string' },
    resources: { type: 'array', items: { type: 'string' } },
    detail: { type: 'object', additionalProperties: true },
  },
} as const;

/**
 * GET /events: a page as JSON, or with `Accept: text/event-stream` a stream of server-sent events, which a client resumes
 * with Last-Event-ID.
 */
export function eventRoutes(server: FastifyInstance, tools: DeuteronDoorTools): void {
  const { db } = tools;
  const streams = openEventStreams(tools);
  server.addHook('preClose', async () => streams.close());

  server.get<{ Querystring: EventQuery }>(
    '/events',
    {
      schema: {
        summary: 'Events, oldest first: a page, or a stream with Accept: text/event-stream',
        querystring: querySchema,
        response: {
          200: {
            type: 'object',
            description: 'Events behind `after`; ask again with `next` as `after`.',
            required: ['events', 'next', 'forgotten'],
            properties: {
              events: { type: 'array', items: envelopeSchema },
              next: { type: 'integer', description: 'the position up to which this page looked' },
              forgotten: { type: 'integer', description: 'events up to this position are no longer kept' },
            },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const filter: EventFilter = { types: query.type, resources: query.resource };
      if (wantsStream(request)) {
        const start = lastEventId(request) ?? query.after ?? (await eventLog(db)).last;
        // asked anew each time: a stream lives longer than some memberships, and than some people are there
        const opened = streams.open(reply, start, filter, {
          readable: async (events) =>
            readableEvents((await authoriseRequest(tools.authorisation, asker(request))).reads, events),
          isThere: () => principalIsThere(db, callerOf(request).id, tools.clock.now()),
        });
        return opened.ok ? reply : sendRefusal(reply, opened.refusal);
      }
      const after = query.after ?? 0;
      const { forgotten } = await eventLog(db);
      const page = await eventsAfter(db, after, query.limit);
      const wanted = page.filter((event) => wantsEvent(filter, event));
      const events = (await readableEvents(authorisedOf(request).reads, wanted)).map(eventEnvelope);
      return { events, next: page.at(-1)?.position ?? after, forgotten };
    },
  );
}

function asker(request: FastifyRequest): AskedRequest {
  return { caller: callerOf(request), via: 'native', governed: lists };
}

function wantsStream({ headers }: FastifyRequest): boolean {
  return (headers.accept ?? '').includes('text/event-stream');
}

/** What a client that was connected before sends by itself. */
function lastEventId({ headers }: FastifyRequest): number | undefined {
  const text = String(headers['last-event-id'] ?? '');
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
