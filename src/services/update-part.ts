import { accountSettings } from '../accounts/index.ts';
import { parseServiceSpec, substituteCurrentValues } from '../bundles/index.ts';
import { type Db, transact } from '../database/index.ts';
import { targetLock } from '../deployments/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type ClientRequest, parametersHash, recallRequest, rememberRequest } from '../idempotency/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import {
  type DeploymentType,
  type StoredSpecUpgrade,
  upgradeStoredSpec,
  versionForUpdate,
  versionsListed,
} from '../templates/index.ts';
import { currentState, type DeployedPart, type PartState } from './deployed-part.ts';
import { environmentFor } from './instance-environment.ts';
import { checkPipelineRights } from './pipeline-rights.ts';
import { instanceRef, pipelineRef, requestPart } from './request-part.ts';
import { isServiceBusy } from './service.ts';
import { instanceFind, instanceUpdate, type ServiceInstance } from './service-instance-store.ts';
import { pipelineFind, type ServicePipeline } from './service-pipeline-store.ts';
import {
  instanceArn,
  instanceMissing,
  pipelineArn,
  pipelineMissing,
  serviceBusy,
  serviceMissing,
} from './service-refusals.ts';
import { type Service, serviceLock } from './service-store.ts';
import { instanceEntry, instanceInputs, pipelineInputs, readServiceTemplate } from './service-template.ts';
import type { ServiceTools } from './service-tools.ts';

export interface UpdatePartRequest {
  readonly serviceName: string;
  readonly deploymentType: DeploymentType;
  /** A whole service spec; what counts is the entry of this part. Absent: the stored one, upgraded to a new major. */
  readonly spec?: string;
  readonly majorVersion?: number;
  readonly minorVersion?: number;
}

/**
 * Deploys an instance anew: with other inputs, at another version, or both. Inputs that the version cannot take are
 * refused before anything is deployed. An instance that never succeeded goes on from what was last attempted.
 * @refuses service-busy while instances are added or removed, deployment-busy while this one is deployed, a client token
 *   that came with other parameters
 */
export async function updateServiceInstance(
  tools: ServiceTools,
  by: PrincipalId,
  request: UpdatePartRequest & { readonly name: string; readonly clientToken?: string },
): Promise<Result<ServiceInstance>> {
  const { db, installation, findEnvironment } = tools;
  const { serviceName, name, clientToken } = request;
  const arn = instanceArn(installation, serviceName, name);
  return transact<ServiceInstance, Refusal>(db, async (tx) => {
    const repeatable: ClientRequest | undefined = clientToken
      ? {
          account: installation.accountId,
          operation: 'UpdateServiceInstance',
          token: clientToken,
          parametersHash: parametersHash(request),
          now: tools.clock.now(),
        }
      : undefined;
    const recalled = repeatable && (await recallRequest(tx, repeatable));
    if (recalled && !recalled.ok) return recalled;
    // the target before the service, as deployments do that record what became of them
    await targetLock(tx, arn);
    const service = await serviceLock(tx, serviceName);
    if (!service) return serviceMissing(installation, serviceName);
    const instance = await instanceFind(tx, serviceName, name);
    if (!instance) return instanceMissing(installation, serviceName, name);
    if (recalled?.value.answer === 'same') return accept(instance);
    if (isServiceBusy(service.status)) return serviceBusy(service);
    const { environmentName } = instance;
    const target = await targetFor(tx, service, instance, request, {
      part: { kind: 'instance', instance: name },
      sight: {
        instance: { name, environment: environmentName, service: serviceName },
        env: { name: environmentName, outputs: (await findEnvironment(tx, environmentName))?.outputs ?? {} },
      },
    });
    if (!target.ok) return target;
    if (!target.value) return accept(instance);

    const read = await readServiceTemplate(tx, installation, service.templateName, target.value);
    if (!read.ok) return read;
    const spec = parseServiceSpec(target.value.spec);
    if (!spec.ok) return spec;
    const entry = instanceEntry(spec.value, name, instance.environmentName);
    if (!entry.ok) return entry;
    const environment = await environmentFor(tx, findEnvironment, entry.value, read.value);
    if (!environment.ok) return environment;
    const inputs = instanceInputs(read.value, entry.value);
    if (!inputs.ok) return inputs;
    const operation = instance.deployed ? 'update' : 'create';
    const asked = await requestPart(tools, tx, instanceRef(instance), instance, {
      operation,
      target: target.value,
      requestedBy: by,
    });
    if (!asked.ok) return asked;
    if (repeatable) {
      await instanceUpdate(tx, serviceName, name, { last_client_request_token: repeatable.token });
      await rememberRequest(tx, repeatable, arn);
    }
    return accept((await instanceFind(tx, serviceName, name)) as ServiceInstance);
  });
}

