import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Bundle, readBundleArchive, usualBundleLimits } from '../../bundles/index.ts';
import { refuse } from '../../errors/index.ts';
import {
  deployedVersion,
  outcomes,
  type PreviewFormat,
  type PreviewRequest,
  type PreviewSelector,
  type PreviewTools,
  previewContentTypes,
  previewFleet,
  previewFormats,
  previewText,
} from '../../fleet/index.ts';
import { type PlacementSelector, unitsBelow } from '../../organization/index.ts';
import { type TemplateKind, templateKinds } from '../../templates/index.ts';
import { authorisedOf } from './caller.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';

/** A client that takes nothing for so long is let go. */
const stalledMs = 60_000;
const archiveType = 'application/gzip';

interface PreviewQuery {
  readonly environment: readonly string[];
  readonly service: readonly string[];
  readonly deployed: readonly string[];
  readonly part: PreviewSelector['parts'];
  readonly owner: readonly string[];
  readonly unit: readonly string[];
  readonly class: readonly string[];
  readonly tag: readonly string[];
  readonly groupBy: readonly string[];
  readonly format: PreviewFormat;
}

interface PreviewRoute {
  Params: { readonly kind: TemplateKind; readonly name: string; readonly version: string };
  Querystring: PreviewQuery;
}

const several = (description: string, items: object = { type: 'string', minLength: 1, maxLength: 500 }) => ({
  type: 'array',
  items,
  maxItems: 100,
  default: [],
  description,
});

const schema = {
  params: {
    type: 'object',
    required: ['kind', 'name', 'version'],
    properties: {
      kind: { type: 'string', enum: templateKinds },
      name: { type: 'string', minLength: 1, maxLength: 100 },
      version: { type: 'string', pattern: '^\\d{1,9}\\.\\d{1,9}$', description: 'e.g. 1.2' },
    },
  },
  querystring: {
    type: 'object',
    properties: {
      environment: several('what lives in one of these environments; of environments, their names'),
      service: several('what belongs to one of these services'),
      deployed: several('what runs at one of these versions: 1.2, or 1 for all of the major', {
        type: 'string',
        pattern: '^\\d{1,6}(\\.\\d{1,6})?$',
      }),
      part: several('instances or pipelines alone', { type: 'string', enum: ['instance', 'pipeline'] }),
      owner: several('what one of these teams owns'),
      unit: several('what is in one of these units or below'),
      class: several('what lives in an environment of one of these classes; of environments, their own'),
      tag: several('with this tag, written key=value, on the thing, its service or its environment', {
        type: 'string',
        pattern: '^[^=]+=',
        maxLength: 500,
      }),
      groupBy: {
        ...several(
          'how the summary is grouped: environment, service, deployed, part, owner, unit, class, or the key of a tag',
        ),
        default: ['environment'],
        maxItems: 5,
      },
      format: {
        type: 'string',
        enum: previewFormats,
        default: 'ndjson',
        description: 'a line for each thing while it goes, one JSON document, or rows for a spreadsheet',
      },
    },
  },
  response: {
    200: {
      description: `Line by line: "begin" with how many there are, "thing" for each with its outcome (${outcomes.join(', ')}), "progress", and "end" with counts, groups, reasons and advice. As JSON: things, and the summary.`,
      content: Object.fromEntries(
        Object.values(previewContentTypes).map((type) => [
          type,
          { schema: type === 'application/json' ? { type: 'object', additionalProperties: true } : { type: 'string' } },
        ]),
      ),
    },
    ...refusals,
  },
} as const;

/**
 * What a version would do to everything on its template: of a registered version by GET, of a bundle that nobody has
 * registered by POST. Told while it is worked out, no faster than the client takes it; it ends when the client goes away.
 */
