import type { FastifyInstance } from 'fastify';
import { usualBundleLimits } from '../../bundles/index.ts';
import { bumpTooSmall, reportMarkdown, type VersionReport } from '../../changes/index.ts';
import { type Result, refuse } from '../../errors/index.ts';
import type { PageRequest } from '../../identifiers/index.ts';
import { resourceFacts } from '../../organization/index.ts';
import {
  type BundleSource,
  checkTemplateVersion,
  createTemplateVersion,
  deprecateTemplateVersion,
  listTemplateVersions,
  publishTemplateVersion,
  readVersionReport,
  recommendedMinor,
  recommendTemplateVersion,
  reinstateTemplateVersion,
  shownStatusMessage,
  type Template,
  type TemplateKind,
  type TemplateRef,
  type TemplateVersion,
  type TemplateVersionSummary,
  templateArn,
  templateFind,
  templateKinds,
  templateMissing,
  templateVersionArn,
  templateVersionCan,
  templateVersionFind,
  updateTemplate,
  uploadBundle,
  type VersionEnforcement,
  type VersionNumber,
  type VersionRef,
  versionCan,
  versionEnforcements,
  versionMissing,
  versionsRecommended,
  versionText,
  withdrawTemplateVersion,
} from '../../templates/index.ts';
import { asAudited } from './audited-route.ts';
import { authorisedOf } from './caller.ts';
import type { DeuteronDoorTools } from './door-tools.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';

const text = (description: string) => ({ type: 'string', description }) as const;
const anything = (description: string) => ({ type: 'object', additionalProperties: true, description }) as const;

const kindParameter = { type: 'string', enum: templateKinds } as const;
const nameParameter = { type: 'string', minLength: 1, maxLength: 100 } as const;
const versionParameter = { type: 'string', pattern: '^\\d{1,9}\\.\\d{1,9}$', description: 'e.g. 1.2' } as const;
const ofTemplate = {
  type: 'object',
  required: ['kind', 'name'],
  properties: { kind: kindParameter, name: nameParameter },
} as const;
const ofVersion = {
  type: 'object',
  required: ['kind', 'name', 'version'],
  properties: { kind: kindParameter, name: nameParameter, version: versionParameter },
} as const;
const majorParameter = { type: 'integer', minimum: 1, maximum: 999_999_999 } as const;
const environmentsParameter = {
  type: 'array',
  items: { type: 'string', pattern: '^[^:]{1,100}:\\d{1,9}$' },
  maxItems: 10,
  description: 'of a service template: the environment templates that an instance can run in, e.g. base:1',
} as const;
const componentSources = {
  type: 'array',
  items: { type: 'string', enum: ['DIRECTLY_DEFINED'] },
  maxItems: 1,
  description: 'of a service template: what components may be attached from',
} as const;

const templateProperties = {
  kind: kindParameter,
  name: text('its name'),
  arn: text('its ARN'),
  recommendedVersion: text('what new things get; absent: nothing is published and open'),
  versionEnforcement: {
    type: 'string',
    enum: versionEnforcements,
    description: 'what becomes of a version whose number says less than it does',
  },
} as const;
const templateSchema = {
  type: 'object',
  required: ['kind', 'name', 'arn', 'versionEnforcement'],
  properties: templateProperties,
} as const;

const versionProperties = {
  kind: kindParameter,
  templateName: text('of which template'),
  version: text('major.minor'),
  arn: text('its ARN'),
  status: text("Proton's word for how it stands"),
  statusMessage: text('what is to be said about it'),
  availability: {
    type: 'string',
    enum: ['open', 'deprecated', 'withdrawn'],
    description: 'deprecated: nothing new comes to it; withdrawn: nothing is deployed at it any more',
  },
  availabilityReason: text('why, for people'),
  isRecommended: { type: 'boolean', description: 'whether it is what its major recommends' },
  description: text('for people'),
  source: anything('where its bundle came from'),
  compatibleEnvironments: { type: 'array', items: { type: 'string' } },
  can: { type: 'array', items: { type: 'string' }, description: 'what may be asked of it in this status' },
  createdAt: text('ISO 8601'),
  lastModifiedAt: text('ISO 8601'),
} as const;
const versionRequired = ['kind', 'templateName', 'version', 'arn', 'status', 'availability', 'isRecommended', 'can'];
const versionSchema = { type: 'object', required: versionRequired, properties: versionProperties } as const;

