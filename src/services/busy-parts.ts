import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { DeployedPart } from './deployed-part.ts';
import type { ServiceInstance } from './service-instance-store.ts';

function isBusy({ deploymentStatus: status }: DeployedPart): boolean {
  return status.endsWith('IN_PROGRESS') || status === 'CANCELLING';
}

/** @refuses service-part-busy while any of these is being deployed, with the names of those that are */
export function busyParts(
  serviceName: string,
  instances: readonly ServiceInstance[],
  pipeline: DeployedPart | undefined,
): Result<void, Refusal<'service-part-busy'>> {
  const busy = [
    ...(pipeline && isBusy(pipeline) ? [`the pipeline (${pipeline.deploymentStatus})`] : []),
    ...instances.filter(isBusy).map(({ name, deploymentStatus }) => `the instance ${name} (${deploymentStatus})`),
  ];
  if (busy.length === 0) return accept(undefined);
  return refuse({
    kind: 'conflict',
    code: 'service-part-busy',
    message: `Of the service ${serviceName}, ${busy.join(' and ')} is being deployed.`,
    remedy: 'Wait until that is over, or cancel it.',
  });
}
