/**
 * Services: a service, its instances, and its pipeline.
 *
 * Lives here: their statuses and rules, adding and removing instances, deploying each part, the order among them.
 * Never here: how a deployment is carried out (deployments), what an environment is.
 * Start at service.ts; the long work is in service-workflow.ts.
 */
export { changeService, type ServiceChange } from './change-service.ts';
export { type CreateServiceRequest, createService } from './create-service.ts';
export { type CreateInstanceRequest, createServiceInstance } from './create-service-instance.ts';
export { deleteService } from './delete-service.ts';
export { currentState, type DeployedPart } from './deployed-part.ts';
export type { FindEnvironment, InstanceEnvironment } from './instance-environment.ts';
export { type InstanceStaleness, instanceStalenesses } from './instance-staleness.ts';
export { type ListInstancesRequest, listServiceInstances, listServices } from './list-services.ts';
export { serviceRequestToPlan } from './request-to-plan.ts';
export { isServiceBusy, type ServiceStatus } from './service.ts';
export {
  type InstanceFilters,
  type InstanceSortBy,
  instanceFind,
  instancesOf,
  type ServiceInstance,
} from './service-instance-store.ts';
export { serviceInstanceTarget } from './service-instance-target.ts';
export { pipelineFind, type ServicePipeline } from './service-pipeline-store.ts';
export { servicePipelineTarget } from './service-pipeline-target.ts';
export { reconcileServices } from './service-reconciler.ts';
export {
  instanceArn,
  instanceMissing,
  pipelineArn,
  pipelineMissing,
  serviceArn,
  serviceMissing,
} from './service-refusals.ts';
export { type Service, serviceFind, serviceListWorking } from './service-store.ts';
export { type ServiceLimits, type ServiceTools, type ServiceWorkTools, usualServiceLimits } from './service-tools.ts';
export { workflowIdOf } from './service-work.ts';
export { resumeServiceWork, serviceWorkflow } from './service-workflow.ts';
export { type UpdatePartRequest, updateServiceInstance, updateServicePipeline } from './update-part.ts';
export { updateService } from './update-service.ts';