const findingSchema = anything('severity, rule, position (file, line, column), message, remedy');
const reportSchema = {
  type: 'object',
  required: ['kind'],
  properties: {
    kind: { type: 'string', enum: ['first', 'compared'], description: 'first: there is nothing to compare it with' },
    against: text('the version before it'),
    bump: { type: 'string', enum: ['minor', 'major'], description: 'what its number says' },
    versionClass: { type: 'string', enum: ['compatible', 'breaking', 'data-affecting'] },
    requiredBump: { type: 'string', enum: ['patch', 'minor', 'major'], description: 'what its number has to say' },
    tooSmall: text('what forces a larger step; absent: the number says enough'),
    comparison: anything('part by part, what differs and what that does'),
  },
} as const;
const versionDetail = {
  type: 'object',
  required: ['version'],
  properties: {
    version: {
      type: 'object',
      required: versionRequired,
      properties: {
        ...versionProperties,
        schema: text('schema/schema.yaml, verbatim'),
        findings: { type: 'array', items: findingSchema },
        report: reportSchema,
      },
    },
  },
} as const;

const reasonBody = {
  type: 'object',
  additionalProperties: false,
  properties: { reason: { type: 'string', maxLength: 500, description: 'why, for people' } },
} as const;
const archiveTypes = ['application/gzip', 'application/x-gzip', 'application/x-tar', 'application/octet-stream'];
const archiveContent = Object.fromEntries(
  archiveTypes.map((type) => [type, { schema: { description: 'a tar archive, gzipped or plain' } }]),
);

interface OfTemplate {
  Params: { readonly kind: TemplateKind; readonly name: string };
}
interface OfVersion {
  Params: OfTemplate['Params'] & { readonly version: string };
}
interface RegisterBody {
  readonly source: BundleSource;
  readonly majorVersion?: number;
  readonly description?: string;
  readonly compatibleEnvironments?: readonly string[];
  readonly componentSources?: readonly string[];
}
type RegisterQuery = Omit<RegisterBody, 'source'>;

