/**
 * Deployments: every change of a thing, from its request to its outputs.
 *
 * Lives here: the states of a deployment, requesting, cancelling, its record; and by folder `renderings/` (what a target
 * became with its inputs), `plans/` (what would happen), `verdicts/` (whether it may), `approvals/` (who is waited for, and
 * what people answer), `running/` (the workflows that carry it out, and what they know of the provider). Never here: what a
 * target is (target.ts says what nouns must offer), how a provider is called, what is permitted (governance).
 * Start at deployment.ts, then running/deploy-workflow.ts; how deployments of one target follow each other:
 * deployment-course.ts.
 */
export { type Abandonment, type AbandonRefusal, abandonDeletion } from './abandon-deletion.ts';
export {
  type Approval,
  type ApprovalQuestion,
  type ApprovalRequest,
  type ApprovalRequestState,
  requestStates,
} from './approvals/approval.ts';
export type { ApprovalRequestFilters } from './approvals/approval-store.ts';
export type { ApprovalTools } from './approvals/approval-tools.ts';
export { answerQuestion, askRequester } from './approvals/ask-requester.ts';
export {
  declareEmergency,
  endEmergency,
  listEmergencies,
  readEmergency,
  secondEmergency,
  useEmergency,
} from './approvals/break-glass.ts';
export { delegationMissing, endDelegation, listDelegations, makeDelegation } from './approvals/delegate-approvals.ts';
export type { Delegation } from './approvals/delegation.ts';
export { type Emergency, type EmergencyUse, emergencyHours } from './approvals/emergency.ts';
export { giveApproval } from './approvals/give-approval.ts';
export { isAskedForOthers, teamsAnsweredFor } from './approvals/is-asked.ts';
export { listStranded } from './approvals/list-stranded.ts';
export { type OpenAnswer, openAnswerNames, openAnswers } from './approvals/open-answers.ts';
export { type ApprovalCase, listApprovalRequests, readApproval } from './approvals/read-approval.ts';
export { rejectPlan } from './approvals/reject-plan.ts';
export { withdrawApproval } from './approvals/withdraw-approval.ts';
export { awaitDeployments, awaitWhileAtWork } from './await-deployments.ts';
export { type CancelRefusal, cancelDeployment, cancelTargetDeployment } from './cancel-deployment.ts';
export { type DeleteDeploymentRefusal, deleteDeployment } from './delete-deployment.ts';
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
export type { DeploymentFilters } from './deployment-filters.ts';
export { type DeploymentLimits, type Polling, usualLimits, usualPolling } from './deployment-limits.ts';
export { type DeploymentSignals, listenToDeployments } from './deployment-signals.ts';
export {
  deploymentFind,
  deploymentsRunning,
  deploymentsUnderWay,
  deploymentsUnfinished,
} from './deployment-store.ts';
export type { Asking, DeploymentTools, WhenBusy } from './deployment-tools.ts';
export { type DeploymentMissing, deploymentMissing, findDeployment } from './find-deployment.ts';
export { listDeployments } from './list-deployments.ts';
export { describePlan, planMarkdown } from './plans/describe-plan.ts';
export { type Plan, type PlanContent, type PlannedTarget, type PlanSummary, planSummary } from './plans/plan.ts';
export type { PlanId } from './plans/plan-id.ts';
export type { PlanRequestTools, RequestToPlan } from './plans/plan-request.ts';
export { type PlannedChange, planFind } from './plans/plan-store.ts';
export {
  applyPlannedChange,
  type ChangeToPlan,
  planChangeOnly,
  planMissing,
  readPlannedChange,
} from './plans/planned-change.ts';
export type { WhenPreviewed } from './plans/preview-judgement.ts';
export { type ComplianceThere, readCompliance } from './read-compliance.ts';
export { type RecoverRefusal, type Recovery, recoverDeployment } from './recover-deployment.ts';
export { deploymentRefusalCodes } from './refusal-codes.ts';
export { type GuardRail, stackTemplateIsTaken } from './renderings/guard-rail.ts';
export { type DeploymentRendering, templateShown } from './renderings/rendering.ts';
export { childrenColumn, renderingFind } from './renderings/rendering-store.ts';
export { type ReportedStatus, type ReportRefusal, reportStatus } from './report-status.ts';
export { type DeploymentRefusal, type DeploymentRequest, requestDeployment } from './request-deployment.ts';
export { methodNotAvailable, type PlanningTools, type Provisioners } from './running/deploy-tools.ts';
export {
  createDeploymentRunner,
  type DeploymentRunner,
  type DeploymentRunnerOptions,
} from './running/deployment-runner.ts';
export type { DeploymentEvent } from './running/event-store.ts';
export { eventsShown } from './running/events-shown.ts';
export { type PlacementProgress, placementsOf } from './running/placement-store.ts';
export type { Provisioned } from './running/provisioned.ts';
export { stackName } from './stack-name.ts';
export type {
  DeploymentProgress,
  DeploymentTarget,
  DeploymentTargets,
  TargetLocation,
  TargetMaterial,
} from './target.ts';
export { targetOutputs } from './target-outputs.ts';
export { type TargetKind, type TargetRef, type TargetState, targetKinds } from './target-ref.ts';
export { type TargetRecord, targetFind, targetLock, targetsOf } from './target-store.ts';
export { adviseOnPlans } from './verdicts/advise-on-plans.ts';
export { decideByGovernance } from './verdicts/decide-by-governance.ts';
export { deploymentDecisionLast } from './verdicts/deployment-decision-store.ts';
export type { PlanAdvice } from './verdicts/plan-advice.ts';
export { allowAll, type Decide, type Verdict } from './verdicts/verdict.ts';
