import type { Bundle, Inputs, PartName, PropertySchema, ProvisioningMethod, RenderingData } from '../bundles/index.ts';
import type { Db } from '../database/index.ts';
import type { Result } from '../errors/index.ts';
import type { Placement } from '../provisioners/index.ts';
import type { Deployment, DeploymentId, DeploymentStatus, Operation } from './deployment.ts';
import type { TargetKind, TargetRef, TargetState } from './target-ref.ts';

/** Where a thing lies: enough to delete it, or to cancel a change of it, without its bundle. */
export interface TargetLocation {
  /** In order; Proton's world has exactly one. No account and region is named twice. */
  readonly placements: readonly Placement[];
  /** From `stackName` in this room. Never changes while the thing lives. */
  readonly stackName: string;
}

/** All that rendering and provisioning need, loaded afresh by the noun when the deployment runs. */
export interface TargetMaterial extends TargetLocation {
  readonly method: ProvisioningMethod;
  readonly bundle: Bundle;
  readonly part: PartName;
  /** What the template reads: the noun's namespace with resolved inputs. */
  readonly data: RenderingData;
  /** The part's own resolved inputs, and what the schema says of them (which are secret). */
  readonly inputs: Inputs;
  readonly inputSchema: PropertySchema;
  /** Where the template reads them, e.g. `environment.inputs`. */
  readonly inputsAt: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * How a deployment moved on. `status` is what the thing itself now shows: IN_PROGRESS or DELETE_IN_PROGRESS when the
 * deployment becomes the one that runs, CANCELLING, and at the end one of the others.
 */
export interface DeploymentProgress {
  readonly deploymentId: DeploymentId;
  readonly operation: Operation;
  readonly status: DeploymentStatus;
  /** For a person; absent when there is nothing to say. */
  readonly message?: string;
  /** Absent for a deletion. */
  readonly targetState?: TargetState;
  readonly at: Date;
}

/**
 * What a noun must offer so that deployments can change it. Implemented in `<noun>-target.ts`; wiring.ts introduces
 * them.
 */
export interface DeploymentTarget {
  readonly kind: TargetKind;
  /** Never called for a deletion: deleting must not need the bundle that broke. */
  load(db: Db, target: TargetRef, targetState: TargetState): Promise<Result<TargetMaterial>>;
  locate(db: Db, target: TargetRef): Promise<Result<TargetLocation>>;
  /**
   * Takes down how things stand, in the transaction in which the deployment moved. DELETE_COMPLETE: the thing is gone,
   * so the noun removes its row. Must be harmless when called twice.
   */
  record(tx: Db, target: TargetRef, progress: DeploymentProgress): Promise<void>;
}

export type DeploymentTargets = Readonly<Partial<Record<TargetKind, DeploymentTarget>>>;

/** The noun behind a kind. That one is missing is a fault of the wiring, not of the user. */
export function targetOf(targets: DeploymentTargets, kind: TargetKind): DeploymentTarget {
  const target = targets[kind];
  if (!target) throw new Error(`no noun fulfils the contract of the deployment target "${kind}"`);
  return target;
}

/** What a deployment that is no deletion shall bring about. */
export function targetStateOf({ id, targetState }: Pick<Deployment, 'id' | 'targetState'>): TargetState {
  if (!targetState) throw new Error(`the deployment ${id} does not say what shall be deployed`);
  return targetState;
}
