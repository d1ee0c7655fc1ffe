import type { Bundle, PartName } from '../bundles/index.ts';
import type { Db } from '../database/index.ts';
import type { Refusal, Result } from '../errors/index.ts';
import type { Placement } from '../provisioners/index.ts';

export type TargetKind = 'environment' | 'service-instance' | 'service-pipeline' | 'component';
export type Operation = 'create' | 'update' | 'delete';

/** Which thing a deployment changes. The names are those of Proton's deployment filters. */
export interface TargetRef {
  readonly kind: TargetKind;
  readonly arn: string;
  readonly environmentName?: string;
  readonly serviceName?: string;
  readonly serviceInstanceName?: string;
  readonly componentName?: string;
}

/** What the thing was, or shall be. Stored with the deployment as Proton's initialState and targetState. */
export interface TargetState {
  readonly templateName: string;
  readonly majorVersion: number;
  readonly minorVersion: number;
  /** Verbatim YAML, CURRENT_VAL replaced. */
  readonly spec: string;
  readonly lastSuccessfulEnvironmentDeploymentId?: string;
  readonly lastSuccessfulServicePipelineDeploymentId?: string;
  readonly lastSuccessfulComponentDeploymentIds?: readonly string[];
}

/** All that rendering and provisioning need, loaded afresh by the noun when the deployment runs. */
export interface TargetMaterial {
  readonly bundle: Bundle;
  readonly part: PartName;
  /** The namespace of proton/behaviour 4.1 with resolved inputs. */
  readonly data: Readonly<Record<string, unknown>>;
  /** In order; Proton's world has exactly one. */
  readonly placements: readonly Placement[];
  readonly stackName: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface DeploymentOutcome {
  readonly deploymentId: string;
  readonly operation: Operation;
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly targetState?: TargetState;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly refusal?: Refusal;
  /** For a person; what the noun shows as deploymentStatusMessage. */
  readonly message?: string;
  readonly at: Date;
}

/**
 * What a noun must offer so that deployments can change it. Implemented in `<noun>-target.ts`; main.ts introduces them.
 * A customer-managed target returns `managed: false` from load and needs no provisioner.
 */
export interface DeploymentTarget {
  readonly kind: TargetKind;
  /** `operation` delete never calls this: deleting must not need the bundle that broke. */
  load(db: Db, target: TargetRef, targetState: TargetState): Promise<Result<TargetMaterial>>;
  /** Where the thing already lies; enough to delete or cancel it without its bundle. */
  locate(db: Db, target: TargetRef): Promise<Result<{ placements: readonly Placement[]; stackName: string }>>;
  /** Written in the transaction that ends the deployment. Must be harmless when called twice. */
  finished(tx: Db, target: TargetRef, outcome: DeploymentOutcome): Promise<void>;
}
