import { accountSettings } from '../accounts/index.ts';
import { type Inputs, parseServiceSpec, type ServiceSpec } from '../bundles/index.ts';
import { type Db, transact } from '../database/index.ts';
import type { DeploymentId } from '../deployments/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { createByName, parametersHash } from '../idempotency/index.ts';
import { newId } from '../identifiers/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import { tagResource } from '../tags/index.ts';
import {
  chosen,
  type Template,
  templateFind,
  templateMissing,
  type VersionNumber,
  versionsListed,
} from '../templates/index.ts';
import type { PartState } from './deployed-part.ts';
import { environmentFor } from './instance-environment.ts';
import { instanceRef, requestPart } from './request-part.ts';
import { instanceFind, instanceInsert, type ServiceInstance } from './service-instance-store.ts';
import { pipelineInsert } from './service-pipeline-store.ts';
import { instanceArn, pipelineArn, serviceArn } from './service-refusals.ts';
import { type Service, serviceFind, serviceInsert, serviceLock, serviceUpdate } from './service-store.ts';
import { instanceInputs, pipelineInputs, readServiceTemplate, type ServiceTemplate } from './service-template.ts';
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
  const { db, installation, clock, engine } = tools;
  const { name, templateName } = request;
  const created = await transact<Service, Refusal>(db, async (tx) => {
    const createHash = parametersHash(request);
    const existing = await serviceLock(tx, name);
    const known = existing && { parametersHash: existing.createHash, modified: existing.modified };
    const verdict = createByName(`the service '${name}'`, createHash, known);
    if (!verdict.ok) return verdict;
    if (existing) return accept(existing);

    const template = await templateFind(tx, { kind: 'service', name: templateName });
    if (!template) return templateMissing(installation, { kind: 'service', name: templateName });
    const number = chosen(await versionsListed(tx, template), request.majorVersion, request.minorVersion);
    if (!number.ok) return number;
    const read = await readServiceTemplate(tx, installation, templateName, number.value);
    if (!read.ok) return read;
    const spec = parseServiceSpec(request.spec);
    if (!spec.ok) return spec;
    const fits = await checkService(tools, tx, request, template, read.value, spec.value);
    if (!fits.ok) return fits;

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
    await serviceInsert(tx, service);
    const tagged = await tagResource(tx, service.arn, request.tags ?? [], template.arn);
    if (!tagged.ok) return tagged;
    const target = { ...number.value, spec: request.spec };
    const additions = await addInstances(
      tools,
      tx,
      service,
      spec.value,
      spec.value.instances.map((instance) => instance.name),
      target,
      by,
    );
    if (!additions.ok) return additions;
    if (read.value.hasPipeline) {
      await pipelineInsert(tx, {
        serviceName: name,
        arn: pipelineArn(installation, name),
        templateName,
        target,
        at: now,
      });
      await tagResource(tx, pipelineArn(installation, name), [], service.arn);
    }
    const work: ServiceWork = {
      workId: newId(),
      serviceName: name,
      purpose: 'create',
      additions: additions.value,
      removals: [],
      pipeline: read.value.hasPipeline && additions.value.length > 0,
      ids: workIds(0, 0),
    };
    await serviceUpdate(tx, name, { work, at: now });
    return accept((await serviceFind(tx, name)) as Service);
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
  spec: ServiceSpec,
): Promise<Result<void>> {
  const { limits } = tools;
  if (spec.instances.length > limits.instancesPerService)
    return tooManyInstances(spec.instances.length, limits.instancesPerService);
  const given = [request.repositoryId, request.repositoryConnectionArn, request.branchName];
  if (template.customerManaged && given.some((value) => value !== undefined)) {
    return no(
      'service-repository-not-possible',
      `The template ${template.name} has no pipeline, so repositoryId, repositoryConnectionArn and branchName must be left out.`,
      'Leave them out.',
    );
  }
  if (template.customerManaged && spec.pipeline?.kind === 'map' && spec.pipeline.entries.length > 0) {
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
    const { pipelineServiceRoleArn } = await accountSettings(tx);
    if (!pipelineServiceRoleArn) {
      return no(
        'pipeline-role-missing',
        'The account settings have no pipelineServiceRoleArn, as which pipelines are provisioned.',
        'An administrator sets it: aws proton update-account-settings --pipeline-service-role-arn ...',
      );
    }
    const inputs = pipelineInputs(read, spec);
    if (!inputs.ok) return inputs;
  }
  const checked = await checkInstances(
    tools,
    tx,
    read,
    spec,
    spec.instances.map((instance) => instance.name),
  );
  return checked.ok ? accept(undefined) : checked;
}

function no<Code extends string>(code: Code, message: string, remedy: string) {
  return refuse({ kind: 'invalid', code, message, remedy });
}

export function tooManyInstances(count: number, most: number) {
  return refuse({
    kind: 'limit',
    code: 'service-instance-limit' as const,
    message: `The service would have ${count} instances; at most ${most} are possible.`,
    remedy: 'Divide it into several services; an administrator can raise the limit.',
  });
}

/** The environments and inputs of instances that are to be deployed at a version. */
export async function checkInstances(
  tools: ServiceTools,
  tx: Db,
  read: ServiceTemplate,
  spec: ServiceSpec,
  names: readonly string[],
): Promise<Result<readonly Inputs[]>> {
  const all: Inputs[] = [];
  for (const instance of spec.instances.filter(({ name }) => names.includes(name))) {
    const environment = await environmentFor(tx, tools.findEnvironment, instance, read);
    if (!environment.ok) return environment;
    const inputs = instanceInputs(read, instance);
    if (!inputs.ok) return inputs;
    all.push(inputs.value);
  }
  return accept(all);
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
