import type { DecisionRequest } from './decision-request.ts';
import type { Verdict } from './verdict.ts';

/** A decision that was made: with everything that it depended on, so that it can be made again. */
export interface Decision {
  readonly id: string;
  readonly request: DecisionRequest;
  readonly verdict: Verdict;
  /** Digest of all rules that were in force. */
  readonly policies: string;
}
