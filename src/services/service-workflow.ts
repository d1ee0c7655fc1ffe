import type { Db } from '../database/index.ts';
import { awaitDeployments, type Deployment, type DeploymentId } from '../deployments/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { placementForget } from '../organization/index.ts';
import { tagsForget } from '../tags/index.ts';
import { type Settlement, type StepContext, step, type WorkflowEngine, workflow } from '../workflows/index.ts';
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
import { serviceDelete, serviceListWorking, serviceLock, serviceUpdate } from './service-store.ts';
import type { ServiceWorkTools } from './service-tools.ts';
import type { PipelineStanding, ServiceWork } from './service-work.ts';

type Steps = { readonly tools: ServiceWorkTools; readonly context: StepContext };

function endOf({ standing }: Deployment): PartEnd {
  return standing.state === 'succeeded' ? 'succeeded' : standing.state === 'failed' ? 'failed' : 'cancelled';
}

async function ended({ tools, context }: Steps, ids: readonly DeploymentId[]): Promise<readonly Deployment[]> {
  return ids.length === 0 ? [] : awaitDeployments({ db: tools.db, signals: tools.signals }, ids, context);
}

/** Deletes instances, all at once, and waits for it. One that is gone already counts as deleted. */
async function deleteInstances(
  steps: Steps,
  work: ServiceWork,
  names: readonly string[],
  ids: readonly DeploymentId[],
): Promise<readonly PartEnd[]> {
  const { tools } = steps;
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
  return [...ends, ...(await ended(steps, asked)).map(endOf)];
}

async function awaitAdditions(
  work: ServiceWork,
  tools: ServiceWorkTools,
  context: StepContext,
): Promise<Result<Partial<ServiceWork>>> {
  const deployments = await ended({ tools, context }, work.additions);
  const failed = deployments
    .filter((deployment) => endOf(deployment) !== 'succeeded')
    .map(({ target }) => target.serviceInstanceName ?? '');
  return accept({ failedAdditions: failed });
}

/** Additions of an update that failed take all new ones with them; nothing else is touched then. */
async function cleanUp(
  work: ServiceWork,
  tools: ServiceWorkTools,
  context: StepContext,
): Promise<Result<Partial<ServiceWork>>> {
  if (work.purpose !== 'update' || !work.failedAdditions?.length) return accept({});
  await serviceUpdate(tools.db, work.serviceName, {
    status: 'UPDATE_FAILED_CLEANUP_IN_PROGRESS',
    at: tools.clock.now(),
  });
  const deployments = await ended({ tools, context }, work.additions);
  const names = deployments.map(({ target }) => target.serviceInstanceName ?? '');
  const ends = await deleteInstances({ tools, context }, work, names, work.ids.cleanups);
  return accept({ cleanup: ends.every((end) => end === 'succeeded') ? 'succeeded' : 'failed' });
}

async function removeInstances(
  work: ServiceWork,
  tools: ServiceWorkTools,
  context: StepContext,
): Promise<Result<Partial<ServiceWork>>> {
  if (work.cleanup || work.removals.length === 0) return accept({ removed: [] });
  return accept({ removed: await deleteInstances({ tools, context }, work, work.removals, work.ids.removals) });
}

/** The pipeline comes last, for it reads what the instances put out. A failed instance keeps it from being provisioned. */
async function provisionPipeline(
  work: ServiceWork,
  tools: ServiceWorkTools,
  context: StepContext,
): Promise<Result<Partial<ServiceWork>>> {
  const { db, clock } = tools;
  const pipeline = await pipelineFind(db, work.serviceName);
  if (!work.pipeline || !pipeline || work.cleanup) return accept({});
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
  const [deployment] = await ended({ tools, context }, [asked.value.id]);
  return accept({ pipelineEnd: deployment ? endOf(deployment) : 'failed' });
}

/** Before the instances, whose outputs it reads. */
async function deletePipeline(
  work: ServiceWork,
  tools: ServiceWorkTools,
  context: StepContext,
): Promise<Result<Partial<ServiceWork>>> {
  if (work.purpose !== 'delete') return accept({});
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
  const [deployment] = await ended({ tools, context }, [asked.value.id]);
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
    if (service?.work?.workId !== work.workId) return;
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

/** The work on a service: its instances at once, the pipeline behind them. Failures of parts are ends, not refusals. */
export const serviceWorkflow = workflow<ServiceWork, ServiceWorkTools>(
  'service',
  [
    step<ServiceWork, ServiceWorkTools>('await-additions', { do: awaitAdditions, noUndo: 'it only waits' }),
    step<ServiceWork, ServiceWorkTools>('clean-up', { do: cleanUp, noUndo: 'it is itself an undoing' }),
    step<ServiceWork, ServiceWorkTools>('delete-pipeline', { do: deletePipeline, noUndo: 'what was deleted is gone' }),
    step<ServiceWork, ServiceWorkTools>('remove-instances', {
      do: removeInstances,
      noUndo: 'what was deleted is gone',
    }),
    step<ServiceWork, ServiceWorkTools>('provision-pipeline', {
      do: (work, tools, context) =>
        work.purpose === 'delete' ? Promise.resolve(accept({})) : provisionPipeline(work, tools, context),
      noUndo: 'the deployment of the pipeline takes itself back',
    }),
  ],
  { settled: settle },
);

export async function startServiceWork(engine: Pick<WorkflowEngine, 'start'>, work: ServiceWork): Promise<void> {
  await engine.start(serviceWorkflow, work.workId, work);
}

/** Begins again what a process that died had written down and not begun. Work that runs is not begun twice. */
export async function resumeServiceWork(db: Db, engine: WorkflowEngine): Promise<void> {
  for (const { work } of await serviceListWorking(db)) if (work) await startServiceWork(engine, work);
}
