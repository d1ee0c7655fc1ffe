import type { Db } from '../database/index.ts';
import { awaitDeployments, awaitWhileAtWork, type Deployment, type DeploymentId } from '../deployments/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { placementForget } from '../organization/index.ts';
import { tagsForget } from '../tags/index.ts';
import {
  type Settlement,
  type Step,
  type StepContext,
  step,
  type WorkflowEngine,
  workflow,
} from '../workflows/index.ts';
import { leaveWork } from './leave-work.ts';
import { instanceRef, pipelineRef, requestPart } from './request-part.ts';
import {
  type PartEnd,
  pipelineCancelledMessage,
  type ServiceStatus,
  statusAfterAddition,
  statusAfterCreate,
  statusAfterUpdate,
} from './service.ts';
import { instanceFind, instancesOf } from './service-instance-store.ts';
import { pipelineFind, pipelineUpdate } from './service-pipeline-store.ts';
import { serviceDelete, serviceFind, serviceListWorking, serviceLock, serviceUpdate } from './service-store.ts';
import type { ServiceWorkTools } from './service-tools.ts';
import { isCurrent, type PipelineStanding, type ServiceWork, workflowIdOf } from './service-work.ts';

/** Until deployments are over, in the order of their ids. undefined: the work was left, to go on when they are. */
type Ended = (ids: readonly DeploymentId[]) => Promise<readonly Deployment[] | undefined>;

interface Steps {
  readonly work: ServiceWork;
  readonly tools: ServiceWorkTools;
  readonly ended: Ended;
}

type Answer = Promise<Result<Partial<ServiceWork>>>;

const left = { left: true } as const;

function endOf({ standing }: Deployment): PartEnd {
  return standing.state === 'succeeded' ? 'succeeded' : standing.state === 'failed' ? 'failed' : 'cancelled';
}

/** Deletes instances, all at once, and waits for it. One that is gone already counts as deleted. */
async function deleteInstances(
  { work, tools, ended }: Steps,
  names: readonly string[],
  ids: readonly DeploymentId[],
): Promise<readonly PartEnd[] | undefined> {
  const asked: DeploymentId[] = [];
  const ends: PartEnd[] = [];
  for (const [index, name] of names.entries()) {
    const deployment = await tools.db.transaction().execute(async (tx) => {
      const instance = await instanceFind(tx, work.serviceName, name);
      return (
        instance &&
        requestPart(tools, tx, instanceRef(instance), instance, {
          id: ids[index],
          operation: 'delete',
          requestedBy: work.requestedBy,
        })
      );
    });
    if (!deployment) ends.push('succeeded');
    else if (deployment.ok) asked.push(deployment.value.id);
    else ends.push('failed');
  }
  const over = await ended(asked);
  return over && [...ends, ...over.map(endOf)];
}

async function awaitAdditions({ work, ended }: Steps): Answer {
  const deployments = await ended(work.additions);
  if (!deployments) return accept(left);
  const failed = deployments
    .filter((deployment) => endOf(deployment) !== 'succeeded')
    .map(({ target }) => target.serviceInstanceName ?? '');
  return accept({ failedAdditions: failed });
}

function wantsCleanUp({ purpose, failedAdditions = [], cleanup }: ServiceWork): boolean {
  return purpose === 'update' && failedAdditions.length > 0 && !cleanup;
}

/** Additions of an update that failed take all new ones with them; nothing else is touched then. */
async function cleanUp(steps: Steps): Answer {
  const { work, tools, ended } = steps;
  await serviceUpdate(tools.db, work.serviceName, {
    status: 'UPDATE_FAILED_CLEANUP_IN_PROGRESS',
    at: tools.clock.now(),
  });
  const deployments = await ended(work.additions);
  const names = deployments?.map(({ target }) => target.serviceInstanceName ?? '');
  const ends = names && (await deleteInstances(steps, names, work.ids.cleanups));
  if (!ends) return accept(left);
  return accept({ cleanup: ends.every((end) => end === 'succeeded') ? 'succeeded' : 'failed' });
}

function wantsRemovals({ removed, cleanup, removals }: ServiceWork): boolean {
  return !removed && !cleanup && removals.length > 0;
}

async function removeInstances(steps: Steps): Answer {
  const { work } = steps;
  const removed = await deleteInstances(steps, work.removals, work.ids.removals);
  return accept(removed ? { removed } : left);
}

