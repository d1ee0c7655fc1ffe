import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type AuthorisationTools, authoriseRequest, permitted } from '../authorisation/index.ts';
import { asAudited } from './audited-route.ts';
import { callerOf } from './caller.ts';
import { sendRefusal } from './refusal-answer.ts';
import { routeActs, unknownRoute } from './route-acts.ts';

/** Before any handler it is decided whether the caller may. Of what would change something a "no" is written down. */
export function authoriseAll(server: FastifyInstance, tools: AuthorisationTools): void {
  server.addHook('preHandler', async (request, reply) => {
    const caller = callerOf(request);
    const { governed, audit } = routeActs[routeOf(server, request)] ?? unknownRoute;
    const asked = { caller, via: 'native', governed: await governed(request, tools) } as const;
    const authorised = await authoriseRequest(tools, asked);
    request.authorised = authorised;
    const { refusal } = authorised;
    if (!refusal) return;
    if (audit !== undefined) {
      const attempt = { verb: `deuteron:${audit}`, target: request.url.split('?')[0] };
      await asAudited(tools.db, request, attempt, async () => permitted(authorised));
    }
    return sendRefusal(reply, refusal);
  });
}

/** As the table has it: HEAD is as GET. */
function routeOf({ prefix }: FastifyInstance, { method, routeOptions: { url = '' } }: FastifyRequest): string {
  return `${method === 'HEAD' ? 'GET' : method} ${url.startsWith(prefix) ? url.slice(prefix.length) : url}`;
}
