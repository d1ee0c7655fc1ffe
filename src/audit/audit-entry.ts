export const auditOutcomes = ['accepted', 'refused', 'failed'] as const;
/** `failed`: something unexpected happened, and it is not known what of it was done. */
export type AuditOutcome = (typeof auditOutcomes)[number];

/** Something that somebody tries to do. */
export interface AuditAttempt {
  /** Absent: Deuteron itself. */
  readonly principalId?: string;
  /** The name, as it was then. */
  readonly principal: string;
  /** `<service>:<Operation>`, e.g. `proton:CreateEnvironment`. */
  readonly verb: string;
  /** An ARN, or the path of what has none; absent when the request did not say which thing. */
  readonly target?: string;
  /** Of the request, or of the work that was done by itself. */
  readonly requestId: string;
}

export interface AuditEntry extends AuditAttempt {
  /** From 1 without gaps, in the order in which things became true. */
  readonly position: number;
  readonly at: Date;
  readonly outcome: AuditOutcome;
  /** Of the refusal. */
  readonly code?: string;
}

/** Who acts when nobody asked. */
export const ourselves = 'deuteron';
