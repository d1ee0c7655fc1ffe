import { parseServiceSpec, type ServiceSpec, substituteCurrentValues } from '../bundles/index.ts';
import { type Db, transact } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { newId } from '../identifiers/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import {
  compareVersions,
  type ListedVersion,
  mayDeploy,
  recommendedMinor,
  type VersionNumber,
  versionsListed,
} from '../templates/index.ts';
import { type YamlNode, yamlAsWritten } from '../yaml-source/index.ts';
import { busyParts } from './busy-parts.ts';
import { checkServiceSpec } from './check-service-spec.ts';
import { addInstances, tooManyInstances } from './create-service.ts';
import { currentState } from './deployed-part.ts';
import { instanceChanges, type WantedService } from './instance-changes.ts';
import { isServiceBusy } from './service.ts';
import { instancesOf, type ServiceInstance } from './service-instance-store.ts';
import { pipelineFind, pipelineUpdate } from './service-pipeline-store.ts';
import { serviceBusy, serviceMissing } from './service-refusals.ts';
import { type Service, serviceFind, serviceLock, serviceUpdate } from './service-store.ts';
import { readServiceTemplate } from './service-template.ts';
import type { ServiceTools } from './service-tools.ts';
import { type ServiceWork, workIds } from './service-work.ts';
import { startServiceWork } from './service-workflow.ts';

export interface UpdateServiceRequest {
  readonly name: string;
  readonly description?: string;
  readonly spec?: string;
}

/**
 * Changes the description, and adds and removes instances as the spec says. Failed additions are taken back and nothing
 * is removed then. Source: AWS Proton user guide, "Edit a service".
 */
export async function updateService(
  tools: ServiceTools,
  by: PrincipalId,
  request: UpdateServiceRequest,
): Promise<Result<Service>> {
  const { db, clock, installation, engine } = tools;
  const { name } = request;
  const updated = await transact<Service, Refusal>(db, async (tx) => {
    const service = await serviceLock(tx, name);
    if (!service) return serviceMissing(installation, name);
    if (isServiceBusy(service.status)) return serviceBusy(service);
    const at = clock.now();
    if (request.description !== undefined)
      await serviceUpdate(tx, name, { description: request.description, modified: true, at });
    if (request.spec !== undefined) {
      const begun = await beginUpdate(tools, tx, service, request.spec, by);
      if (!begun.ok) return begun;
    }
    return accept((await serviceFind(tx, name)) as Service);
  });
  if (updated.ok && updated.value.work) await startServiceWork(engine, updated.value.work);
  return updated;
}

async function beginUpdate(
  tools: ServiceTools,
  tx: Db,
  service: Service,
  specText: string,
  by: PrincipalId,
): Promise<Result<void>> {
  const { limits, clock, installation } = tools;
  const text = substituteCurrentValues(specText, service.spec);
  if (!text.ok) return text;
  const [current, wanted] = [parseServiceSpec(service.spec), parseServiceSpec(text.value)];
  if (!wanted.ok) return wanted;
  if (!current.ok) return current;
  const instances = await instancesOf(tx, service.name);
  const changes = instanceChanges(service.name, wantedService(current.value), wantedService(wanted.value));
  if (!changes.ok) return changes;
  const pipeline = await pipelineFind(tx, service.name);
  const removed = instances.filter(({ name }) => changes.value.removed.includes(name));
  const idle = busyParts(service.name, removed, pipeline);
  if (!idle.ok) return idle;
  const again = instances.find(({ name }) => changes.value.added.some((each) => each.name === name));
  if (again) return instanceLeftOver(again);
  if (wanted.value.instances.length === 0) {
    return refuse({
      kind: 'invalid',
      code: 'service-without-instance',
      message: `The spec leaves the service ${service.name} without an instance.`,
      remedy: `Keep at least one, or delete the service: deuteron service plan ${service.name} --delete, or DeleteService.`,
    });
  }
  const leftovers = instances
    .filter(({ name }) => !wanted.value.instances.some((each) => each.name === name))
    .map(({ name }) => name);
  const count = wanted.value.instances.length + leftovers.length - changes.value.removed.length;
  if (count > limits.instancesPerService) return tooManyInstances(count, limits.instancesPerService);
  // also what the service lost when its deletion failed halfway
  const names = wanted.value.instances
    .map(({ name }) => name)
    .filter((name) => !instances.some((each) => each.name === name));
  if (names.length === 0 && leftovers.length === 0) {
    if (text.value !== service.spec)
      await serviceUpdate(tx, service.name, { spec: text.value, modified: true, at: clock.now() });
    return accept(undefined);
  }
  const listed = await versionsListed(tx, { kind: 'service', name: service.templateName });
  const version = versionForAddition(listed, service, instances);
  const may = mayDeploy(listed, version);
  if (!may.ok) return may;
  const read = await readServiceTemplate(tx, installation, service.templateName, version);
  if (!read.ok) return read;
  const fits = await checkServiceSpec(
    tx,
    tools.findEnvironment,
    read.value,
    { spec: wanted.value },
    { instances: names },
  );
  if (!fits.ok) return fits;

  const added = await addInstances(tools, tx, service, wanted.value, names, { ...version, spec: text.value }, by);
  if (!added.ok) return added;
  if (pipeline)
    await pipelineUpdate(tx, service.name, { deployment_status: 'IN_PROGRESS', deployment_status_message: null });
  const work: ServiceWork = {
    workId: newId(),
    serviceName: service.name,
    purpose: 'update',
    requestedBy: by,
    additions: added.value,
    removals: leftovers,
    pipeline: pipeline !== undefined,
    formerPipeline: pipeline && { status: pipeline.deploymentStatus, message: pipeline.deploymentStatusMessage },
    formerSpec: service.spec,
    ids: workIds(leftovers.length, added.value.length),
  };
  await serviceUpdate(tx, service.name, {
    status: 'UPDATE_IN_PROGRESS',
    statusMessage: null,
    spec: text.value,
    work,
    modified: true,
    at: clock.now(),
  });
  return accept(undefined);
}

/** An instance whose deletion failed, or whose failed creation could not be taken back, has its name until it is gone. */
function instanceLeftOver({ arn, name, deploymentStatus }: ServiceInstance) {
  return refuse({
    kind: 'conflict',
    code: 'service-instance-left-over' as const,
    message: `The instance cannot be added: one that was to be deleted is still there, ${deploymentStatus}: ${arn}`,
    remedy: `Update the service with a spec without ${name}, which deletes it again; then add it anew.`,
  });
}

/**
 * New instances get the recommended minor of the service's major (or of a higher one that an instance runs already);
 * where nothing is published, the newest version that a sibling runs.
 */
export function versionForAddition(
  listed: readonly ListedVersion[],
  service: Service,
  instances: readonly ServiceInstance[],
): VersionNumber {
  const running = instances.map(currentState).sort((left, right) => compareVersions(right, left));
  const major = Math.max(service.majorVersion, ...running.map((each) => each.major));
  const minor = recommendedMinor(listed, major);
  if (minor !== undefined) return { major, minor };
  const [newest] = running;
  return newest ? { major: newest.major, minor: newest.minor } : { major, minor: 0 };
}

export function wantedService({ pipeline, instances }: ServiceSpec): WantedService {
  return {
    pipeline: dataOf(pipeline),
    instances: instances.map(({ name, environment, inputs }) => ({ name, environment, spec: dataOf(inputs) })),
  };
}

function dataOf(node: YamlNode | undefined): Readonly<Record<string, unknown>> {
  return node?.kind === 'map' ? (yamlAsWritten(node) as Record<string, unknown>) : {};
}
