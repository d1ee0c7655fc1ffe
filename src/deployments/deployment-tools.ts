import type { Clock } from '../clock/index.ts';
import type { Db } from '../database/index.ts';
import type { Deployment } from './deployment.ts';
import type { PlanId } from './plans/plan-id.ts';
import type { DeploymentTargets } from './target.ts';

/** What the actions of this room need; made once, by the wiring. */
export interface DeploymentTools {
  readonly db: Db;
  readonly clock: Clock;
  readonly targets: DeploymentTargets;
  /** What becomes of a change while another one of the same target runs. A setting of the installation. */
  readonly whenBusy: WhenBusy;
  /** Set for one request: what whoever asks wants besides. */
  readonly asking?: Asking;
}

export interface Asking {
  /** The plan that was seen: another one is refused. Only for a request that asks for one deployment. */
  readonly expectedPlan?: PlanId;
  /** Hears of each deployment that was asked for. @param own its owner provisions it, and it is over already */
  readonly told?: (deployment: Deployment, own: boolean) => void;
}

/**
 * `refuse`: as Proton did. `queue`: it waits; of several that wait only the newest is carried out, and a deletion waits
 * for the running one to end.
 */
export type WhenBusy = 'refuse' | 'queue';
