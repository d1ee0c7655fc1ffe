import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';

/** Names of targets by which deployments are found. All that are given must hold. */
export interface DeploymentFilters {
  readonly environmentName?: string;
  readonly serviceName?: string;
  readonly serviceInstanceName?: string;
  readonly componentName?: string;
}

export type FilterRefusal = Refusal<'service-name-missing'>;

/** @refuses an instance without its service: names of instances are unique only within one */
export function checkFilters(filters: DeploymentFilters): Result<void, FilterRefusal> {
  if (filters.serviceInstanceName === undefined || filters.serviceName !== undefined) return accept(undefined);
  return refuse({
    kind: 'invalid',
    code: 'service-name-missing',
    message: `serviceInstanceName '${filters.serviceInstanceName}' is given without serviceName.`,
    remedy: 'Give serviceName as well.',
  });
}
