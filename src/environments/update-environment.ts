import { substituteCurrentValues } from '../bundles/index.ts';
import { type Db, transact } from '../database/index.ts';
import { deploymentsUnderWay, requestDeployment, targetLock } from '../deployments/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import {
  chosen,
  type DeploymentType,
  templateVersionFind,
  type UpgradeRefusal,
  upgradeStoredSpec,
  type VersionNumber,
  versionForUpdate,
  versionMissing,
  versionsListed,
} from '../templates/index.ts';
import {
  type ConnectionRequest,
  checkConnection,
  checkRightsChange,
  type Environment,
  environmentArn,
  environmentMissing,
  isBusy,
  type ProvisioningRights,
  shownVersion,
  type VersionWithSpec,
} from './environment.ts';
import { environmentGet, environmentLock, environmentUpdate } from './environment-store.ts';
import { environmentRef, environmentState, versionOf } from './environment-target.ts';
import type { EnvironmentTools } from './environment-tools.ts';
import { checkDeployable } from './environment-version.ts';

export interface UpdateEnvironmentRequest extends ProvisioningRights, ConnectionRequest {
  readonly name: string;
  readonly description?: string;
  readonly deploymentType: DeploymentType;
  readonly majorVersion?: number;
  readonly minorVersion?: number;
  /** Absent: the spec in use, upgraded by the steps to the version that is deployed, and read anew by its schema. */
  readonly spec?: string;
}

/**
 * Changes an environment. NONE changes only what needs no deployment; every other type deploys, with the version and
 * the spec in use where none are given.
 * @refuses an environment that does not exist, what cannot be changed about it, parameters that do not go with the type,
 *   a version that does not exist, a spec that does not fit, and any change while a deployment runs (unless it may wait)
 */
export function updateEnvironment(
  tools: EnvironmentTools,
  request: UpdateEnvironmentRequest,
  by: PrincipalId,
): Promise<Result<Environment>> {
  const { db, installation } = tools;
  const { name, deploymentType } = request;
  return transact<Environment, Refusal>(db, async (tx) => {
    await targetLock(tx, environmentArn(installation, name));
    const environment = await environmentLock(tx, name);
    if (!environment) return environmentMissing(installation, name);
    const connection = checkConnection(installation, request, false);
    if (!connection.ok) return connection;
    const rights = checkRightsChange(installation, environment, rightsOf(request));
    if (!rights.ok) return rights;
    const changed =
      deploymentType === 'NONE'
        ? checkMetadataOnly(environment, request)
        : await deploy(tools, tx, environment, request, deploymentType, by);
    if (!changed.ok) return changed;
    await environmentUpdate(tx, name, { description: request.description, ...rightsOf(request) });
    return accept(await environmentGet(tx, name));
  });
}

async function deploy(
  tools: EnvironmentTools,
  tx: Db,
  environment: Environment,
  request: UpdateEnvironmentRequest,
  deploymentType: Exclude<DeploymentType, 'NONE'>,
  by: PrincipalId,
): Promise<Result<unknown>> {
  const { templateName, deployed, customerManaged } = environment;
  const current = await intendedVersion(tx, environment);
  const number = await wantedVersion(tx, environment, current, request, deploymentType);
  if (!number.ok) return number;
  const ref = { kind: 'environment', templateName, ...number.value } as const;
  const version = await templateVersionFind(tx, ref);
  if (!version) return versionMissing(tools.installation, ref);
  const spec = await wantedSpec(tx, environment, current, number.value, request.spec);
  if (!spec.ok) return spec;
  const rights = { ...environment, ...rightsOf(request), customerManaged };
  const outputs = await checkDeployable(tx, tools, version, spec.value, rights);
  if (!outputs.ok) return outputs;
  return requestDeployment(tools, tx, {
    target: environmentRef(environment),
    operation: deployed ? 'update' : 'create',
    initialState: deployed && environmentState(templateName, deployed),
    targetState: environmentState(templateName, { ...number.value, spec: spec.value }),
    requestedBy: by,
    ownOutputs: outputs.value,
  });
}

/**
 * What a change builds upon: the newest change that is under way and not being taken back, since it will stand before
 * this one begins; else what stands.
 */
async function intendedVersion(tx: Db, environment: Environment): Promise<VersionWithSpec> {
  const { running, queued } = await deploymentsUnderWay(tx, environment.arn);
  const lasting = running?.standing.state === 'cancelling' ? undefined : running;
  return versionOf((queued ?? lasting)?.targetState) ?? shownVersion(environment);
}

/** The spec that is given, or the one in use: upgraded where the major version changes. */
function wantedSpec(
  tx: Db,
  { name, templateName }: Environment,
  current: VersionWithSpec,
  to: VersionNumber,
  given: string | undefined,
): Promise<Result<string>> {
  if (given !== undefined) return Promise.resolve(substituteCurrentValues(given, current.spec));
  return upgradeStoredSpec(tx, {
    template: { kind: 'environment', name: templateName },
    from: current,
    to,
    part: { kind: 'environment' },
    spec: current.spec,
    sight: { env: { name, outputs: {} } },
  });
}

async function wantedVersion(
  tx: Db,
  { templateName, deployed }: Environment,
  current: VersionNumber,
  { majorVersion: major, minorVersion: minor }: UpdateEnvironmentRequest,
  deploymentType: Exclude<DeploymentType, 'NONE'>,
): Promise<Result<VersionNumber, UpgradeRefusal>> {
  const versions = await versionsListed(tx, { kind: 'environment', name: templateName });
  // What never ran binds nobody to its major version: from a first one that failed, every other may be tried.
  if (!deployed && deploymentType === 'MAJOR_VERSION' && major !== undefined) return chosen(versions, major, minor);
  return versionForUpdate(versions, deploymentType, current, { major, minor });
}

function checkMetadataOnly(
  { arn, status }: Environment,
  { spec, majorVersion, minorVersion }: UpdateEnvironmentRequest,
): Result<void, Refusal<'nothing-is-deployed' | 'environment-busy'>> {
  const given = Object.entries({ spec, templateMajorVersion: majorVersion, templateMinorVersion: minorVersion });
  const wrong = given.filter(([, value]) => value !== undefined).map(([key]) => key);
  if (wrong.length > 0) {
    return refuse({
      kind: 'invalid',
      code: 'nothing-is-deployed',
      message: `deploymentType NONE deploys nothing, but ${wrong.join(' and ')} ${wrong.length > 1 ? 'are' : 'is'} given.`,
      remedy: 'Leave it out, or use CURRENT_VERSION, MINOR_VERSION or MAJOR_VERSION.',
    });
  }
  if (isBusy(status)) {
    return refuse({
      kind: 'conflict',
      code: 'environment-busy',
      message: `${arn} is ${status}; nothing about it can be changed meanwhile.`,
      remedy: 'Wait until its deployment is over.',
    });
  }
  return accept(undefined);
}

/** Only what the request names. */
function rightsOf(request: ProvisioningRights): ProvisioningRights {
  const { protonServiceRoleArn, codebuildRoleArn, componentRoleArn, provisioningRepository } = request;
  const rights = { protonServiceRoleArn, codebuildRoleArn, componentRoleArn, provisioningRepository };
  return Object.fromEntries(Object.entries(rights).filter(([, value]) => value !== undefined));
}
