import type { Approver } from '../relations.ts';
import type { ApprovalWanted } from './approvals.ts';

interface Decided {
  /** Names of the rules that decided, sorted. None: no rule permits it. */
  readonly rules: readonly string[];
  /** Name of the model that ruled, and where it was assigned; no scope: none was. */
  readonly model: string;
  readonly modelScope?: string;
  /** Who is to be told. */
  readonly informs: readonly Approver[];
}

export type Verdict = Decided &
  (
    | { readonly verdict: 'allow' }
    /** Nothing that anybody could approve would help. */
    | { readonly verdict: 'deny'; readonly reasons: readonly DenyReason[] }
    /** All of them are wanted. Some may be given already: only what is missing is told. */
    | { readonly verdict: 'needs-approvals'; readonly approvals: readonly ApprovalWanted[] }
  );

export interface DenyReason {
  /** Absent: no rule permits it. */
  readonly rule?: string;
  readonly message: string;
}
