import type { Refusal } from '../errors/index.ts';
import type { Deployment } from './deployment.ts';
import type { Plan } from './plan.ts';

/** What is decided about a plan before anything is touched. */
export type Verdict =
  | { readonly verdict: 'allow' }
  | { readonly verdict: 'deny'; readonly refusal: Refusal }
  /** The deployment waits until somebody answers; see approve-deployment.ts. */
  | { readonly verdict: 'needs-approval' };

export type Decide = (plan: Plan, deployment: Deployment) => Promise<Verdict>;

/** Until there is governance. */
export const allowAll: Decide = async () => ({ verdict: 'allow' });
