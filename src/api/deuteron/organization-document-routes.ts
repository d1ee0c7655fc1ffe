import type { FastifyInstance } from 'fastify';
import { applyOrganization, describePlan, type OrganizationPlan, planOrganization } from '../../organization/index.ts';
import { asAudited } from './audited-route.ts';
import { callerOf } from './caller.ts';
import type { OrganizationRouteTools } from './organization-routes.ts';
import { body, planSchema, text } from './organization-schemas.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';

interface DocumentBody {
  readonly document: string;
  readonly file: string;
  readonly prune: boolean;
}

const documentBytesMax = 1_000_000;
/** The document as a text of JSON, and the other members. */
const bodyLimit = 3 * documentBytesMax;

const documentProperties = {
  document: { type: 'string', maxLength: documentBytesMax, description: 'YAML: docs/organization.md describes it' },
  file: { ...text('what places in refusals call it', 500), default: 'organization' },
  prune: {
    type: 'boolean',
    default: false,
    description: 'whether units, teams and members that its sections do not name are removed',
  },
} as const;

function shown(plan: OrganizationPlan) {
  return { ...plan, text: describePlan(plan) };
}

/** The organization as one file. */
export function organizationDocumentRoutes(server: FastifyInstance, tools: OrganizationRouteTools): void {
  server.post<{ Body: DocumentBody }>(
    '/organization/plan',
    {
      bodyLimit,
      schema: {
        summary: 'What applying a file would change',
        body: body(documentProperties, ['document']),
        response: { 200: planSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const plan = await planOrganization(tools, request.body);
      return plan.ok ? shown(plan.value) : sendRefusal(reply, plan.refusal);
    },
  );

  server.post<{ Body: DocumentBody & { readonly hash?: string } }>(
    '/organization/apply',
    {
      bodyLimit,
      schema: {
        summary: 'Make the organization what a file says',
        body: body(
          { ...documentProperties, hash: text('of the plan that was shown; absent: whatever it is now', 200) },
          ['document'],
        ),
        response: { 200: planSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const { hash: plannedHash, ...document } = request.body;
      const by = { principal: callerOf(request), requestId: request.id };
      const attempt = { verb: 'deuteron:ApplyOrganization', target: 'unit/organization' };
      const applied = await asAudited(tools.db, request, attempt, () =>
        applyOrganization(tools, by, { ...document, plannedHash }),
      );
      return applied.ok ? shown(applied.value) : sendRefusal(reply, applied.refusal);
    },
  );
}
