import type { FastifyRequest } from 'fastify';
import { type AuthorityTools, auditOfChange, type ChartChange, changeOrganization } from '../../organization/index.ts';
import { asAudited } from './audited-route.ts';
import { callerOf } from './caller.ts';

/** Makes a change of the organization as who asks for it, and writes it down. @refuses as changeOrganization */
export function makeChange(tools: AuthorityTools, request: FastifyRequest, change: ChartChange) {
  return asAudited(tools.db, request, auditOfChange(change), () =>
    changeOrganization(tools, callerOf(request).id, change),
  );
}
