import type { FastifyInstance } from 'fastify';
import type { Db } from '../../database/index.ts';
import { findDeployment } from '../../deployments/index.ts';
import { refuse } from '../../errors/index.ts';
import { blockingFindings, describeReport, effectOf, reportFind } from '../../guard-rails/index.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { object, text } from './schema-parts.ts';

const position = object({ file: text('in the bundle'), line: { type: 'integer' }, column: { type: 'integer' } });

const findingSchema = {
  type: 'object',
  required: ['rail', 'does', 'effect', 'message', 'remedy', 'inputs', 'scope'],
  properties: {
    rail: text('which guard rail'),
    does: { type: 'string', enum: ['blocks', 'warns', 'unknown', 'lifted'], description: 'all in all' },
    effect: { type: 'string', enum: ['warn', 'block'] },
    isUnknown: { type: 'boolean', description: 'whether it is one cannot be known before it is deployed' },
    logicalId: text('of the resource'),
    type: text('of the resource'),
    property: text('/ between names'),
    message: text('what is wrong', 10_000),
    remedy: text('what to do', 2000),
    position: { ...position, description: 'in the author’s template' },
    inputs: { type: 'array', items: text('dotted name of an input that was read there') },
    scope: text('where the setting holds'),
    exception: text('id of the exception that lifts it'),
  },
} as const;

/** What guard rails said of a deployment. */
export function guardRailReportRoutes(server: FastifyInstance, { db }: { readonly db: Db }): void {
  server.get<{ Params: { readonly id: string } }>(
    '/deployments/:id/guard-rails',
    {
      schema: {
        summary: 'What guard rails found in a deployment, which passed, and which exceptions lifted something',
        params: object({ id: text('of a deployment', 100) }),
        response: {
          200: object({
            findings: { type: 'array', items: findingSchema },
            passed: { type: 'array', items: text('a guard rail that was in force and found nothing') },
            exceptions: {
              type: 'array',
              items: object({ id: text('its id'), rail: text('what it lifts'), expiresAt: text('ISO 8601') }),
            },
            digest: text('of all that was in force'),
            blocked: { type: 'boolean', description: 'whether it was stopped by what was found' },
            text: text('the findings, for a terminal', 1_000_000),
          }),
          ...refusals,
        },
      },
    },
    async ({ params: { id } }, reply) => {
      const deployment = await findDeployment(db, id, {});
      if (!deployment.ok) return sendRefusal(reply, deployment.refusal);
      const report = await reportFind(db, id);
      if (!report) return sendRefusal(reply, notInspected(id));
      const findings = report.findings.map((finding) => ({ ...finding, does: effectOf(finding) }));
      const blocked = blockingFindings(report).length > 0;
      return { ...report, findings, blocked, text: describeReport(report).join('\n') };
    },
  );
}

function notInspected(id: string) {
  return refuse({
    kind: 'missing',
    code: 'deployment-not-inspected',
    message: `Guard rails have not looked at the deployment ${id}.`,
    remedy: 'Wait until it is rendered, or a deletion is planned. What fails before that is not looked at.',
  }).refusal;
}
