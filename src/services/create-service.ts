import { accountSettings } from '../accounts/index.ts';
import {
  readServiceSpec,
  type ServiceSpec,
  type ServiceSpecReading,
  substituteCurrentValues,
} from '../bundles/index.ts';
import { type Db, transact } from '../database/index.ts';
import type { DeploymentId } from '../deployments/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { createByName, parametersHash } from '../idempotency/index.ts';
import { newId } from '../identifiers/index.ts';
import { type PrincipalId, placementRecord } from '../organization/index.ts';
import { tagResource } from '../tags/index.ts';
import {
  chosen,
  type Template,
  templateFind,
  templateMissing,
  type VersionNumber,
  versionsListed,
} from '../templates/index.ts';
import { checkServiceSpec } from './check-service-spec.ts';
import type { PartState } from './deployed-part.ts';
import { findOnce } from './instance-environment.ts';
import { checkPipelineRights } from './pipeline-rights.ts';
import { instanceRef, requestPart } from './request-part.ts';
import { instanceFind, instanceInsert, type ServiceInstance } from './service-instance-store.ts';
import { pipelineInsert } from './service-pipeline-store.ts';
import { instanceArn, pipelineArn, serviceArn } from './service-refusals.ts';
import {
  type Service,
  serviceHasRoom,
  serviceInsert,
  serviceLock,
  serviceNameLock,
  serviceUpdate,
} from './service-store.ts';
import { readServiceTemplate, type ServiceTemplate } from './service-template.ts';
import type { ServiceTools } from './service-tools.ts';
import { type ServiceWork, workIds } from './service-work.ts';
import { startServiceWork } from './service-workflow.ts';