function wantsPipeline({ purpose, pipeline, cleanup }: ServiceWork): boolean {
  return purpose !== 'delete' && pipeline && !cleanup;
}

/** The pipeline comes last, for it reads what the instances put out. A failed instance keeps it from being provisioned. */
async function provisionPipeline({ work, tools, ended }: Steps): Answer {
  const { db, clock } = tools;
  const pipeline = await pipelineFind(db, work.serviceName);
  if (!pipeline) return accept({});
  if (work.failedAdditions?.length) {
    const arns = (await instancesOf(db, work.serviceName))
      .filter(({ name }) => work.failedAdditions?.includes(name))
      .map(({ arn }) => arn);
    await pipelineUpdate(db, work.serviceName, {
      deployment_status: 'FAILED',
      deployment_status_message: pipelineCancelledMessage(arns),
    });
    return accept({ pipelineEnd: 'cancelled' });
  }
  const asked = await db.transaction().execute(async (tx) =>
    requestPart(tools, tx, await pipelineRef(tx, pipeline), pipeline, {
      id: work.ids.pipeline,
      operation: pipeline.deployed ? 'update' : 'create',
      target: pipeline.target,
      requestedBy: work.requestedBy,
    }),
  );
  if (!asked.ok) {
    const change = { deployment_status: 'FAILED' as const, deployment_status_message: asked.refusal.message };
    await pipelineUpdate(db, work.serviceName, { ...change, last_deployment_attempted_at: clock.now() });
    return accept({ pipelineEnd: 'failed' });
  }
  return pipelineEnded(await ended([asked.value.id]));
}

/** Before the instances, whose outputs it reads. */
async function deletePipeline({ work, tools, ended }: Steps): Answer {
  const { db } = tools;
  const pipeline = await pipelineFind(db, work.serviceName);
  if (!pipeline) return accept({ pipelineEnd: 'succeeded' });
  const asked = await db.transaction().execute(async (tx) =>
    requestPart(tools, tx, await pipelineRef(tx, pipeline), pipeline, {
      id: work.ids.pipeline,
      operation: 'delete',
      requestedBy: work.requestedBy,
    }),
  );
  if (!asked.ok) return accept({ pipelineEnd: 'failed' });
  return pipelineEnded(await ended([asked.value.id]));
}

function pipelineEnded(over: readonly Deployment[] | undefined): Result<Partial<ServiceWork>> {
  if (!over) return accept(left);
  const [deployment] = over;
  return accept({ pipelineEnd: deployment ? endOf(deployment) : 'failed' });
}

function statusAfter(work: ServiceWork): ServiceStatus {
  if (work.purpose === 'create' || work.purpose === 'add-instance') {
    const additions = work.failedAdditions?.length ? (['failed'] as const) : [];
    const ends = [...additions, ...(work.pipelineEnd ? [work.pipelineEnd] : [])];
    return work.purpose === 'create' ? statusAfterCreate(ends) : statusAfterAddition(ends);
  }
  return statusAfterUpdate({ cleanup: work.cleanup, removals: work.removed ?? [], pipeline: work.pipelineEnd });
}

async function settle(work: ServiceWork, settlement: Settlement, { db, clock }: ServiceWorkTools): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const service = await serviceLock(tx, work.serviceName);
    if (work.left || !service || !isCurrent(work, service.work)) return;
    const at = clock.now();
    if (work.purpose === 'delete') return settleDelete(tx, work, settlement, at, service.arn);
    const status = settlement.ok ? statusAfter(work) : work.purpose === 'create' ? 'CREATE_FAILED' : 'UPDATE_FAILED';
    const failed = work.failedAdditions?.join(', ');
    const statusMessage = settlement.ok
      ? failed
        ? `These instances failed to deploy: ${failed}.`
        : null
      : settlement.refusal.message;
    const reverted = work.cleanup ? work.formerSpec : undefined;
    const standing = pipelineStanding(work, settlement);
    if (standing) {
      const { status: deployment_status, message: deployment_status_message } = standing;
      await pipelineUpdate(tx, work.serviceName, { deployment_status, deployment_status_message });
    }
    await serviceUpdate(tx, work.serviceName, { status, statusMessage, work: null, at, spec: reverted });
  });
}

