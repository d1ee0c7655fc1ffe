import type { Db } from '../../database/index.ts';
import type { Refusal } from '../../errors/index.ts';
import type { ApprovalFacts, ApprovalWanted } from '../../governance/index.ts';
import type { Deployment } from '../deployment.ts';
import type { Plan } from '../plans/plan.ts';

/** What is decided about a plan before anything is touched. */
export type Verdict = (
  | { readonly verdict: 'allow' }
  | { readonly verdict: 'deny'; readonly refusal: Refusal }
  /** The deployment waits for people; see approvals/. */
  | {
      readonly verdict: 'needs-approvals';
      /** What is still missing. */
      readonly approvals: readonly ApprovalWanted[];
      /** For a person: who must approve. */
      readonly waitsFor: string;
    }
) & {
  /** Where it is kept with the facts and rules that decided. */
  readonly decision?: { readonly id: string; readonly policies: string };
};

/** @param approvals those that were given for exactly this plan, and count */
export type Decide = (
  db: Db,
  plan: Plan,
  deployment: Deployment,
  approvals: readonly ApprovalFacts[],
) => Promise<Verdict>;

/** Where nothing is governed: in tests of other things. */
export const allowAll: Decide = async () => ({ verdict: 'allow' });
