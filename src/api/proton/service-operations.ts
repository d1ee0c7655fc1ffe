import type { Db } from '../../database/index.ts';
import { transact } from '../../database/index.ts';
import { cancelTargetDeployment, targetFind, targetOutputs } from '../../deployments/index.ts';
import { accept, type Refusal, type Result } from '../../errors/index.ts';
import {
  createService,
  createServiceInstance,
  currentState,
  type DeployedPart,
  deleteService,
  instanceFind,
  instanceMissing,
  listServiceInstances,
  listServices,
  pipelineFind,
  pipelineMissing,
  type Service,
  type ServiceInstance,
  type ServicePipeline,
  type ServiceTools,
  serviceFind,
  serviceMissing,
  updateService,
  updateServiceInstance,
  updateServicePipeline,
} from '../../services/index.ts';
import type * as wire from './generated/types.ts';
import { readInstanceFilters } from './instance-filters.ts';
import type { ProtonOperations } from './operation.ts';
import { outputList, provisionedResourceList } from './output-list.ts';

/** Services, their instances and their pipelines. */
export function serviceOperations(tools: ServiceTools) {
  const { db, installation } = tools;

  const numberOf = (given: string | undefined) => (given === undefined ? undefined : Number(given));

  function shownPart(part: DeployedPart) {
    const state = currentState(part);
    return {
      arn: part.arn,
      templateName: part.templateName,
      templateMajorVersion: String(state.major),
      templateMinorVersion: String(state.minor),
      deploymentStatus: part.deploymentStatus,
      deploymentStatusMessage: part.deploymentStatusMessage ?? undefined,
      lastAttemptedDeploymentId: part.lastAttemptedDeploymentId ?? undefined,
      lastSucceededDeploymentId: part.lastSucceededDeploymentId ?? undefined,
      lastDeploymentAttemptedAt: part.lastDeploymentAttemptedAt,
      // Required by the model, and yet Proton left it out until the first success, as it did for environments.
      lastDeploymentSucceededAt: (part.lastDeploymentSucceededAt ?? undefined) as unknown as Date,
      createdAt: part.createdAt,
    };
  }
  const instanceSummary = (instance: ServiceInstance): wire.ServiceInstanceSummary => ({
    ...shownPart(instance),
    name: instance.name,
    serviceName: instance.serviceName,
    environmentName: instance.environmentName,
  });
  const shownInstance = (instance: ServiceInstance): wire.ServiceInstance => ({
    ...instanceSummary(instance),
    spec: currentState(instance).spec,
    lastClientRequestToken: instance.lastClientRequestToken ?? undefined,
  });
  const shownPipeline = (pipeline: ServicePipeline): wire.ServicePipeline => ({
    ...shownPart(pipeline),
    spec: currentState(pipeline).spec,
  });
  const serviceSummary = (service: Service): wire.ServiceSummary => ({
    arn: service.arn,
    name: service.name,
    description: service.description ?? undefined,
    templateName: service.templateName,
    status: service.status,
    statusMessage: service.statusMessage ?? undefined,
    createdAt: service.createdAt,
    lastModifiedAt: service.lastModifiedAt,
  });
  async function shownService(service: Service): Promise<wire.Service> {
    const pipeline = await pipelineFind(db, service.name);
    return {
      ...serviceSummary(service),
      spec: service.spec,
      branchName: service.branchName ?? undefined,
      repositoryConnectionArn: service.repositoryConnectionArn ?? undefined,
      repositoryId: service.repositoryId ?? undefined,
      pipeline: pipeline && shownPipeline(pipeline),
    };
  }

  async function findInstance(from: Db, serviceName: string, name: string): Promise<Result<ServiceInstance>> {
    const instance = await instanceFind(from, serviceName, name);
    return instance ? accept(instance) : instanceMissing(installation, serviceName, name);
  }
  async function findPipeline(from: Db, serviceName: string): Promise<Result<ServicePipeline>> {
    if (!(await serviceFind(from, serviceName))) return serviceMissing(installation, serviceName);
    const pipeline = await pipelineFind(from, serviceName);
    return pipeline ? accept(pipeline) : pipelineMissing(installation, serviceName);
  }

  /** The outputs of a part now, or as one of its deployments brought them. */
  async function outputsOf(
    part: DeployedPart,
    deploymentId: string | undefined,
  ): Promise<Result<{ outputs: wire.Output[] }>> {
    const outputs = await targetOutputs(db, part.arn, deploymentId);
    return outputs.ok ? accept({ outputs: outputList(outputs.value) }) : outputs;
  }
  async function resourcesOf(part: DeployedPart): Promise<{ provisionedResources: wire.ProvisionedResource[] }> {
    return { provisionedResources: provisionedResourceList((await targetFind(db, part.arn))?.resources ?? []) };
  }

  return {
    CreateService: async (input, { caller }) => {
      const { templateMajorVersion, templateMinorVersion, ...request } = input;
      const made = await createService(tools, caller.id, {
        ...request,
        majorVersion: Number(templateMajorVersion),
        minorVersion: numberOf(templateMinorVersion),
      });
      return made.ok ? accept({ service: await shownService(made.value) }) : made;
    },
    GetService: async ({ name }) => {
      const service = await serviceFind(db, name);
      return service ? accept({ service: await shownService(service) }) : serviceMissing(installation, name);
    },
    UpdateService: async (input, { caller }) => {
      const updated = await updateService(tools, caller.id, input);
      return updated.ok ? accept({ service: await shownService(updated.value) }) : updated;
    },
    DeleteService: async ({ name }, { caller }) => {
      const deleted = await deleteService(tools, name, caller.id);
      return deleted.ok ? accept({ service: deleted.value && (await shownService(deleted.value)) }) : deleted;
    },
    ListServices: async (input, { reads }) => {
      const page = await listServices(db, input, reads);
      return page.ok
        ? accept({ services: page.value.items.map(serviceSummary), nextToken: page.value.nextToken })
        : page;
    },

    CreateServiceInstance: async (input, { caller }) => {
      const { templateMajorVersion, templateMinorVersion, ...request } = input;
      const made = await createServiceInstance(tools, caller.id, {
        ...request,
        majorVersion: numberOf(templateMajorVersion),
        minorVersion: numberOf(templateMinorVersion),
      });
      return made.ok ? accept({ serviceInstance: shownInstance(made.value) }) : made;
    },
    GetServiceInstance: async ({ serviceName, name }) => {
      const instance = await findInstance(db, serviceName, name);
      return instance.ok ? accept({ serviceInstance: shownInstance(instance.value) }) : instance;
    },
    UpdateServiceInstance: async (input, { caller }) => {
      const { templateMajorVersion, templateMinorVersion, ...request } = input;
      const updated = await updateServiceInstance(tools, caller.id, {
        ...request,
        majorVersion: numberOf(templateMajorVersion),
        minorVersion: numberOf(templateMinorVersion),
      });
      return updated.ok ? accept({ serviceInstance: shownInstance(updated.value) }) : updated;
    },
    ListServiceInstances: async (input, { reads }) => {
      if (input.serviceName !== undefined && !(await serviceFind(db, input.serviceName)))
        return serviceMissing(installation, input.serviceName);
      const read = readInstanceFilters(input);
      if (!read.ok) return read;
      const page = await listServiceInstances(db, {
        ...input,
        ...read.value,
        sortBy: input.sortBy ?? 'serviceName',
        descending: input.sortOrder === 'DESCENDING',
        reach: reads,
      });
      if (!page.ok) return page;
      const { items, nextToken } = page.value;
      return accept({ serviceInstances: items.map(instanceSummary), nextToken });
    },
    CancelServiceInstanceDeployment: async ({ serviceName, serviceInstanceName }, { caller }) => {
      const cancelled = await transact<ServiceInstance, Refusal>(db, async (tx) => {
        const instance = await findInstance(tx, serviceName, serviceInstanceName);
        if (!instance.ok) return instance;
        const done = await cancelTargetDeployment(tools.deployments, tx, instance.value.arn, caller.id);
        return done.ok ? findInstance(tx, serviceName, serviceInstanceName) : done;
      });
      return cancelled.ok ? accept({ serviceInstance: shownInstance(cancelled.value) }) : cancelled;
    },
    ListServiceInstanceOutputs: async ({ serviceName, serviceInstanceName, deploymentId }) => {
      const instance = await findInstance(db, serviceName, serviceInstanceName);
      return instance.ok ? outputsOf(instance.value, deploymentId) : instance;
    },
    ListServiceInstanceProvisionedResources: async ({ serviceName, serviceInstanceName }) => {
      const instance = await findInstance(db, serviceName, serviceInstanceName);
      return instance.ok ? accept(await resourcesOf(instance.value)) : instance;
    },

    UpdateServicePipeline: async ({ templateMajorVersion, templateMinorVersion, spec, ...input }, { caller }) => {
      const updated = await updateServicePipeline(tools, caller.id, {
        ...input,
        spec: input.deploymentType === 'NONE' ? undefined : spec, // the model demands one, NONE uses none
        majorVersion: numberOf(templateMajorVersion),
        minorVersion: numberOf(templateMinorVersion),
      });
      return updated.ok ? accept({ pipeline: shownPipeline(updated.value) }) : updated;
    },
    CancelServicePipelineDeployment: async ({ serviceName }, { caller }) => {
      const cancelled = await transact<ServicePipeline, Refusal>(db, async (tx) => {
        const pipeline = await findPipeline(tx, serviceName);
        if (!pipeline.ok) return pipeline;
        const done = await cancelTargetDeployment(tools.deployments, tx, pipeline.value.arn, caller.id);
        return done.ok ? findPipeline(tx, serviceName) : done;
      });
      return cancelled.ok ? accept({ pipeline: shownPipeline(cancelled.value) }) : cancelled;
    },
    ListServicePipelineOutputs: async ({ serviceName, deploymentId }) => {
      const pipeline = await findPipeline(db, serviceName);
      return pipeline.ok ? outputsOf(pipeline.value, deploymentId) : pipeline;
    },
    ListServicePipelineProvisionedResources: async ({ serviceName }) => {
      const pipeline = await findPipeline(db, serviceName);
      return pipeline.ok ? accept(await resourcesOf(pipeline.value)) : pipeline;
    },
  } satisfies ProtonOperations;
}
