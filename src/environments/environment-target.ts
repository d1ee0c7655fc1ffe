import { environmentData } from '../bundles/index.ts';
import type { Db } from '../database/index.ts';
import {
  type DeploymentProgress,
  type DeploymentTarget,
  stackName,
  type TargetLocation,
  type TargetMaterial,
  type TargetRef,
  type TargetState,
} from '../deployments/index.ts';
import { accept, type Result } from '../errors/index.ts';
import type { Installation } from '../identifiers/index.ts';
import { placementForget } from '../organization/index.ts';
import { tagsForget } from '../tags/index.ts';
import { templateArn, templateVersionBundle, templateVersionFind, versionMissing } from '../templates/index.ts';
import {
  type Environment,
  environmentMissing,
  environmentPlacement,
  usersOf,
  type VersionWithSpec,
} from './environment.ts';
import {
  environmentDelete,
  environmentFind,
  environmentFindByArn,
  environmentProgress,
  environmentTargetRevert,
  environmentUser,
} from './environment-store.ts';
import { environmentInputs, environmentMethod } from './environment-version.ts';

/** How deployments change an environment. */
export function environmentTarget(installation: Installation): DeploymentTarget {
  return {
    kind: 'environment',
    load: (db, target, state) => load(db, installation, target, state),
    async locate(db, target) {
      const environment = await environmentFind(db, target.environmentName);
      if (!environment) return environmentMissing(installation, target.environmentName);
      return accept(locationOf(installation, environment));
    },
    record: (tx, { arn }, progress) => record(tx, arn, progress),
  };
}

/** The environment as deployments speak of it. */
export function environmentRef({ arn, name, createdAt }: Pick<Environment, 'arn' | 'name' | 'createdAt'>): TargetRef {
  return { kind: 'environment', arn, createdAt, environmentName: name };
}

export function environmentState(templateName: string, { major, minor, spec }: VersionWithSpec): TargetState {
  return { templateName, majorVersion: major, minorVersion: minor, spec };
}

/**
 * What is written on everything that is provisioned for an environment.
 * Source: AWS Proton user guide, "Proton resources and tagging".
 */
export function environmentStackTags(installation: Installation, environment: Environment): Record<string, string> {
  return {
    'proton:account': installation.accountId,
    'proton:template': templateArn(installation, { kind: 'environment', name: environment.templateName }),
    'proton:environment': environment.arn,
  };
}

/**
 * The tags that an environment has by itself, and nobody can change; undefined when there is no such environment.
 * Source: AWS Proton user guide, "AWS managed tags".
 */
export async function environmentManagedTags(
  db: Db,
  installation: Installation,
  arn: string,
): Promise<Record<string, string> | undefined> {
  const environment = await environmentFindByArn(db, arn);
  const tags = environment && Object.entries(environmentStackTags(installation, environment));
  return tags && Object.fromEntries(tags.map(([key, value]) => [`aws:${key}`, value]));
}

async function load(
  db: Db,
  installation: Installation,
  { environmentName }: TargetRef,
  { templateName, majorVersion: major, minorVersion: minor, spec }: TargetState,
): Promise<Result<TargetMaterial>> {
  const environment = await environmentFind(db, environmentName);
  if (!environment) return environmentMissing(installation, environmentName);
  const ref = { kind: 'environment', templateName, major, minor } as const;
  const version = await templateVersionFind(db, ref);
  if (!version) return versionMissing(installation, ref);
  const resolved = environmentInputs(version, spec);
  if (!resolved.ok) return resolved;
  const bundle = await templateVersionBundle(db, version);
  if (!bundle.ok) return bundle;
  const location = locationOf(installation, environment);
  const { inputs, schema } = resolved.value;
  const { accountId } = environmentPlacement(installation, environment);
  return accept({
    ...location,
    method: environmentMethod(bundle.value),
    bundle: bundle.value,
    part: 'environment',
    data: environmentData({ name: environmentName, accountId }, inputs),
    inputs,
    inputSchema: schema,
    inputsAt: 'environment.inputs',
    tags: environmentStackTags(installation, environment),
  });
}

function locationOf(installation: Installation, environment: Environment): TargetLocation {
  const { name, arn } = environment;
  return {
    placements: [environmentPlacement(installation, environment)],
    stackName: stackName('environment', name, arn),
  };
}

async function record(tx: Db, arn: string, progress: DeploymentProgress): Promise<void> {
  const { status, deploymentId: id, at, message } = progress;
  const wanted = versionOf(progress.targetState);
  switch (status) {
    case 'IN_PROGRESS':
    case 'DELETE_IN_PROGRESS':
      return environmentProgress(tx, arn, {
        status,
        statusMessage: message ?? null,
        target: wanted,
        attempted: { id, at },
      });
    case 'CANCELLING':
      return environmentProgress(tx, arn, { status });
    case 'SUCCEEDED': {
      const succeeded = { id, at };
      return environmentProgress(tx, arn, { status, statusMessage: null, target: wanted, deployed: wanted, succeeded });
    }
    case 'FAILED':
    case 'CANCELLED':
    case 'DELETE_FAILED':
      await environmentProgress(tx, arn, { status, statusMessage: message ?? null });
      return environmentTargetRevert(tx, arn);
    case 'DELETE_COMPLETE':
      return forget(tx, arn, at);
  }
}

/** What came into the environment while its infrastructure was deleted keeps its record, to be deleted again later. */
async function forget(tx: Db, arn: string, at: Date): Promise<void> {
  const user = await environmentUser(tx, arn);
  if (user) {
    const statusMessage = `Its infrastructure is deleted, but there are still ${usersOf(user)} in it. Delete them, then delete it again.`;
    return environmentProgress(tx, arn, { status: 'DELETE_FAILED', statusMessage });
  }
  await environmentDelete(tx, arn);
  await tagsForget(tx, arn);
  await placementForget(tx, arn, at);
}

export function versionOf(state: TargetState | undefined): VersionWithSpec | undefined {
  return state && { major: state.majorVersion, minor: state.minorVersion, spec: state.spec };
}
