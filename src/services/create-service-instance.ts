import { parseServiceSpec, substituteCurrentValues, withPartOf } from '../bundles/index.ts';
import { transact } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { parametersHash, recallRequest, rememberRequest } from '../idempotency/index.ts';
import { newId } from '../identifiers/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import { chosen, mayDeploy, versionsListed } from '../templates/index.ts';
import { checkServiceSpec } from './check-service-spec.ts';
import { addInstances, tooManyInstances } from './create-service.ts';
import { isServiceBusy } from './service.ts';
import { instanceFind, instancesOf, type ServiceInstance } from './service-instance-store.ts';
import { pipelineFind, pipelineUpdate } from './service-pipeline-store.ts';
import { instanceArn, serviceBusy, serviceMissing } from './service-refusals.ts';
import { type Service, serviceFind, serviceLock, serviceUpdate } from './service-store.ts';
import { instanceEntry, readServiceTemplate } from './service-template.ts';
import type { ServiceTools } from './service-tools.ts';
import { type ServiceWork, workIds } from './service-work.ts';
import { startServiceWork } from './service-workflow.ts';
import { versionForAddition } from './update-service.ts';

export interface CreateInstanceRequest {
  readonly serviceName: string;
  readonly name: string;
  readonly spec: string;
  readonly majorVersion?: number;
  readonly minorVersion?: number;
  readonly clientToken?: string;
}

/** Adds one instance to a service; the others are left alone, the pipeline is provisioned again behind it. */
export async function createServiceInstance(
  tools: ServiceTools,
  by: PrincipalId,
  request: CreateInstanceRequest,
): Promise<Result<ServiceInstance>> {
  const { db, clock, installation, limits, engine } = tools;
  const { serviceName, name } = request;
  const created = await transact<{ instance: ServiceInstance; service: Service }, Refusal>(db, async (tx) => {
    const now = clock.now();
    const arn = instanceArn(installation, serviceName, name);
    const asked = request.clientToken && {
      account: installation.accountId,
      operation: 'CreateServiceInstance',
      token: request.clientToken,
      parametersHash: parametersHash(request),
      now,
    };
    const recalled = asked ? await recallRequest(tx, asked) : undefined;
    if (recalled && !recalled.ok) return recalled;
    const service = await serviceLock(tx, serviceName);
    if (!service) return serviceMissing(installation, serviceName);
    const existing = await instanceFind(tx, serviceName, name);
    if (existing && recalled?.value.answer === 'same') return accept({ instance: existing, service });
    if (existing) {
      return refuse({
        kind: 'conflict',
        code: 'service-instance-exists',
        message: `The instance exists already: ${arn}`,
        remedy: 'Choose another name, or update it.',
      });
    }
    if (isServiceBusy(service.status)) return serviceBusy(service);
    const instances = await instancesOf(tx, serviceName);
    if (instances.length >= limits.instancesPerService)
      return tooManyInstances(instances.length + 1, limits.instancesPerService);
    const text = substituteCurrentValues(request.spec, service.spec);
    if (!text.ok) return text;
    const spec = parseServiceSpec(text.value);
    if (!spec.ok) return spec;
    const entry = instanceEntry(spec.value, name);
    if (!entry.ok) return entry;

    const listed = await versionsListed(tx, { kind: 'service', name: service.templateName });
    const usual = versionForAddition(listed, service, instances);
    const isNamed = request.majorVersion !== undefined || request.minorVersion !== undefined;
    const version = isNamed
      ? chosen(listed, request.majorVersion ?? usual.major, request.minorVersion)
      : mayDeploy(listed, usual);
    if (!version.ok) return version;
    const read = await readServiceTemplate(tx, installation, service.templateName, version.value);
    if (!read.ok) return read;
    const fits = await checkServiceSpec(
      tx,
      tools.findEnvironment,
      read.value,
      { spec: spec.value },
      { instances: [name] },
    );
    if (!fits.ok) return fits;
    const added = await addInstances(
      tools,
      tx,
      service,
      spec.value,
      [name],
      { ...version.value, spec: text.value },
      by,
      request.clientToken,
    );
    if (!added.ok) return added;

    const pipeline = await pipelineFind(tx, serviceName);
    if (pipeline)
      await pipelineUpdate(tx, serviceName, { deployment_status: 'IN_PROGRESS', deployment_status_message: null });
    const work: ServiceWork = {
      workId: newId(),
      serviceName,
      purpose: 'add-instance',
      requestedBy: by,
      additions: added.value,
      removals: [],
      pipeline: pipeline !== undefined,
      formerPipeline: pipeline && { status: pipeline.deploymentStatus, message: pipeline.deploymentStatusMessage },
      ids: workIds(0, 0),
    };
    const newSpec = withPartOf(service.spec, text.value, { instance: name });
    await serviceUpdate(tx, serviceName, {
      status: 'UPDATE_IN_PROGRESS',
      statusMessage: null,
      spec: newSpec,
      work,
      modified: true,
      at: now,
    });
    if (asked) await rememberRequest(tx, asked, arn);
    const [instance, changed] = [await instanceFind(tx, serviceName, name), await serviceFind(tx, serviceName)];
    return accept({ instance: instance as ServiceInstance, service: changed as Service });
  });
  if (!created.ok) return created;
  const { service, instance } = created.value;
  if (service.work) await startServiceWork(engine, service.work);
  return accept(instance);
}
