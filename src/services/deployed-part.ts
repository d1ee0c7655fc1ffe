import type { DeploymentProgress, DeploymentStatus } from '../deployments/index.ts';
import type { VersionNumber } from '../templates/index.ts';

/** What an instance and a pipeline have in common: each is deployed by itself, at a version of its own. */
export interface DeployedPart {
  readonly serviceName: string;
  readonly arn: string;
  readonly templateName: string;
  /** What it was last deployed with; absent before the first success. */
  readonly deployed?: PartState;
  /** What was last attempted: where a part that never succeeded goes on from (public roadmap issue 81). */
  readonly target: PartState;
  readonly deploymentStatus: DeploymentStatus;
  readonly deploymentStatusMessage: string | null;
  readonly lastAttemptedDeploymentId: string | null;
  readonly lastSucceededDeploymentId: string | null;
  readonly lastDeploymentAttemptedAt: Date;
  readonly lastDeploymentSucceededAt: Date | null;
  readonly createdAt: Date;
}

export interface PartState extends VersionNumber {
  /** A whole service spec; what counts of it is the part's own entry. */
  readonly spec: string;
}

/** What the part is, or would be if its first deployment went through. */
export function currentState(part: Pick<DeployedPart, 'deployed' | 'target'>): PartState {
  return part.deployed ?? part.target;
}

/** The columns that both tables have. */
export interface PartColumns {
  template_name: string;
  deployed_major: number | null;
  deployed_minor: number | null;
  deployed_spec: string | null;
  target_major: number;
  target_minor: number;
  target_spec: string;
  deployment_status: DeploymentStatus;
  deployment_status_message: string | null;
  last_attempted_deployment_id: string | null;
  last_succeeded_deployment_id: string | null;
  last_deployment_attempted_at: Date;
  last_deployment_succeeded_at: Date | null;
}

export function partOf(row: PartColumns & { service_name: string; arn: string; created_at: Date }): DeployedPart {
  const { deployed_major: major, deployed_minor: minor, deployed_spec: spec } = row;
  return {
    serviceName: row.service_name,
    arn: row.arn,
    templateName: row.template_name,
    deployed: major === null || minor === null || spec === null ? undefined : { major, minor, spec },
    target: { major: row.target_major, minor: row.target_minor, spec: row.target_spec },
    deploymentStatus: row.deployment_status,
    deploymentStatusMessage: row.deployment_status_message,
    lastAttemptedDeploymentId: row.last_attempted_deployment_id,
    lastSucceededDeploymentId: row.last_succeeded_deployment_id,
    lastDeploymentAttemptedAt: row.last_deployment_attempted_at,
    lastDeploymentSucceededAt: row.last_deployment_succeeded_at,
    createdAt: row.created_at,
  };
}

/** The columns of a part whose first deployment is asked for. */
export function newPartColumns(templateName: string, target: PartState, at: Date): PartColumns {
  return {
    template_name: templateName,
    deployed_major: null,
    deployed_minor: null,
    deployed_spec: null,
    target_major: target.major,
    target_minor: target.minor,
    target_spec: target.spec,
    deployment_status: 'IN_PROGRESS',
    deployment_status_message: null,
    last_attempted_deployment_id: null,
    last_succeeded_deployment_id: null,
    last_deployment_attempted_at: at,
    last_deployment_succeeded_at: null,
  };
}

/** How the columns change as a deployment of the part moves on. */
export function progressColumns(progress: DeploymentProgress): Partial<PartColumns> {
  const { status, message, targetState, at, deploymentId } = progress;
  const shown = { deployment_status: status, deployment_status_message: message ?? null };
  switch (status) {
    case 'IN_PROGRESS':
    case 'DELETE_IN_PROGRESS':
      return {
        ...shown,
        last_attempted_deployment_id: deploymentId,
        last_deployment_attempted_at: at,
        ...(targetState && {
          target_major: targetState.majorVersion,
          target_minor: targetState.minorVersion,
          target_spec: targetState.spec,
        }),
      };
    case 'SUCCEEDED':
      return {
        ...shown,
        last_succeeded_deployment_id: deploymentId,
        last_deployment_succeeded_at: at,
        ...(targetState && {
          deployed_major: targetState.majorVersion,
          deployed_minor: targetState.minorVersion,
          deployed_spec: targetState.spec,
        }),
      };
    case 'FAILED':
    case 'DELETE_FAILED':
    case 'DELETE_COMPLETE':
    case 'CANCELLING':
    case 'CANCELLED':
      return shown;
  }
}
