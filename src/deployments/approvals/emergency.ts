import type { PrincipalId } from '../../organization/index.ts';
import type { DeploymentId } from '../deployment.ts';
import type { PlanId } from '../plans/plan-id.ts';
import type { TargetKind } from '../target-ref.ts';

export const emergencyHours = { usual: 4, max: 24 } as const;
/** How long the first declaration waits for a second person. */
export const secondingMs = 60 * 60_000;

/** Two people lift the wish for approvals in a unit and below, for some hours. What is forbidden stays forbidden. */
export interface Emergency {
  readonly id: string;
  readonly unit: string;
  readonly reason: string;
  readonly hours: number;
  readonly declaredById: PrincipalId;
  readonly declaredBy: string;
  readonly declaredAt: Date;
  readonly secondedById?: PrincipalId;
  readonly secondedBy?: string;
  readonly secondedAt?: Date;
  /** Once it is in force. */
  readonly until?: Date;
  readonly state: 'declared' | 'in-force' | 'ended';
  readonly endedBy?: string;
  readonly endedAt?: Date;
}

/** A plan that went on without the approvals that were wanted. */
export interface EmergencyUse {
  readonly deploymentId: DeploymentId;
  readonly planId: PlanId;
  readonly emergencyId: string;
  readonly targetArn: string;
  readonly targetKind: TargetKind;
  readonly principalId: PrincipalId;
  readonly usedBy: string;
  readonly reason: string;
  /** What was wanted and not given. */
  readonly waitedFor: string;
  readonly usedAt: Date;
}
