import type { Db } from '../database/index.ts';
import type { DeploymentId } from '../deployments/index.ts';
import { serviceLock, serviceUpdate } from './service-store.ts';
import { isCurrent, type ServiceWork } from './service-work.ts';

/**
 * Writes down that the work on a service was left in this round, with what it has brought so far, until deployments are
 * over. Harmless when it was left already.
 */
export async function leaveWork(db: Db, work: ServiceWork, waitsFor: readonly DeploymentId[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const service = await serviceLock(tx, work.serviceName);
    if (!service || !isCurrent(work, service.work)) return;
    const next = { ...work, round: (work.round ?? 0) + 1, waitsFor };
    await serviceUpdate(tx, work.serviceName, { work: next, at: service.lastModifiedAt });
  });
}
