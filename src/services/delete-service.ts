import { transact } from '../database/index.ts';
import { accept, type Refusal, type Result } from '../errors/index.ts';
import { newId } from '../identifiers/index.ts';
import { isServiceBusy } from './service.ts';
import { instancesOf } from './service-instance-store.ts';
import { serviceBusy } from './service-refusals.ts';
import { type Service, serviceFind, serviceLock, serviceUpdate } from './service-store.ts';
import type { ServiceTools } from './service-tools.ts';
import { type ServiceWork, workIds } from './service-work.ts';
import { startServiceWork } from './service-workflow.ts';

/**
 * Deletes a service with everything in it, whatever state it is in, also when its template is broken.
 * @returns the service while it is being deleted; undefined when it is gone already
 */
export async function deleteService(
  { db, clock, engine }: ServiceTools,
  name: string,
): Promise<Result<Service | undefined>> {
  const deleted = await transact<Service | undefined, Refusal>(db, async (tx) => {
    const service = await serviceLock(tx, name);
    if (!service || service.status === 'DELETE_IN_PROGRESS') return accept(service);
    if (isServiceBusy(service.status)) return serviceBusy(service);
    const removals = (await instancesOf(tx, name)).map((instance) => instance.name);
    const work: ServiceWork = {
      workId: newId(),
      serviceName: name,
      purpose: 'delete',
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
