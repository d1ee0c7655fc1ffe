import { transact } from '../../database/index.ts';
import {
  type Deployment,
  type DeploymentFilters,
  type DeploymentTools,
  deleteDeployment,
  deploymentFind,
  deploymentStatus,
  listDeployments,
  reportStatus,
  type TargetKind,
  type TargetRecord,
  type TargetState,
  targetFind,
  targetsOf,
} from '../../deployments/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { type Installation, protonArn } from '../../identifiers/index.ts';
import type * as wire from './generated/types.ts';
import type { ProtonOperations } from './operation.ts';
import { readOutputs } from './output-list.ts';

export interface DeploymentOperationTools extends DeploymentTools {
  readonly installation: Installation;
}

/** Deployments of every kind of target, and what is reported of targets that their owners provision. */
export function deploymentOperations({ db, installation }: DeploymentOperationTools) {
  return {
    GetDeployment: async (input) => {
      const { id, ...names } = input;
      const filters = checkFilters(names);
      if (!filters.ok) return filters;
      const deployment = await deploymentFind(db, id);
      if (!deployment || !isOf(deployment, names)) return deploymentMissing(installation, id);
      const target = await targetFind(db, deployment.target.arn);
      return accept({ deployment: deploymentDetail(installation, deployment, target) });
    },
    ListDeployments: async (input) => {
      const { maxResults, nextToken, ...names } = input;
      const filters = checkFilters(names);
      if (!filters.ok) return filters;
      const page = await listDeployments(db, filters.value, { maxResults, nextToken });
      if (!page.ok) return page;
      const { items } = page.value;
      const targets = await targetsOf(
        db,
        items.map(({ target }) => target.arn),
      );
      const deployments = items.map((each) => summary(installation, each, targets.get(each.target.arn)));
      return accept({ deployments, nextToken: page.value.nextToken });
    },
    DeleteDeployment: async ({ id }) => {
      const deleted = await transact<Deployment | undefined, Refusal>(db, (tx) => deleteDeployment(tx, id));
      if (!deleted.ok) return deleted;
      const { value } = deleted;
      return accept(value ? { deployment: deploymentDetail(installation, value, undefined) } : {});
    },
    NotifyResourceDeploymentStatusChange: async (input) => {
      const { resourceArn: targetArn, deploymentId, status } = input;
      const outputs = input.outputs && readOutputs(input.outputs);
      const reported = await transact<void, Refusal>(db, (tx) =>
        reportStatus(tx, { targetArn, deploymentId, status, outputs }),
      );
      return reported.ok ? accept({}) : reported;
    },
  } satisfies ProtonOperations;
}

/** @refuses an instance without its service: names of instances are unique only within one */
function checkFilters(filters: DeploymentFilters): Result<DeploymentFilters, Refusal<'service-name-missing'>> {
  if (filters.serviceInstanceName === undefined || filters.serviceName !== undefined) return accept(filters);
  return refuse({
    kind: 'invalid',
    code: 'service-name-missing',
    message: `serviceInstanceName '${filters.serviceInstanceName}' is given without serviceName.`,
    remedy: 'Give serviceName as well.',
  });
}

function isOf({ target }: Deployment, names: DeploymentFilters): boolean {
  const given = Object.entries(names) as [keyof DeploymentFilters, string | undefined][];
  return given.every(([key, name]) => name === undefined || target[key] === name);
}

function deploymentMissing(installation: Installation, id: string): Result<never, Refusal<'deployment-missing'>> {
  return refuse({
    kind: 'missing',
    code: 'deployment-missing',
    message: `The requested deployment does not exist: ${protonArn(installation, `deployment/${id}`)}`,
    remedy: 'Check the id and the names given with it; ListDeployments shows both.',
  });
}

const targetTypes = {
  environment: 'ENVIRONMENT',
  'service-instance': 'SERVICE_INSTANCE',
  'service-pipeline': 'SERVICE_PIPELINE',
  component: 'COMPONENT',
} as const satisfies Record<TargetKind, wire.DeploymentTargetResourceType>;

/** @param known of the same life of the target; what is known of a later one by the same name is left out */
function summary(
  installation: Installation,
  deployment: Deployment,
  known: TargetRecord | undefined,
): wire.DeploymentSummary {
  const { id, target } = deployment;
  const living = known?.createdAt.getTime() === target.createdAt.getTime() ? known : undefined;
  return {
    id,
    arn: protonArn(installation, `deployment/${id}`),
    deploymentStatus: deploymentStatus(deployment),
    targetArn: target.arn,
    targetResourceType: targetTypes[target.kind],
    targetResourceCreatedAt: target.createdAt,
    environmentName: target.environmentName,
    serviceName: target.serviceName,
    serviceInstanceName: target.serviceInstanceName,
    componentName: target.componentName,
    createdAt: deployment.createdAt,
    lastModifiedAt: deployment.modifiedAt,
    completedAt: deployment.completedAt,
    lastAttemptedDeploymentId: living?.lastAttemptedId,
    lastSucceededDeploymentId: living?.lastSucceededId,
  };
}

function deploymentDetail(
  installation: Installation,
  deployment: Deployment,
  known: TargetRecord | undefined,
): wire.Deployment {
  const { initialState, targetState, target } = deployment;
  return {
    ...summary(installation, deployment, known),
    deploymentStatusMessage: deployment.message,
    initialState: initialState && state(target.kind, initialState),
    targetState: targetState && state(target.kind, targetState),
  };
}

function state(kind: TargetKind, { templateName, majorVersion, minorVersion, spec, ...last }: TargetState) {
  const version = {
    templateName,
    templateMajorVersion: String(majorVersion),
    templateMinorVersion: String(minorVersion),
    spec,
  };
  switch (kind) {
    case 'environment':
      return { environment: version };
    case 'service-instance':
      return { serviceInstance: { ...version, ...last } };
    case 'service-pipeline':
      return { servicePipeline: version };
    case 'component':
      return { component: { serviceSpec: spec } };
  }
}
