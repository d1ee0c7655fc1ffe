import type { ApprovalWanted, Approver } from '../../governance/index.ts';
import type { PrincipalId } from '../../organization/index.ts';
import type { DeploymentId } from '../deployment.ts';
import type { Plan } from '../plans/plan.ts';
import type { PlanId } from '../plans/plan-id.ts';

/** `given`: enough approved; `lifted`: an emergency stood for them; `void`: the plan is another; `denied`: by rules or guard rails, meanwhile. */
export const requestStates = [
  'wanted',
  'given',
  'rejected',
  'void',
  'expired',
  'lifted',
  'denied',
  'cancelled',
] as const;
export type ApprovalRequestState = (typeof requestStates)[number];

/** A deployment that waits, or waited, for people: what they are asked about, and what is still missing. */
export interface ApprovalRequest {
  readonly deploymentId: DeploymentId;
  readonly targetArn: string;
  readonly plan: Plan;
  readonly wanted: readonly ApprovalWanted[];
  /** For a person: who must approve. */
  readonly waitsFor: string;
  readonly decisionId?: string;
  /** Digest of the rules that it was decided by. */
  readonly policies?: string;
  readonly state: ApprovalRequestState;
  /** Why it is in its state. */
  readonly note?: string;
  readonly askedAt: Date;
  readonly expiresAt: Date;
}

/** What one person answered to one plan. */
export interface Approval {
  readonly id: string;
  readonly deploymentId: DeploymentId;
  readonly targetArn: string;
  readonly planId: PlanId;
  readonly principalId: PrincipalId;
  readonly principal: string;
  readonly state: 'given' | 'rejected' | 'withdrawn' | 'void';
  /** What he was to the resource when he answered. */
  readonly relations: readonly Approver[];
  /** Names of those for whom he answered in their absence. */
  readonly onBehalfOf: readonly string[];
  readonly reason?: string;
  readonly givenAt: Date;
  /** That he might answer. */
  readonly decisionId: string;
  /** Why it counts no more. */
  readonly note?: string;
}

export interface ApprovalQuestion {
  readonly id: string;
  readonly deploymentId: DeploymentId;
  readonly targetArn: string;
  readonly planId: PlanId;
  readonly question: string;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly answer?: string;
  readonly answeredBy?: string;
  readonly answeredAt?: Date;
}

/** What Proton's clients show of a deployment that waits. */
export function waitingMessage(id: DeploymentId, waitsFor: string): string {
  return `waits for approval by ${waitsFor}: deuteron approval show ${id}`;
}
