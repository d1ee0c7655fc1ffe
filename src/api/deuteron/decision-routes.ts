import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Db } from '../../database/index.ts';
import { deploymentDecisionLast } from '../../deployments/index.ts';
import { refuse } from '../../errors/index.ts';
import {
  type Decision,
  type DecisionFilters,
  decisionFind,
  describeExplanation,
  explainDecision,
  policiesThen,
  replayDecisions,
  verbs,
} from '../../governance/index.ts';
import { nearestName } from '../../identifiers/index.ts';
import { type ResourceKind, resourceKinds } from '../../organization/index.ts';
import { authorisedOf, callerOf } from './caller.ts';
import { knownInAudit, verbUnknown } from './known-names.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { object, text } from './schema-parts.ts';
import { stoppedByGuardRails } from './stopped-by-guard-rails.ts';

const verdicts = ['allow', 'deny', 'needs-approvals'] as const;
const open = { type: 'object', additionalProperties: true } as const;

const decisionSchema = {
  type: 'object',
  required: ['id', 'at', 'principal', 'verb', 'resource', 'verdict'],
  properties: {
    id: text('its id'),
    at: text('ISO 8601'),
    principal: text('who asked'),
    verb: text('what for'),
    resource: text('to what it would be done'),
    verdict: { type: 'string', enum: verdicts },
  },
} as const;

/** Decisions that were made: why, and whether they would be made again. */
export function decisionRoutes(server: FastifyInstance, { db }: { readonly db: Db }): void {
  server.get<{ Params: { readonly id: string } }>(
    '/decisions/:id',
    {
      schema: {
        summary:
          'Why a decision is as it is, by the rules and facts of its time: of a deployment, its last one, and what guard rails stopped it',
        params: object({ id: text('of a decision, or of a deployment', 100) }),
        response: {
          200: {
            type: 'object',
            required: ['text'],
            properties: {
              decision: {
                ...decisionSchema,
                description: 'absent: guard rails stopped the deployment before it was decided about',
              },
              explanation: { ...open, description: 'verdict, rules, facts, and what alone would change the answer' },
              text: { type: 'string', description: 'all of it, for people' },
            },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const decision = (await decisionFind(db, id)) ?? (await ofDeployment(db, id));
      const stopped = await stoppedByGuardRails(db, request, id);
      if (!decision || !(await maySee(request, decision)))
        return stopped ? { text: stopped } : sendRefusal(reply, missing(id));
      const explanation = explainDecision(await policiesThen(db, decision.policies), decision.request);
      const text = describeExplanation(explanation);
      return {
        decision: shown(decision),
        explanation,
        text: stopped ? `${stopped}\n\nDecided before:\n${text}` : text,
      };
    },
  );

  server.get<{ Querystring: Omit<DecisionFilters, 'since' | 'resourceArn'> & { since?: string; resource?: string } }>(
    '/decisions/replay',
    {
      schema: {
        summary:
          'Decide again what was decided, newest first, with the facts and the rules of each one’s time: the same, or different',
        querystring: {
          type: 'object',
          properties: {
            since: { type: 'string', format: 'date-time', description: 'ISO 8601' },
            principal: text('of this principal: its name'),
            verb: text('only this'),
            resource: text('an ARN'),
            verdict: { type: 'string', enum: verdicts },
          },
        },
        response: {
          200: {
            description: 'Line by line: each decision, whether it is the same, and where it is not what it is now.',
            content: { 'application/x-ndjson': { schema: { type: 'string' } } },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { since, resource, ...filters } = request.query;
      const { principal, verb } = filters;
      if (verb !== undefined && !(verbs as readonly string[]).includes(verb)) {
        const near = nearestName(verb, verbs);
        const remedy = near ? `Did you mean ${near}?` : 'docs/governance.md lists the verbs of decisions.';
        return sendRefusal(reply, verbUnknown(verb, remedy).refusal);
      }
      const known = await knownInAudit(db, request, { principal }, []);
      if (!known.ok) return sendRefusal(reply, known.refusal);
      const asked = { ...filters, resourceArn: resource, since: since === undefined ? undefined : new Date(since) };
      return reply.type('application/x-ndjson').send(Readable.from(replayed(db, asked)));
    },
  );
}

async function* replayed(db: Db, filters: DecisionFilters): AsyncGenerator<string> {
  for await (const { decision, replay } of replayDecisions(db, filters)) {
    const { isSame, is } = replay;
    yield `${JSON.stringify({ ...shown(decision), same: isSame, ...(isSame ? {} : { is }) })}\n`;
  }
}

async function ofDeployment(db: Db, id: string): Promise<Decision | undefined> {
  const last = await deploymentDecisionLast(db, id);
  return last === undefined ? undefined : decisionFind(db, last);
}

/** His own, those about what he may read, and for whom the audit is open all. */
async function maySee(request: FastifyRequest, decision: Decision): Promise<boolean> {
  const { principal, resource } = decision.request;
  const { reads, may } = authorisedOf(request);
  if (principal.id === callerOf(request).id || may('audit:read')) return true;
  const { arn, kind } = resource;
  if (!(resourceKinds as readonly string[]).includes(kind)) return false;
  return (await reads.records('decision', [decision], () => ({ arn, kind: kind as ResourceKind }))).length > 0;
}

function shown({ id, request: { at, principal, verb, resource }, verdict }: Decision) {
  return {
    id,
    at: at.toISOString(),
    principal: principal.name,
    verb,
    resource: resource.arn,
    verdict: verdict.verdict,
  };
}

function missing(id: string) {
  return refuse({
    kind: 'missing',
    code: 'decision-missing',
    message: `There is no decision ${id}, nor one about a deployment of that id.`,
    remedy:
      'Refusals, and deployments that wait, name their decision. Others than yours are for those who read the audit.',
  }).refusal;
}
