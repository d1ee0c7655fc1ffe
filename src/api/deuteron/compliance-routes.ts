import type { FastifyInstance } from 'fastify';
import { readCompliance } from '../../deployments/index.ts';
import type { DeuteronDoorTools } from './door-tools.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { referenceOf } from './resource-routes.ts';
import { listOf, object, text } from './schema-parts.ts';

const ruleSchema = {
  type: 'object',
  required: ['name', 'result'],
  properties: {
    name: text('of the rule of AWS Config'),
    result: text('COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE or INSUFFICIENT_DATA'),
    annotation: text('what the rule says', 2000),
    at: text('ISO 8601: when it was recorded'),
  },
} as const;

const resourceSchema = object({
  logicalId: text('in the template'),
  physicalId: text('in the account', 2048),
  type: text('e.g. AWS::S3::Bucket'),
  compliance: { type: 'string', enum: ['compliant', 'non-compliant', 'not-evaluated'] },
  rules: { type: 'array', items: ruleSchema },
});

/** What the cloud's own rules say of what is provisioned. */
export function complianceRoutes(server: FastifyInstance, { db, installation, plans }: DeuteronDoorTools): void {
  server.get<{ Querystring: { readonly resource: string } }>(
    '/compliance',
    {
      schema: {
        summary:
          'What AWS Config says of what a thing has in the cloud, asked now, by the role that it is provisioned with',
        querystring: object({ resource: text('its ARN, or the part behind the account, e.g. environment/prod', 300) }),
        response: {
          200: listOf(
            'compliance',
            object({
              accountId: text('twelve digits'),
              region: text('e.g. us-east-1'),
              resources: { type: 'array', items: resourceSchema },
            }),
          ),
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const reference = referenceOf(installation, request.query.resource);
      if (!reference.ok) return sendRefusal(reply, reference.refusal);
      const { provisioners } = plans.planning;
      const compliance = await readCompliance({ db, provisioners }, reference.value.arn);
      return compliance.ok ? { compliance: compliance.value } : sendRefusal(reply, compliance.refusal);
    },
  );
}
