import { substituteCurrentValues } from '../bundles/index.ts';
import { type Db, transact } from '../database/index.ts';
import { requestDeployment } from '../deployments/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { createByName, parametersHash } from '../idempotency/index.ts';
import { type PrincipalId, placementRecord } from '../organization/index.ts';
import { tagResource } from '../tags/index.ts';
import {
  chosen,
  templateFind,
  templateMissing,
  templateVersionFind,
  versionMissing,
  versionsListed,
} from '../templates/index.ts';
import {
  type ConnectionRequest,
  checkConnection,
  type Environment,
  environmentArn,
  type ProvisioningRights,
} from './environment.ts';
import {
  environmentCount,
  environmentFind,
  environmentGet,
  environmentInsert,
  environmentNameLock,
  type NewEnvironment,
} from './environment-store.ts';
import { environmentRef, environmentState } from './environment-target.ts';
import type { EnvironmentTools } from './environment-tools.ts';
import { checkDeployable } from './environment-version.ts';

export interface CreateEnvironmentRequest extends ProvisioningRights, ConnectionRequest {
  readonly name: string;
  readonly description?: string;
  readonly templateName: string;
  readonly majorVersion: number;
  /** Absent: the recommended one of the major. */
  readonly minorVersion?: number;
  readonly spec: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

/**
 * Creates an environment and begins its first deployment; IN_PROGRESS, or SUCCEEDED for one that its owner provisions.
 * Asking again with the same parameters answers with what exists, as long as it was not changed.
 * @refuses a name taken with other parameters, a template or version that does not exist, a spec that does not fit, a
 *   method that is not available, a right that the method needs, too many environments
 */
export function createEnvironment(
  tools: EnvironmentTools,
  request: CreateEnvironmentRequest,
  by: PrincipalId,
): Promise<Result<Environment>> {
  const { name } = request;
  return transact<Environment, Refusal>(tools.db, async (tx) => {
    await environmentNameLock(tx, name);
    const existing = await environmentFind(tx, name);
    const createHash = parametersHash(request);
    const known = existing && { parametersHash: existing.createHash, modified: existing.modified };
    const may = createByName(`environment '${name}'`, createHash, known);
    if (!may.ok) return may;
    if (existing) return accept(existing);
    if ((await environmentCount(tx)) >= tools.environmentsMax) return tooMany(tools.environmentsMax);
    return create(tools, tx, request, createHash, by);
  });
}

async function create(
  tools: EnvironmentTools,
  tx: Db,
  request: CreateEnvironmentRequest,
  createHash: string,
  by: PrincipalId,
): Promise<Result<Environment>> {
  const { installation } = tools;
  const { name, templateName, spec, majorVersion, minorVersion } = request;
  const template = await templateFind(tx, { kind: 'environment', name: templateName });
  if (!template) return templateMissing(installation, { kind: 'environment', name: templateName });
  const { customerManaged } = template;
  const number = chosen(await versionsListed(tx, template), majorVersion, minorVersion);
  if (!number.ok) return number;
  const ref = { kind: 'environment', templateName, ...number.value } as const;
  const version = await templateVersionFind(tx, ref);
  if (!version) return versionMissing(installation, ref);
  const connection = checkConnection(installation, request, true);
  if (!connection.ok) return connection;
  const fresh = substituteCurrentValues(spec, undefined); // nothing is current yet
  if (!fresh.ok) return fresh;
  const outputs = await checkDeployable(tx, tools, version, spec, { ...request, customerManaged });
  if (!outputs.ok) return outputs;

  const environment: NewEnvironment = {
    name,
    arn: environmentArn(installation, name),
    description: request.description,
    templateName,
    target: { ...number.value, spec },
    customerManaged,
    protonServiceRoleArn: request.protonServiceRoleArn,
    codebuildRoleArn: request.codebuildRoleArn,
    componentRoleArn: request.componentRoleArn,
    provisioningRepository: request.provisioningRepository,
    createHash,
    createdAt: tools.clock.now(),
  };
  const { arn, createdAt: at } = environment;
  // placed first: what is told of it from its first row on is told of this one
  const placed = await placementRecord(tx, { arn, kind: 'environment', tags: request.tags, createdBy: by, at });
  if (!placed.ok) return placed;
  await environmentInsert(tx, environment);
  const tagged = await tagResource(tx, environment.arn, request.tags ?? []);
  if (!tagged.ok) return tagged;
  const deployment = await requestDeployment(tools, tx, {
    target: environmentRef(environment),
    operation: 'create',
    targetState: environmentState(templateName, environment.target),
    requestedBy: by,
    ownOutputs: outputs.value,
  });
  if (!deployment.ok) return deployment;
  return accept(await environmentGet(tx, name));
}

function tooMany(max: number): Result<never, Refusal<'environment-limit'>> {
  return refuse({
    kind: 'limit',
    code: 'environment-limit',
    message: `There are ${max} environments, as many as there may be.`,
    remedy: 'Delete environments that are not needed; an administrator can raise the limit.',
  });
}
