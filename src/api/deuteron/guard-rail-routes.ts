import type { FastifyInstance } from 'fastify';
import {
  applyGuardRails,
  type Effect,
  effects,
  type GuardRailTools,
  listGuardRails,
  planGuardRails,
  railMissing,
  setGuardRail,
  settingHistory,
} from '../../guard-rails/index.ts';
import { nearestName } from '../../identifiers/index.ts';
import { asAudited } from './audited-route.ts';
import { callerOf } from './caller.ts';
import { documentPlanSchema, documentRoutes } from './document-routes.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { body, object, text } from './schema-parts.ts';

interface SettingBody {
  readonly scope: string;
  readonly effect: Effect;
  readonly strict: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const open = { type: 'object', additionalProperties: true } as const;
const effect = { type: 'string', enum: effects } as const;

const settingSchema = {
  ...object({
    rail: text('which'),
    scope: text('where: a unit, or a class, account or template in it'),
    version: { type: 'integer', description: 'counts up with every change' },
    effect,
    strict: { type: 'boolean', description: 'whether what cannot be known counts as found' },
    parameters: open,
    by: text('who set it'),
    at: text('ISO 8601'),
  }),
} as const;

const railSchema = {
  type: 'object',
  required: ['id', 'about', 'remedy', 'looksAt', 'parameters', 'settings'],
  properties: {
    id: text('its name'),
    about: text('what it wants'),
    remedy: text('what to do where it finds something'),
    looksAt: { type: 'string', enum: ['template', 'plan', 'external'] },
    deletions: {
      type: 'string',
      enum: ['too', 'only'],
      description: 'whether deletions are held against it too, or nothing else is; absent: changes alone',
    },
    parameters: { ...open, description: 'by name: kind, what it means, what is usual' },
    usual: { ...effect, description: 'what holds for everything where nobody has set anything for everything' },
    settings: { type: 'array', items: settingSchema },
  },
} as const;

const railParameter = object({ rail: text('its name', 100) });

/** What guard rails there are, and what is set where. */
export function guardRailRoutes(server: FastifyInstance, tools: GuardRailTools): void {
  const { db, rails } = tools;

  server.get(
    '/guard-rails',
    {
      schema: {
        summary: 'All guard rails, and what is set for each',
        response: { 200: object({ guardRails: { type: 'array', items: railSchema } }), ...refusals },
      },
    },
    async () => ({ guardRails: await listGuardRails(db, rails) }),
  );

  server.get<{ Params: { readonly rail: string } }>(
    '/guard-rails/:rail/history',
    {
      schema: {
        summary: 'The 200 newest settings of a guard rail, newest first',
        params: railParameter,
        response: { 200: object({ settings: { type: 'array', items: settingSchema } }), ...refusals },
      },
    },
    async ({ params: { rail } }, reply) => {
      const settings = await settingHistory(db, rail, 200);
      // what was declared once has a history, too
      if (settings.length > 0 || rails.some(({ id }) => id === rail)) return { settings };
      const near = nearestName(
        rail,
        rails.map(({ id }) => id),
      );
      const { refusal } = railMissing(rail);
      return sendRefusal(reply, near ? { ...refusal, remedy: `Did you mean ${near}?` } : refusal);
    },
  );

  server.put<{ Params: { readonly rail: string }; Body: SettingBody }>(
    '/guard-rails/:rail',
    {
      schema: {
        summary: 'Set what a guard rail does in a scope; other scopes hold as before',
        params: railParameter,
        body: body(
          {
            scope: {
              ...text('a unit; or a part of it, as shop/environment-class:production', 300),
              default: 'organization',
            },
            effect,
            strict: { type: 'boolean', default: false, description: 'whether what cannot be known counts as found' },
            parameters: { ...open, default: {} },
          },
          ['effect'],
        ),
        response: {
          200: {
            type: 'object',
            properties: { setting: { ...settingSchema, description: 'absent: it was so already' } },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { rail } = request.params;
      const wanted = { rail, ...request.body };
      const attempt = { verb: 'deuteron:SetGuardRail', target: `guard-rail/${rail}@${wanted.scope}` };
      const set = await asAudited(db, request, attempt, () => setGuardRail(tools, callerOf(request), wanted));
      return set.ok ? { setting: set.value } : sendRefusal(reply, set.refusal);
    },
  );

  documentRoutes(server, db, {
    path: '/guard-rails',
    summaries: {
      plan: 'What applying a file of guard rails would change',
      apply: 'Make the guard rails what a file says',
    },
    members: {
      document: 'YAML: docs/guard-rails.md describes it',
      prune: 'whether what the file does not name is taken back',
    },
    file: 'guard-rails',
    planSchema: documentPlanSchema,
    attempt: { verb: 'deuteron:ApplyGuardRails', target: 'installation' },
    plan: (document) => planGuardRails(tools, document),
    apply: (by, document) => applyGuardRails(tools, by, document),
  });
}