/** Of a pipeline that was announced as IN_PROGRESS when the work began, and then was not deployed. */
function pipelineStanding(work: ServiceWork, settlement: Settlement): PipelineStanding | undefined {
  if (work.pipelineEnd !== undefined) return undefined;
  if (work.formerPipeline || settlement.ok || !work.pipeline) return work.formerPipeline;
  return { status: 'FAILED', message: settlement.refusal.message };
}

async function settleDelete(tx: Db, work: ServiceWork, settlement: Settlement, at: Date, arn: string): Promise<void> {
  const left = await instancesOf(tx, work.serviceName);
  const pipeline = await pipelineFind(tx, work.serviceName);
  if (settlement.ok && left.length === 0 && !pipeline) {
    await tagsForget(tx, arn);
    await placementForget(tx, arn, at);
    return serviceDelete(tx, work.serviceName);
  }
  const names = [...left.map(({ name }) => `the instance ${name}`), ...(pipeline ? ['the pipeline'] : [])];
  const statusMessage = settlement.ok
    ? `Could not be deleted: ${names.join(', ')}. See their status messages, then delete again.`
    : settlement.refusal.message;
  await serviceUpdate(tx, work.serviceName, { status: 'DELETE_FAILED', statusMessage, work: null, at });
}

/** How a step waits for deployments that wait for people. */
type Waiting = 'leaves its place' | 'in its place';

function serviceSteps(waiting: Waiting): readonly Step<ServiceWork, ServiceWorkTools>[] {
  /** @param isWanted whether there is anything to do for it, as the work stands */
  const inRound =
    (work: (steps: Steps) => Answer, isWanted: (work: ServiceWork) => boolean) =>
    async (state: ServiceWork, tools: ServiceWorkTools, context: StepContext): Answer => {
      if (state.left || !isWanted(state)) return accept({});
      const service = await serviceFind(tools.db, state.serviceName);
      // it was left, and this process died before that was recorded: another round may be at work already
      if (!isCurrent(state, service?.work)) return accept(left);
      return work({ work: state, tools, ended: endedBy(waiting, state, tools, context) });
    };
  return [
    step('await-additions', {
      do: inRound(awaitAdditions, ({ failedAdditions }) => !failedAdditions),
      noUndo: 'it only waits',
    }),
    step('clean-up', { do: inRound(cleanUp, wantsCleanUp), noUndo: 'it is itself an undoing' }),
    step('delete-pipeline', {
      do: inRound(deletePipeline, ({ purpose, pipelineEnd }) => purpose === 'delete' && !pipelineEnd),
      noUndo: 'what was deleted is gone',
    }),
    step('remove-instances', { do: inRound(removeInstances, wantsRemovals), noUndo: 'what was deleted is gone' }),
    step('provision-pipeline', {
      do: inRound(provisionPipeline, wantsPipeline),
      noUndo: 'the deployment of the pipeline takes itself back',
    }),
  ];
}

function endedBy(waiting: Waiting, work: ServiceWork, tools: ServiceWorkTools, context: StepContext): Ended {
  return async (ids) => {
    if (ids.length === 0) return [];
    if (waiting === 'in its place') return awaitDeployments(tools, ids, context);
    const over = await awaitWhileAtWork(tools, ids, context);
    if (!over) await leaveWork(tools.db, work, ids);
    return over;
  };
}

/**
 * The work on a service: its instances at once, the pipeline behind them. Failures of parts are ends, not refusals. While
 * a part waits for people the work is left: it has no place among the work, and goes on as another round, from the first
 * step with what the earlier rounds brought, when that part is over.
 */
export const serviceWorkflow = workflow<ServiceWork, ServiceWorkTools>('service', serviceSteps('leaves its place'), {
  settled: settle,
  revision: 2,
  // a process of the former version, which goes on with such work, knows no rounds
  former: [workflow('service', serviceSteps('in its place'), { settled: settle })],
});

export async function startServiceWork(engine: Pick<WorkflowEngine, 'start'>, work: ServiceWork): Promise<void> {
  await engine.start(serviceWorkflow, workflowIdOf(work), work);
}

/** Begins again what a process that died had written down and not begun. Work that runs is not begun twice. */
export async function resumeServiceWork(db: Db, engine: Pick<WorkflowEngine, 'start'>): Promise<void> {
  for (const { work } of await serviceListWorking(db)) if (work && !work.waitsFor) await startServiceWork(engine, work);
}
