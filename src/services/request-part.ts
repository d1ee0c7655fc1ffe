import type { Db } from '../database/index.ts';
import {
  type Deployment,
  type DeploymentId,
  type DeploymentRefusal,
  type Operation,
  requestDeployment,
  type TargetRef,
  type TargetState,
} from '../deployments/index.ts';
import type { Result } from '../errors/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import type { DeployedPart, PartState } from './deployed-part.ts';
import { instancesOf, type ServiceInstance } from './service-instance-store.ts';
import { pipelineFind, type ServicePipeline } from './service-pipeline-store.ts';
import type { ServiceTools } from './service-tools.ts';

export function instanceRef(instance: ServiceInstance): TargetRef {
  return {
    kind: 'service-instance',
    arn: instance.arn,
    createdAt: instance.createdAt,
    environmentName: instance.environmentName,
    serviceName: instance.serviceName,
    serviceInstanceName: instance.name,
  };
}

/** Proton wants an environment's name even for a pipeline: that of the service's first instance. */
export async function pipelineRef(db: Db, pipeline: ServicePipeline): Promise<TargetRef> {
  const [first] = await instancesOf(db, pipeline.serviceName);
  return {
    kind: 'service-pipeline',
    arn: pipeline.arn,
    createdAt: pipeline.createdAt,
    environmentName: first?.environmentName ?? '',
    serviceName: pipeline.serviceName,
  };
}

/** What an instance is deployed beside. Source: AWS Proton API reference, ServiceInstanceState. */
async function lastSuccessesAround(
  { findEnvironment }: ServiceTools,
  tx: Db,
  { environmentName, serviceName = '' }: TargetRef,
): Promise<Partial<TargetState>> {
  const environment = await findEnvironment(tx, environmentName);
  const pipeline = await pipelineFind(tx, serviceName);
  return {
    lastSuccessfulEnvironmentDeploymentId: environment?.lastSucceededDeploymentId,
    lastSuccessfulServicePipelineDeploymentId: pipeline?.lastSucceededDeploymentId ?? undefined,
  };
}

export interface PartRequest {
  readonly id?: DeploymentId;
  readonly operation: Operation;
  /** Absent for a deletion. */
  readonly target?: PartState;
  readonly requestedBy: PrincipalId | undefined;
}

/** Asks for a deployment of an instance or a pipeline. */
export async function requestPart(
  tools: ServiceTools,
  tx: Db,
  ref: TargetRef,
  part: DeployedPart,
  request: PartRequest,
): Promise<Result<Deployment, DeploymentRefusal>> {
  const stateOf = ({ major, minor, spec }: PartState): TargetState => ({
    templateName: part.templateName,
    majorVersion: major,
    minorVersion: minor,
    spec,
  });
  const around = ref.kind === 'service-instance' ? await lastSuccessesAround(tools, tx, ref) : {};
  return requestDeployment(tools.deployments, tx, {
    id: request.id,
    target: ref,
    operation: request.operation,
    initialState: part.deployed && stateOf(part.deployed),
    targetState: request.target && { ...stateOf(request.target), ...around },
    requestedBy: request.requestedBy,
  });
}
