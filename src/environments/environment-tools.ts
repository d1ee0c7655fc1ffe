import type { ProvisioningMethod } from '../bundles/index.ts';
import type { DeploymentTools } from '../deployments/index.ts';
import type { Installation } from '../identifiers/index.ts';

/** What the actions on environments need. */
export interface EnvironmentTools extends DeploymentTools {
  readonly installation: Installation;
  /** Methods that this installation can carry out. */
  readonly methods: ReadonlySet<ProvisioningMethod>;
  /** How many there may be. Source: AWS General Reference, Proton quotas. */
  readonly environmentsMax: number;
}

export const usualEnvironmentsMax = 1_000;