/** Template versions: registered, checked, published, and taken out of use; with reports on what they do. */
export async function versionRoutes(server: FastifyInstance, { registry }: DeuteronDoorTools): Promise<void> {
  const { db, installation } = registry;
  server.addContentTypeParser(
    archiveTypes,
    { parseAs: 'buffer', bodyLimit: usualBundleLimits.archiveBytes },
    (request, body, done) => {
      request.rawBody = body as Buffer;
      done(null, body);
    },
  );
  const templateOf = ({ kind, name }: OfTemplate['Params']): TemplateRef => ({ kind, name });
  const refOf = ({ kind, name, version }: OfVersion['Params']): VersionRef => {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    return { kind, templateName: name, major, minor };
  };
  async function recommendedOf({ kind, name }: TemplateRef) {
    return (await versionsRecommended(db, kind, [name])).get(name) ?? [];
  }
  const isRecommended = async (version: TemplateVersionSummary) => {
    const recommended = await recommendedOf({ kind: version.kind, name: version.templateName });
    return recommendedMinor(recommended, version.major) === version.minor;
  };
  const detail = async (version: TemplateVersion) => ({
    version: {
      ...shownVersion(version, await isRecommended(version)),
      schema: version.schemaText ?? undefined,
      findings: version.findings,
      report: version.report ? shownReport(version, version.report) : undefined,
    },
  });

  server.get<{ Querystring: { readonly name: string } }>(
    '/templates',
    {
      schema: {
        summary: 'The templates of a name, one of each kind at most',
        querystring: { type: 'object', required: ['name'], properties: { name: nameParameter } },
        response: {
          200: {
            type: 'object',
            required: ['templates'],
            properties: { templates: { type: 'array', items: templateSchema } },
          },
          ...refusals,
        },
      },
    },
    async (request) => {
      const { name } = request.query;
      const found = await Promise.all(templateKinds.map((kind) => templateFind(db, { kind, name })));
      const there = found.flatMap((each) => each ?? []);
      const things = there.map(({ arn, kind }) => ({ arn, kind: `${kind}-template` as const }));
      const readable = await authorisedOf(request).reads.among(things);
      return { templates: await Promise.all(there.filter(({ arn }) => readable.has(arn)).map(shownTemplate)) };
    },
  );

  async function shownTemplate({ kind, name, arn, versionEnforcement }: Template) {
    const recommended = await recommendedOf({ kind, name });
    const last = recommended.toSorted((a, b) => b.major - a.major)[0];
    return { kind, name, arn, versionEnforcement, recommendedVersion: last && versionText(last) };
  }

  server.put<OfTemplate & { Body: { readonly versionEnforcement: VersionEnforcement } }>(
    '/templates/:kind/:name/version-enforcement',
    {
      schema: {
        summary: 'Say what becomes of versions whose number says less than they do: they are refused, or only warn',
        params: ofTemplate,
        body: {
          type: 'object',
          required: ['versionEnforcement'],
          additionalProperties: false,
          properties: { versionEnforcement: templateProperties.versionEnforcement },
        },
        response: {
          200: { type: 'object', required: ['template'], properties: { template: templateSchema } },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const template = templateOf(request.params);
      const attempt = { verb: 'deuteron:SetVersionEnforcement', target: templateArn(installation, template) };
      const updated = await asAudited(db, request, attempt, () => updateTemplate(registry, template, request.body));
      return updated.ok ? { template: await shownTemplate(updated.value) } : sendRefusal(reply, updated.refusal);
    },
  );

  server.get<OfTemplate & { Querystring: { major?: number; limit?: number; nextToken?: string } }>(
    '/templates/:kind/:name/versions',
    {
      schema: {
        summary: 'The versions of one major, highest first; without a major the highest of each',
        params: ofTemplate,
        querystring: {
          type: 'object',
          properties: {
            major: majorParameter,
            limit: { type: 'integer', minimum: 1, maximum: 100 },
            nextToken: { type: 'string', maxLength: 1000 },
          },
        },
        response: {
          200: {
            type: 'object',
            required: ['versions'],
            properties: { versions: { type: 'array', items: versionSchema }, nextToken: text('for the next page') },
          },
          ...refusals,
        },
      },
    },
    async ({ params, query: { major, limit: maxResults, nextToken } }, reply) => {
      const template = templateOf(params);
      if (!(await templateFind(db, template)))
        return sendRefusal(reply, templateMissing(installation, template).refusal);
      const asked: PageRequest = { maxResults, nextToken };
      const page = await listTemplateVersions(db, template, major, asked);
      if (!page.ok) return sendRefusal(reply, page.refusal);
      const recommended = await recommendedOf(template);
      const versions = page.value.items.map((version) =>
        shownVersion(version, recommendedMinor(recommended, version.major) === version.minor),
      );
      return { versions, nextToken: page.value.nextToken };
    },
  );

  const registration = {
    majorVersion: { ...majorParameter, description: 'absent: a new one' },
    description: { type: 'string', maxLength: 500 },
    compatibleEnvironments: environmentsParameter,
    componentSources,
  } as const;
  server.post<OfTemplate & { Body: RegisterBody | Uint8Array; Querystring: RegisterQuery }>(
    '/templates/:kind/:name/versions',
    {
      schema: {
        summary:
          'Register a version: the body is the bundle as a tar archive, or JSON that names where it lies. Answers at once; the status says what became of it',
        params: ofTemplate,
        querystring: {
          type: 'object',
          properties: registration,
          description: 'of an archive; JSON says it in the body',
        },
        body: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['source'],
                additionalProperties: false,
                properties: {
                  source: {
                    type: 'object',
                    required: ['bucket', 'key'],
                    additionalProperties: false,
                    properties: {
                      bucket: { type: 'string', minLength: 1, maxLength: 255 },
                      key: { type: 'string', minLength: 1, maxLength: 1024 },
                    },
                  },
                  ...registration,
                },
              },
            },
            ...archiveContent,
          },
        },
        response: { 202: versionDetail, ...refusals },
      },
    },
    async (request, reply) => {
      const { body, query, params } = request;
      const template = templateOf(params);
      const target = templateArn(installation, template);
      const attempt = { verb: 'deuteron:RegisterTemplateVersion', target };
      const made = await asAudited<TemplateVersion>(db, request, attempt, async () => {
        if (!(body instanceof Uint8Array)) return register(template, body);
        if (!(await templateFind(db, template))) return templateMissing(installation, template);
        const { ownerTeam } = await resourceFacts(db, target, `${template.kind}-template`);
        const source = await uploadBundle(registry.storage, template, body, ownerTeam);
        return source.ok ? register(template, { ...query, source: source.value }) : source;
      });
      return made.ok ? reply.status(202).send(await detail(made.value)) : sendRefusal(reply, made.refusal);
    },
  );

  function register({ kind, name }: TemplateRef, asked: RegisterBody): Promise<Result<TemplateVersion>> {
    return createTemplateVersion(registry, kind, {
      templateName: name,
      majorVersion: asked.majorVersion,
      description: asked.description,
      source: asked.source,
      compatibleEnvironments: asked.compatibleEnvironments?.map((each) => {
        const [templateName = '', major] = each.split(':');
        return { templateName, majorVersion: Number(major) };
      }),
      supportedComponentSources: asked.componentSources,
    });
  }

  server.post<OfTemplate & { Body: Uint8Array; Querystring: { readonly majorVersion?: number } }>(
    '/templates/:kind/:name/check',
    {
      schema: {
        summary:
          'What would be said of a bundle, given as a tar archive, if it were registered now: findings, and a report on what it does. Nothing is kept',
        params: ofTemplate,
        querystring: { type: 'object', properties: { majorVersion: registration.majorVersion } },
        body: { content: archiveContent },
        response: {
          200: {
            type: 'object',
            required: ['version', 'findings'],
            properties: {
              version: text('the number that it would get'),
              findings: { type: 'array', items: findingSchema },
              report: reportSchema,
            },
          },
          ...refusals,
        },
      },
    },
    async ({ params, query, body }, reply) => {
      if (!(body instanceof Uint8Array)) return sendRefusal(reply, archiveExpected().refusal);
      const checked = await checkTemplateVersion(registry, templateOf(params), body, query.majorVersion);
      if (!checked.ok) return sendRefusal(reply, checked.refusal);
      const { findings, report, ...version } = checked.value;
      return { version: versionText(version), findings, report: report && shownReport(version, report) };
    },
  );

  server.get<OfVersion>(
    '/templates/:kind/:name/versions/:version',
    {
      schema: {
        summary: 'One version with its findings and its report',
        params: ofVersion,
        response: { 200: versionDetail, ...refusals },
      },
    },
    async ({ params }, reply) => {
      const ref = refOf(params);
      const found = await templateVersionFind(db, ref);
      return found ? detail(found) : sendRefusal(reply, versionMissing(installation, ref).refusal);
    },
  );

  server.get<OfVersion & { Querystring: { readonly format: 'json' | 'markdown' } }>(
    '/templates/:kind/:name/versions/:version/report',
    {
      schema: {
        summary: 'What a version does to whoever comes to it from the version before it',
        params: ofVersion,
        querystring: {
          type: 'object',
          properties: { format: { type: 'string', enum: ['json', 'markdown'], default: 'json' } },
        },
        response: {
          200: {
            description: 'The report',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['version', 'report'],
                  properties: { version: text('major.minor'), report: reportSchema },
                },
              },
              'text/markdown': { schema: { type: 'string' } },
            },
          },
          ...refusals,
        },
      },
    },
    async ({ params, query }, reply) => {
      const ref = refOf(params);
      const report = await readVersionReport(registry, ref);
      if (!report.ok) return sendRefusal(reply, report.refusal);
      if (query.format === 'markdown')
        return reply.type('text/markdown').send(`${reportMarkdown(ref, report.value)}\n`);
      return reply.type('application/json').send({ version: versionText(ref), report: shownReport(ref, report.value) });
    },
  );

  const changes = [
    { path: 'publish', verb: 'PublishTemplateVersion', change: publishTemplateVersion, summary: 'Publish a draft' },
    {
      path: 'recommend',
      verb: 'RecommendTemplateVersion',
      change: recommendTemplateVersion,
      summary: 'Recommend a version in its major, until a higher one is published',
    },
    {
      path: 'deprecate',
      verb: 'DeprecateTemplateVersion',
      change: deprecateTemplateVersion,
      summary: 'Let nothing new come to a version; what is at it can still be updated',
    },
    {
      path: 'withdraw',
      verb: 'WithdrawTemplateVersion',
      change: withdrawTemplateVersion,
      summary: 'Let nothing be deployed at a version any more; what is at it stays as it is',
    },
    {
      path: 'reinstate',
      verb: 'ReinstateTemplateVersion',
      change: reinstateTemplateVersion,
      summary: 'Take back that a version was deprecated or withdrawn',
    },
  ] as const;
  for (const { path, verb, change, summary } of changes) {
    const hasReason = path === 'deprecate' || path === 'withdraw';
    server.post<OfVersion & { Body: { readonly reason?: string } | undefined }>(
      `/templates/:kind/:name/versions/:version/${path}`,
      {
        schema: {
          summary,
          params: ofVersion,
          ...(hasReason && { body: reasonBody }),
          response: { 200: versionDetail, ...refusals },
        },
      },
      async (request, reply) => {
        const ref = refOf(request.params);
        const target = templateVersionArn(installation, templateOf(request.params), ref);
        const attempt = { verb: `deuteron:${verb}`, target };
        const changed = await asAudited<TemplateVersion>(db, request, attempt, () =>
          change(registry, ref, request.body?.reason),
        );
        return changed.ok ? detail(changed.value) : sendRefusal(reply, changed.refusal);
      },
    );
  }
}

