import type { FastifyInstance } from 'fastify';
import { applyOrganization, planOrganization } from '../../organization/index.ts';
import { documentRoutes } from './document-routes.ts';
import type { OrganizationRouteTools } from './organization-routes.ts';
import { planSchema } from './organization-schemas.ts';

/** The organization as one file. */
export function organizationDocumentRoutes(server: FastifyInstance, tools: OrganizationRouteTools): void {
  documentRoutes(server, tools.db, {
    path: '/organization',
    summaries: { plan: 'What applying a file would change', apply: 'Make the organization what a file says' },
    members: {
      document: 'YAML: docs/organization.md describes it',
      prune: 'whether units, teams and members that its sections do not name are removed',
    },
    file: 'organization',
    planSchema,
    attempt: { verb: 'deuteron:ApplyOrganization', target: 'unit/organization' },
    plan: (document) => planOrganization(tools, document),
    apply: (by, document) => applyOrganization(tools, by, document),
  });
}