export interface CreateServiceRequest {
  readonly name: string;
  readonly description?: string;
  readonly templateName: string;
  readonly majorVersion: number;
  readonly minorVersion?: number;
  readonly spec: string;
  readonly branchName?: string;
  readonly repositoryConnectionArn?: string;
  readonly repositoryId?: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

/**
 * Creates a service: all its instances at once, its pipeline behind them. Everything that can be known to fail is
 * refused before anything is deployed. Creating it again with the same parameters answers with what exists.
 */
export async function createService(
  tools: ServiceTools,
  by: PrincipalId,
  request: CreateServiceRequest,
): Promise<Result<Service>> {
  const { db, installation, clock, engine, limits } = tools;
  const { name, templateName } = request;
  const created = await transact<Service, Refusal>(db, async (tx) => {
    const toolsOfOne = { ...tools, findEnvironment: findOnce(tools.findEnvironment) };
    await serviceNameLock(tx, name);
    const createHash = parametersHash(request);
    const existing = await serviceLock(tx, name);
    const known = existing && { parametersHash: existing.createHash, modified: existing.modified };
    const verdict = createByName(`the service '${name}'`, createHash, known);
    if (!verdict.ok) return verdict;
    if (existing) return accept(existing);
    if (!(await serviceHasRoom(tx, limits.services))) return tooManyServices(limits.services);

    const template = await templateFind(tx, { kind: 'service', name: templateName });
    if (!template) return templateMissing(installation, { kind: 'service', name: templateName });
    const number = chosen(await versionsListed(tx, template), request.majorVersion, request.minorVersion);
    if (!number.ok) return number;
    const read = await readServiceTemplate(tx, installation, templateName, number.value, template);
    if (!read.ok) return read;
    const fresh = substituteCurrentValues(request.spec, undefined); // nothing is current yet
    if (!fresh.ok) return fresh;
    const checked = await checkService(toolsOfOne, tx, request, template, read.value, readServiceSpec(request.spec));
    if (!checked.ok) return checked;
    const spec = checked.value;

    const now = clock.now();
    const service: Service = {
      name,
      arn: serviceArn(installation, name),
      description: request.description ?? null,
      templateName,
      majorVersion: number.value.major,
      branchName: request.branchName ?? null,
      repositoryConnectionArn: request.repositoryConnectionArn ?? null,
      repositoryId: request.repositoryId ?? null,
      spec: request.spec,
      status: 'CREATE_IN_PROGRESS',
      statusMessage: null,
      work: null,
      createHash,
      modified: false,
      createdAt: now,
      lastModifiedAt: now,
    };
    const { arn } = service;
    // placed first: what is told of it from its first row on is told of this one
    const placed = await placementRecord(tx, { arn, kind: 'service', tags: request.tags, createdBy: by, at: now });
    if (!placed.ok) return placed;
    await serviceInsert(tx, service);
    const tagged = await tagResource(tx, service.arn, request.tags ?? [], template.arn);
    if (!tagged.ok) return tagged;
    const target = { ...number.value, spec: request.spec };
    const additions = await addInstances(
      toolsOfOne,
      tx,
      service,
      spec,
      spec.instances.map((instance) => instance.name),
      target,
      by,
    );
    if (!additions.ok) return additions;
    if (read.value.hasPipeline) {
      const pipeline = pipelineArn(installation, name);
      await placementRecord(tx, { arn: pipeline, kind: 'service-pipeline', createdBy: by, at: now });
      await pipelineInsert(tx, { serviceName: name, arn: pipeline, templateName, target, at: now });
      await tagResource(tx, pipeline, [], service.arn);
    }
    const work: ServiceWork = {
      workId: newId(),
      serviceName: name,
      purpose: 'create',
      requestedBy: by,
      additions: additions.value,
      removals: [],
      pipeline: read.value.hasPipeline,
      ids: workIds(0, 0),
    };
    await serviceUpdate(tx, name, { work, at: now });
    return accept({ ...service, work });
  });
  if (created.ok && created.value.work) await startServiceWork(engine, created.value.work);
  return created;
}

/** Everything about a new service that can be known to fail. */
async function checkService(
  tools: ServiceTools,
  tx: Db,
  request: CreateServiceRequest,
  template: Template,
  read: ServiceTemplate,
  reading: ServiceSpecReading,
): Promise<Result<ServiceSpec>> {
  const { limits, findEnvironment } = tools;
  const { spec } = reading;
  if (spec && spec.instances.length > limits.instancesPerService)
    return tooManyInstances(spec.instances.length, limits.instancesPerService);
  const given = [request.repositoryId, request.repositoryConnectionArn, request.branchName];
  if (template.customerManaged && given.some((value) => value !== undefined)) {
    return no(
      'service-repository-not-possible',
      `The template ${template.name} has no pipeline, so repositoryId, repositoryConnectionArn and branchName must be left out.`,
      'Leave them out.',
    );
  }
  if (template.customerManaged && spec?.pipeline?.kind === 'map' && spec.pipeline.entries.length > 0) {
    return no(
      'pipeline-not-possible',
      `The template ${template.name} has no pipeline, but the spec has inputs for one.`,
      'Remove the section "pipeline" of the spec.',
    );
  }
  if (read.hasPipeline) {
    if (given.some((value) => value === undefined)) {
      return no(
        'service-repository-missing',
        `The template ${template.name} has a pipeline; repositoryId, repositoryConnectionArn and branchName are needed.`,
        'Give all three.',
      );
    }
    const rights = checkPipelineRights(tools.methods, await accountSettings(tx), read);
    if (!rights.ok) return rights;
  }
  return checkServiceSpec(tx, findEnvironment, read, reading, { pipeline: read.hasPipeline });
}

function no<Code extends string>(code: Code, message: string, remedy: string) {
  return refuse({ kind: 'invalid', code, message, remedy });
}

function tooManyServices(most: number) {
  return refuse({
    kind: 'limit',
    code: 'service-limit' as const,
    message: `There are ${most} services, as many as there may be.`,
    remedy: 'Delete services that are not needed; an administrator can raise the limit.',
  });
}

export function tooManyInstances(count: number, most: number) {
  return refuse({
    kind: 'limit',
    code: 'service-instance-limit' as const,
    message: `The service would have ${count} instances; at most ${most} are possible.`,
    remedy: 'Divide it into several services; an administrator can raise the limit.',
  });
}

/** Puts new instances into their tables and asks for their deployments. */
export async function addInstances(
  tools: ServiceTools,
  tx: Db,
  service: Service,
  spec: ServiceSpec,
  names: readonly string[],
  target: VersionNumber & PartState,
  by: PrincipalId,
  clientToken?: string,
): Promise<Result<readonly DeploymentId[]>> {
  const ids: DeploymentId[] = [];
  // targets are locked in the order of their ARNs, as all do
  for (const entry of spec.instances
    .filter(({ name }) => names.includes(name))
    .sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const arn = instanceArn(tools.installation, service.name, entry.name);
    const at = tools.clock.now();
    const environment = await tools.findEnvironment(tx, entry.environment);
    const placed = await placementRecord(tx, {
      arn,
      kind: 'service-instance',
      createdBy: by,
      environmentArn: environment?.arn,
      at,
    });
    if (!placed.ok) return placed;
    await instanceInsert(tx, {
      serviceName: service.name,
      name: entry.name,
      arn,
      environmentName: entry.environment,
      templateName: service.templateName,
      target,
      clientToken,
      at,
    });
    const tagged = await tagResource(tx, arn, [], service.arn);
    if (!tagged.ok) return tagged;
    const instance = (await instanceFind(tx, service.name, entry.name)) as ServiceInstance;
    const asked = await requestPart(tools, tx, instanceRef(instance), instance, {
      operation: 'create',
      target,
      requestedBy: by,
    });
    if (!asked.ok) return asked;
    ids.push(asked.value.id);
  }
  return accept(ids);
}