function shownVersion(version: TemplateVersionSummary, isRecommended: boolean) {
  const { kind, templateName, arn, status, availability, availabilityReason, description, source } = version;
  return {
    kind,
    templateName,
    version: versionText(version),
    arn,
    status,
    statusMessage: shownStatusMessage(version),
    availability,
    availabilityReason: availabilityReason ?? undefined,
    isRecommended,
    description: description ?? undefined,
    source,
    compatibleEnvironments: version.compatibleEnvironments.map((each) => `${each.templateName}:${each.majorVersion}`),
    can: Object.keys(templateVersionCan).filter((action) =>
      versionCan(action as keyof typeof templateVersionCan, status),
    ),
    createdAt: version.createdAt.toISOString(),
    lastModifiedAt: version.lastModifiedAt.toISOString(),
  };
}

function shownReport(version: VersionNumber, report: VersionReport) {
  if (report.kind === 'first') return { kind: report.kind };
  const { kind, against, bump, comparison } = report;
  const { versionClass, requiredBump } = comparison;
  const tooSmall = bumpTooSmall(version, report)?.message;
  return { kind, against: versionText(against), bump, versionClass, requiredBump, tooSmall, comparison };
}

function archiveExpected() {
  return refuse({
    kind: 'invalid',
    code: 'request-malformed',
    message: 'The request cannot be read: its body is no archive.',
    remedy: 'Send a tar archive, gzipped or plain, with the content type application/gzip or application/x-tar.',
  });
}
