import { transact } from '../../database/index.ts';
import {
  type Deployment,
  type DeploymentTools,
  deleteDeployment,
  deploymentStatus,
  findDeployment,
  listDeployments,
  reportStatus,
  type TargetKind,
  type TargetRecord,
  type TargetState,
  targetFind,
  targetsOf,
} from '../../deployments/index.ts';
import { accept, type Refusal } from '../../errors/index.ts';
import { type Installation, protonArn } from '../../identifiers/index.ts';
import { tagsForget } from '../../tags/index.ts';
import type * as wire from './generated/types.ts';
import type { ProtonOperations } from './operation.ts';
import { readOutputs } from './output-list.ts';
import { knownArn } from './resource-arn.ts';

export interface DeploymentOperationTools extends DeploymentTools {
  readonly installation: Installation;
}

/** Deployments of every kind of target, and what is reported of targets that their owners provision. */
export function deploymentOperations({ db, installation }: DeploymentOperationTools) {
  const deploymentArn = (id: string) => protonArn(installation, `deployment/${id}`);
  return {
    GetDeployment: async ({ id, ...names }) => {
      const deployment = await findDeployment(db, id, names);
      if (!deployment.ok) return deployment;
      const target = await targetFind(db, deployment.value.target.arn);
      return accept({ deployment: deploymentDetail(installation, deployment.value, target) });
    },
    ListDeployments: async ({ maxResults, nextToken, ...names }, { reads }) => {
      const page = await listDeployments(db, names, { maxResults, nextToken }, reads);
      if (!page.ok) return page;
      const { items } = page.value;
      const arns = items.map(({ target }) => target.arn);
      const targets = await targetsOf(db, arns);
      const deployments = items.map((each) => deploymentSummary(installation, each, targets.get(each.target.arn)));
      return accept({ deployments, nextToken: page.value.nextToken });
    },
    DeleteDeployment: async ({ id }) => {
      const deleted = await transact<Deployment | undefined, Refusal>(db, async (tx) => {
        const forgotten = await deleteDeployment(tx, id);
        if (forgotten.ok && forgotten.value) await tagsForget(tx, deploymentArn(forgotten.value.id));
        return forgotten;
      });
      if (!deleted.ok) return deleted;
      const { value } = deleted;
      return accept(value ? { deployment: deploymentDetail(installation, value, undefined) } : {});
    },
    NotifyResourceDeploymentStatusChange: async (input) => {
      const { deploymentId, status } = input;
      const targetArn = knownArn(input.resourceArn);
      const outputs = input.outputs && readOutputs(input.outputs);
      const reported = await transact<void, Refusal>(db, (tx) =>
        reportStatus(tx, { targetArn, deploymentId, status, outputs }),
      );
      return reported.ok ? accept({}) : reported;
    },
  } satisfies ProtonOperations;
}

const targetTypes = {
  environment: 'ENVIRONMENT',
  'service-instance': 'SERVICE_INSTANCE',
  'service-pipeline': 'SERVICE_PIPELINE',
  component: 'COMPONENT',
} as const satisfies Record<TargetKind, wire.DeploymentTargetResourceType>;

/** @param known of the same life of the target; what is known of a later one by the same name is left out */
function deploymentSummary(
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
    ...deploymentSummary(installation, deployment, known),
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
