import type { ProvisioningMethod } from '../bundles/index.ts';
import type { DeploymentStatus } from '../deployments/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type Installation, protonArn } from '../identifiers/index.ts';
import type { Placement } from '../provisioners/index.ts';
import type { VersionNumber } from '../templates/index.ts';

/** A template version with the spec that was given for it. */
export interface VersionWithSpec extends VersionNumber {
  /** Verbatim YAML. */
  readonly spec: string;
}

/** A branch of a repository that pull requests go to. */
export interface ProvisioningRepository {
  readonly provider: string;
  /** `owner/name` */
  readonly name: string;
  readonly branch: string;
}

/** Whatever a method of provisioning needs; an environment may have several of them. */
export interface ProvisioningRights {
  readonly protonServiceRoleArn?: string;
  readonly codebuildRoleArn?: string;
  /** For components. */
  readonly componentRoleArn?: string;
  readonly provisioningRepository?: ProvisioningRepository;
}

export interface Environment extends ProvisioningRights {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly templateName: string;
  /** What is wanted: being deployed now, or deployed last. */
  readonly target: VersionWithSpec;
  /** What was last deployed with success; absent before the first success. */
  readonly deployed?: VersionWithSpec;
  /** Its owner provisions it; its spec gives its outputs. */
  readonly customerManaged: boolean;
  readonly status: DeploymentStatus;
  readonly statusMessage?: string;
  readonly lastAttemptedAt: Date;
  readonly lastSucceededAt?: Date;
  readonly lastAttemptedId?: string;
  readonly lastSucceededId?: string;
  readonly createHash: string;
  readonly modified: boolean;
  readonly createdAt: Date;
}

export function environmentArn(installation: Installation, name: string): string {
  return protonArn(installation, `environment/${name}`);
}

/** What people see as its version and spec: what runs, or before the first success what was tried. */
export function shownVersion({ deployed, target }: Environment): VersionWithSpec {
  return deployed ?? target;
}

/** Nothing may be changed while a deployment runs; reading, tagging and cancelling go on. */
export function isBusy(status: DeploymentStatus): boolean {
  switch (status) {
    case 'IN_PROGRESS':
    case 'CANCELLING':
    case 'DELETE_IN_PROGRESS':
      return true;
    case 'SUCCEEDED':
    case 'FAILED':
    case 'CANCELLED':
    case 'DELETE_FAILED':
    case 'DELETE_COMPLETE':
      return false;
  }
}

/** In words, what refers to an environment. @param table e.g. `service_instance` */
export function usersOf(table: string): string {
  return `${table.replaceAll('_', ' ')}s`;
}

export type EnvironmentMissing = Refusal<'environment-missing'>;

export function environmentMissing(installation: Installation, name: string): Result<never, EnvironmentMissing> {
  return refuse({
    kind: 'missing',
    code: 'environment-missing',
    message: `The requested environment does not exist: ${environmentArn(installation, name)}`,
    remedy: 'Check the name; names are case-sensitive.',
  });
}

/**
 * Where an environment and its instances land: the account of its role. One without a role, whose owner provisions it,
 * is in our own.
 */
export function environmentPlacement(installation: Installation, rights: ProvisioningRights): Placement {
  const roleArn = rights.protonServiceRoleArn;
  return { accountId: accountOf(roleArn) ?? installation.accountId, region: installation.region, roleArn };
}

function accountOf(roleArn: string | undefined): string | undefined {
  return /^arn:[^:]*:iam::(\d{12}):/.exec(roleArn ?? '')?.[1];
}

export type RightsRefusal = Refusal<'right-missing' | 'rights-contradict' | 'right-unchangeable'>;

const rightOfMethod = {
  cloudformation: 'protonServiceRoleArn',
  codebuild: 'codebuildRoleArn',
  terraform: 'provisioningRepository',
} as const satisfies Record<ProvisioningMethod, keyof ProvisioningRights>;

/**
 * The one thing that a method needs must be there; what other methods need may be there too.
 * Source: AWS Proton API reference, CreateEnvironment.
 */
export function checkRights(rights: ProvisioningRights, method: ProvisioningMethod): Result<void, RightsRefusal> {
  const needed = rightOfMethod[method];
  if (rights[needed] !== undefined) return accept(undefined);
  return refuse({
    kind: 'invalid',
    code: 'right-missing',
    message: `The template is provisioned by ${method}, for which the environment needs ${needed}.`,
    remedy: `Give ${needed} with the request.`,
  });
}

/**
 * What may be changed about the rights of an environment that exists. Its account stays: what was provisioned lies
 * there. Source: AWS Proton API reference, UpdateEnvironment.
 */
export function checkRightsChange(
  installation: Installation,
  current: ProvisioningRights,
  change: ProvisioningRights,
): Result<void, RightsRefusal> {
  const [before, after] = [current, { ...current, ...change }].map((each) => environmentPlacement(installation, each));
  if (before && after && before.accountId !== after.accountId) {
    return unchangeable(
      `The role ${change.protonServiceRoleArn} is of account ${after.accountId}; the environment is in ${before.accountId}.`,
      'Give a role of the same account; for another account create another environment.',
    );
  }
  const [old, wanted] = [current.provisioningRepository, change.provisioningRepository];
  if (old && wanted && (old.provider !== wanted.provider || old.name !== wanted.name || old.branch !== wanted.branch)) {
    return unchangeable(
      `The environment is provisioned through ${old.provider}:${old.name}, branch ${old.branch}; another repository was given.`,
      'Leave provisioningRepository out, or give the same one.',
    );
  }
  return accept(undefined);
}

function unchangeable(message: string, remedy: string): Result<never, RightsRefusal> {
  return refuse({ kind: 'invalid', code: 'right-unchangeable', message, remedy });
}

export type ConnectionRefusal = Refusal<'connection-and-role' | 'connection-missing' | 'connection-unchangeable'>;

/**
 * A role or an account connection, never both.
 * @param isNew an environment that was created without a connection never gets one
 */
export function checkConnection(
  installation: Installation,
  { environmentAccountConnectionId: id, protonServiceRoleArn: role }: ConnectionRequest,
  isNew: boolean,
): Result<void, ConnectionRefusal> {
  if (id === undefined) return accept(undefined);
  if (role !== undefined) {
    return refuse({
      kind: 'invalid',
      code: 'connection-and-role',
      message: 'environmentAccountConnectionId and protonServiceRoleArn are both given.',
      remedy: 'Give the connection for an environment in another account, the role for one in this account.',
    });
  }
  if (!isNew) {
    return refuse({
      kind: 'invalid',
      code: 'connection-unchangeable',
      message: 'The environment was created without an environment account connection and cannot get one.',
      remedy: 'Create another environment with the connection.',
    });
  }
  return refuse({
    kind: 'missing',
    code: 'connection-missing',
    message: `The requested environment account connection does not exist: ${protonArn(installation, `environment-account-connection/${id}`)}`,
    remedy: 'Connecting accounts is not available in this version of Deuteron; give protonServiceRoleArn.',
  });
}

export interface ConnectionRequest {
  readonly environmentAccountConnectionId?: string;
  readonly protonServiceRoleArn?: string;
}
