import type { PartName } from './bundle.ts';
import type { Inputs } from './resolve-inputs.ts';

/** What rendering knows of an environment that something is deployed into. */
export interface EnvironmentNames {
  readonly name: string;
  /** Twelve digits. */
  readonly accountId: string;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface ServiceNames {
  readonly name: string;
  /** Always there; empty for a service without repository (generated files relied on it). */
  readonly repositoryId?: string | null;
  readonly repositoryConnectionArn?: string | null;
  readonly branchName?: string | null;
}

export interface InstanceNames {
  readonly name: string;
  readonly inputs: Inputs;
  readonly outputs: Readonly<Record<string, string>>;
  readonly environment: EnvironmentNames;
}

export interface ComponentNames {
  readonly name: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * The data that the files of each part are rendered with.
 * Source: AWS Proton user guide, "Parameters"; files that Proton generated into public repositories.
 */
export type RenderingData = Readonly<Record<string, unknown>>;

function environmentMembers({ name, accountId, outputs }: EnvironmentNames) {
  return { name, account_id: accountId, outputs };
}

function serviceMembers(service: ServiceNames) {
  return {
    name: service.name,
    repository_id: service.repositoryId ?? '',
    repository_connection_arn: service.repositoryConnectionArn ?? '',
    branch_name: service.branchName ?? '',
  };
}

/** The files that Proton generated for environments have no account_id, and ours have none; templates may read it. */
export function environmentData({ name, accountId }: Omit<EnvironmentNames, 'outputs'>, inputs: Inputs): RenderingData {
  return { environment: { name, account_id: accountId, inputs } };
}

/** An instance without component sees `components.default` and its outputs as empty. */
export function instanceData(
  environment: EnvironmentNames,
  service: ServiceNames,
  instance: { readonly name: string; readonly inputs: Inputs },
  component?: ComponentNames,
): RenderingData {
  const attached = component ? { name: component.name, outputs: component.outputs } : { outputs: {} };
  return {
    environment: environmentMembers(environment),
    service: serviceMembers(service),
    service_instance: {
      name: instance.name,
      inputs: instance.inputs,
      components: { default: attached },
      environment: environmentMembers(environment), // an alias that the guide's own comments use
    },
  };
}

export function pipelineData(
  service: ServiceNames,
  inputs: Inputs,
  instances: readonly InstanceNames[],
): RenderingData {
  return {
    service: serviceMembers(service),
    pipeline: { inputs },
    service_instances: instances.map(({ name, inputs: given, outputs, environment }) => ({
      name,
      inputs: given,
      outputs,
      environment: environmentMembers(environment),
    })),
  };
}

export function componentData(
  name: string,
  environment: EnvironmentNames,
  attached?: { readonly service: ServiceNames; readonly instance: { readonly name: string; readonly inputs: Inputs } },
): RenderingData {
  return {
    component: { name },
    environment: environmentMembers(environment),
    ...(attached
      ? {
          service: serviceMembers(attached.service),
          service_instance: { name: attached.instance.name, inputs: attached.instance.inputs },
        }
      : {}),
  };
}

const environmentPaths = ['environment.name', 'environment.account_id', 'environment.outputs.*'];
const servicePaths = [
  'service.name',
  'service.repository_id',
  'service.repository_connection_arn',
  'service.branch_name',
];

/** The names that a file of each part may read; `*` is any one part. Inputs are checked against the schema besides. */
export const offeredPaths: Readonly<Record<PartName, readonly string[]>> = {
  environment: ['environment.name', 'environment.account_id', 'environment.inputs.*'],
  instance: [
    ...environmentPaths,
    ...servicePaths,
    'service_instance.name',
    'service_instance.inputs.*',
    'service_instance.components.default.name',
    'service_instance.components.default.outputs.*',
    'service_instance.environment.name',
    'service_instance.environment.account_id',
    'service_instance.environment.outputs.*',
  ],
  pipeline: [
    ...servicePaths,
    'pipeline.inputs.*',
    'service_instances.*.name',
    'service_instances.*.inputs.*',
    'service_instances.*.outputs.*',
    'service_instances.*.environment.name',
    'service_instances.*.environment.account_id',
    'service_instances.*.environment.outputs.*',
  ],
  component: [
    ...environmentPaths,
    ...servicePaths,
    'component.name',
    'service_instance.name',
    'service_instance.inputs.*',
  ],
};
