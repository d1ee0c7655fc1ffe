import { transact } from '../database/index.ts';
import { accept, type Refusal, type Result } from '../errors/index.ts';
import { newId } from '../identifiers/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import { busyParts } from './busy-parts.ts';
import { isServiceBusy } from './service.ts';
import { instancesOf } from './service-instance-store.ts';
import { pipelineFind } from './service-pipeline-store.ts';
import { serviceBusy } from './service-refusals.ts';
import { type Service, serviceFind, serviceLock, serviceUpdate } from './service-store.ts';
import type { ServiceTools } from './service-tools.ts';
import { type ServiceWork, workIds } from './service-work.ts';
import { startServiceWork } from './service-workflow.ts';

/**
 * Deletes a service with everything in it, whatever state it is in, also when its template is broken.
 * @refuses service-busy; service-part-busy while a part of it is being deployed, unless deployments may wait
 * @returns the service while it is being deleted; undefined when it is gone already
 */
export async function deleteService(
  { db, clock, engine, deployments }: ServiceTools,
  name: string,
  by: PrincipalId,
): Promise<Result<Service | undefined>> {
  const deleted = await transact<Service | undefined, Refusal>(db, async (tx) => {
    const service = await serviceLock(tx, name);
    if (!service || service.status === 'DELETE_IN_PROGRESS') return accept(service);
    if (isServiceBusy(service.status)) return serviceBusy(service);
    const instances = await instancesOf(tx, name);
    const idle = busyParts(name, instances, await pipelineFind(tx, name));
    if (!idle.ok && deployments.whenBusy === 'refuse') return idle;
    const removals = instances.map((instance) => instance.name);
    const work: ServiceWork = {
      workId: newId(),
      serviceName: name,
      purpose: 'delete',
      requestedBy: by,
      additions: [],
      removals,
      pipeline: true,
      ids: workIds(removals.length, 0),
    };
    await serviceUpdate(tx, name, { status: 'DELETE_IN_PROGRESS', statusMessage: null, work, at: clock.now() });
    return accept(await serviceFind(tx, name));
  });
  if (deleted.ok && deleted.value?.work) await startServiceWork(engine, deleted.value.work);
  return deleted;
}
