import { withPartOf } from '../bundles/index.ts';
import type { Db } from '../database/index.ts';
import type { DeployedPart } from './deployed-part.ts';
import { isMendable } from './service.ts';
import { instancesOf } from './service-instance-store.ts';
import { pipelineFind } from './service-pipeline-store.ts';
import { serviceLock, serviceUpdate } from './service-store.ts';

/**
 * A part of a service was deployed with success: the service shows what it was deployed with, the rest of its spec is
 * left alone; and a service whose parts all run well now is ACTIVE again.
 */
export async function recordPartDeployed(
  tx: Db,
  serviceName: string,
  deployed: { readonly part: { readonly instance: string } | 'pipeline'; readonly spec: string; readonly at: Date },
): Promise<void> {
  const service = await serviceLock(tx, serviceName);
  if (!service) return;
  const { part, at } = deployed;
  const spec = withPartOf(service.spec, deployed.spec, part);
  if (spec !== service.spec) await serviceUpdate(tx, serviceName, { spec, at });
  if (!isMendable(service.status)) return;
  const pipeline = await pipelineFind(tx, serviceName);
  const parts: readonly DeployedPart[] = [...(await instancesOf(tx, serviceName)), ...(pipeline ? [pipeline] : [])];
  if (parts.every(({ deploymentStatus }) => deploymentStatus === 'SUCCEEDED'))
    await serviceUpdate(tx, serviceName, { status: 'ACTIVE', statusMessage: null, at });
}