export async function previewRoutes(server: FastifyInstance, tools: PreviewTools): Promise<void> {
  const open = new Set<AbortController>();
  server.addHook('preClose', async () => {
    for (const end of open) end.abort();
  });
  server.addContentTypeParser(
    archiveType,
    { parseAs: 'buffer', bodyLimit: usualBundleLimits.archiveBytes },
    (request, body, done) => {
      request.rawBody = body as Buffer;
      done(null, body);
    },
  );

  async function answer(request: FastifyRequest<PreviewRoute>, reply: FastifyReply, bundle?: Bundle) {
    const end = new AbortController();
    const wanted = asked(request, bundle);
    const reach = await authorisedOf(request).reads.whole();
    const placed = await placedAs(tools, request.query);
    const selector = { ...wanted.selector, ...(placed && { placed }), reach };
    const preview = await previewFleet(tools, { ...wanted, selector }, end.signal);
    if (!preview.ok) return sendRefusal(reply, preview.refusal);
    const { format } = request.query;
    open.add(end);
    reply.raw.once('close', () => {
      end.abort();
      open.delete(end);
    });
    const text = whileTaken(previewText(preview.value, format), () => reply.raw.destroy());
    return reply
      .type(`${previewContentTypes[format]}; charset=utf-8`)
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .send(Readable.from(text, { objectMode: true, highWaterMark: 4 }));
  }

  server.get<PreviewRoute>(
    '/templates/:kind/:name/versions/:version/preview',
    { schema: { ...schema, summary: 'What a version would do to each thing on its template, told while it goes' } },
    (request, reply) => answer(request, reply),
  );

  server.post<PreviewRoute & { Body: unknown }>(
    '/templates/:kind/:name/versions/:version/preview',
    {
      schema: {
        ...schema,
        summary: 'The same for a bundle that is not registered, given as a tar archive: as if it were this version',
        body: { content: { [archiveType]: { schema: { description: 'a tar archive, gzipped' } } } },
      },
    },
    async (request, reply) => {
      const { body } = request;
      if (!(body instanceof Uint8Array)) return sendRefusal(reply, archiveExpected().refusal);
      const bundle = await readBundleArchive(body);
      return bundle.ok ? answer(request, reply, bundle.value) : sendRefusal(reply, bundle.refusal);
    },
  );
}

/** undefined where nothing is asked of where things are. */
async function placedAs(
  { db }: PreviewTools,
  { owner, unit, class: classes }: PreviewQuery,
): Promise<PlacementSelector | undefined> {
  if (owner.length + unit.length + classes.length === 0) return undefined;
  const below = await unitsBelow(db, unit);
  // a unit that is not there has nothing in it, and does not stand for everything
  const units = unit.length > 0 && below.length === 0 ? unit : below;
  return { units, ownerTeams: owner, environmentClasses: classes };
}

function asked(
  { params, query }: Pick<FastifyRequest<PreviewRoute>, 'params' | 'query'>,
  bundle?: Bundle,
): PreviewRequest {
  const [major = 0, minor = 0] = params.version.split('.').map(Number);
  return {
    version: { kind: params.kind, templateName: params.name, major, minor },
    bundle,
    selector: {
      environments: query.environment,
      services: query.service,
      deployed: query.deployed.flatMap((text) => deployedVersion(text) ?? []),
      parts: query.part,
      tags: query.tag.map((text) => {
        const at = text.indexOf('=');
        return { key: text.slice(0, at), value: text.slice(at + 1) };
      }),
    },
    groupBy: query.groupBy,
  };
}

/** Gives up on a reader that does not come back for more. */
async function* whileTaken(text: AsyncGenerator<string, void>, giveUp: () => void): AsyncGenerator<string, void> {
  for await (const piece of text) {
    const stalled = setTimeout(giveUp, stalledMs);
    try {
      yield piece;
    } finally {
      clearTimeout(stalled);
    }
  }
}

function archiveExpected() {
  return refuse({
    kind: 'invalid',
    code: 'archive-unreadable',
    message: 'The bundle cannot be read: the request has no archive.',
    remedy: `Send a gzipped tar archive as ${archiveType}.`,
  });
}
