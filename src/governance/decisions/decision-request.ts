import type { ChangeFacts } from '../change.ts';
import type { PrincipalFacts, ResourceFacts } from '../facts.ts';
import type { Approver } from '../relations.ts';
import type { Verb } from '../verbs.ts';
import type { ApprovalFacts, Candidate } from './approvals.ts';

export const doors = ['proton', 'native', 'console', 'git', 'campaign'] as const;
export type Door = (typeof doors)[number];

/** Everything that a decision depends on beside the rules. */
export interface DecisionRequest {
  readonly verb: Verb;
  readonly principal: PrincipalFacts;
  /** A former version of Deuteron accepted it and did not keep who had asked; the principal, an administrator, stands for him. */
  readonly isUnnamed?: true;
  readonly resource: ResourceFacts;
  /** Absent: nothing that is deployed changes. */
  readonly change?: ChangeFacts;
  /** Those that were given for exactly this plan. */
  readonly approvals?: readonly ApprovalFacts[];
  /** All who could fill the seats that are open, where they were looked for and are too few. */
  readonly candidates?: readonly Candidate[];
  readonly at: Date;
  /** IANA name of the zone in which rules read weekday and hour. */
  readonly timeZone: string;
  readonly via: Door;
  /** How many of the resource's kind its owner has already, where that is counted. */
  readonly owned?: number;
  /** Of `deployment:approve`: whose approvals are wanted. */
  readonly asked?: readonly Approver[];
}
