import type { ProvisioningMethod } from '../bundles/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Db } from '../database/index.ts';
import type { DeploymentSignals, DeploymentTools } from '../deployments/index.ts';
import type { Installation } from '../identifiers/index.ts';
import type { WorkflowEngine } from '../workflows/index.ts';
import type { FindEnvironment } from './instance-environment.ts';

export interface ServiceLimits {
  readonly services: number;
  readonly instancesPerService: number;
}

/** Source: AWS General Reference, Proton quotas. */
export const usualServiceLimits: ServiceLimits = { services: 1_000, instancesPerService: 20 };

export interface ServiceTools {
  readonly db: Db;
  readonly clock: Clock;
  readonly installation: Installation;
  readonly deployments: DeploymentTools;
  readonly engine: Pick<WorkflowEngine, 'start'>;
  readonly limits: ServiceLimits;
  /** Those that this installation can carry out. */
  readonly methods: ReadonlySet<ProvisioningMethod>;
  readonly findEnvironment: FindEnvironment;
}

/** What the work on a service needs besides: to hear when deployments are over. */
export interface ServiceWorkTools extends ServiceTools {
  readonly signals: DeploymentSignals;
}
