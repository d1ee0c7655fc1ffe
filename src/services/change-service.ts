import { withoutInstance } from '../bundles/index.ts';
import { accept, type Result } from '../errors/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import { impliedDeploymentType } from '../templates/index.ts';
import { type CreateServiceRequest, createService } from './create-service.ts';
import { type CreateInstanceRequest, createServiceInstance } from './create-service-instance.ts';
import { deleteService } from './delete-service.ts';
import { currentState, type DeployedPart } from './deployed-part.ts';
import { instanceFind } from './service-instance-store.ts';
import { pipelineFind } from './service-pipeline-store.ts';
import { instanceMissing, serviceMissing } from './service-refusals.ts';
import { serviceFind } from './service-store.ts';
import type { ServiceTools } from './service-tools.ts';
import { type UpdatePartRequest, updateServiceInstance, updateServicePipeline } from './update-part.ts';
import { type UpdateServiceRequest, updateService } from './update-service.ts';

type PartUpdate = Omit<UpdatePartRequest, 'deploymentType'> & Partial<Pick<UpdatePartRequest, 'deploymentType'>>;

/** One change of a service or a part of it as a value: to be planned, kept, and made later. */
export type ServiceChange =
  | ({ readonly of: 'service'; readonly operation: 'create' } & CreateServiceRequest)
  | ({ readonly of: 'service'; readonly operation: 'update' } & UpdateServiceRequest)
  | { readonly of: 'service'; readonly operation: 'delete'; readonly name: string }
  | ({ readonly of: 'instance'; readonly operation: 'create' } & CreateInstanceRequest)
  | ({ readonly of: 'instance'; readonly operation: 'update'; readonly name: string } & PartUpdate)
  | {
      readonly of: 'instance';
      readonly operation: 'delete';
      readonly serviceName: string;
      readonly name: string;
    }
  | ({ readonly of: 'pipeline'; readonly operation: 'update' } & PartUpdate);

/** Makes the change, as its own action does. An instance is deleted by a service spec without it. */
export async function changeService(
  tools: ServiceTools,
  change: ServiceChange,
  by: PrincipalId,
): Promise<Result<unknown>> {
  if (change.of === 'service') {
    const { of: _, ...request } = change;
    if (request.operation === 'create') return createService(tools, by, without(request));
    return request.operation === 'update'
      ? updateService(tools, by, without(request))
      : deleteService(tools, request.name, by);
  }
  if (change.of === 'instance') {
    const { of: _, ...request } = change;
    if (request.operation === 'create') return createServiceInstance(tools, by, without(request));
    if (request.operation === 'delete') return removeInstance(tools, request.serviceName, request.name, by);
    const instance = await instanceFind(tools.db, request.serviceName, request.name);
    return updateServiceInstance(tools, by, { ...without(request), deploymentType: typeOf(request, instance) });
  }
  const { of: _, ...request } = change;
  const pipeline = await pipelineFind(tools.db, request.serviceName);
  return updateServicePipeline(tools, by, { ...without(request), deploymentType: typeOf(request, pipeline) });
}

function without<Request extends { readonly operation: string }>({ operation: _, ...request }: Request) {
  return request;
}

function typeOf({ deploymentType, majorVersion: major, minorVersion: minor }: PartUpdate, part?: DeployedPart) {
  return deploymentType ?? impliedDeploymentType(part ? currentState(part).major : 0, { major, minor });
}

async function removeInstance(
  tools: ServiceTools,
  serviceName: string,
  name: string,
  by: PrincipalId,
): Promise<Result<unknown>> {
  const { db, installation } = tools;
  const service = await serviceFind(db, serviceName);
  if (!service) return serviceMissing(installation, serviceName);
  const instance = await instanceFind(db, serviceName, name);
  if (!instance) return instanceMissing(installation, serviceName, name);
  const updated = await updateService(tools, by, { name: serviceName, spec: withoutInstance(service.spec, name) });
  return updated.ok ? accept(updated.value) : updated;
}
