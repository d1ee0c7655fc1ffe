/**
 * Deployments: every change of a thing, from its request to its outputs.
 *
 * Lives here: the states of a deployment, requesting, cancelling, the plan, the workflows that carry it out, its
 * record. Never here: what a target is (target.ts says what nouns must offer), how a provider is called.
 * Start at deployment.ts, then deploy-workflow.ts.
 */
export {
  type Cancellation,
  can,
  type Deployment,
  type DeploymentAction,
  type DeploymentId,
  type DeploymentState,
  type DeploymentStateName,
  type DeploymentStatus,
  deploymentCan,
  deploymentStatus,
  isOver,
  isRunning,
  type Operation,
  type Undone,
} from './deployment.ts';
export type { DeploymentTools, WhenBusy } from './deployment-tools.ts';
export type { PlanId } from './plan.ts';
export { type DeploymentRefusal, type DeploymentRequest, requestDeployment } from './request-deployment.ts';
export {
  type DeploymentProgress,
  type DeploymentTarget,
  type DeploymentTargets,
  type TargetKind,
  type TargetLocation,
  type TargetMaterial,
  type TargetRef,
  type TargetState,
  targetKinds,
} from './target.ts';
