import type { FastifyInstance } from 'fastify';
import { transact } from '../../database/index.ts';
import { abandonDeletion, type Deployment, deploymentStatus, recoverDeployment } from '../../deployments/index.ts';
import type { Refusal } from '../../errors/index.ts';
import { asAudited } from './audited-route.ts';
import { callerOf } from './caller.ts';
import type { DeuteronDoorTools } from './door-tools.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';

const text = (description: string) => ({ type: 'string', description }) as const;
const idParameter = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', maxLength: 100, description: 'of a deployment' } },
} as const;

const deploymentAnswer = {
  type: 'object',
  required: ['deployment'],
  properties: {
    deployment: {
      type: 'object',
      required: ['id', 'status', 'targetArn', 'createdAt'],
      properties: {
        id: text('its id'),
        status: text("Proton's word for how it stands"),
        targetArn: text('what it changes'),
        message: text('for people'),
        createdAt: text('ISO 8601'),
      },
    },
  },
} as const;

interface ById {
  Params: { readonly id: string };
}

/** The ways out of a deployment that failed, which Proton's API has no words for. */
export function deploymentRoutes(server: FastifyInstance, { deployments }: DeuteronDoorTools): void {
  const { db } = deployments;

  server.post<ById & { Body: { readonly reason: string } }>(
    '/deployments/:id/abandon',
    {
      schema: {
        summary:
          'Let go of a thing whose deletion failed: its record goes, whatever of it lies in the cloud stays. Answers with the deployment that says so',
        params: idParameter,
        body: {
          type: 'object',
          required: ['reason'],
          additionalProperties: false,
          properties: { reason: { type: 'string', minLength: 1, maxLength: 500, pattern: '\\S' } },
        },
        response: { 201: deploymentAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { id: by, name: byName } = callerOf(request);
      const { id } = request.params;
      const { reason } = request.body;
      const attempt = { verb: 'deuteron:AbandonDeletion', target: `deployment/${id}` };
      const abandoned = await asAudited(db, request, attempt, () =>
        transact<Deployment, Refusal>(db, (tx) => abandonDeletion(deployments, tx, id, { by, byName, reason })),
      );
      return abandoned.ok ? reply.status(201).send(shown(abandoned.value)) : sendRefusal(reply, abandoned.refusal);
    },
  );

  server.post<ById & { Body: { readonly skip: readonly string[] } }>(
    '/deployments/:id/recover',
    {
      schema: {
        summary:
          'After an update that failed and could not be taken back: a deployment that brings back what stood before, without the resources to skip',
        params: idParameter,
        body: {
          type: 'object',
          additionalProperties: false,
          properties: {
            skip: {
              type: 'array',
              items: { type: 'string', minLength: 1, maxLength: 255 },
              maxItems: 200,
              default: [],
              description:
                'logical ids of resources to give up where the rollback is continued; A.B: B of the nested stack A',
            },
          },
        },
        response: { 202: deploymentAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { id: by } = callerOf(request);
      const { id } = request.params;
      const { skip } = request.body;
      const attempt = { verb: 'deuteron:RecoverDeployment', target: `deployment/${id}` };
      const recovery = await asAudited(db, request, attempt, () =>
        transact<Deployment, Refusal>(db, (tx) => recoverDeployment(deployments, tx, id, { by, skip })),
      );
      return recovery.ok ? reply.status(202).send(shown(recovery.value)) : sendRefusal(reply, recovery.refusal);
    },
  );
}

function shown(deployment: Deployment) {
  const { id, target, message, createdAt } = deployment;
  const status = deploymentStatus(deployment);
  return { deployment: { id, status, targetArn: target.arn, message, createdAt: createdAt.toISOString() } };
}
