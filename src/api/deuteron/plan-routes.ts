import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  adviseOnPlans,
  applyPlannedChange,
  type ChangeToPlan,
  type Deployment,
  deploymentStatus,
  describePlan,
  findDeployment,
  type Plan,
  type PlanAdvice,
  type PlanId,
  planChangeOnly,
  planFind,
  planMarkdown,
  type RequestToPlan,
  readPlannedChange,
} from '../../deployments/index.ts';
import { changeEnvironment, type EnvironmentChange } from '../../environments/index.ts';
import { accept, type Result, refuse } from '../../errors/index.ts';
import { changeService, pipelineFind, type ServiceChange, serviceRequestToPlan } from '../../services/index.ts';
import { asAudited } from './audited-route.ts';
import { callerOf } from './caller.ts';
import type { DeuteronDoorTools, PlanRouteTools } from './door-tools.ts';
import {
  applyAnswer,
  type ChangeBody,
  environmentBody,
  instanceBody,
  nameParameters,
  pipelineBody,
  planAnswer,
  plansAnswer,
  serviceBody,
} from './plan-schemas.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import type { KeptChange } from './route-acts.ts';

/** Plans: what a change would do, said without making it; making exactly that; and what a deployment's plan was. */
export function planRoutes(server: FastifyInstance, { db, plans }: DeuteronDoorTools): void {
  deploymentPlanRoute(server, db);
  const { planning } = plans;

  async function plan(request: FastifyRequest, kept: KeptChange, previews: ChangeToPlan['previews']) {
    const { toPlan } = requestsOf(plans, kept, request);
    const planned = await planChangeOnly(planning, {
      request: toPlan,
      ...(isApplicable(kept) && { kept }),
      previews,
    });
    return planned.ok ? accept(await advised(request, kept, planned.value)) : planned;
  }
  /** What would become of them, if who reads them now asked for them. */
  async function advised(request: FastifyRequest, kept: KeptChange, made: readonly Plan[]) {
    const { toPlan } = requestsOf(plans, kept, request);
    const wanted = { request: toPlan, asks: callerOf(request).name, isApplied: isApplicable(kept) };
    const advice = await adviseOnPlans(planning, made, wanted);
    return made.map((plan, index) => shown(plan, advice[index]));
  }
  async function answerOne(reply: FastifyReply, planned: Result<readonly ReturnType<typeof shown>[]>) {
    if (!planned.ok) return sendRefusal(reply, planned.refusal);
    const [only] = planned.value;
    return only ?? sendRefusal(reply, { ...nothing });
  }

  server.post<{ Params: { name: string }; Body: ChangeBody }>(
    '/environments/:name/plan',
    {
      schema: {
        summary: 'What a change of an environment would do; nothing is deployed',
        params: nameParameters('name'),
        body: environmentBody,
        response: { 200: planAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { previews, ...body } = request.body;
      const change = { ...body, name: request.params.name } as EnvironmentChange;
      return answerOne(reply, await plan(request, { of: 'environment', change }, previews));
    },
  );

  server.post<{ Params: { service: string; instance: string }; Body: ChangeBody }>(
    '/services/:service/instances/:instance/plan',
    {
      schema: {
        summary: 'What a change of a service instance would do; nothing is deployed',
        params: nameParameters('service', 'instance'),
        body: instanceBody,
        response: { 200: planAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { previews, ...body } = request.body;
      const { service: serviceName, instance: name } = request.params;
      const change = { of: 'instance', ...body, serviceName, name } as ServiceChange;
      return answerOne(reply, await plan(request, { of: 'service', change }, previews));
    },
  );

  server.post<{ Params: { service: string }; Body: Omit<ChangeBody, 'operation'> }>(
    '/services/:service/pipeline/plan',
    {
      schema: {
        summary: 'What an update of a service pipeline would do; nothing is deployed',
        params: nameParameters('service'),
        body: pipelineBody,
        response: { 200: planAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { previews, ...body } = request.body;
      const change = { of: 'pipeline', operation: 'update', ...body, serviceName: request.params.service } as const;
      return answerOne(reply, await plan(request, { of: 'service', change }, previews));
    },
  );

  server.post<{ Params: { service: string }; Body: ChangeBody }>(
    '/services/:service/plan',
    {
      schema: {
        summary:
          'What creating, updating or deleting a service would do: a plan for each part that is added or removed. Nothing is deployed, and these plans are for reading only',
        params: nameParameters('service'),
        body: serviceBody,
        response: { 200: plansAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { previews, ...body } = request.body;
      const change = { of: 'service', ...body, name: request.params.service } as ServiceChange;
      const planned = await plan(request, { of: 'service', change }, previews);
      if (!planned.ok) return sendRefusal(reply, planned.refusal);
      const hasPipeline = 'repositoryId' in body || (await pipelineFind(db, request.params.service)) !== undefined;
      return { plans: planned.value, notes: notesOnService(body.operation, hasPipeline) };
    },
  );

  server.get<{ Params: { id: string } }>(
    '/plans/:id',
    {
      schema: {
        summary: 'A plan that was made without deploying, and can be applied',
        params: nameParameters('id'),
        response: { 200: planAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const known = await readPlannedChange({ db }, request.params.id);
      if (!known.ok) return sendRefusal(reply, known.refusal);
      const { plan, request: kept } = known.value;
      return answerOne(reply, accept(await advised(request, kept as KeptChange, [plan])));
    },
  );

  server.post<{ Params: { id: string } }>(
    '/plans/:id/apply',
    {
      schema: {
        summary:
          'Make a planned change, if it is still exactly what the plan says; else refused with what is different',
        params: nameParameters('id'),
        response: { 202: applyAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const attempt = { verb: 'deuteron:ApplyPlan', target: `plan/${id}` };
      const known = await readPlannedChange({ db }, id);
      const [was] = known.ok ? await advised(request, known.value.request as KeptChange, [known.value.plan]) : [];
      const applied = await asAudited(db, request, attempt, () =>
        applyPlannedChange(planning, id as PlanId, (kept) => requestsOf(plans, kept as KeptChange, request)),
      );
      if (!applied.ok) return sendRefusal(reply, applied.refusal);
      return reply.status(202).send({ ...asked(applied.value), advice: was?.advice });
    },
  );
}

function deploymentPlanRoute(server: FastifyInstance, db: DeuteronDoorTools['db']): void {
  server.get<{ Params: { id: string } }>(
    '/deployments/:id/plan',
    {
      schema: {
        summary: 'What a deployment was going to do, as it was decided on',
        params: nameParameters('id'),
        response: { 200: planAnswer, ...refusals },
      },
    },
    async ({ params: { id } }, reply) => {
      const deployment = await findDeployment(db, id, {});
      if (!deployment.ok) return sendRefusal(reply, deployment.refusal);
      const plan = await planFind(db, id);
      if (plan) return shown(plan);
      const missing = refuse({
        kind: 'missing',
        code: 'plan-missing',
        message: `The deployment ${id} has no plan.`,
        remedy: 'Wait until it is planned. One that fails before that, or provisions nothing, has none.',
      });
      return sendRefusal(reply, missing.refusal);
    },
  );
}

/** The change as a request that is taken back, and as the real one. */
function requestsOf(
  { environments, services }: PlanRouteTools,
  kept: KeptChange,
  request: FastifyRequest,
): { readonly toPlan: RequestToPlan; readonly make: RequestToPlan } {
  const { id: by } = callerOf(request);
  if (kept.of === 'environment') {
    const make: RequestToPlan = (db, asking) => changeEnvironment({ ...environments, db, asking }, kept.change, by);
    return { toPlan: make, make };
  }
  return {
    toPlan: serviceRequestToPlan(services, kept.change, by),
    make: (db, asking) =>
      changeService({ ...services, db, deployments: { ...services.deployments, asking } }, kept.change, by),
  };
}

/** Whether applying asks for exactly the planned deployment: what a service does later is asked for by its own work. */
function isApplicable(kept: KeptChange): boolean {
  return kept.of === 'environment' || (kept.change.of !== 'service' && kept.change.operation !== 'delete');
}

/** How a whole service is changed, and what of it is not planned. */
function notesOnService(operation: ChangeBody['operation'], hasPipeline: boolean): readonly string[] {
  const made = { create: 'CreateService', update: 'UpdateService', delete: 'DeleteService' }[operation];
  const notes = [`These plans are for reading: the change of the whole service is made by ${made}, not by their ids.`];
  if (!hasPipeline || operation === 'delete') return notes;
  return [
    ...notes,
    'The pipeline is deployed last and is not planned yet: it reads outputs that its instances do not have before. Its deployment plans it then.',
  ];
}

function shown(plan: Plan, advice?: PlanAdvice) {
  return { plan, advice, text: describePlan(plan, advice), markdown: planMarkdown(plan, advice) };
}

function asked(deployment: Deployment | undefined) {
  if (!deployment) return {};
  const { id, target, createdAt } = deployment;
  const status = deploymentStatus(deployment);
  return { deployment: { id, status, targetArn: target.arn, createdAt: createdAt.toISOString() } };
}

const nothing = {
  kind: 'invalid',
  code: 'nothing-to-plan',
  message: 'The change would provision nothing, so there is nothing to plan.',
  remedy: 'Make the change without a plan: nothing in the cloud can be touched by it.',
} as const;