/** Deploys the pipeline anew; as for an instance. */
export async function updateServicePipeline(
  tools: ServiceTools,
  by: PrincipalId,
  request: UpdatePartRequest,
): Promise<Result<ServicePipeline>> {
  const { db, installation } = tools;
  const { serviceName } = request;
  return transact<ServicePipeline, Refusal>(db, async (tx) => {
    await targetLock(tx, pipelineArn(installation, serviceName));
    const service = await serviceLock(tx, serviceName);
    if (!service) return serviceMissing(installation, serviceName);
    const pipeline = await pipelineFind(tx, serviceName);
    if (!pipeline) return pipelineMissing(installation, serviceName);
    if (isServiceBusy(service.status)) return serviceBusy(service);
    const target = await targetFor(tx, service, pipeline, request, {
      part: { kind: 'pipeline' },
      sight: { instance: { name: '', environment: '', service: serviceName } },
    });
    if (!target.ok) return target;
    if (!target.value) return accept(pipeline);
    const read = await readServiceTemplate(tx, installation, service.templateName, target.value);
    if (!read.ok) return read;
    const spec = parseServiceSpec(target.value.spec);
    if (!spec.ok) return spec;
    const rights = checkPipelineRights(tools.methods, await accountSettings(tx), read.value);
    if (!rights.ok) return rights;
    const inputs = pipelineInputs(read.value, spec.value);
    if (!inputs.ok) return inputs;
    const operation = pipeline.deployed ? 'update' : 'create';
    const asked = await requestPart(tools, tx, await pipelineRef(tx, pipeline), pipeline, {
      operation,
      target: target.value,
      requestedBy: by,
    });
    return asked.ok ? accept((await pipelineFind(tx, serviceName)) as ServicePipeline) : asked;
  });
}

/** Version and spec to deploy; undefined for NONE, which deploys nothing. */
async function targetFor(
  tx: Db,
  service: Service,
  part: DeployedPart,
  request: UpdatePartRequest,
  upgrade: Pick<StoredSpecUpgrade, 'part' | 'sight'>,
): Promise<Result<PartState | undefined>> {
  const { deploymentType, majorVersion: major, minorVersion: minor, spec } = request;
  const current = currentState(part);
  if (deploymentType === 'NONE') {
    if (spec === undefined && major === undefined && minor === undefined) return accept(undefined);
    return refuse({
      kind: 'invalid',
      code: 'deployment-type-none',
      message: 'A deployment of type NONE deploys nothing, so spec and template version must be left out.',
      remedy: 'Use CURRENT_VERSION to deploy a new spec.',
    });
  }
  const template = { kind: 'service', name: service.templateName } as const;
  const listed = await versionsListed(tx, template);
  const version = versionForUpdate(listed, deploymentType, current, { major, minor });
  if (!version.ok) return version;
  const text =
    spec === undefined
      ? await upgradeStoredSpec(tx, { ...upgrade, template, from: current, to: version.value, spec: current.spec })
      : substituteCurrentValues(spec, service.spec);
  return text.ok ? accept({ ...version.value, spec: text.value }) : text;
}
