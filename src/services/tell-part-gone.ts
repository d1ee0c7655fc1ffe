import type { Db } from '../database/index.ts';
import { instancesOf } from './service-instance-store.ts';
import { pipelineFind } from './service-pipeline-store.ts';
import { serviceLock, serviceUpdate } from './service-store.ts';

/**
 * A part of a service is gone whose deletion had failed before: deleted alone, or abandoned. The service does not go by
 * itself, so it says how it goes.
 */
export async function tellPartGone(tx: Db, serviceName: string, part: string, at: Date): Promise<void> {
  const service = await serviceLock(tx, serviceName);
  if (service?.status !== 'DELETE_FAILED') return;
  const left = (await instancesOf(tx, serviceName)).map(({ name }) => `the instance ${name}`);
  if (await pipelineFind(tx, serviceName)) left.push('the pipeline');
  const rest = left.length > 0 ? `still there: ${left.join(', ')}` : 'nothing else is left of the service';
  const statusMessage = `Gone now: ${part}; ${rest}. Delete the service again.`;
  await serviceUpdate(tx, serviceName, { statusMessage, at });
}
