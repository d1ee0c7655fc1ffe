import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Db } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { type DocumentRequest, describePlan, type Principal } from '../../organization/index.ts';
import { asAudited } from './audited-route.ts';
import { callerOf } from './caller.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { body, object, text } from './schema-parts.ts';

const documentBytesMax = 1_000_000;
/** The document as a text of JSON, and the other members. */
const bodyLimit = 3 * documentBytesMax;

/** What most files would change. */
export const documentPlanSchema = {
  type: 'object',
  required: ['changes', 'left', 'hash', 'text'],
  properties: {
    changes: { type: 'array', items: object({ sign: text('+, ~ or -'), text: text('for people', 70_000) }) },
    left: { type: 'array', items: text('what is set and not named in the file') },
    hash: text('to be given back with apply'),
    text: text('all of it, for a terminal', 1_000_000),
  },
} as const;

/** What is said as one file: what of it is special. */
interface AppliedDocument<Plan> {
  /** Of the two routes: `<path>/plan` and `<path>/apply`. */
  readonly path: string;
  readonly summaries: { readonly plan: string; readonly apply: string };
  /** How the schema tells of each member of the body. */
  readonly members: { readonly document: string; readonly prune: string };
  /** What places in refusals call the file where the request does not. */
  readonly file: string;
  readonly planSchema: object;
  /** How the audit speaks of applying it. */
  readonly attempt: { readonly verb: string; readonly target: string };
  readonly plan: (document: DocumentRequest) => Promise<Result<Plan>>;
  readonly apply: (
    by: { readonly principal: Principal; readonly requestId: string },
    document: DocumentRequest & { readonly plannedHash?: string },
    request: FastifyRequest,
  ) => Promise<Result<Plan>>;
}

/** What applying a file would change, and applying it: exactly what was shown, where the hash of that is given. */
export function documentRoutes<Plan extends Parameters<typeof describePlan>[0]>(
  server: FastifyInstance,
  db: Db,
  { path, summaries, members, file, planSchema, attempt, plan, apply }: AppliedDocument<Plan>,
): void {
  const properties = {
    document: { type: 'string', maxLength: documentBytesMax, description: members.document },
    file: { ...text('what places in refusals call it', 500), default: file },
    prune: { type: 'boolean', default: false, description: members.prune },
  } as const;
  const hash = text('of the plan that was shown; absent: whatever it is now', 200);
  const response = { 200: planSchema, ...refusals };
  const shown = (planned: Plan) => ({ ...planned, text: describePlan(planned) });

  server.post<{ Body: DocumentRequest }>(
    `${path}/plan`,
    { bodyLimit, schema: { summary: summaries.plan, body: body(properties, ['document']), response } },
    async (request, reply) => {
      const planned = await plan(request.body);
      return planned.ok ? shown(planned.value) : sendRefusal(reply, planned.refusal);
    },
  );

  server.post<{ Body: DocumentRequest & { readonly hash?: string } }>(
    `${path}/apply`,
    { bodyLimit, schema: { summary: summaries.apply, body: body({ ...properties, hash }, ['document']), response } },
    async (request, reply) => {
      const { hash: plannedHash, ...document } = request.body;
      const by = { principal: callerOf(request), requestId: request.id };
      const applied = await asAudited(db, request, attempt, () => apply(by, { ...document, plannedHash }, request));
      return applied.ok ? shown(applied.value) : sendRefusal(reply, applied.refusal);
    },
  );
}
